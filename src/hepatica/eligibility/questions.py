"""What no record answers: questions for the patient, the investigator, or a test without a place in the record."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from hepatica.language import by_language, said_data


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its words, who or what settles it, and whether it is left to the investigator."""

    name: str
    text: str
    settled_by: str
    judged: bool = False


@by_language
def questions() -> Mapping[str, Question]:
    """Return every question by name."""
    text = files("hepatica.eligibility").joinpath("data", "questions.toml").read_text(encoding="utf-8")
    rows = said_data("eligibility/data/questions.toml", tomllib.loads(text))
    return MappingProxyType({name: Question(name, **row) for name, row in rows.items()})
