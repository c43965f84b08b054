"""What patients report: questionnaires scored from item numbers, utilities, differences that matter."""

from __future__ import annotations

from .eq5d import Utility, ValueSet, eq5d_utility, read_value_set
from .fhir import answers_from_response
from .instruments import Difference, Instrument, differences, instrument, instruments, meaningful_difference
from .score import ProChange, ProScore, ScaleScore, compare_pro, score_pro

__all__ = [
    "Difference",
    "Instrument",
    "ProChange",
    "ProScore",
    "ScaleScore",
    "Utility",
    "ValueSet",
    "answers_from_response",
    "compare_pro",
    "differences",
    "eq5d_utility",
    "instrument",
    "instruments",
    "meaningful_difference",
    "read_value_set",
    "score_pro",
]
