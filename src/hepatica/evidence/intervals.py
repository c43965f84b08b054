"""Intervals and quantiles that need no heavy import: Jeffreys, Clopper-Pearson, normal, t and chi-square."""

from __future__ import annotations

import math


def jeffreys(events: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the Jeffreys interval of a proportion; its ends are 0 or 1 where no or every one had the event.

    Source: Brown, Cai and DasGupta, Statist Sci 2001;16:101.

    >>> [round(x, 4) for x in jeffreys(4, 41)]
    [0.0338, 0.2155]
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    lo = 0.0 if events == 0 else float(betaincinv(events + 0.5, n - events + 0.5, tail))
    hi = 1.0 if events == n else float(betaincinv(events + 0.5, n - events + 0.5, 1 - tail))
    return lo, hi


def clopper_pearson(events: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson) interval of a proportion.

    >>> [round(x, 4) for x in clopper_pearson(0, 30)]
    [0.0, 0.1157]
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    lo = 0.0 if events == 0 else float(betaincinv(events, n - events + 1, tail))
    hi = 1.0 if events == n else float(betaincinv(events + 1, n - events, 1 - tail))
    return lo, hi


def normal_quantile(p: float) -> float:
    """Return the standard normal quantile."""
    from scipy.special import ndtri

    return float(ndtri(p))


def t_quantile(p: float, df: float) -> float:
    """Return the quantile of Student's t; infinite df gives the normal."""
    if math.isinf(df):
        return normal_quantile(p)
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


def chi2_quantile(p: float, df: float) -> float:
    """Return the chi-square quantile."""
    from scipy.special import chdtri

    return float(chdtri(df, 1 - p))


def chi2_tail(x: float, df: float) -> float:
    """Return the chance that a chi-square variable exceeds x."""
    from scipy.special import chdtrc

    return float(chdtrc(df, x))


def f_tail(x: float, df: float, df2: float) -> float:
    """Return the chance that an F variable exceeds x."""
    from scipy.special import fdtrc

    return float(fdtrc(df, df2, x))


def two_sided_p(statistic: float, df: float = math.inf) -> float:
    """Return the two-sided p value of a normal (df infinite) or t statistic."""
    from scipy.special import ndtr, stdtr

    x = -abs(statistic)
    return float(2 * (ndtr(x) if math.isinf(df) else stdtr(df, x)))
