"""Pool 2 x 2 tables, and rates of two arms, without the study-wise correction: Mantel-Haenszel and Peto."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.intervals import normal_quantile


@dataclass(frozen=True, slots=True)
class TablePool:
    """A pooled effect (log scale for OR, RR, IRR and Peto) with its standard error and interval."""

    measure: str
    method: str
    k: int
    estimate: float
    se: float
    ci: tuple[float, float]


def mantel_haenszel(
    events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike, measure: str = "OR"
) -> TablePool:
    """Return the Mantel-Haenszel log OR, log RR or RD; nothing is added to zero cells; double-zero tables drop out.

    Variances: Robins-Breslow-Greenland for OR (doi:10.2307/2531052), Greenland-Robins for RR
    (doi:10.2307/2530643) and for RD as discussed by the same authors in Biometrics 1989;45:1323.
    """
    a, b, c, d = _tables(events, n, control_events, control_n)
    if measure != "RD":
        keep = ~(((a == 0) & (c == 0)) | ((b == 0) & (d == 0)))
        a, b, c, d = a[keep], b[keep], c[keep], d[keep]
    n1, n2 = a + b, c + d
    total = n1 + n2
    if len(a) == 0 or a.sum() + c.sum() == 0:
        if measure == "RD":
            raise CannotAnswer("no patient of any table had the event: the difference is 0 and has no variance here")
        raise InputError("no table with an event in one arm and not in all", mend="use the risk difference")
    if measure == "OR":
        r, s = a * d / total, b * c / total
        p, q = (a + d) / total, (b + c) / total
        big_r, big_s = r.sum(), s.sum()
        _both(big_r, big_s)
        estimate = math.log(big_r / big_s)
        variance = (p * r).sum() / (2 * big_r**2) + (p * s + q * r).sum() / (2 * big_r * big_s)
        variance += (q * s).sum() / (2 * big_s**2)
    elif measure == "RR":
        r, s = (a * n2 / total).sum(), (c * n1 / total).sum()
        _both(r, s)
        estimate = math.log(r / s)
        variance = ((n1 * n2 * (a + c) - a * c * total) / total**2).sum() / (r * s)
    elif measure == "RD":
        weight = (n1 * n2 / total).sum()
        estimate = float((a * (n2 / total) - c * (n1 / total)).sum() / weight)
        p_part = (c * (n1 / total) ** 2 - a * (n2 / total) ** 2 + (n1 / total) * (n2 / total) * (n2 - n1) / 2).sum()
        q_part = (a * (n2 - c) / total + c * (n1 - a) / total).sum() / 2
        variance = (estimate * p_part + q_part) / weight**2
    else:
        raise InputError(f"measure {measure!r} is not known", mend="one of: OR, RR, RD")
    return _result(measure, "Mantel-Haenszel", len(a), float(estimate), float(variance))


def mantel_haenszel_rates(
    events: ArrayLike, time: ArrayLike, control_events: ArrayLike, control_time: ArrayLike, measure: str = "IRR"
) -> TablePool:
    """Return the Mantel-Haenszel log rate ratio (IRR) or rate difference (IRD), nothing added, as metafor's rma.mh."""
    x, t, c, u = (np.asarray(v, dtype=np.float64) for v in (events, time, control_events, control_time))
    total = t + u
    if measure == "IRR":
        if x.sum() + c.sum() == 0:
            raise CannotAnswer("no study had an event", mend="an upper bound for each arm")
        r, s = (x * u / total).sum(), (c * t / total).sum()
        _both(r, s)
        variance = (t * u * (x + c) / total**2).sum() / (r * s)
        return _result(measure, "Mantel-Haenszel", int((x + c > 0).sum()), math.log(r / s), float(variance))
    if measure != "IRD":
        raise InputError(f"measure {measure!r} is not known for rates", mend="one of: IRR, IRD")
    weight = t * u / total
    estimate = ((x * u - c * t) / total).sum() / weight.sum()
    variance = (weight**2 * (x / t**2 + c / u**2)).sum() / weight.sum() ** 2
    if variance == 0:
        raise CannotAnswer("no patient had an event: the difference is 0 and has no variance here")
    return _result(measure, "Mantel-Haenszel", len(x), float(estimate), float(variance))


def peto(events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike) -> TablePool:
    """Return Peto's one-step log odds ratio, for rare events in arms of like size.

    Source: Yusuf, Peto et al. 1985, doi:10.1016/S0033-0620(85)80003-7.
    """
    y, v = peto_effects(events, n, control_events, control_n)
    kept = np.isfinite(y)
    if not kept.any():
        raise InputError("no table with an event in one arm and not in all", mend="use the risk difference")
    y, w = y[kept], 1 / v[kept]
    return _result("PETO", "Peto", len(y), float((w * y).sum() / w.sum()), float(1 / w.sum()))


def peto_effects(
    events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return each table's one-step log odds ratio and its variance; infinite where a table says nothing."""
    a, b, c, d = _tables(events, n, control_events, control_n)
    total = a + b + c + d
    v = (a + b) * (c + d) * (a + c) * (b + d) / (total**2 * (total - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(v > 0, (a - (a + b) * (a + c) / total) / v, np.inf)
        return y, np.where(v > 0, 1 / v, np.inf)


def _tables(events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike) -> tuple[np.ndarray, ...]:
    a, n1, c, n2 = (np.asarray(x, dtype=np.float64) for x in (events, n, control_events, control_n))
    if not len(a) == len(n1) == len(c) == len(n2) or len(a) == 0:
        raise InputError("the four columns differ in length or are empty")
    if (a < 0).any() or (c < 0).any() or (a > n1).any() or (c > n2).any():
        raise InputError("events outside 0 to n")
    return a, n1 - a, c, n2 - c


def _both(r: float, s: float) -> None:
    if r == 0 or s == 0:
        raise InputError("all events lie in one arm", mend="use the risk difference or Peto's method")


def _result(measure: str, method: str, k: int, estimate: float, variance: float) -> TablePool:
    se = math.sqrt(variance)
    half = normal_quantile(0.975) * se
    return TablePool(measure, method, k, estimate, se, (estimate - half, estimate + half))
