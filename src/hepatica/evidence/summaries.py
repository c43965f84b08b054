"""Means and SDs from what papers print instead: medians with quartiles or ranges, standard errors, intervals.

Sources: SD from quartiles and ranges, Wan et al. 2014 doi:10.1186/1471-2288-14-135; mean from them, Luo et al., Stat
Methods Med Res 2018; SD from five numbers and the tests of skewness, Shi et al., Res Synth Methods 2020 and Stat
Methods Med Res 2023. All assume values spread like a normal: a skewed row is marked, not corrected.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hepatica.errors import InputError
from hepatica.evidence.intervals import normal_quantile, t_quantile


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
    return MeanSd(mean, sd, "median and quartiles", _lean(q1, median, q3) >= 2.65 / math.sqrt(n) - 6 / n**2)


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
    return MeanSd(mean, sd, "median and range", _lean(low, median, high) >= 1 / math.log(n + 9) + 2.5 / (n + 1))


def from_five(low: float, q1: float, median: float, q3: float, high: float, n: int) -> MeanSd:
    """Return mean and SD from minimum, quartiles, median and maximum of n values.

    >>> m = from_five(30.0, 44.0, 50.0, 56.0, 70.0, 25)
    >>> round(m.mean, 2), round(m.sd, 2), m.skewed
    (50.0, 9.94, False)
    """
    _ordered((q1, median, q3), n)
    if not low <= q1 <= q3 <= high:
        raise InputError(f"{low:g}, {q1:g}, {q3:g}, {high:g} are not in order")
    outer, inner = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
    mean = outer * (low + high) / 2 + inner * (q1 + q3) / 2 + (1 - outer - inner) * median
    share = 1 / (1 + 0.07 * n**0.6)
    by_range = (high - low) / (2 * normal_quantile((n - 0.375) / (n + 0.25)))
    by_quartiles = (q3 - q1) / (2 * normal_quantile((0.75 * n - 0.125) / (n + 0.25)))
    ends = 2.65 * math.log(0.6 * n) / math.sqrt(n) * _lean(low, median, high)
    skewed = max(ends, _lean(q1, median, q3)) >= 3 / math.sqrt(n) - 40 / n**3
    return MeanSd(mean, share * by_range + (1 - share) * by_quartiles, "median, quartiles and range", skewed)


def sd_from_p(difference: float, p: float, n: int, control_n: int) -> float:
    """Return the common SD of two arms from the difference of their means and the two-sided p value of a t test.

    A p printed only as "< 0.05" gives a lower bound on the t value, so an upper bound on the SD.

    >>> round(sd_from_p(3.0, 0.02, 25, 25), 3)
    4.407
    """
    if not 0 < p < 1 or difference == 0 or n < 2 or control_n < 2:
        raise InputError(f"difference {difference:g} with p = {p:g}", mend="a difference other than 0, 0 < p < 1")
    t = t_quantile(1 - p / 2, n + control_n - 2)
    return abs(difference) / t / math.sqrt(1 / n + 1 / control_n)


def sd_of_change(sd_before: float, sd_after: float, correlation: float) -> float:
    """Return the SD of a change from the SDs before and after and their correlation (Cochrane Handbook 6, 6.5.2.8).

    >>> round(sd_of_change(5.0, 4.0, 0.5), 3)
    4.583
    """
    if not (sd_before > 0 and sd_after > 0 and -1 <= correlation <= 1):
        raise InputError(f"SDs {sd_before:g} and {sd_after:g}, correlation {correlation:g}")
    variance = sd_before**2 + sd_after**2 - 2 * correlation * sd_before * sd_after
    if variance <= 0:
        raise InputError("the change would have no spread", mend="a correlation below 1")
    return math.sqrt(variance)


def correlation_of_change(sd_before: float, sd_after: float, sd_change: float) -> float:
    """Return the correlation that three printed SDs imply; raises InputError where they contradict each other.

    >>> round(correlation_of_change(5.0, 4.0, 4.582575694955840), 6)
    0.5
    """
    if not min(sd_before, sd_after, sd_change) > 0:
        raise InputError("an SD is not above 0")
    r = (sd_before**2 + sd_after**2 - sd_change**2) / (2 * sd_before * sd_after)
    if not -1 <= r <= 1:
        raise InputError(f"SDs {sd_before:g}, {sd_after:g} and {sd_change:g} of the change contradict each other")
    return r


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


def _lean(low: float, middle: float, high: float) -> float:
    return abs(low + high - 2 * middle) / (high - low)
