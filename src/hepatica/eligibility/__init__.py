"""Who may: trial criteria in a small language, judged for one patient or for a million, three-valued."""

from __future__ import annotations

from hepatica.eligibility.evaluate import Distance, Result, evaluate
from hepatica.eligibility.fhir import to_fhir
from hepatica.eligibility.fhirpath import fhirpath
from hepatica.eligibility.funnel import Funnel, Step, funnel, screen, screen_cohort, screening
from hepatica.eligibility.language import parse
from hepatica.eligibility.match import CriterionResult, Match, StatusCheck, match, settles_most
from hepatica.eligibility.protocols import Arm, Assurance, Criterion, Protocol, protocol, protocols, read_protocol
from hepatica.eligibility.questions import Question, questions
from hepatica.eligibility.table import Table, evaluate_table, tabulate
from hepatica.eligibility.tree import AtLeast, Fact, Not, Quantity, Rule, Within, leaves
from hepatica.eligibility.ways import Change, way_in

__all__ = [
    "Arm",
    "Assurance",
    "AtLeast",
    "Change",
    "Criterion",
    "CriterionResult",
    "Distance",
    "Fact",
    "Funnel",
    "Match",
    "Not",
    "Protocol",
    "Quantity",
    "Question",
    "Result",
    "Rule",
    "StatusCheck",
    "Step",
    "Table",
    "Within",
    "evaluate",
    "evaluate_table",
    "fhirpath",
    "funnel",
    "leaves",
    "match",
    "parse",
    "protocol",
    "protocols",
    "questions",
    "read_protocol",
    "screen",
    "screen_cohort",
    "screening",
    "settles_most",
    "tabulate",
    "to_fhir",
    "way_in",
]
