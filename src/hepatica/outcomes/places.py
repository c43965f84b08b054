"""Where a plan is paid for and by whom: discount rates, what a quality-adjusted year may cost, and payers' views."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from hepatica.errors import InputError
from hepatica.language import by_language, said_data


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a quality-adjusted year may cost somewhere, as a source says it."""

    pay_a_qaly: float
    what: str
    source: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place with its currency, its rates of discount a year (fractions) and its thresholds, or the gap."""

    id: str
    name: str
    jurisdiction: str
    currency: str
    discount_cost: float
    discount_effect: float
    discount_source: str
    discount_note: str
    thresholds: tuple[Threshold, ...]
    gap: str


@by_language
def _file() -> dict[str, Any]:
    text = resources.files("hepatica.outcomes").joinpath("data", "places.toml").read_text("utf-8")
    found: dict[str, Any] = said_data("outcomes/data/places.toml", tomllib.loads(text))
    return found


@by_language
def places() -> dict[str, Place]:
    """Return every place by id; raise ValueError where a rate or a threshold has no source."""
    found = {}
    for row in _file()["place"]:
        rate = row["discount"]
        if not rate.get("source") or not all(t.get("source") for t in row["threshold"]):
            raise ValueError(f"places.toml: {row['id']} has a number without a source")
        thresholds = tuple(Threshold(float(t["pay_a_qaly"]), t["what"], t["source"]) for t in row["threshold"])
        found[row["id"]] = Place(
            row["id"], row["name"], row["jurisdiction"], row["currency"], rate["cost"], rate["effect"],
            rate["source"], rate["note"], thresholds, row["gap"],
        )  # fmt: skip
    return found


def place(name: str) -> Place:
    """Return a place by any of its names; raise InputError where none fits."""
    wanted = name.strip().lower()
    for row in _file()["place"]:
        if wanted in row["aka"]:
            return places()[row["id"]]
    raise InputError(f"no prices or rules for '{name}'", where="country", mend=f"use one of {', '.join(places())}")


def payers() -> dict[str, str]:
    """Return the views a cost can be seen from, by id, in words."""
    return dict(_file()["payer"])


def payer_id(name: str) -> str:
    """Return the id of a payer's view; raise InputError where it is unknown."""
    wanted = name.strip().lower().replace(" ", "_").replace("-", "_")
    if wanted in payers():
        return wanted
    raise InputError(f"unknown payer '{name}'", where="payer", mend=f"use one of {', '.join(payers())}")


@by_language
def currencies() -> tuple[str, ...]:
    """Return the currencies a price may be given in."""
    return tuple(sorted({p.currency for p in places().values()}))
