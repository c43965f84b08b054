"""How ill: scores with units and sources, the course of the disease, and what is missing to know more."""

from __future__ import annotations

from .aarc import aarc
from .acute_failure import kings_college_other, kings_college_paracetamol, wilson
from .alcoholic import abic, gahs, lille, maddrey_df
from .apasl import Apasl
from .baveno import baveno_five, baveno_spleen, baveno_vi, baveno_vii, stiffness_fell
from .change import Change, change
from .child_pugh import child_pugh_class, child_pugh_points
from .clif import clif_c_aclf, clif_c_ad, clif_c_of
from .course import LABELS as COURSES
from .ctcae import Grade, ctcae, ctcae_terms
from .damico import ClinicalStage, damico_stage
from .fibrosis import apri, de_ritis, fib4, nafld_fs
from .injury import hys_law, hys_law_baseline, r_factor
from .meld import meld, meld_3, meld_na, meld_na_kim, meld_survival_90d
from .model import LabUsed, Missing, Score, Staging
from .organ_failure import OrganFailures, organ_failures
from .pbc import globe, mayo_pbc
from .peld import peld
from .registry import describe, registry, score, score_from_text
from .reserve import albi, palbi
from .staging import stage
from .steatotic import Steatotic, steatotic, steatotic_names
from .toxicity import ctcae_from_text, ctcae_of
from .ukeld import ukeld

__all__ = [
    "COURSES",
    "Apasl",
    "Change",
    "ClinicalStage",
    "Grade",
    "LabUsed",
    "Missing",
    "OrganFailures",
    "Score",
    "Staging",
    "Steatotic",
    "aarc",
    "abic",
    "albi",
    "apri",
    "baveno_five",
    "baveno_spleen",
    "baveno_vi",
    "baveno_vii",
    "change",
    "child_pugh_class",
    "child_pugh_points",
    "clif_c_aclf",
    "clif_c_ad",
    "clif_c_of",
    "ctcae",
    "ctcae_from_text",
    "ctcae_of",
    "ctcae_terms",
    "damico_stage",
    "de_ritis",
    "describe",
    "fib4",
    "gahs",
    "globe",
    "hys_law",
    "hys_law_baseline",
    "kings_college_other",
    "kings_college_paracetamol",
    "lille",
    "maddrey_df",
    "mayo_pbc",
    "meld",
    "meld_3",
    "meld_na",
    "meld_na_kim",
    "meld_survival_90d",
    "nafld_fs",
    "organ_failures",
    "palbi",
    "peld",
    "r_factor",
    "registry",
    "score",
    "score_from_text",
    "stage",
    "steatotic",
    "steatotic_names",
    "stiffness_fell",
    "ukeld",
    "wilson",
]
