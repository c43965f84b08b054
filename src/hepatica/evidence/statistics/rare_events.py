"""Rare events in two arms, and rates, by their exact likelihoods: nothing is added to a zero cell.

Odds ratios condition on each study's total (non-central hypergeometric), rate ratios too (binomial), so that no
study's baseline risk needs a model; `unconditional` models the baselines instead. Sources: Stijnen, Hamza and Ozdemir,
Stat Med 2010;29:3046, doi:10.1002/sim.4040; van Houwelingen, Zwinderman and Stijnen, Stat Med 1993;12:2273.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.intervals import normal_quantile, two_sided_p
from hepatica.evidence.statistics.likelihood import Binomial, Counts, Fit, Hypergeometric, Poisson, fit
from hepatica.evidence.statistics.two_arms import Fit as TwoArmFit
from hepatica.evidence.statistics.two_arms import TwoArms
from hepatica.evidence.statistics.two_arms import fit as fit_two_arms

Array = NDArray[np.floating[Any]]
MODELS = {
    "UM.FS": "mixed model of both arms, a baseline a study",
    "UM.RS": "mixed model of both arms, normal baselines",
}
_FAR = "all events lie in one arm, or the studies lie so far apart that no heterogeneity fits"


@dataclass(frozen=True, slots=True)
class Exact:
    """A pooled log odds ratio, log rate ratio or log rate with normal intervals; `left_out` studies say nothing.

    sigma2: the variance of the studies' baselines (model UM.RS only).
    """

    measure: str
    model: str
    k: int
    estimate: float
    se: float
    ci: tuple[float, float]
    prediction_interval: tuple[float, float]
    tau2: float
    p: float
    log_likelihood: float
    left_out: int
    level: float
    warnings: tuple[str, ...]
    sigma2: float | None = None


def odds_ratio(
    events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike, level: float = 0.95
) -> Exact:
    """Return the pooled log odds ratio by the exact conditional likelihood with normal log odds ratios.

    Studies in which no patient, or every patient, had the event carry no information on an odds ratio: counted in
    `left_out`. Raises InputError for impossible counts, CannotAnswer where no study is left or no finite fit exists.

    >>> r = odds_ratio([1, 0, 3], [40, 30, 50], [4, 2, 6], [41, 30, 48])
    >>> round(r.estimate, 3), r.tau2
    (-1.184, 0.0)
    """
    a, m, c, q = whole(events, n, control_events, control_n)
    keep = (a + c > 0) & (a + c < m + q)
    if not keep.any():
        raise CannotAnswer("no study with an event in some but not all patients", mend="the risk difference")
    a, m, c, q = a[keep], m[keep], c[keep], q[keep]
    if a.sum() == 0 or c.sum() == 0 or (a == m).all() or (c == q).all():
        raise CannotAnswer(_FAR, mend="Peto's method or the risk difference")
    return _exact(
        "OR", "exact conditional likelihood", Hypergeometric.of(a, m, c, q), len(a), int((~keep).sum()), level
    )


def rate_ratio(
    events: ArrayLike, time: ArrayLike, control_events: ArrayLike, control_time: ArrayLike, level: float = 0.95
) -> Exact:
    """Return the pooled log rate ratio of events in patient-time, given each study's total; times in one unit."""
    a, t, c, u = timed(events, time, control_events, control_time)
    keep = a + c > 0
    if not keep.any() or a.sum() == 0 or c.sum() == 0:
        raise CannotAnswer("no study with an event" if not keep.any() else _FAR, mend="the difference of rates")
    counts = Binomial(a[keep], (a + c)[keep], np.log(t[keep] / u[keep]))
    return _exact("IRR", "exact conditional likelihood", counts, int(keep.sum()), int((~keep).sum()), level)


def rate(events: ArrayLike, time: ArrayLike, level: float = 0.95) -> Exact:
    """Return the pooled log rate of events in patient-time of one arm, by the Poisson-normal likelihood."""
    x, t = (np.asarray(v, dtype=np.float64).ravel() for v in (events, time))
    if len(x) != len(t) or len(x) == 0:
        raise InputError(f"{len(x)} event counts and {len(t)} times")
    _rates(x, t)
    if x.sum() == 0:
        raise CannotAnswer("no study had an event", mend="an upper bound: 3 / total time is its 95 % limit")
    return _exact("IR", "Poisson-normal likelihood", Poisson(x, t), len(x), 0, level)


def unconditional(
    events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike, model: str = "UM.FS",
    measure: str = "OR", level: float = 0.95,
) -> Exact:  # fmt: skip
    """Return the pooled log odds ratio (OR) or log rate ratio (IRR, n being time) by a mixed model of both arms.

    model: UM.FS, a baseline for each study, or UM.RS, normal baselines (see `two_arms`). Studies without events, and
    for OR with events in every patient, are left out, as metafor does. Raises as `odds_ratio` and `rate_ratio`.

    >>> r = unconditional([1, 0, 3], [40, 30, 50], [4, 2, 6], [41, 30, 48])
    >>> round(r.estimate, 3), r.tau2
    (-1.197, 0.0)
    """
    if model not in MODELS or measure not in ("OR", "IRR"):
        raise InputError(f"model {model!r} of {measure}", mend=f"{' or '.join(MODELS)}, of OR or IRR")
    a, m, c, q = (whole if measure == "OR" else timed)(events, n, control_events, control_n)
    keep = (a + c > 0) & ((a + c < m + q) if measure == "OR" else True)
    if not keep.any():
        raise CannotAnswer("no study with an event" + (" in some but not all patients" if measure == "OR" else ""),
                           mend="a difference in place of a ratio")  # fmt: skip
    left = int((~keep).sum())
    a, m, c, q = a[keep], m[keep], c[keep], q[keep]
    if a.sum() == 0 or c.sum() == 0 or (measure == "OR" and ((a == m).all() or (c == q).all())):
        raise CannotAnswer(_FAR, mend="Peto's method or a difference")
    arms = TwoArms(np.stack([a, c], axis=1), np.stack([m, q], axis=1), measure == "IRR")
    got = fit_two_arms(arms, model.removeprefix("UM."))
    return _told(measure, MODELS[model], got, len(a), left, level, got.sigma)


def timed(events: ArrayLike, time: ArrayLike, control_events: ArrayLike, control_time: ArrayLike) -> tuple[Array, ...]:
    """Return the four columns as numbers; raises InputError where they are no counts in times, naming the study."""
    a, t, c, u = (np.asarray(x, dtype=np.float64).ravel() for x in (events, time, control_events, control_time))
    if not len(a) == len(t) == len(c) == len(u) or len(a) == 0:
        raise InputError("the four columns differ in length or are empty")
    _rates(a, t)
    _rates(c, u)
    return a, t, c, u


def whole(events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike) -> tuple[Array, ...]:
    """Return the four columns as numbers; raises InputError where they are no counts, naming the study."""
    a, m, c, q = (np.asarray(x, dtype=np.float64).ravel() for x in (events, n, control_events, control_n))
    if not len(a) == len(m) == len(c) == len(q) or len(a) == 0:
        raise InputError("the four columns differ in length or are empty")
    for i, row in enumerate(zip(a, m, c, q, strict=True)):
        if not all(x.is_integer() for x in row) or not (0 <= row[0] <= row[1] and 0 <= row[2] <= row[3]):
            told = "{:g} of {:g} and {:g} of {:g}".format(*row)
            raise InputError(told, where=f"study {i + 1}", mend="whole numbers, 0 <= events <= n")
        if row[1] < 1 or row[3] < 1:
            raise InputError("an arm without patients", where=f"study {i + 1}")
    return a, m, c, q


def _rates(x: Array, t: Array) -> None:
    for i, (a, b) in enumerate(zip(x, t, strict=True)):
        if not (a >= 0 and a.is_integer() and b > 0 and math.isfinite(b)):
            raise InputError(f"{a:g} events in {b:g}", where=f"study {i + 1}", mend="a count, and a time above 0")


def _exact(measure: str, model: str, counts: Counts, k: int, left_out: int, level: float) -> Exact:
    return _told(measure, model, fit(counts, k), k, left_out, level)


def _told(
    measure: str, model: str, got: Fit | TwoArmFit, k: int, left_out: int, level: float, sigma: float | None = None
) -> Exact:
    if not math.isfinite(got.se):
        raise CannotAnswer(_FAR, mend="show the studies one by one")
    half = normal_quantile((1 + level) / 2)
    wide = math.hypot(got.se, got.tau)
    said = [f"k = {k}: tau2 is hardly known"] if 1 < k < 5 else []
    if left_out:
        said.append(f"{left_out} studies without events, or with events in every patient, say nothing of a ratio")
    return Exact(
        measure, model, k, got.mu, got.se, (got.mu - half * got.se, got.mu + half * got.se),
        (got.mu - half * wide, got.mu + half * wide), got.tau**2, two_sided_p(got.mu / got.se), got.log_likelihood,
        left_out, level, tuple(said), None if sigma is None else sigma**2,
    )  # fmt: skip
