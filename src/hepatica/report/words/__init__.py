"""The names the report uses for variables, treatment families, certainty and terms: one name for one thing."""

from hepatica.report.words.contract import certainties, enumerated
from hepatica.report.words.names import (
    CERTAINTY,
    FAMILIES,
    Family,
    Variable,
    certainty_step,
    drawn,
    family,
    middle,
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
    "drawn",
    "enumerated",
    "family",
    "middle",
    "plain",
    "question",
    "terms",
    "variable",
]
