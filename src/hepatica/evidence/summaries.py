"""Means and SDs from what papers print instead: medians with quartiles or ranges, standard errors, intervals.

Sources: SD from quartiles and ranges, Wan et al. 2014 doi:10.1186/1471-2288-14-135; mean from them, Luo et al., Stat
Methods Med Res 2018. Both assume values spread like a normal: a skewed row is marked, not corrected.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hepatica.errors import InputError
from hepatica.evidence.intervals import normal_quantile, t_quantile

SKEWED = 0.3  # |q1 + q3 - 2 median| / (q3 - q1) from which a row is marked as skewed (ours)


@dataclass(frozen=True, slots=True)
class MeanSd:
    """An estimated mean and SD, the way they came about, and whether the row looks skewed."""

    mean: float
    sd: float
    how: str
    skewed: bool = False


def from_quartiles(median: float, q1: float, q3: float, n: int) -> MeanSd:
    """Return mean and SD from median and quartiles of n values.

    >>> m = from_quartiles(10.0, 8.0, 12.0, 25)
    >>> round(m.mean, 3), round(m.sd, 3), m.skewed
    (10.0, 3.144, False)
    """
    _ordered((q1, median, q3), n)
    weight = 0.7 + 0.39 / n
    mean = weight * (q1 + q3) / 2 + (1 - weight) * median
    sd = (q3 - q1) / (2 * normal_quantile((0.75 * n - 0.125) / (n + 0.25)))
    return MeanSd(mean, sd, "median and quartiles", _skewed(q1, median, q3))


def from_range(median: float, low: float, high: float, n: int) -> MeanSd:
    """Return mean and SD from median and range of n values.

    >>> m = from_range(50.0, 30.0, 70.0, 25)
    >>> round(m.mean, 2), round(m.sd, 2)
    (50.0, 10.18)
    """
    _ordered((low, median, high), n)
    weight = 4 / (4 + n**0.75)
    mean = weight * (low + high) / 2 + (1 - weight) * median
    sd = (high - low) / (2 * normal_quantile((n - 0.375) / (n + 0.25)))
    return MeanSd(mean, sd, "median and range", _skewed(low, median, high))


def sd_from_se(se: float, n: int) -> float:
    """Return the SD of n values from the standard error of their mean.

    >>> sd_from_se(0.5, 16)
    2.0
    """
    if not se > 0 or n < 2:
        raise InputError(f"SE {se} with n = {n}", mend="an SE above 0 and at least 2 patients")
    return se * math.sqrt(n)


def sd_from_interval(lo: float, hi: float, n: int, level: float = 0.95) -> float:
    """Return the SD of n values from the t interval of their mean.

    >>> round(sd_from_interval(1.0, 3.0, 25), 3)
    2.423
    """
    if not hi > lo or n < 2:
        raise InputError(f"interval {lo} to {hi} with n = {n}", mend="lo below hi and at least 2 patients")
    return math.sqrt(n) * (hi - lo) / (2 * t_quantile((1 + level) / 2, n - 1))


def _ordered(values: tuple[float, float, float], n: int) -> None:
    if not values[0] <= values[1] <= values[2] or values[0] == values[2]:
        raise InputError(f"{values[0]:g}, {values[1]:g}, {values[2]:g} are not in order, or do not differ")
    if n < 4:
        raise InputError(f"n = {n}: too few for quartiles or a range", mend="at least 4 patients")


def _skewed(low: float, middle: float, high: float) -> bool:
    return abs(low + high - 2 * middle) > SKEWED * (high - low)
