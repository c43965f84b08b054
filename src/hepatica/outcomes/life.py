"""Time alive, quality-adjusted life years and cost of care, one value a draw, from simulated courses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepatica.language import say
from hepatica.outcomes import choices
from hepatica.outcomes.places import payers

Array = NDArray[np.float64]
DAYS_A_YEAR = 365.25
QUARTILE_Z = 0.6744897501960817
CHILD_B, CHILD_C = 6.5, 9.5
FEW = 0.001


@dataclass(frozen=True, slots=True)
class Worth:
    """One value a draw with its sources, or nothing with the reason; `partial` where options cannot change it."""

    draws: Array | None
    sources: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""
    currency: str = ""
    year: int | None = None
    partial: bool = False


def days_alive(days: Array, survival: Array) -> Array:
    """Return the mean days alive up to the last day: `days` (d,), `survival` (d, n) as probabilities.

    >>> days_alive(np.array([0.0, 10.0]), np.array([[1.0], [0.5]]))
    array([7.5])
    """
    return np.asarray(np.trapezoid(survival, days, axis=0), dtype=float)


def present(days: Array, rate: float) -> Array:
    """Return what one unit at each day is worth today at a rate of discount a year, [d, 1].

    >>> present(np.array([0.0, 365.25]), 0.25).ravel()
    array([1. , 0.8])
    """
    return np.asarray((1.0 + rate) ** (-np.asarray(days, dtype=float) / DAYS_A_YEAR))[:, None]


def qaly(days: Array, survival: Array, child_pugh: Array | None, course: str, *, seed: int, rate: float = 0.0) -> Worth:
    """Return quality-adjusted life years a draw up to the last day, discounted at `rate` a year.

    Utilities come from the evidence base by Child-Pugh class; each draw keeps one position between the quartiles of
    its source, so that a person's own way of valuing health stays the same in every option.
    """
    found = _utilities(course, child_pugh, survival, seed)
    if isinstance(found, Worth):
        return found
    level, used, note = found
    total = np.trapezoid(survival * level * present(days, rate), days, axis=0) / DAYS_A_YEAR
    return Worth(np.asarray(total), used, note)


def gains(
    days: Array,
    survival: Array,
    child_pugh: Array | None,
    base_survival: Array,
    base_child_pugh: Array | None,
    course: str,
    *,
    seed: int,
    rate: float = 0.0,
) -> tuple[Array, Array] | None:
    """Return what a course gains over another, in quality-adjusted days a draw: by living longer, and by living better.

    The first values added days as the other course's days are valued, the second the better days while alive; together
    they are the difference of `qaly`. None where quality of life cannot be valued.
    """
    own = _utilities(course, child_pugh, survival, seed)
    other = _utilities(course, base_child_pugh, base_survival, seed)
    if isinstance(own, Worth) or isinstance(other, Worth):
        return None
    now = present(days, rate)
    longer = np.trapezoid((survival - base_survival) * other[0] * now, days, axis=0)
    better = np.trapezoid(survival * (own[0] - other[0]) * now, days, axis=0)
    return np.asarray(longer), np.asarray(better)


def _utilities(
    course: str, child_pugh: Array | None, survival: Array, seed: int
) -> tuple[Array, tuple[str, ...], str] | Worth:
    """Return the utility of each day and draw, its sources and a note; or why there is none."""
    rule = choices.course_rule(course)
    if "reason" in rule:
        return Worth(None, reason=rule["reason"])
    z = np.random.default_rng([seed, 20]).standard_normal(survival.shape[1])
    if rule["utility"] != "child":
        row = choices.utility(rule["utility"])
        level = np.broadcast_to(_person(row, z), survival.shape)
        used = (row,)
    elif child_pugh is None:
        return Worth(None, reason=say("the simulation gives no Child-Pugh score to value"))
    else:
        used = tuple(choices.utility(f"child_{k}") for k in "abc")
        a, b, c = (_person(row, z) for row in used)
        level = np.where(child_pugh < CHILD_B, a, np.where(child_pugh < CHILD_C, b, c))
    return level, tuple(dict.fromkeys(r.source for r in used)), rule.get("note", "")


def care_cost(
    days: Array,
    survival: Array,
    child_pugh: Array | None,
    course: str,
    place: str,
    payer: str | None = None,
    rate: float = 0.0,
    transplant_free: Array | None = None,
) -> Worth:
    """Return the cost of care for the liver a draw up to the last day, without the price of any new treatment.

    `place` and `payer` say whose costs (payer None: the first view a source gives there); `rate` discounts a year.
    `transplant_free` [d, n] tells who lives with the own liver; those alive after a transplant cost what it does.
    """
    once, a, b = None, choices.cost(place, "compensated", payer), choices.cost(place, "decompensated", payer)
    if course in ("alf", "ali", "urea_cycle", "metabolic", "steatosis", "chronic_hepatitis", "cholestatic", "none"):
        return Worth(None, reason=say("no source here gives the cost of care for this disease"))
    if course in ("aclf", "alcoholic_hepatitis"):
        once = choices.cost(place, "admission", payer)
        if once is None:
            return Worth(
                None, reason=say("no source here gives the cost of an admission for it in {place}", place=place)
            )
    if a is None or b is None or child_pugh is None:
        return Worth(None, reason=_unknown(place, payer))
    if once is not None and (once.currency, once.year) != (a.currency, a.year):
        draws = np.full(survival.shape[1], once.value)
        return Worth(
            draws,
            (once.source,),
            say("the first admission only: later care has another price year"),
            "",
            once.currency,
            once.year,
            partial=True,
        )
    now = present(days, rate)
    native = survival if transplant_free is None else np.minimum(transplant_free, survival)
    yearly = np.where(child_pugh < CHILD_B, a.value, b.value)
    total = np.trapezoid(native * yearly * now, days, axis=0) / DAYS_A_YEAR
    sources = [a.source, b.source]
    if float((survival - native).mean(axis=1).max()) > FEW:
        after, event = (choices.cost(place, k, payer) for k in ("after_transplant", "transplant_event"))
        if after is None:
            return Worth(None, reason=say("no source here gives the cost of a transplant in {place}", place=place))
        total = total + _transplant(days, survival - native, now, after.value, event.value if event else 0.0)
        sources += [after.source]
    note = say("prices without an interval in their source")
    return Worth(np.asarray(total), tuple(dict.fromkeys(sources)), note, "", a.currency, a.year)


def _transplant(days: Array, alive: Array, now: Array, a_year: float, event: float) -> Array:
    """Return what transplants cost a draw: each that survivors add, and the years after; `alive` after one [d, n]."""
    done = np.maximum(np.diff(alive, axis=0, prepend=0.0), 0.0)
    return np.asarray((done * event * now).sum(axis=0) + np.trapezoid(alive * a_year * now, days, axis=0) / DAYS_A_YEAR)


def _unknown(place: str, payer: str | None) -> str:
    known = choices.payers_at(place)
    if payer is None or not known or payer in known:
        return say("no source here gives the cost of cirrhosis care in {place}", place=place)
    views = payers()
    return say(
        "no source here gives the cost of cirrhosis care in {place} as {payer} sees it; there is the view of: {others}",
        place=place,
        payer=views[payer],
        others=", ".join(views[p] for p in known),
    )


def _person(row: choices.Value, z: Array) -> Array:
    spread = 0.0 if row.lo is None or row.hi is None else (row.hi - row.lo) / (2.0 * QUARTILE_Z)
    return np.clip(row.value + spread * z, 0.0, 1.0)
