"""Registered trials as data: arms, criteria in the criteria language, recruitment, and assurance patients."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hepatica.eligibility.language import parse
from hepatica.eligibility.tree import Rule
from hepatica.errors import InputError
from hepatica.language import by_language, said_data
from hepatica.therapy import Source, comparators, one_of, products, required_text, routes, sources_of

FRESH_D = 90
HISTORICAL = "historical criteria only"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One requirement, worded so that `met` is good: an exclusion reads "no liver cancer"."""

    id: str
    kind: str  # inclusion | exclusion
    text: str
    said: str  # the rule as written in the criteria language
    rule: Rule
    note: str = ""


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: a product by a route with its dose and days, or treatments without cells."""

    name: str
    product: str | None = None
    route: str | None = None
    dose_cells: float | None = None
    dose_cells_per_kg: float | None = None
    days: tuple[float, ...] = ()
    comparators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assurance:
    """A tiny record in the short form with the verdict its author expects.

    `assuming_absence` is the verdict where a silent record counts as absence.
    """

    name: str
    record: Mapping[str, Any]
    expect: str
    assuming_absence: str | None
    criteria: Mapping[str, str]
    answers: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Protocol:
    """One registered trial."""

    id: str
    title: str
    condition: str
    phase: str
    enrollment: int | None
    registry_status: str
    status_as_of: date | None
    criteria_complete: bool
    arms: tuple[Arm, ...]
    criteria: tuple[Criterion, ...]
    sources: tuple[Source, ...]
    note: str = ""
    assurance: tuple[Assurance, ...] = ()

    def recruitment(self, today: date) -> dict[str, Any]:
        """Return the recruitment status as it may be shown on a day: historical unless checked within 90 days."""
        fresh = is_fresh(self.status_as_of, today)
        return {
            "recruitment_status": self.registry_status if fresh else HISTORICAL,
            "registry_status": self.registry_status,
            "status_as_of": self.status_as_of.isoformat() if self.status_as_of else None,
            "criteria_complete": self.criteria_complete,
        }


def is_fresh(as_of: date | None, today: date) -> bool:
    """Return whether a recruitment status was looked up within the last 90 days."""
    return as_of is not None and 0 <= (today - as_of).days <= FRESH_D


def protocol(name: str) -> Protocol:
    """Return a protocol of the package by registry number; raises InputError for an unknown one."""
    if name not in protocols():
        raise InputError(f"no protocol is called {name!r}", where="--protocol", mend=f"one of {', '.join(protocols())}")
    return protocols()[name]


@by_language
def protocols() -> Mapping[str, Protocol]:
    """Return every protocol of the package by registry number."""
    folder = files("hepatica.eligibility").joinpath("data", "protocols")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    texts = ((n, tomllib.loads(folder.joinpath(n).read_text(encoding="utf-8"))) for n in names)
    read = (_protocol(said_data("eligibility/data/protocols", row), n) for n, row in texts)
    return MappingProxyType({p.id: p for p in read})


def read_protocol(path: str | Path) -> Protocol:
    """Return a protocol from a TOML file; raise InputError naming what is missing or wrong."""
    path = Path(path)
    try:
        return _protocol(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"the protocol cannot be read: {error}", where=str(path), mend="give a TOML file") from error


def _protocol(row: Mapping[str, Any], file: str) -> Protocol:
    where = f"protocol {file}"
    if not isinstance(row.get("criteria_complete"), bool):
        raise InputError("`criteria_complete` is missing", where=where, mend="true or false")
    as_of = row.get("status_as_of")
    if as_of is not None and not isinstance(as_of, date):
        raise InputError("`status_as_of` is not a date", where=where, mend="status_as_of = 2026-11-01")
    criteria = tuple(_criterion(c, where) for c in row.get("criterion", ()))
    ids = [c.id for c in criteria]
    if not ids or len(set(ids)) < len(ids):
        raise InputError("criteria are missing or share an id", where=where, mend="give each [[criterion]] its own id")
    return Protocol(
        id=required_text(row, "id", where),
        title=required_text(row, "title", where),
        condition=required_text(row, "condition", where),
        phase=row.get("phase", ""),
        enrollment=row.get("enrollment"),
        registry_status=required_text(row, "registry_status", where),
        status_as_of=as_of,
        criteria_complete=row["criteria_complete"],
        arms=tuple(_arm(a, where) for a in row.get("arm", ())),
        criteria=criteria,
        sources=sources_of(row, where),
        note=row.get("note", ""),
        assurance=tuple(_assurance(a, set(ids), where) for a in row.get("assurance", ())),
    )


def _criterion(row: Mapping[str, Any], where: str) -> Criterion:
    where = f"{where}, criterion {row.get('id')}"
    one_of(row, "kind", ("inclusion", "exclusion"), where)
    said = required_text(row, "rule", where)
    rule = parse(said, where)
    return Criterion(
        required_text(row, "id", where), row["kind"], required_text(row, "text", where), said, rule, row.get("note", "")
    )


def _arm(row: Mapping[str, Any], where: str) -> Arm:
    where = f"{where}, arm {row.get('name')}"
    for key, allowed in (("product", products()), ("route", routes())):
        if key in row and row[key] not in allowed:
            raise InputError(f"unknown {key} {row[key]!r}", where=where, mend=f"one of {', '.join(allowed)}")
    beside = tuple(row.get("comparators", ()))
    if unknown := [c for c in beside if c not in comparators()]:
        raise InputError(f"unknown comparator {unknown[0]!r}", where=where, mend=f"one of {', '.join(comparators())}")
    days = tuple(float(d) for d in row.get("days", ()))
    doses = row.get("dose_cells"), row.get("dose_cells_per_kg")
    return Arm(required_text(row, "name", where), row.get("product"), row.get("route"), *doses, days, beside)


def _assurance(row: Mapping[str, Any], ids: set[str], where: str) -> Assurance:
    where = f"{where}, assurance {row.get('name')}"
    one_of(row, "expect", ("eligible", "not eligible", "unknown"), where)
    criteria = row.get("criteria", {})
    if stray := set(criteria) - ids:
        raise InputError(f"no criterion is called {sorted(stray)[0]!r}", where=where, mend=f"one of {sorted(ids)}")
    expected = row["expect"], row.get("assuming_absence")
    return Assurance(required_text(row, "name", where), row["record"], *expected, criteria, row.get("answers", {}))
