"""Tempered sequential Monte Carlo on standard-normal coordinates: from a population to those who lived this record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Evaluate = Callable[[Array], tuple[Array, Array]]
PARTICLES = 3000
MOVED = 0.5
MOST_MOVES = 12


@dataclass(frozen=True, slots=True)
class Particles:
    """Equally weighted coordinates [d, n] of the likelihood to the power `power`, and what they are worth."""

    z: Array
    power: float
    ess: float
    evaluations: int
    log_weights: Array


def effective(log_w: Array) -> float:
    """Return the effective sample size of log weights."""
    w = np.exp(log_w - log_w.max())
    return float(w.sum() ** 2 / (w**2).sum())


def temper(
    evaluate: Evaluate, z: Array, log_like: Array, rng: np.random.Generator, budget: int, particles: int = PARTICLES
) -> Particles:
    """Return particles of prior times likelihood, by steps of the power and moves that leave each step's law alone.

    The moves are Crank-Nicolson steps around the particles' mean and covariance (whatever these are, the law holds).

    Args:
        evaluate: log likelihood [n] and quantities of interest [k, n] of coordinates [d, n].
        z: draws of the prior [d, n], with `log_like` [n].
        rng: stream.
        budget: most evaluations of the model; where they run out the power stays under 1.
        particles: how many to keep.
    Source: Del Moral, Doucet and Jasra 2006 (samplers); Cotter, Roberts, Stuart and White 2013 (Crank-Nicolson moves;
    their form around the particles' own mean and covariance is ours).
    """
    power, used, step = 0.0, 0, 0.8
    origin = np.arange(z.shape[1])
    shown, parent, increment = np.zeros((0, particles)), origin, log_like
    while power < 1 and used < budget:
        gain = _gain(log_like, 1 - power, 0.5 * particles)
        increment = gain * log_like
        w = np.exp(increment - increment.max())
        w /= w.sum()
        shrink = len(z) / (len(z) + effective(increment))
        parent = _systematic(w, particles, rng)
        z, log_like, origin = z[:, parent], log_like[parent], origin[parent]
        mean = z.mean(axis=1)
        root = np.linalg.cholesky((1 - shrink) * np.cov(z) + shrink * np.eye(len(z)))
        power += gain
        z, log_like, shown, step, spent = _move(evaluate, z, log_like, power, mean, root, step, rng, budget - used)
        used += spent
    worth = min(_worth(shown, parent), _worth(shown, origin))
    return Particles(z, power, worth, used, increment)


def _gain(log_like: Array, most: float, least_ess: float) -> float:
    """Return the largest step of the power that keeps this effective sample size."""
    if effective(most * log_like) >= least_ess:
        return most
    low, high = 0.0, most
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(middle * log_like) >= least_ess else (low, middle)
    return max(low, 1e-9)


def _systematic(w: Array, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return np.minimum(np.searchsorted(np.cumsum(w), (rng.random() + np.arange(n)) / n), len(w) - 1)


def _move(
    evaluate: Evaluate,
    z: Array,
    log_like: Array,
    power: float,
    mean: Array,
    root: Array,
    step: float,
    rng: np.random.Generator,
    budget: int,
) -> tuple[Array, Array, Array, float, int]:
    """Move until the particles have forgotten where they stood; return them, quantities shown, step and cost."""
    n, used = z.shape[1], 0
    white = np.linalg.solve(root, z - mean[:, None])
    start, shown = white.copy(), np.zeros((0, n))
    tilt = 0.5 * ((white**2).sum(axis=0) - (z**2).sum(axis=0))
    for _ in range(MOST_MOVES):
        new_white = np.sqrt(1 - step**2) * white + step * rng.standard_normal(white.shape)
        new = mean[:, None] + root @ new_white
        new_like, new_shown = evaluate(new)
        used += n
        new_tilt = 0.5 * ((new_white**2).sum(axis=0) - (new**2).sum(axis=0))
        ratio = power * (new_like - log_like) + new_tilt - tilt
        yes = np.log(rng.random(n)) < np.where(np.isfinite(ratio), ratio, -np.inf)
        white, z = np.where(yes, new_white, white), np.where(yes, new, z)
        log_like, tilt = np.where(yes, new_like, log_like), np.where(yes, new_tilt, tilt)
        shown = np.where(yes, new_shown, shown if shown.size else evaluate(z)[1])
        step = float(np.clip(step * np.exp(2 * (yes.mean() - 0.3)), 0.05, 0.95))
        if (start * white).sum() < MOVED * (start**2).sum() or used >= budget:
            break
    return z, log_like, shown, step, used


def _worth(shown: Array, family: NDArray[np.int64]) -> float:
    """Return how many independent particles these are worth: relatives still alike count for less.

    The design effect 1 + r (m - 1) of families with mean squared size over size m and likeness r (intraclass
    correlation by analysis of variance), the largest over the quantities shown.
    """
    n = shown.shape[1]
    _, code, size = np.unique(family, return_inverse=True, return_counts=True)
    groups = len(size)
    if groups < 2:
        return 1.0
    if groups == n:
        return float(n)
    typical = (size**2).sum() / n
    worst = 1.0
    for row in shown:
        means = np.bincount(code, row) / size
        between = (size * (means - row.mean()) ** 2).sum() / (groups - 1)
        within = ((row - means[code]) ** 2).sum() / (n - groups)
        usual = (n - typical) / (groups - 1)
        likeness = (between - within) / max(between + (usual - 1) * within, 1e-300)
        worst = max(worst, 1 + max(likeness, 0.0) * (typical - 1))
    return float(n / worst)
