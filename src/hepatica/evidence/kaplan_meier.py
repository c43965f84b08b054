"""Survival read off Kaplan-Meier curves: a log hazard ratio from points of two curves, and odds at one day.

Events and patients at risk of each interval are rebuilt from the drop of the curve and the numbers at risk (or, without
them, as if nobody left early, which overstates what is known: marked). Intervals in which either arm had no event are
joined with the next. Sources: Parmar, Torri and Stewart, Stat Med 1998;17:2815; Williamson et al., Stat Med
2002;21:3337.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.effects import Effect

LEAST = 0.05  # events below which an interval counts as empty


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of one arm's curve: days (first 0), survival 0 to 1 (first 1), and n at risk at each or only at day 0."""

    days: tuple[float, ...]
    survival: tuple[float, ...]
    at_risk: tuple[float, ...]

    @staticmethod
    def of(days: Sequence[float], survival: Sequence[float], at_risk: Sequence[float]) -> Curve:
        """Return the checked curve; raises InputError for days or survival out of order, or fewer than two points."""
        if len(days) != len(survival) or len(days) < 2 or len(at_risk) not in (1, len(days)):
            raise InputError("a curve has at least two points, and one n or one a point")
        if any(b <= a for a, b in pairwise(days)) or days[0] != 0:
            raise InputError("days of a curve rise from 0")
        if survival[0] != 1 or any(b > a or b < 0 for a, b in pairwise(survival)):
            raise InputError("survival of a curve falls from 1 and stays above 0", mend="in fractions, not percent")
        if any(b > a for a, b in pairwise(at_risk)) or not at_risk[0] >= 1:
            raise InputError("numbers at risk do not rise")
        return Curve(tuple(days), tuple(survival), tuple(at_risk))


def log_hazard_ratio(treated: Curve, control: Curve) -> tuple[Effect, tuple[str, ...]]:
    """Return the log hazard ratio with its variance, and what was assumed.

    Raises InputError for curves of other days and CannotAnswer where an arm had no event at all.
    """
    if treated.days != control.days:
        raise InputError("the two curves have other days", mend="read both at the same days")
    told = []
    if len(treated.at_risk) == 1 or len(control.at_risk) == 1:
        told.append("no numbers at risk: as if nobody left early, the interval is too narrow")
    parts = _joined([_interval(treated, i) for i in range(len(treated.days) - 1)],
                    [_interval(control, i) for i in range(len(control.days) - 1)])  # fmt: skip
    if not parts:
        raise CannotAnswer(
            "an arm without an event: a hazard ratio cannot be estimated", mend="odds or risk difference"
        )
    total, weight = 0.0, 0.0
    for (d, r), (e, s) in parts:
        one, other = _log_hazard(d, r), _log_hazard(e, s)
        variance = one[1] + other[1]
        total, weight = total + (one[0] - other[0]) / variance, weight + 1 / variance
    return Effect(total / weight, 1 / weight), tuple(told)


def odds_from_percent(treated: float, n: float, control: float, control_n: float) -> Effect:
    """Return the log odds ratio of surviving from two Kaplan-Meier survivals (0 to 1) and the n they started from.

    The variance is the binomial one of everybody followed to that day: a lower bound where some were not. Raises
    CannotAnswer where a survival is 0 or 1, for which nothing can be said without the counts.
    """
    for p, m in ((treated, n), (control, control_n)):
        if not 0 <= p <= 1 or not m >= 1:
            raise InputError(f"survival {p:g} of n = {m:g}", mend="a fraction, and n of at least 1")
    if min(treated, control) == 0 or max(treated, control) == 1:
        raise CannotAnswer("survival of 0 or 1 on a curve: no odds without counts")
    y = math.log(treated / (1 - treated)) - math.log(control / (1 - control))
    return Effect(y, 1 / (n * treated * (1 - treated)) + 1 / (control_n * control * (1 - control)))


def _interval(c: Curve, i: int) -> tuple[float, float]:
    """Return events and patients at risk between point i and the next; those who left did so evenly in between."""
    drop = 1 - c.survival[i + 1] / c.survival[i] if c.survival[i] > 0 else 0.0
    if len(c.at_risk) == 1:
        risk = c.at_risk[0] * c.survival[i]
        return risk * drop, risk
    start, end = c.at_risk[i], c.at_risk[i + 1]
    deaths = drop * (start + end) / (2 - drop) if drop < 1 else start
    left = max(0.0, start - end - deaths)
    risk = start - left / 2
    return min(risk, drop * risk), risk


def _log_hazard(deaths: float, risk: float) -> tuple[float, float]:
    """Return the log cumulative hazard of an interval and its variance: complementary log-log of a proportion."""
    q = deaths / risk
    hazard = -math.log1p(-q)
    return math.log(hazard), q / ((1 - q) * risk * hazard**2)


def _joined(
    treated: list[tuple[float, float]], control: list[tuple[float, float]]
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return intervals with events in both arms, joining empty ones to the next, the last to the one before."""
    out: list[list[float]] = []
    held: list[float] | None = None
    for (d, r), (e, s) in zip(treated, control, strict=True):
        held = [d, r, e, s] if held is None else [held[0] + d, held[1], held[2] + e, held[3]]
        if held[0] > LEAST and held[2] > LEAST and held[0] < held[1] and held[2] < held[3]:
            out.append(held)
            held = None
    if held is not None and out:
        out[-1][0] += held[0]
        out[-1][2] += held[2]
    return [((d, r), (e, s)) for d, r, e, s in out if d < r and e < s]
