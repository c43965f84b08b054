"""Between-study variance: seven estimators and the Q-profile interval, exact to machine accuracy.

Shapes: y and v are arrays [k] of effects and their sampling variances. Intercept-only models.
Sources: DL doi:10.1016/0197-2456(86)90046-2; PM doi:10.6028/jres.087.022; REML and ML
doi:10.3102/10769986030003261; SJ doi:10.1111/j.1467-9876.2005.00489.x; EB (Morris 1983)
doi:10.2307/2287098, whose fixed point is PM's; Q-profile doi:10.1002/sim.2514.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepatica.evidence.intervals import chi2_quantile

Array = NDArray[np.float64]
METHODS = ("FE", "DL", "PM", "REML", "ML", "SJ", "EB")
NAMES = {
    "FE": "fixed effect",
    "DL": "DerSimonian-Laird",
    "PM": "Paule-Mandel",
    "REML": "restricted maximum likelihood",
    "ML": "maximum likelihood",
    "SJ": "Sidik-Jonkman",
    "EB": "empirical Bayes",
}


@dataclass(frozen=True, slots=True)
class Weighted:
    """The weighted mean at one tau2: weights [k], the mean and Q around it."""

    w: Array
    sum_w: float
    mean: float
    q: float


def weighted(y: Array, v: Array, tau2: float = 0.0) -> Weighted:
    """Return weights 1/(v + tau2), their sum, the weighted mean and the weighted sum of squares around it."""
    w = 1.0 / (v + tau2)
    total = float(w.sum())
    mean = float(w @ y) / total
    return Weighted(w, total, mean, float(w @ (y - mean) ** 2))


def estimate(y: Array, v: Array, method: str) -> float:
    """Return tau2 >= 0 by one of METHODS; one study, or FE, gives 0."""
    if method == "FE" or len(y) < 2:
        return 0.0
    return _ESTIMATORS[method](y, v)


def q_profile(y: Array, v: Array, level: float = 0.95) -> tuple[float, float]:
    """Return the Q-profile interval of tau2; both ends are 0 where even tau2 = 0 leaves too little spread."""
    df, tail = len(y) - 1, (1 - level) / 2
    return _where_q_is(y, v, chi2_quantile(1 - tail, df)), _where_q_is(y, v, chi2_quantile(tail, df))


def _where_q_is(y: Array, v: Array, target: float) -> float:
    """Return the tau2 at which Q falls to the target, or 0; Newton climbs to it, Q being convex and falling."""
    tau2 = 0.0
    at = weighted(y, v)
    if at.q <= target:
        return 0.0
    for _ in range(500):
        slope = float(at.w**2 @ (y - at.mean) ** 2)
        step = (at.q - target) / slope
        tau2 += step
        at = weighted(y, v, tau2)
        if step <= 1e-15 * (tau2 + 1e-300) or at.q <= target:
            break
    return tau2


def _dl(y: Array, v: Array) -> float:
    at = weighted(y, v)
    c = at.sum_w - float(at.w @ at.w) / at.sum_w
    return max(0.0, (at.q - (len(y) - 1)) / c)


def _pm(y: Array, v: Array) -> float:
    return _where_q_is(y, v, len(y) - 1)


def _sj(y: Array, v: Array) -> float:
    start = float(np.var(y))
    if start == 0:
        return 0.0
    return start * weighted(y, v, start).q / (len(y) - 1)


def _hedges(y: Array, v: Array) -> float:
    return max(0.0, float(np.var(y, ddof=1) - v.mean()))


def log_likelihood(y: Array, v: Array, tau2: float, restricted: bool) -> float:
    """Return the (restricted) log likelihood at tau2, up to a constant."""
    at = weighted(y, v, tau2)
    value = -0.5 * (float(np.log(v + tau2).sum()) + at.q)
    return value - 0.5 * math.log(at.sum_w) if restricted else value


def higher_maximum(y: Array, v: Array, tau2: float, restricted: bool) -> float | None:
    """Return a tau2 of clearly higher likelihood than the local maximum found, or None; looked for on a grid."""
    spread = float(np.var(y)) + float(v.max())
    grid = np.concatenate([[0.0], spread * np.logspace(-6, 1, 60)])
    w = 1 / (v[None, :] + grid[:, None])
    total = w.sum(1)
    left = y[None, :] - ((w @ y) / total)[:, None]
    value = 0.5 * (np.log(w).sum(1) - (w * left**2).sum(1)) - (0.5 * np.log(total) if restricted else 0.0)
    best = int(value.argmax())
    return float(grid[best]) if value[best] > log_likelihood(y, v, tau2, restricted) + 1e-3 else None


def _score(y: Array, v: Array, tau2: float, restricted: bool) -> tuple[float, float]:
    """Return twice the score and twice the expected information at tau2."""
    at = weighted(y, v, tau2)
    w2 = at.w * at.w
    s2 = float(w2.sum())
    fit = float(w2 @ (y - at.mean) ** 2)
    if not restricted:
        return fit - at.sum_w, s2
    s3 = float(w2 @ at.w)
    trace = at.sum_w - s2 / at.sum_w
    return fit - trace, s2 - 2 * s3 / at.sum_w + (s2 / at.sum_w) ** 2


def _likelihood(restricted: bool) -> Callable[[Array, Array], float]:
    def solve(y: Array, v: Array) -> float:
        tau2 = _hedges(y, v)
        for _ in range(1000):
            score, information = _score(y, v, tau2, restricted)
            new = max(0.0, tau2 + score / information)
            if abs(new - tau2) <= 1e-14 * (1e-12 + new):
                return new
            tau2 = new
        return _bisect(lambda t: _score(y, v, t, restricted)[0], tau2)

    return solve


def _bisect(f: Callable[[float], float], near: float) -> float:
    """Return a root of a falling crossing near a value, or 0 where the slope is down from the start."""
    lo, hi = near / 2, near * 2 + 1e-9
    while f(lo) < 0 and lo > 1e-14:
        lo /= 4
    if f(lo) < 0:
        return 0.0
    while f(hi) > 0:
        hi *= 4
    for _ in range(200):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if f(mid) > 0 else (lo, mid)
    return (lo + hi) / 2


_ESTIMATORS: dict[str, Callable[[Array, Array], float]] = {
    "DL": _dl,
    "PM": _pm,
    "EB": _pm,
    "SJ": _sj,
    "ML": _likelihood(False),
    "REML": _likelihood(True),
}
