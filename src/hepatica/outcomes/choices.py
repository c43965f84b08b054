"""Which sourced value stands for which state: rows of the evidence base chosen in a data file, found or refused."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from hepatica import evidence
from hepatica.language import by_language, said_data, say


@dataclass(frozen=True, slots=True)
class Value:
    """One sourced number: its middle, its interval where the source has one, and the source's id."""

    value: float
    lo: float | None
    hi: float | None
    source: str
    currency: str = ""
    year: int | None = None


@by_language
def _file() -> dict[str, Any]:
    text = resources.files("hepatica.outcomes").joinpath("data", "choices.toml").read_text("utf-8")
    said: dict[str, Any] = said_data("outcomes/data/choices.toml", tomllib.loads(text))
    return said


def course_rule(course: str) -> dict[str, Any]:
    """Return how a course is valued: `utility` (with a `note`), or the `reason` why it is not."""
    rule: dict[str, Any] = _file()["course"].get(
        course, {"reason": say("this course has no value in the sources here")}
    )
    return rule


@lru_cache(maxsize=32)
def utility(name: str) -> Value:
    """Return the utility chosen for a state (0 dead, 1 full health); raise ValueError where the row is not there."""
    want = _file()["utility"][name]
    row = _find(evidence.utilities(), kind="utility", **want)
    return Value(row["value"], row.get("lo"), row.get("hi"), row["source"])


def payers_at(place: str) -> tuple[str, ...]:
    """Return whose views of the cost of care a source gives at a place, the default first."""
    return tuple(row["payer"] for row in _file()["care"] if row["place"] == place)


def payer_seen(place: str, payer: str) -> bool:
    """Return whether the source itself says whose view its costs are."""
    return any(r.get("payer_seen", True) for r in _file()["care"] if (r["place"], r["payer"]) == (place, payer))


@lru_cache(maxsize=64)
def cost(place: str, name: str, payer: str | None = None) -> Value | None:
    """Return a cost of care (a year, or once for an event) as a payer sees it, or None where no source gives it."""
    rows = [r for r in _file()["care"] if r["place"] == place and payer in (None, r["payer"])]
    want = rows[0].get(name) if rows else None
    if want is None:
        return None
    base = _find(evidence.costs(), kind="cost", state=want["state"], source=want["source"])
    factor = 1.0
    if "times" in want:
        factor = _find(evidence.costs(), kind="ratio", state=want["times"], source=want["source"])["value"]
    return Value(base["value"] * factor, None, None, base["source"], base.get("currency", ""), base.get("price_year"))


def listed_price(place: str, option: str, causes: Sequence[str]) -> Value | None:
    """Return the price of a course of a treatment as a source lists it at a place, or None."""
    for want in _file()["price"]:
        if (want["place"], want["option"]) == (place, option) and want.get("cause") in (None, *causes):
            row = _find(evidence.costs(), kind="price", what=want["what"], source=want["source"])
            lo, hi, year = row.get("lo"), row.get("hi"), row.get("price_year")
            return Value(float(row["value"]), lo, hi, row["source"], row["currency"], year)
    return None


def _find(rows: list[dict[str, Any]], **want: Any) -> dict[str, Any]:
    for row in rows:
        if all(row.get(k) == v for k, v in want.items()):
            return row
    raise ValueError(f"choices.toml: the evidence base has no row with {want}")
