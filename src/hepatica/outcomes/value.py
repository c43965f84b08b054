"""Is it worth its price: cost a quality-adjusted year, the chance that it is acceptable, the price that would be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepatica.language import say

Array = NDArray[np.float64]
LEVEL = 0.05
NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Ratio:
    """Cost a quality-adjusted year gained, of the means, with a 90 % interval where there is one; else the reason."""

    value: float | None
    lo: float | None
    hi: float | None
    reason: str = ""


def ratio(gain: Array, cost: Array) -> Ratio:
    """Return added cost over added QALYs; the interval ends where 5 and 95 % of the draws find it worth its cost.

    Args:
        gain: QALYs gained over the comparator, one a draw [n].
        cost: money spent beyond the comparator, one a draw [n].

    A ratio says nothing where the gain is not above 0, or where it costs no more; there is then a reason instead. The
    interval is left out where more than 5 % of the draws gain nothing.

    >>> ratio(np.full(10, 0.5), np.full(10, 1000.0)).value
    2000.0
    """
    more, dearer = float(np.mean(gain)), float(np.mean(cost))
    if more <= NOTHING:
        return Ratio(None, None, None, say("it gains no quality-adjusted time on average"))
    if dearer <= 0:
        return Ratio(None, None, None, say("it gains and costs no more on average: nothing is paid for the gain"))
    helped = gain > NOTHING
    limit = np.full(gain.shape, np.inf)
    limit[helped] = cost[helped] / gain[helped]
    lo, hi = np.quantile(limit, (LEVEL, 1.0 - LEVEL), method="lower")
    if not np.isfinite(hi):
        share = f"{100.0 * float(np.mean(~helped)):.0f}"
        why = say("{share} % of the draws gain nothing, so no interval holds", share=share)
        return Ratio(dearer / more, None, None, why)
    return Ratio(dearer / more, float(lo), float(hi))


def shares(gain: Array, cost: Array) -> dict[str, float]:
    """Return the share of draws in each quarter of the plane of cost and effect, and of those without a difference."""
    same = (np.abs(gain) <= NOTHING) & (np.abs(cost) <= NOTHING)
    better, dearer = gain > 0, cost > 0
    return {
        "better_and_dearer": float(np.mean(better & dearer & ~same)),
        "better_not_dearer": float(np.mean(better & ~dearer & ~same)),
        "no_better_dearer": float(np.mean(~better & dearer & ~same)),
        "no_better_not_dearer": float(np.mean(~better & ~dearer & ~same)),
        "no_difference": float(np.mean(same)),
    }


def net_money(gain: Array, cost: Array, pay_a_qaly: float) -> Array:
    """Return the net monetary benefit a draw: what the gain is worth at a payment for a QALY, less what it costs."""
    return np.asarray(pay_a_qaly * gain - cost, dtype=float)


def acceptable(gain: Array, cost: Array, pay_a_qaly: Array) -> Array:
    """Return the chance of a net monetary benefit above 0 at each payment: the acceptability curve.

    >>> acceptable(np.array([1.0, -1.0]), np.array([10.0, 10.0]), np.array([5.0, 20.0]))
    array([0. , 0.5])
    """
    return np.array([float(np.mean(net_money(gain, cost, pay) > 0)) for pay in pay_a_qaly])


def price_worth(gain: Array, care: Array | None, pay_a_qaly: float) -> Array:
    """Return the price at which a draw gains as much as it costs: the worth of its gain less the care it adds.

    `care` is the added cost of care without the treatment's price; None leaves it out.
    """
    return np.asarray(pay_a_qaly * gain - (0.0 if care is None else care), dtype=float)
