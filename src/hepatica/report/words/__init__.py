"""The names the report uses for variables, treatment families, certainty and terms: one name for one thing."""

from hepatica.report.words.contract import certainties, enumerated
from hepatica.report.words.names import (
    CERTAINTY,
    FAMILIES,
    Family,
    Variable,
    certainty_step,
    family,
    plain,
    question,
    variable,
)
from hepatica.report.words.terms import terms

__all__ = [
    "CERTAINTY",
    "FAMILIES",
    "Family",
    "Variable",
    "certainties",
    "certainty_step",
    "enumerated",
    "family",
    "plain",
    "question",
    "terms",
    "variable",
]
