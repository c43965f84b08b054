"""Whether an option is worth its price against standard care: ratio, shares, acceptability, price, budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import outcomes
from hepatica.language import say
from hepatica.planning.bands import clean, quantiles
from hepatica.planning.compare import Compared
from hepatica.planning.course_price import CoursePrice, course_price
from hepatica.planning.payment import Payment, care_cost

Array = NDArray[np.float64]
DAYS_A_YEAR = 365.25
POINTS = 11


def economics(
    c: Compared,
    standard: Compared,
    days: Array,
    payment: Payment,
    course: str,
    judged_day: int,
    causes: tuple[str, ...],
    seed: int,
) -> dict[str, Any]:
    """Return the option's price and what it is worth against standard care, up to the day options are judged on."""
    own, other = c.draws, standard.draws
    price = course_price(c.option, payment, causes, days, own["survival"])
    told: dict[str, Any] = {
        "price": price.row,
        "currency": payment.place.currency,
        "horizon_days": judged_day,
        "discount": {"cost": payment.place.discount_cost, "effect": payment.place.discount_effect},
    }
    rates = (payment.place.discount_cost, payment.place.discount_effect)
    gain, plain_gain = (_gain(own, other, c, days, course, seed, r) for r in (rates[1], 0.0))
    if gain is None or plain_gain is None:
        return {**told, "reason": say("quality of life cannot be valued in this disease, so that no gain has a price")}
    care, plain_care, note = _care(own, other, days, course, payment)
    told |= {"qaly_gain": quantiles(gain), "cost_of_care_added": _known(care, note)}
    total, why = _total(care, price, note, payment)
    told |= {"cost_added": _known(total, why), **_worth(gain, total, why, payment.place.currency)}
    if judged_day > DAYS_A_YEAR:
        plain, _ = _total(plain_care, CoursePrice(price.plain, price.plain, price.row), note, payment)
        told["undiscounted"] = {"qaly_gain": quantiles(plain_gain), "cost_added": _known(plain, why)}
    told |= _by_threshold(gain, care, total, payment.place)
    told["notes"] = _notes(care, price, standard, payment, note)
    if payment.people is not None:
        told["budget"] = _budget(payment.people, total, why)
    sources = [*standard.rows["qaly"].get("sources", []), *standard.rows["cost"].get("sources", [])]
    return {**told, "sources": list(dict.fromkeys([*sources, *price.row["sources"]]))}


def _gain(
    own: dict[str, Array], other: dict[str, Array], c: Compared, days: Array, course: str, seed: int, rate: float
) -> Array | None:
    """Return QALYs gained less those lost to harms; a harm's days are counted where it happens, at the start."""
    cp = own.get("child_pugh"), other.get("child_pugh")
    found = outcomes.gains(days, own["survival"], cp[0], other["survival"], cp[1], course, seed=seed, rate=rate)
    return None if found is None else (found[0] + found[1] - c.parts.harms) / DAYS_A_YEAR


def _care(
    own: dict[str, Array], other: dict[str, Array], days: Array, course: str, payment: Payment
) -> tuple[Array | None, Array | None, str]:
    """Return the cost of care beyond standard care, discounted and not, or None with the reason."""
    place, found = payment.place, []
    for rate in (place.discount_cost, 0.0):
        a, b = (care_cost(days, d, course, payment, rate) for d in (own, other))
        if a.draws is None or b.draws is None:
            return None, None, a.reason or b.reason
        if a.partial:
            return (
                None,
                None,
                say("only the first admission has a cost here, and no source tells how options change it"),
            )
        if a.currency != place.currency:
            why = say(
                "the cost of care is known in {currency} of {year} only, and is not converted",
                currency=a.currency, year=str(a.year),
            )  # fmt: skip
            return None, None, why
        found.append(a.draws - b.draws)
    return found[0], found[1], ""


def _total(care: Array | None, price: CoursePrice, note: str, payment: Payment) -> tuple[Array | None, str]:
    if price.now is None:
        return None, str(price.row["reason"])
    if price.row["currency"] != payment.place.currency:
        why = say(
            "the price is in {given}, the costs of this plan in {currency}, and nothing is converted; give the price "
            "in {currency}",
            given=price.row["currency"], currency=payment.place.currency,
        )  # fmt: skip
        return None, why
    return (None, note) if care is None else (care + price.now, "")


def _known(x: Array | None, why: str) -> dict[str, Any]:
    return {"mean": None, "reason": why} if x is None else quantiles(x)


def _worth(gain: Array, total: Array | None, why: str, currency: str) -> dict[str, Any]:
    unit = say("{currency} a QALY", currency=currency)
    if total is None:
        return {"icer": {"value": None, "unit": unit, "reason": why}}
    ratio = outcomes.ratio(gain, total)
    row: dict[str, Any] = {"value": None if ratio.value is None else clean(ratio.value), "unit": unit}
    if ratio.lo is not None and ratio.hi is not None:
        row |= {"lo": clean(ratio.lo), "hi": clean(ratio.hi)}
    if ratio.reason:
        row["reason"] = ratio.reason
    return {"icer": row, "shares": {k: clean(v) for k, v in outcomes.shares(gain, total).items()}}


def _by_threshold(gain: Array, care: Array | None, total: Array | None, place: outcomes.Place) -> dict[str, Any]:
    """Return, at each sourced payment for a QALY, the price it would be worth, and its net benefit where priced."""
    thresholds, currency = place.thresholds, place.currency
    if not thresholds:
        return {}
    worth = [(t.pay_a_qaly, outcomes.price_worth(gain, care, t.pay_a_qaly)) for t in thresholds]
    told: dict[str, Any] = {
        "price_worth": [
            {"pay_a_qaly": pay, **quantiles(x), "p_above_zero": clean(float(np.mean(x > 0)))} for pay, x in worth
        ]
    }
    top = max(t.pay_a_qaly for t in thresholds)
    if total is None:
        highest = max(float(np.quantile(worth[-1][1], 0.99)), 0.0)
        grid = np.linspace(0.0, highest, POINTS) if highest > 0 else np.zeros(1)
        chances = [float(np.mean(worth[-1][1] > at)) for at in grid]
        return told | {
            "acceptability": _curve("price", currency, grid, chances) | {"pay_a_qaly": thresholds[-1].pay_a_qaly}
        }
    told["net_money"] = [
        {"pay_a_qaly": t.pay_a_qaly, **quantiles(outcomes.net_money(gain, total, t.pay_a_qaly))} for t in thresholds
    ]
    grid = np.unique([*np.linspace(0.0, 2.0 * top, POINTS), *(t.pay_a_qaly for t in thresholds)])
    return told | {"acceptability": _curve("pay_a_qaly", currency, grid, outcomes.acceptable(gain, total, grid))}


def _curve(over: str, unit: str, grid: Array, chances: Sequence[float] | Array) -> dict[str, Any]:
    points = [{"at": clean(float(a)), "p": clean(float(p))} for a, p in zip(grid, chances, strict=True)]
    return {"over": over, "unit": unit, "points": points}


def _budget(people: int, total: Array | None, why: str) -> dict[str, Any]:
    """Return the money beyond standard care for people like this one; what they share (the model) stays uncertain."""
    return {"people": people, **_known(None if total is None else people * total, why)}


def _notes(care: Array | None, price: CoursePrice, standard: Compared, payment: Payment, note: str) -> list[str]:
    said = [say("gains after the day options are judged on are not counted")]
    if care is None:
        said.append(say("the price it is worth counts its gain alone: {why}", why=note))
    care_year, year = standard.rows["cost"].get("year"), price.row.get("year")
    if care is not None and price.now is not None and care_year != year:
        said.append(
            say(
                "care is in prices of {care}, the treatment of {price}: not converted, as no index was seen",
                care=str(care_year or "?"),
                price=str(year or "?"),
            )
        )
    if not payment.place.thresholds:
        said.append(payment.place.gap)
    return said
