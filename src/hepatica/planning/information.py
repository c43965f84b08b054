"""What it is worth to know more before choosing: everything, one value of this person, or one more study.

Perfect information by its definition; partial information by regression of the net benefits on what would be known
(Strong, Oakley & Brennan, Med Decis Making 2014, doi:10.1177/0272989X13505910); a study by shrinking that regression
towards its mean as a study of that size would (Jalal & Alarid-Escudero, Med Decis Making 2018,
doi:10.1177/0272989X17715627).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
KNOTS = (0.1, 0.35, 0.65, 0.9)
RESAMPLES = 60


@dataclass(frozen=True, slots=True)
class Value:
    """Expected gain in net benefit, its 90 % interval by bootstrap over draws, and how often the choice changes."""

    mean: float
    lo: float
    hi: float
    p_changes: float


def perfect(net: Array, seed: int = 1) -> Value:
    """Return the value of knowing everything: `net` is [options, draws].

    >>> perfect(np.array([[0.0, 0.0], [2.0, -2.0]])).mean
    1.0
    """
    return _value(net, seed)


def partial(net: Array, known: Array, seed: int = 1) -> Value:
    """Return the value of knowing a quantity exactly: `net` [options, draws], `known` [draws]."""
    return _value(_expected(net, known), seed)


def of_study(net: Array, known: Array, share: float, seed: int = 1) -> Value:
    """Return the value of a study that would tell `share` (0..1) of the variance of a quantity.

    For a normal quantity of variance v and a study of n people with variance s2 each, share = v / (v + s2 / n).
    """
    middle = net.mean(axis=1, keepdims=True)
    return _value(middle + np.sqrt(share) * (_expected(net, known) - middle), seed)


def _expected(net: Array, known: Array) -> Array:
    """Return the net benefits that are expected given what is known, draw by draw: natural cubic splines."""
    spread = float(np.std(known))
    if spread <= 1e-12 * max(1.0, abs(float(np.mean(known)))):
        return np.broadcast_to(net.mean(axis=1, keepdims=True), net.shape)
    x = (known - known.mean()) / spread
    basis = _splines(x, np.unique(np.quantile(x, KNOTS)))
    found, *_ = np.linalg.lstsq(basis, net.T, rcond=None)
    return np.asarray((basis @ found).T)


def between(net: Array, known: Array, at: Array) -> tuple[float, float, float]:
    """Return the net benefit [draws] expected where a quantity [draws] has each of two values, and their gap's error.

    Natural cubic splines by least squares; the error is one standard error, for independent draws.
    """
    spread = float(np.std(known))
    x, wanted = ((v - known.mean()) / spread for v in (known, at))
    knots = np.unique(np.quantile(x, KNOTS))
    basis, ends = _splines(x, knots), _splines(wanted, knots)
    inverse = np.linalg.pinv(basis.T @ basis)
    found = inverse @ (basis.T @ net)
    left = net - basis @ found
    gap = ends[1] - ends[0]
    error = np.sqrt(gap @ inverse @ gap * (left @ left) / max(1, net.size - basis.shape[1]))
    return float(ends[0] @ found), float(ends[1] @ found), float(error)


def _splines(x: Array, knots: Array) -> Array:
    """Return the basis of natural cubic splines at x: [x, functions]."""
    columns = [np.ones_like(x), x]
    if knots.size > 2:
        last = knots[-1]

        def d(k: int) -> Array:
            return np.asarray(
                (np.maximum(x - knots[k], 0) ** 3 - np.maximum(x - last, 0) ** 3) / (last - knots[k]), dtype=float
            )

        columns += [d(k) - d(knots.size - 2) for k in range(knots.size - 2)]
    return np.stack(columns, axis=1)


def _value(net: Array, seed: int) -> Value:
    usual = int(net.mean(axis=1).argmax())
    best = net.max(axis=0)
    gain = best - net[usual]
    rng = np.random.default_rng([seed, 30])
    n = net.shape[1]
    again = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, n, n)
        drawn = net[:, rows]
        again.append(float(best[rows].mean() - drawn.mean(axis=1).max()))
    lo, hi = np.quantile(np.round(again, 12), (0.05, 0.95))
    changes = float((net.argmax(axis=0) != usual).mean()) if np.ptp(net, axis=1).any() else 0.0
    return Value(float(gain.mean()), max(0.0, float(lo)), float(hi), changes)


def ranked(net: Array, quantities: Mapping[str, Array], seed: int = 1) -> list[tuple[str, Value]]:
    """Return each quantity with the value of knowing it, the most valuable first."""
    found = [(name, partial(net, known, seed)) for name, known in quantities.items()]
    return sorted(found, key=lambda row: (-row[1].mean, row[0]))
