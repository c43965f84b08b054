"""Patient-reported instruments as data: which items make which scale, how answers are recoded, what may be missing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

from hepatica.errors import InputError

Missing = Literal["answered", "half", "all"]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One questionnaire; `values` gives the recoded value of every code an item's answer can have."""

    name: str
    title: str
    direction: str
    scales: Mapping[str, tuple[int, ...]]
    values: Mapping[int, Mapping[int, float]]
    how: Literal["mean", "sum"]
    missing: Missing
    source: str
    note: str = ""
    total: str = ""
    links: tuple[str, ...] = ()
    t_scores: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = field(default_factory=dict)
    t_source: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """The smallest difference that matters to patients, lo to hi, with the people and the method it comes from."""

    instrument: str
    scales: tuple[str, ...]
    lo: float
    hi: float
    unit: str
    population: str
    method: str
    source: str


def _load(name: str) -> dict[str, Any]:
    text = resources.files("hepatica.outcomes.pro").joinpath("data", name).read_text("utf-8")
    return tomllib.loads(text)


@cache
def instruments() -> dict[str, Instrument]:
    """Return every instrument by name; raise ValueError where the file leaves an item without a scale or a recode."""
    return {name: _instrument(name, row) for name, row in _load("instruments.toml").items()}


def _instrument(name: str, row: Mapping[str, Any]) -> Instrument:
    values: dict[int, dict[int, float]] = {}
    for group in row["recode"]:
        lowest = group.get("lowest", 1)
        for item in group["items"]:
            values[item] = {lowest + k: float(v) for k, v in enumerate(group["values"])}
    scales = {scale: tuple(items) for scale, items in row["scales"].items()}
    every = sorted(item for items in scales.values() for item in items)
    if not every == sorted(values) == list(range(1, row["count"] + 1)):
        raise ValueError(f"instruments.toml: {name}: every item belongs to one scale and one recode")
    tables = _load(row["t_scores"]) if "t_scores" in row else {}
    t_source = tables.pop("source", "")
    return Instrument(
        name=name, title=row["title"], direction=row["direction"], scales=scales, values=values, how=row["how"],
        missing=row["missing"], source=row["source"], note=row.get("note", ""), total=row.get("total", ""),
        links=tuple(row.get("links", ())), t_source=t_source,
        t_scores={scale: (tuple(t["t"]), tuple(t["se"])) for scale, t in tables.items()},
    )  # fmt: skip


def instrument(name: str) -> Instrument:
    """Return one instrument; raise InputError with the names there are."""
    if name not in instruments():
        raise InputError(f"no questionnaire named {name!r}", mend="one of " + ", ".join(instruments()))
    return instruments()[name]


@cache
def differences() -> tuple[Difference, ...]:
    """Return every published smallest meaningful difference of the file."""
    return tuple(Difference(**{**row, "scales": tuple(row["scales"])}) for row in _load("differences.toml")["row"])


def meaningful_difference(name: str, scale: str) -> Difference | None:
    """Return the smallest difference that matters on a scale, or None where no source here gives one."""
    return next((d for d in differences() if d.instrument == name and scale in d.scales), None)
