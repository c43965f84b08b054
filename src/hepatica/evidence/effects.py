"""Effect sizes from counts and from means; zero cells by a stated rule, nothing added silently."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hepatica.errors import InputError

ZERO_RULE = "0.5 added to all four cells where one is 0; left out where no arm, or every arm, had the event"


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect and its sampling variance; `added` went into each cell; `left_out` says why there is none."""

    yi: float | None
    vi: float | None
    added: float = 0.0
    left_out: str = ""


def from_counts(events: int, n: int, control_events: int, control_n: int, measure: str) -> Effect:
    """Return the log odds ratio (OR), log risk ratio (RR) or risk difference (RD) of events in n against control.

    Zero cells follow ZERO_RULE, for RD too, as metafor does; a risk difference keeps double-zero tables.
    Source: Cochrane Handbook 6, chapter 10.4.

    >>> e = from_counts(4, 123, 11, 139, "RR")
    >>> round(e.yi, 4), round(e.vi, 4)
    (-0.8893, 0.3256)
    """
    for x, m in ((events, n), (control_events, control_n)):
        if not 0 <= x <= m or m < 1:
            raise InputError(f"{x} events in {m}", mend="events lie between 0 and n, and n is 1 or more")
    a, b, c, d = float(events), float(n - events), float(control_events), float(control_n - control_events)
    if measure != "RD" and (a == c == 0 or b == d == 0):
        which = "no arm had the event" if a == 0 else "every patient of both arms had the event"
        return Effect(None, None, 0.0, f"{which}: a ratio cannot be estimated")
    added = 0.5 if min(a, b, c, d) == 0 else 0.0
    a, b, c, d = (x + added for x in (a, b, c, d))
    if measure == "RD":
        return Effect(a / (a + b) - c / (c + d), a * b / (a + b) ** 3 + c * d / (c + d) ** 3, added)
    if measure == "OR":
        return Effect(math.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d, added)
    if measure == "RR":
        yi = math.log(a / (a + b)) - math.log(c / (c + d))
        return Effect(yi, 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d), added)
    raise InputError(f"measure {measure!r} is not known for counts", mend="one of: OR, RR, RD")


def mean_difference(mean: float, sd: float, n: int, control_mean: float, control_sd: float, control_n: int) -> Effect:
    """Return the difference of two means, in their unit, with unequal variances.

    >>> e = mean_difference(15.75, 5.13, 22, 19.94, 6.68, 23)
    >>> round(e.yi, 2), round(e.vi, 4)
    (-4.19, 3.1363)
    """
    _sds(sd, n, control_sd, control_n)
    return Effect(mean - control_mean, sd**2 / n + control_sd**2 / control_n)


def standardised_difference(
    mean: float, sd: float, n: int, control_mean: float, control_sd: float, control_n: int
) -> Effect:
    """Return Hedges' g: the difference in pooled SDs with the exact small-sample correction.

    Source: Hedges 1981 doi:10.3102/10769986006002107.
    """
    _sds(sd, n, control_sd, control_n)
    df = n + control_n - 2
    pooled = math.sqrt(((n - 1) * sd**2 + (control_n - 1) * control_sd**2) / df)
    correction = math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)
    g = correction * (mean - control_mean) / pooled
    return Effect(g, 1 / n + 1 / control_n + g**2 / (2 * (n + control_n)))


def ratio_of_means(mean: float, sd: float, n: int, control_mean: float, control_sd: float, control_n: int) -> Effect:
    """Return the log ratio of two means, both above 0.

    >>> e = ratio_of_means(12.0, 3.0, 20, 10.0, 4.0, 20)
    >>> round(e.yi, 4), round(e.vi, 5)
    (0.1823, 0.01112)
    """
    _sds(sd, n, control_sd, control_n)
    if not (mean > 0 and control_mean > 0):
        raise InputError(f"means {mean:g} and {control_mean:g}", mend="a ratio needs both above 0")
    return Effect(math.log(mean / control_mean), sd**2 / (n * mean**2) + control_sd**2 / (control_n * control_mean**2))


def mean_change(before: float, sd_before: float, after: float, sd_after: float, n: int, correlation: float) -> Effect:
    """Return the mean change of one arm, after less before, with a stated correlation of the two.

    >>> e = mean_change(21.0, 4.0, 18.0, 5.0, 20, 0.5)
    >>> e.yi, round(e.vi, 3)
    (-3.0, 1.05)
    """
    from hepatica.evidence.summaries import sd_of_change

    if n < 2:
        raise InputError(f"n = {n}: one patient has no spread", mend="at least 2 patients")
    return Effect(after - before, sd_of_change(sd_before, sd_after, correlation) ** 2 / n)


def from_rates(events: int, time: float, control_events: int, control_time: float, measure: str = "IRR") -> Effect:
    """Return the log rate ratio (IRR) or rate difference (IRD) of events in patient-time, one unit of time for both.

    With no event in one arm 0.5 is added to both counts, as metafor does, and `added` says so. With none in either
    there is no ratio; a difference keeps such a study, as a risk difference does.
    """
    for x, t in ((events, time), (control_events, control_time)):
        if x < 0 or not t > 0:
            raise InputError(f"{x} events in a time of {t:g}", mend="a count of 0 or more and a time above 0")
    if measure not in ("IRR", "IRD"):
        raise InputError(f"measure {measure!r} is not known for rates", mend="one of: IRR, IRD")
    if events == control_events == 0 and measure == "IRR":
        return Effect(None, None, 0.0, "no arm had the event: a ratio cannot be estimated")
    added = 0.5 if min(events, control_events) == 0 else 0.0
    a, c = events + added, control_events + added
    if measure == "IRD":
        return Effect(a / time - c / control_time, a / time**2 + c / control_time**2, added)
    return Effect(math.log(a / time) - math.log(c / control_time), 1 / a + 1 / c, added)


def from_ratio_interval(ratio: float, lo: float, hi: float, level: float = 0.95) -> Effect:
    """Return the log ratio and its variance from a printed ratio and interval.

    >>> e = from_ratio_interval(1.058, 0.727, 1.548)
    >>> round(e.yi, 4), round(e.vi, 4)
    (0.0564, 0.0372)
    """
    from hepatica.evidence.intervals import normal_quantile

    if not 0 < lo <= ratio <= hi:
        raise InputError(f"ratio {ratio} with interval {lo} to {hi}", mend="0 < lo <= ratio <= hi")
    width = (math.log(hi) - math.log(lo)) / (2 * normal_quantile((1 + level) / 2))
    return Effect(math.log(ratio), width**2)


def _sds(sd: float, n: int, control_sd: float, control_n: int) -> None:
    for s, m in ((sd, n), (control_sd, control_n)):
        if m < 2:
            raise InputError(f"n = {m}: one patient has no spread", mend="at least 2 in each arm")
        if not s > 0:
            raise InputError(f"SD = {s}", mend="an SD above 0; a mean without one cannot be pooled")
