"""Pool single-arm proportions by the logit-normal model with its exact binomial likelihood; zero cells as they are.

Model: events_i ~ Binomial(n_i, p_i), logit p_i ~ Normal(mu, tau2), by maximum likelihood (statistics.likelihood).
Source: Stijnen, Hamza and Ozdemir, Stat Med 2010;29:3046, doi:10.1002/sim.4040.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.intervals import chi2_tail, clopper_pearson, normal_quantile
from hepatica.evidence.statistics.likelihood import Binomial, average, fit

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Proportion:
    """A pooled proportion: mu and tau2 on the logit scale, the rest back on the scale of a proportion.

    `estimate` is the median study's proportion, `mean` the average over studies; `prediction_interval` is for the true
    proportion of a next study. `lrt_p` tests tau2 = 0 against the saturated model.
    """

    k: int
    events: int
    n: int
    mu: float
    se: float
    tau2: float
    estimate: float
    ci: tuple[float, float]
    mean: float
    prediction_interval: tuple[float, float]
    log_likelihood: float
    lrt: float
    lrt_p: float | None
    level: float
    how: str
    warnings: tuple[str, ...] = ()


def pool_proportions(events: ArrayLike, n: ArrayLike, level: float = 0.95) -> Proportion:
    """Pool events_i of n_i patients; nothing is added to studies without events.

    Where every study has no event, or every patient of every study has it, the logit is not finite: the counts are
    joined and given the exact (Clopper-Pearson) interval, and `how` says so. Raises InputError for counts that
    cannot be and CannotAnswer without a study.

    >>> p = pool_proportions([2, 0, 5], [20, 15, 30])
    >>> round(p.estimate, 4), p.k
    (0.1077, 3)
    """
    x, m = _counts(events, n)
    total, size = int(x.sum()), int(m.sum())
    if total in (0, size):
        lo, hi = clopper_pearson(total, size, level)
        p = total / size
        inf = math.inf if total else -math.inf
        why = "no study had an event" if total == 0 else "every patient had the event"
        return Proportion(len(x), total, size, inf, math.nan, 0.0, p, (lo, hi), p, (lo, hi), 0.0, 0.0, None, level,
                          "joined counts, exact interval", (f"{why}: heterogeneity cannot be seen",))  # fmt: skip
    got = fit(Binomial(x, m, np.zeros(len(x))), len(x))
    mu, tau, se = got.mu, got.tau, got.se
    if not math.isfinite(se):
        raise CannotAnswer("the studies lie so far apart that no heterogeneity fits", mend="show them one by one")
    z = normal_quantile((1 + level) / 2)
    wide = z * math.sqrt(se**2 + tau**2)
    common = float(binom_log(x, m, total / size).sum())
    lrt = 2 * (float(binom_log(x, m, x / m).sum()) - common)
    return Proportion(
        k=len(x), events=total, n=size, mu=mu, se=se, tau2=tau**2, estimate=_expit(mu),
        ci=(_expit(mu - z * se), _expit(mu + z * se)), mean=average(mu, tau),
        prediction_interval=(_expit(mu - wide), _expit(mu + wide)), log_likelihood=got.log_likelihood, lrt=lrt,
        lrt_p=chi2_tail(lrt, len(x) - 1) if len(x) > 1 else None, level=level,
        how="logit-normal model, exact binomial likelihood, maximum likelihood",
        warnings=(f"k = {len(x)}: tau2 is hardly known",) if 1 < len(x) < 5 else (),
    )  # fmt: skip


def freeman_tukey(
    events: ArrayLike, n: ArrayLike, method: str = "REML", level: float = 0.95
) -> tuple[float, tuple[float, float], tuple[str, ...]]:
    """Return the proportion by the double arcsine of Freeman and Tukey, its interval, and the warning it must carry.

    Only for comparison with reviews that used it: the way back rests on the harmonic mean of n, and where sizes differ
    much it can give a proportion outside those of all studies. `pool_proportions` needs no such transformation.
    """
    from hepatica.evidence.pooling import pool_effects

    x, m = _counts(events, n)
    y = 0.5 * (np.arcsin(np.sqrt(x / (m + 1))) + np.arcsin(np.sqrt((x + 1) / (m + 1))))
    p = pool_effects(y, 1 / (4 * m + 2), method, "wald", level=level)
    harmonic = len(m) / float((1 / m).sum())

    def back(t: float) -> float:
        least, most = (
            0.5 * (math.asin(math.sqrt(a / (harmonic + 1))) + math.asin(math.sqrt((a + 1) / (harmonic + 1))))
            for a in (0.0, harmonic)
        )
        if t <= least or t >= most:
            return 0.0 if t <= least else 1.0
        s = math.sin(2 * t)
        inner = 1 - (s + (s - 1 / s) / harmonic) ** 2
        return 0.5 * (1 - math.copysign(1.0, math.cos(2 * t)) * math.sqrt(max(0.0, inner)))

    warning = (
        f"Freeman-Tukey double arcsine, back by the harmonic mean of n ({harmonic:.1f}; sizes {m.min():g} to "
        f"{m.max():g}): can mislead where sizes differ; the exact likelihood is the default"
    )
    return back(p.estimate), (back(p.ci[0]), back(p.ci[1])), (warning,)


def _counts(events: ArrayLike, n: ArrayLike) -> tuple[Array, Array]:
    x, m = np.asarray(events, dtype=np.float64).ravel(), np.asarray(n, dtype=np.float64).ravel()
    if len(x) != len(m):
        raise InputError(f"{len(x)} event counts and {len(m)} sizes")
    if len(x) == 0:
        raise CannotAnswer("no study to pool: k=0")
    for i, (a, b) in enumerate(zip(x, m, strict=True)):
        if not (0 <= a <= b and b >= 1 and a.is_integer() and b.is_integer()):
            raise InputError(f"{a:g} events in {b:g}", where=f"study {i + 1}", mend="whole numbers, 0 <= events <= n")
    return x, m


def binom_log(x: Array, m: Array, p: Array | float) -> Array:
    """Return the log binomial probability of x of m, 0 log 0 being 0."""
    from scipy.special import gammaln, xlog1py, xlogy

    choose = gammaln(m + 1) - gammaln(x + 1) - gammaln(m - x + 1)
    return np.asarray(choose + xlogy(x, p) + xlog1py(m - x, -np.asarray(p)))


def _expit(x: float) -> float:
    return 0.5 * (1 + math.tanh(x / 2))
