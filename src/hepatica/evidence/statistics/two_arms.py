"""Both arms of every study in one logistic (or Poisson) mixed model: nothing is added to a zero cell.

Arm j of study i has the logit (log rate) a_i + c_j t_i with c = 1/2 treated and -1/2 control, and t_i ~ N(mu, tau^2).
FS gives every study its own a_i; RS lets a_i ~ N(a, sigma^2), apart from t_i. These are the models UM.FS and UM.RS of
metafor's rma.glmm with its coding 1/2. Integrals are adaptive Gauss-Hermite; maximum likelihood. Source: Jackson, Law,
Stijnen, Viechtbauer and White, Stat Med 2018;37:1059, doi:10.1002/sim.7588.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
NODES = {"FS": 41, "RS": 17}  # a dimension
LEAST, MOST = -7.0, 2.5  # of the log of a standard deviation; at LEAST it is 0, at MOST nothing finite fits
_SIDE = np.array([0.5, -0.5])


@dataclass(frozen=True, slots=True)
class TwoArms:
    """Events [k, 2] of treated and control, in patients (binomial) or in time (Poisson)."""

    x: Array
    size: Array
    poisson: bool

    def log(self, s: Array) -> Array:
        """Return the log likelihood at logits or log rates s, [k, 2, ...], less what does not depend on them."""
        x, size = self._wide(s)
        return np.asarray(x * s - size * (np.exp(s) if self.poisson else np.logaddexp(0, s)))

    def bends(self, s: Array) -> tuple[Array, Array]:
        """Return slope and minus the curvature at s, [k, 2, ...]."""
        x, size = self._wide(s)
        if self.poisson:
            mean = size * np.exp(s)
            return x - mean, mean
        p = 0.5 * (1 + np.tanh(s / 2))
        return x - size * p, size * p * (1 - p)

    def constant(self) -> float:
        """Return what `log` leaves out, summed."""
        from scipy.special import gammaln

        if self.poisson:
            return float((self.x * np.log(self.size) - gammaln(self.x + 1)).sum())
        return float((gammaln(self.size + 1) - gammaln(self.x + 1) - gammaln(self.size - self.x + 1)).sum())

    def start(self) -> Array:
        """Return shrunken logits or log rates, [k, 2]."""
        more = self.x + 0.5
        return np.log(more / self.size) if self.poisson else np.log(more / (self.size - self.x + 0.5))

    def _wide(self, s: Array) -> tuple[Array, Array]:
        shape = self.x.shape + (1,) * (s.ndim - 2)
        return self.x.reshape(shape), self.size.reshape(shape)


@dataclass(frozen=True, slots=True)
class Fit:
    """Mean effect with its standard error, its spread, the spread of baselines (RS) and the maximum found."""

    mu: float
    se: float
    tau: float
    sigma: float | None
    log_likelihood: float


def fit(arms: TwoArms, model: str) -> Fit:
    """Return the fit of FS or RS; an infinite `se` means that no finite fit exists."""
    from scipy.optimize import minimize

    likelihood = own_baselines(arms) if model == "FS" else random_baselines(arms)
    s = arms.start()
    own = s[:, 0] - s[:, 1]
    first = [float(np.average(own, weights=arms.x.sum(1)))]
    if model == "RS":
        first += [float(s.mean()), math.log(max(0.3, float(s.mean(1).std())))]

    def loss(q: Array) -> float:
        return -likelihood(_inside(q, model))

    best = None
    for spread in (math.log(max(0.1, float(own.std()))), -3.0):
        got = minimize(loss, np.array([*first, spread]), method="Nelder-Mead",
                       options={"xatol": 1e-4, "fatol": 1e-7, "maxiter": 2000})  # fmt: skip
        best = got if best is None or got.fun < best.fun else best
    assert best is not None
    tight: Any = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000, "maxfev": 4000}
    best = minimize(loss, best.x, method="Nelder-Mead", options=tight)
    q = _inside(np.asarray(best.x), model)
    spreads = [q[-1]] if model == "FS" else [q[-1], q[2]]
    top = likelihood(q) + arms.constant()
    tau, *rest = (0.0 if x <= LEAST + 1e-3 else math.exp(x) for x in spreads)
    sigma = rest[0] if rest else None
    if max(spreads) >= MOST - 0.01 or abs(q[0]) > 15:
        return Fit(float(q[0]), math.inf, tau, sigma, top)
    return Fit(float(q[0]), _standard_error(likelihood, q, model), tau, sigma, top)


def own_baselines(arms: TwoArms) -> Callable[[Array], float]:
    """Return the log likelihood of (mu, log tau) with every study's baseline at its own maximum."""
    nodes, weights = np.polynomial.hermite.hermgauss(NODES["FS"])
    s = arms.start()
    base, effect = s.mean(1), s[:, 0] - s[:, 1]

    def value(q: Array) -> float:
        nonlocal base, effect
        mu, tau = float(q[0]), math.exp(float(q[1]))
        for _ in range(60):
            effect, spread = _modes(arms, base, effect, mu, tau)
            t = effect[:, None] + math.sqrt(2) * spread[:, None] * nodes
            arm = base[:, None, None] + _SIDE[None, :, None] * t[:, None, :]
            inside = arms.log(arm).sum(1) - 0.5 * ((t - mu) / tau) ** 2 + nodes**2
            top = inside.max(1, keepdims=True)
            share = weights * np.exp(inside - top)
            total = share.sum(1)
            share /= total[:, None]
            slope, bend = (b.sum(1) for b in arms.bends(arm))
            mean = (share * slope).sum(1)
            down = (share * bend).sum(1) - (share * slope**2).sum(1) + mean**2
            step = np.clip(mean / np.maximum(down, 1e-10), -1, 1)
            base = base + step
            if float(np.abs(step).max()) < 1e-9:
                break
        part = np.log(total) + top[:, 0] + np.log(spread / tau) - 0.5 * math.log(math.pi)
        return float(part.sum())

    return value


def _modes(arms: TwoArms, base: Array, effect: Array, mu: float, tau: float) -> tuple[Array, Array]:
    """Return where each study's effect is most likely given its baseline, and the spread there."""
    for _ in range(80):
        slope, bend = arms.bends(base[:, None] + _SIDE * effect[:, None])
        down = bend.sum(1) / 4 + 1 / tau**2
        step = np.clip((slope @ _SIDE - (effect - mu) / tau**2) / down, -2, 2)
        effect = effect + step
        if float(np.abs(step).max()) < 1e-10:
            break
    bend = arms.bends(base[:, None] + _SIDE * effect[:, None])[1]
    return effect, 1 / np.sqrt(bend.sum(1) / 4 + 1 / tau**2)


def random_baselines(arms: TwoArms) -> Callable[[Array], float]:
    """Return the log likelihood of (mu, mean baseline, log sigma, log tau)."""
    z, w = np.polynomial.hermite.hermgauss(NODES["RS"])
    grid = np.stack([g.ravel() for g in np.meshgrid(z, z, indexing="ij")])
    weights = np.outer(w, w).ravel()
    s = arms.start()
    at = np.stack([s.mean(1), s[:, 0] - s[:, 1]], axis=1)
    load = np.stack([np.ones(2), _SIDE], axis=1)  # arm from (baseline, effect)

    def value(q: Array) -> float:
        nonlocal at
        centre = np.array([q[1], q[0]])
        precision = np.exp(-2 * np.array([q[2], q[3]]))
        for _ in range(80):
            slope, bend = arms.bends(at @ load.T)
            down = np.einsum("kj,ja,jb->kab", bend, load, load) + np.diag(precision)
            step = np.linalg.solve(down, (slope @ load - (at - centre) * precision)[:, :, None])[:, :, 0]
            step = np.clip(step, -2, 2)
            at = at + step
            if float(np.abs(step).max()) < 1e-10:
                break
        bend = arms.bends(at @ load.T)[1]
        down = np.einsum("kj,ja,jb->kab", bend, load, load) + np.diag(precision)
        root = np.linalg.inv(np.linalg.cholesky(down)).transpose(0, 2, 1)
        u = at[:, :, None] + math.sqrt(2) * root @ grid
        arm = np.einsum("ja,kan->kjn", load, u)
        apart = ((u - centre[None, :, None]) ** 2 * precision[None, :, None]).sum(1)
        inside = arms.log(arm).sum(1) - 0.5 * apart + (grid**2).sum(0)
        top = inside.max(1, keepdims=True)
        part = np.log((weights * np.exp(inside - top)).sum(1)) + top[:, 0] + np.log(np.abs(np.linalg.det(root)))
        return float(part.sum() + len(at) * (0.5 * np.log(precision).sum() - math.log(math.pi)))

    return value


def _inside(q: Array, model: str) -> Array:
    """Return the parameters with the logs of standard deviations kept between LEAST and MOST."""
    out = np.array(q, dtype=np.float64)
    for i in (-1,) if model == "FS" else (-1, 2):
        out[i] = min(max(out[i], LEAST), MOST)
    return out


def _standard_error(likelihood: Callable[[Array], float], q: Array, model: str) -> float:
    """Return the standard error of mu from the observed information in what is not on its bound."""
    logs = (len(q) - 1,) if model == "FS" else (3, 2)
    free = [i for i in range(len(q)) if i not in logs or q[i] > LEAST + 1e-3]
    steps = np.array([2e-3 if i not in logs else 4e-3 for i in free])

    def at(*moves: tuple[int, float]) -> float:
        p = q.copy()
        for i, d in moves:
            p[free[i]] += d * steps[i]
        return likelihood(p)

    size = len(free)
    curve = np.zeros((size, size))
    middle = at()
    for i in range(size):
        ends = [at((i, d)) for d in (-2, -1, 1, 2)]
        curve[i, i] = (-ends[0] + 16 * ends[1] - 30 * middle + 16 * ends[2] - ends[3]) / (12 * steps[i] ** 2)
        for j in range(i):
            near, far = ((at((i, d), (j, d)) - at((i, d), (j, -d)) - at((i, -d), (j, d)) + at((i, -d), (j, -d)))
                         / (4 * d * d) for d in (1, 2))  # fmt: skip
            curve[i, j] = curve[j, i] = (4 * near - far) / (3 * steps[i] * steps[j])
    try:
        variance = float(np.linalg.inv(-curve)[0, 0])
    except np.linalg.LinAlgError:
        return math.inf
    return math.sqrt(variance) if variance > 0 else math.inf
