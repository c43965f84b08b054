"""What the course of one option costs: the user's own price, a listed one, or unknown with the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import outcomes, therapy
from hepatica.language import say
from hepatica.planning.bands import quantiles
from hepatica.planning.option import Option
from hepatica.planning.payment import Payment

Array = NDArray[np.float64]
DAYS_A_YEAR = 365.25
NO_PRICE_OF_ITS_OWN = ("standard_care",)


@dataclass(frozen=True, slots=True)
class CoursePrice:
    """The price of a course a draw, today's value and undiscounted, or None; its row for the plan."""

    now: Array | None
    plain: Array | None
    row: dict[str, Any]


def course_price(o: Option, payment: Payment, causes: tuple[str, ...], days: Array, survival: Array) -> CoursePrice:
    """Return what the treatment itself costs, over `days` [d] with `survival` [d, n]; unknown is never 0."""
    if o.id in NO_PRICE_OF_ITS_OWN:
        return CoursePrice(None, None, {"value": None, "own": False, "sources": []})
    if o.parts:
        return _together(o, [course_price(part, payment, causes, days, survival) for part in _alone(o)])
    own = outcomes.price_of(o.id, o.product, payment.prices)
    if own is not None:
        row = {"value": own.value, "currency": own.currency, "year": own.year, "per": own.per,
               "own": True, "given_source": own.source, "sources": ["own_price"]}  # fmt: skip
        return _over_time(o, own.value, own.per, row, payment, days, survival)
    listed = outcomes.listed_price(payment.place.id, o.id, causes)
    if listed is not None:
        row = {"value": listed.value, "currency": listed.currency, "year": listed.year, "per": "course",
               "own": False, "sources": [listed.source]}  # fmt: skip
        return _over_time(o, listed.value, "course", row, payment, days, survival)
    why = say("no source seen here gives its price; give one with --prices FILE")
    return CoursePrice(None, None, {"value": None, "own": False, "reason": why, "sources": []})


def _alone(o: Option) -> list[Option]:
    """Return the treatments of a combination, the cells with their product and regimen."""
    return [
        replace(o, id=part, name=part, parts=(), product=None, regimen=None)
        if part in therapy.comparators()
        else replace(o, id=part, parts=())
        for part in o.parts
    ]


def _together(o: Option, prices: list[CoursePrice]) -> CoursePrice:
    """Return the sum where every part has a price in one currency; else it is unknown."""
    rows = [p.row for p in prices]
    told: dict[str, Any] = {"value": None, "own": False, "sources": []}
    if any(p.now is None for p in prices):
        return CoursePrice(None, None, {**told, "reason": say("the price of a part of it is unknown")})
    if len({r["currency"] for r in rows}) > 1:
        return CoursePrice(None, None, {**told, "reason": say("its parts have prices in different currencies")})
    now, plain = (np.sum([getattr(p, k) for p in prices], axis=0) for k in ("now", "plain"))
    years = {r["year"] for r in rows}
    row = {
        "value": None,
        "currency": rows[0]["currency"],
        "year": years.pop() if len(years) == 1 else None,
        "per": "course",
        "own": any(r["own"] for r in rows),
        "given_source": "; ".join(r["given_source"] for r in rows if r["own"]),
        "sources": list(dict.fromkeys(s for r in rows for s in r["sources"])),
        "course": quantiles(plain),
    }
    return CoursePrice(now, plain, row)


def _over_time(
    o: Option, value: float, per: str, row: dict[str, Any], payment: Payment, days: Array, survival: Array
) -> CoursePrice:
    if per == "infusion" and o.regimen is None:
        why = say("the price is per infusion, and how many are given is not known here; give it per course")
        return CoursePrice(None, None, {**row, "reason": why})
    plain = _course(o, value, per, days, survival, 0.0)
    now = _course(o, value, per, days, survival, payment.place.discount_cost)
    return CoursePrice(now, plain, {**row, "course": quantiles(plain)})


def _course(o: Option, value: float, per: str, days: Array, survival: Array, rate: float) -> Array:
    if per == "course":
        return np.full(survival.shape[1], value)
    if per == "year":
        years = np.trapezoid(survival * outcomes.present(days, rate), days, axis=0) / DAYS_A_YEAR
        return np.asarray(value * years, dtype=float)
    assert o.regimen is not None
    given = np.array([d for d in o.regimen.days if d <= days[-1]], dtype=float)
    alive = np.array([[np.interp(d, days, s) for s in survival.T] for d in given])
    return np.asarray(value * (alive * outcomes.present(given, rate)).sum(axis=0), dtype=float)
