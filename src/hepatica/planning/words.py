"""Plain words for patients: counts out of a hundred, times, and names that need no dictionary."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from hepatica import therapy
from hepatica.planning import sources
from hepatica.planning.option import Option


@lru_cache(maxsize=1)
def _names() -> dict[str, dict[str, str]]:
    return sources.read("names.toml")


def disease(course: str) -> str:
    """Return what a patient hears for a course."""
    return _names()["course"].get(course, "your liver problem")


def treatment(option: Option) -> str:
    """Return what a patient hears for an option."""
    if option.product is not None:
        kind = therapy.products()[option.product].cell_type
        return _names()["cells"].get(kind, "cells")
    return _names()["treatment"].get(option.id, option.name)


def of_100(probability: float) -> str:
    """Return a probability as people out of a hundred.

    >>> of_100(0.213), of_100(0.004), of_100(0.996), of_100(0.0)
    ('about 21 of 100 people', 'fewer than 1 of 100 people', 'more than 99 of 100 people', 'nobody in the studies')
    """
    if probability <= 0:
        return "nobody in the studies"
    if probability < 0.01:
        return "fewer than 1 of 100 people"
    if probability > 0.99:
        return "more than 99 of 100 people"
    return f"about {round(probability * 100)} of 100 people"


def when(day: float) -> str:
    """Return a day in the words people use.

    >>> when(1), when(28), when(180), when(730)
    ('1 day', '28 days', '6 months', '2 years')
    """
    if day < 60:
        return f"{round(day)} day{'' if round(day) == 1 else 's'}"
    if day < 365:
        return f"{round(day / 30.4375)} months"
    years = day / 365
    return f"{years:.0f} year{'' if round(years) == 1 else 's'}"


def listed(words: list[str]) -> str:
    """Return words joined by commas and a last `and`.

    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else ""


def money(value: dict[str, Any]) -> str:
    """Return a cost with its currency and price year."""
    rounded = f"{round(value['mean'], -2):,.0f}"
    return f"{value['currency']} {rounded}" + (f" (prices of {value['year']})" if value.get("year") else "")
