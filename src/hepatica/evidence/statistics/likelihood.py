"""Studies whose own effects are normal around a mean, with the exact likelihood of their counts.

theta_i ~ N(mu, tau^2); the counts of study i given theta_i are binomial, Poisson or non-central hypergeometric. The
integral over theta_i is adaptive Gauss-Hermite, mu and tau are found by maximum likelihood. Source: Stijnen, Hamza
and Ozdemir, Stat Med 2010;29:3046, doi:10.1002/sim.4040.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
NODES = 41
LARGEST = 200_000  # numbers held at once for a hypergeometric likelihood
WIDEST = 3.0  # log of the largest tau: 20 on a log scale, beyond which studies are all or none


class Counts(Protocol):
    """The log likelihood of k studies' counts as a function of their own effects."""

    @property
    def start(self) -> Array:
        """Return a finite guess of each study's effect, [k]."""

    def log(self, t: Array) -> Array:
        """Return the log likelihood at effects t, [k, nodes]."""

    def bends(self, t: Array) -> tuple[Array, Array]:
        """Return slope and minus the curvature at effects t, [k]."""


@dataclass(frozen=True, slots=True)
class Binomial:
    """x of m had the event, with logit t + offset."""

    x: Array
    m: Array
    offset: Array

    @property
    def start(self) -> Array:
        """Return the shrunken logit."""
        p = (self.x + 0.5) / (self.m + 1)
        return np.log(p / (1 - p)) - self.offset

    def log(self, t: Array) -> Array:
        """Return x (t + offset) - m log(1 + e^(t + offset)) and the binomial coefficient."""
        s = t + self.offset[:, None]
        return _choose(self.m, self.x)[:, None] + self.x[:, None] * s - self.m[:, None] * np.logaddexp(0, s)

    def bends(self, t: Array) -> tuple[Array, Array]:
        """Return slope and bend of the binomial."""
        p = 0.5 * (1 + np.tanh((t + self.offset) / 2))
        return self.x - self.m * p, self.m * p * (1 - p)


@dataclass(frozen=True, slots=True)
class Poisson:
    """x events in `time` at the log rate t."""

    x: Array
    time: Array

    @property
    def start(self) -> Array:
        """Return the shrunken log rate."""
        return np.log((self.x + 0.5) / self.time)

    def log(self, t: Array) -> Array:
        """Return the Poisson log likelihood."""
        from scipy.special import gammaln

        s = t + np.log(self.time)[:, None]
        return self.x[:, None] * s - np.exp(s) - gammaln(self.x + 1)[:, None]

    def bends(self, t: Array) -> tuple[Array, Array]:
        """Return slope and bend of the Poisson."""
        rate = np.exp(t) * self.time
        return self.x - rate, rate


@dataclass(frozen=True, slots=True)
class Hypergeometric:
    """Events of two arms given their sum, at the log odds ratio t; `support` and `weight` are padded, [k, s]."""

    x: Array
    at: Array
    support: Array
    weight: Array
    start: Array

    @staticmethod
    def of(a: Array, m: Array, c: Array, q: Array) -> Hypergeometric:
        """Build it from events a of m against c of q."""
        rows = [np.arange(max(0, s - n2), min(n1, s) + 1) for n1, n2, s in zip(m, q, a + c, strict=True)]
        size = max(len(r) for r in rows)
        support, weight = np.zeros((len(a), size)), np.full((len(a), size), -np.inf)
        for i, r in enumerate(rows):
            support[i, : len(r)] = r
            weight[i, : len(r)] = _choose(m[i], r) + _choose(q[i], a[i] + c[i] - r)
        z = [np.asarray(v) + 0.5 for v in (a, m - a, c, q - c)]
        at = np.array([weight[i, int(a[i] - rows[i][0])] for i in range(len(a))])
        return Hypergeometric(np.asarray(a), at, support, weight, np.log(z[0] * z[3] / (z[1] * z[2])))

    def log(self, t: Array) -> Array:
        """Return the conditional log likelihood."""
        step = max(1, LARGEST // self.support.size)
        parts = [self._log(t[:, j : j + step]) for j in range(0, t.shape[1], step)]
        return np.concatenate(parts, axis=1)

    def _log(self, t: Array) -> Array:
        inside = self.weight[:, None, :] + self.support[:, None, :] * t[:, :, None]
        top = inside.max(2)
        total = np.log(np.exp(inside - top[:, :, None]).sum(2))
        return np.asarray(self.at[:, None] + self.x[:, None] * t - top - total)

    def bends(self, t: Array) -> tuple[Array, Array]:
        """Return slope and bend: the event count less its mean, and its variance."""
        inside = self.weight + self.support * t[:, None]
        p = np.exp(inside - inside.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        mean = (p * self.support).sum(1)
        return self.x - mean, (p * (self.support - mean[:, None]) ** 2).sum(1)


@dataclass(frozen=True, slots=True)
class Fit:
    """Maximum likelihood: mean effect, its spread between studies, the standard error of the mean, the maximum."""

    mu: float
    tau: float
    se: float
    log_likelihood: float


def fit(counts: Counts, k: int) -> Fit:
    """Return the fit; one study has no spread between studies. An infinite `se` means that no finite fit exists."""
    mu, fixed = _common(counts)
    tau, best = 0.0, fixed
    if k > 1:
        got = _maximum(counts, mu)
        if got[2] > best + 1e-8:
            mu, tau, best = got
    if math.log(tau or 1.0) >= WIDEST - 0.01 or abs(mu) > 25:
        return Fit(mu, tau, math.inf, best)
    return Fit(mu, tau, _standard_error(counts, mu, tau), best)


def log_likelihood(counts: Counts, mu: float, tau: float) -> float:
    """Return the log likelihood; tau 0 is the model of one common effect."""
    if tau == 0:
        return float(counts.log(np.full((len(counts.start), 1), mu)).sum())
    nodes, weights = _hermite()
    mode, spread = _modes(counts, mu, tau)
    t = mode[:, None] + math.sqrt(2) * spread[:, None] * nodes
    inside = counts.log(t) - 0.5 * ((t - mu) / tau) ** 2 + nodes**2
    top = inside.max(1, keepdims=True)
    part = np.log((weights * np.exp(inside - top)).sum(1)) + top[:, 0] + np.log(spread / tau) - 0.5 * math.log(math.pi)
    return float(part.sum())


def average(mu: float, tau: float) -> float:
    """Return the mean over studies of a proportion whose logit is N(mu, tau^2)."""
    nodes, weights = _hermite()
    return float((weights / (1 + np.exp(-(mu + math.sqrt(2) * tau * nodes)))).sum() / math.sqrt(math.pi))


@cache
def _hermite() -> tuple[Array, Array]:
    return np.polynomial.hermite.hermgauss(NODES)


def _choose(n: Array, x: Array) -> Array:
    from scipy.special import gammaln

    return np.asarray(gammaln(np.asarray(n) + 1.0) - gammaln(np.asarray(x) + 1.0) - gammaln(n - x + 1.0))


def _common(counts: Counts) -> tuple[float, float]:
    """Return the common effect and its log likelihood, by Newton on the summed slope."""
    mu = float(np.median(counts.start))
    for _ in range(200):
        slope, bend = (float(s.sum()) for s in counts.bends(np.full(len(counts.start), mu)))
        step = min(1.0, max(-1.0, slope / max(bend, 1e-12)))
        mu += step
        if abs(step) < 1e-13 or abs(mu) > 30:
            break
    return mu, log_likelihood(counts, mu, 0.0)


def _maximum(counts: Counts, mu: float) -> tuple[float, float, float]:
    from scipy.optimize import minimize

    def loss(p: Any) -> float:
        return -log_likelihood(counts, float(p[0]), math.exp(min(float(p[1]), WIDEST)))

    tight: Any = {"xatol": 1e-10, "fatol": 1e-13, "maxiter": 4000, "maxfev": 4000}
    rough: Any = {"xatol": 1e-3, "fatol": 1e-5, "maxiter": 400}
    starts = [minimize(loss, np.array([mu, s]), method="Nelder-Mead", options=rough) for s in (-0.7, -3.0)]
    best = minimize(loss, min(starts, key=lambda f: float(f.fun)).x, method="Nelder-Mead", options=tight)
    return float(best.x[0]), math.exp(min(float(best.x[1]), WIDEST)), -float(best.fun)


def _modes(counts: Counts, mu: float, tau: float) -> tuple[Array, Array]:
    """Return where each study's own effect is most likely and the spread there; Newton, safe because log-concave."""
    t = counts.start
    for _ in range(100):
        slope, bend = counts.bends(t)
        bend = bend + 1 / tau**2
        step = np.clip((slope - (t - mu) / tau**2) / bend, -2, 2)
        t = t + step
        if float(np.abs(step).max()) < 1e-12:
            break
    return t, 1 / np.sqrt(counts.bends(t)[1] + 1 / tau**2)


def _standard_error(counts: Counts, mu: float, tau: float) -> float:
    """Return the standard error of mu from the observed information, with tau's where tau is not on its bound."""
    if tau < 1e-4:
        bend = float(counts.bends(np.full(len(counts.start), mu))[1].sum())
        return 1 / math.sqrt(bend) if bend > 0 else math.inf
    h = 1e-3
    steps = (h, h * max(tau, 0.1))

    def f(i: int, j: int) -> float:
        return log_likelihood(counts, mu + i * steps[0], abs(tau + j * steps[1]))

    aa = (-f(2, 0) + 16 * f(1, 0) - 30 * f(0, 0) + 16 * f(-1, 0) - f(-2, 0)) / (12 * steps[0] ** 2)
    bb = (-f(0, 2) + 16 * f(0, 1) - 30 * f(0, 0) + 16 * f(0, -1) - f(0, -2)) / (12 * steps[1] ** 2)
    near = (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / 4
    far = (f(2, 2) - f(2, -2) - f(-2, 2) + f(-2, -2)) / 16
    ab = (4 * near - far) / (3 * steps[0] * steps[1])
    curvature = -(aa - ab**2 / bb) if bb < 0 else -aa
    return math.sqrt(1 / curvature) if curvature > 0 else math.inf
