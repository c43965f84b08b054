"""Variance-based sensitivity: how much of an output's spread goes back to each group of inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Inputs = Mapping[str, object]
REPEATS = 200


@dataclass(frozen=True, slots=True)
class Index:
    """First-order and total share of the variance of one output owed to one group, with SEs by bootstrap."""

    group: str
    output: str
    first: float
    first_se: float
    total: float
    total_se: float


def indices(
    model: Callable[[Inputs], Mapping[str, Array]], one: Inputs, two: Inputs, rng: np.random.Generator
) -> list[Index]:
    """Return the indices of every group and output.

    Args:
        model: outputs [n] by name, of inputs by group.
        one, two: independent samples [n rows] of every group; groups independent of each other. Rows that any run
            cannot compute (not finite) are left out of all.
        rng: for the bootstrap.
    Source: first order Saltelli 2010, total Jansen 1999.
    """
    a, b = model(one), model(two)
    mixed = {group: model({**one, group: two[group]}) for group in one}
    runs = [a, b, *mixed.values()]
    kept = np.flatnonzero(np.all([np.isfinite(y) for run in runs for y in run.values()], axis=0))
    a, b, *rest = ({k: y[kept] for k, y in run.items()} for run in runs)
    mixed = dict(zip(mixed, rest, strict=True))
    n = len(kept)
    picks = [np.arange(n), *(rng.integers(0, n, n) for _ in range(REPEATS))]
    rows = []
    for output in a:
        for group, y in mixed.items():
            f = np.array([_pair(a[output][p], b[output][p], y[output][p]) for p in picks])
            se = f[1:].std(axis=0)
            rows.append(Index(group, output, float(f[0, 0]), float(se[0]), float(f[0, 1]), float(se[1])))
    return rows


def _pair(a: Array, b: Array, y: Array) -> tuple[float, float]:
    both = np.concatenate([a, b])
    variance = max(float(both.var()), 1e-300)
    return float(((b - both.mean()) * (y - a)).mean() / variance), float(0.5 * ((a - y) ** 2).mean() / variance)
