"""How ill: scores with units and sources, the course of the disease, and what is missing to know more."""

from __future__ import annotations

from .child_pugh import child_pugh_class, child_pugh_points
from .course import LABELS as COURSES
from .fibrosis import apri, de_ritis, fib4, nafld_fs
from .meld import meld, meld_3, meld_na, meld_na_kim
from .model import LabUsed, Missing, Score, Staging
from .organ_failure import OrganFailures, organ_failures
from .registry import describe, registry, score, score_from_text
from .reserve import albi
from .staging import stage

__all__ = [
    "COURSES",
    "LabUsed",
    "Missing",
    "OrganFailures",
    "Score",
    "Staging",
    "albi",
    "apri",
    "child_pugh_class",
    "child_pugh_points",
    "de_ritis",
    "describe",
    "fib4",
    "meld",
    "meld_3",
    "meld_na",
    "meld_na_kim",
    "nafld_fs",
    "organ_failures",
    "registry",
    "score",
    "score_from_text",
    "stage",
]
