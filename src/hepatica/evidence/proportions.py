"""Pool single-arm proportions by the logit-normal model with its exact binomial likelihood; zero cells as they are.

Model: events_i ~ Binomial(n_i, p_i), logit p_i ~ Normal(mu, tau2); the integral over each study's own logit by
adaptive Gauss-Hermite quadrature, mu and tau by maximum likelihood. Source: Stijnen, Hamza and Ozdemir, Stat Med
2010;29:3046, doi:10.1002/sim.4040.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.intervals import chi2_tail, clopper_pearson, normal_quantile

Array = NDArray[np.floating[Any]]
_NODES = 41
_WIDEST = 3.0  # log of the largest tau: 20 on the logit scale, beyond which studies are all or none


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
    start = math.log((total + 0.5) / (size - total + 0.5))
    fixed = math.log(total / (size - total))
    mu, tau, best = fixed, 0.0, _log_likelihood(x, m, fixed, 0.0)
    if len(x) > 1:
        got = _maximum(x, m, start)
        if got[2] > best + 1e-8:
            mu, tau, best = got
    se = _standard_error(x, m, mu, tau)
    if math.log(tau or 1.0) >= _WIDEST - 0.01 or not math.isfinite(se):
        raise CannotAnswer("the studies lie so far apart that no heterogeneity fits", mend="show them one by one")
    z = normal_quantile((1 + level) / 2)
    wide = z * math.sqrt(se**2 + tau**2)
    saturated = _saturated(x, m)
    lrt = 2 * (saturated - _log_likelihood(x, m, fixed, 0.0))
    return Proportion(
        k=len(x), events=total, n=size, mu=mu, se=se, tau2=tau**2, estimate=_expit(mu),
        ci=(_expit(mu - z * se), _expit(mu + z * se)), mean=_average(mu, tau),
        prediction_interval=(_expit(mu - wide), _expit(mu + wide)), log_likelihood=best, lrt=lrt,
        lrt_p=chi2_tail(lrt, len(x) - 1) if len(x) > 1 else None, level=level,
        how="logit-normal model, exact binomial likelihood, maximum likelihood",
        warnings=(f"k = {len(x)}: tau2 is hardly known",) if 1 < len(x) < 5 else (),
    )  # fmt: skip


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


def _maximum(x: Array, m: Array, mu: float) -> tuple[float, float, float]:
    from scipy.optimize import minimize

    def loss(p: Any) -> float:
        return -_log_likelihood(x, m, float(p[0]), math.exp(min(float(p[1]), _WIDEST)))

    tight: Any = {"xatol": 1e-10, "fatol": 1e-13, "maxiter": 4000, "maxfev": 4000}
    fits = [minimize(loss, np.array([mu, s]), method="Nelder-Mead", options=tight) for s in (-0.7, -3.0)]
    fit = min(fits, key=lambda f: float(f.fun))
    return float(fit.x[0]), math.exp(min(float(fit.x[1]), _WIDEST)), -float(fit.fun)


def _log_likelihood(x: Array, m: Array, mu: float, tau: float) -> float:
    """Return the log likelihood with its binomial coefficients; tau 0 is the fixed model."""
    from scipy.special import gammaln

    constant = float((gammaln(m + 1) - gammaln(x + 1) - gammaln(m - x + 1)).sum())
    if tau == 0:
        return constant + float((x * mu - m * np.logaddexp(0, mu)).sum())
    nodes, weights = np.polynomial.hermite.hermgauss(_NODES)
    mode, spread = _modes(x, m, mu, tau)
    t = mode[:, None] + math.sqrt(2) * spread[:, None] * nodes
    inside = x[:, None] * t - m[:, None] * np.logaddexp(0, t) - 0.5 * ((t - mu) / tau) ** 2 + nodes**2
    top = inside.max(1, keepdims=True)
    part = np.log((weights * np.exp(inside - top)).sum(1)) + top[:, 0] + np.log(spread / tau) - 0.5 * math.log(math.pi)
    return constant + float(part.sum())


def _modes(x: Array, m: Array, mu: float, tau: float) -> tuple[Array, Array]:
    """Return where each study's own logit is most likely and the spread there; Newton, safe because log-concave."""
    shrunk = (x + 0.5) / (m + 1)
    t = np.log(shrunk / (1 - shrunk))
    for _ in range(60):
        p = 1 / (1 + np.exp(-t))
        slope = x - m * p - (t - mu) / tau**2
        bend = m * p * (1 - p) + 1 / tau**2
        step = np.clip(slope / bend, -2, 2)
        t = t + step
        if float(np.abs(step).max()) < 1e-13:
            break
    p = 1 / (1 + np.exp(-t))
    return t, 1 / np.sqrt(m * p * (1 - p) + 1 / tau**2)


def _standard_error(x: Array, m: Array, mu: float, tau: float) -> float:
    """Return the standard error of mu from the observed information, with tau's where tau is not on its bound."""
    if tau < 1e-4:
        p = _expit(mu)
        return 1 / math.sqrt(float(m.sum()) * p * (1 - p))
    h = 1e-3
    steps = (h, h * max(tau, 0.1))

    def f(i: int, j: int) -> float:
        return _log_likelihood(x, m, mu + i * steps[0], abs(tau + j * steps[1]))

    aa = (-f(2, 0) + 16 * f(1, 0) - 30 * f(0, 0) + 16 * f(-1, 0) - f(-2, 0)) / (12 * steps[0] ** 2)
    bb = (-f(0, 2) + 16 * f(0, 1) - 30 * f(0, 0) + 16 * f(0, -1) - f(0, -2)) / (12 * steps[1] ** 2)
    ab = (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / (4 * steps[0] * steps[1])
    curvature = -(aa - ab**2 / bb) if bb < 0 else -aa
    return math.sqrt(1 / curvature) if curvature > 0 else math.nan


def _saturated(x: Array, m: Array) -> float:
    from scipy.special import gammaln, xlogy

    constant = gammaln(m + 1) - gammaln(x + 1) - gammaln(m - x + 1)
    return float((constant + xlogy(x, x / m) + xlogy(m - x, 1 - x / m)).sum())


def _average(mu: float, tau: float) -> float:
    nodes, weights = np.polynomial.hermite.hermgauss(_NODES)
    return float((weights / (1 + np.exp(-(mu + math.sqrt(2) * tau * nodes)))).sum() / math.sqrt(math.pi))


def _expit(x: float) -> float:
    return 0.5 * (1 + math.tanh(x / 2))
