"""The groups that a cohort is drawn from and how its records are written, each number with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from hepatica.errors import HepaticaError

from ._body import table
from ._population import COURSES

ONCE = ("wbc", "alp", "urea", "map", "spo2", "fio2", "stiffness")


@dataclass(frozen=True, slots=True)
class Group:
    """People of one course and population: who they are, and what of them no state of the twin tells."""

    name: str
    course: str
    population: str
    share: float
    age_y: tuple[float, float, float, float]
    female: float
    causes: Mapping[str, float]
    ascites: Mapping[str, float]
    encephalopathy: tuple[float, ...]
    conditions: tuple[str, ...]
    bmi: tuple[float, float]
    once: Mapping[str, tuple[float, float]]


@cache
def sources() -> dict[str, dict[str, Any]]:
    """Return the sources a cohort may name: the twin's own and its own."""
    return {**table("sources"), **_load("cohort_sources")}


@cache
def groups() -> tuple[Group, ...]:
    """Return every group of the default mix.

    Raises:
        HepaticaError: a row or field names no known source, a population the twin lacks, or odd probabilities.
    """
    return tuple(_group(name, row) for name, row in _load("cohort").items())


@cache
def record(name: str) -> dict[str, Any]:
    """Return one table of how records are written, without its source and note."""
    rows = _load("cohort_record")
    _check_source(name, rows[name]["source"])
    return {k: v for k, v in rows[name].items() if k not in ("source", "note")}


def _load(name: str) -> dict[str, dict[str, Any]]:
    path = resources.files("hepatica.twin") / "data" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _check_source(name: str, source: str) -> None:
    if source not in sources():
        raise HepaticaError(f"{name} has no known source: {source!r}", where="twin/data/cohort.toml")


def _group(name: str, row: Mapping[str, Any]) -> Group:
    for source in (row["source"], *row.get("from", {}).values()):
        _check_source(name, source)
    if stray := set(row.get("from", {})) - set(row):
        raise HepaticaError(f"{name} names a source for {sorted(stray)[0]!r}, which it lacks")
    if row["population"] not in COURSES:
        raise HepaticaError(f"{name} is drawn from {row['population']!r}, which is no population of the twin")
    for field in ("causes", "ascites"):
        if row[field] and abs(sum(row[field].values()) - 1) > 0.005:
            raise HepaticaError(f"{name}: the probabilities of {field} do not add up to 1")
    if abs(sum(row["encephalopathy"]) - 1) > 0.005:
        raise HepaticaError(f"{name}: the probabilities of encephalopathy do not add up to 1")
    once = {k: (float(row[k][0]), float(row[k][1])) for k in ONCE if k in row}
    return Group(
        name,
        row["course"],
        row["population"],
        float(row["share"]),
        tuple(row["age_y"]),
        float(row["female"]),
        row["causes"],
        row["ascites"],
        tuple(row["encephalopathy"]),
        tuple(row["conditions"]),
        tuple(row["bmi"]),
        once,
    )
