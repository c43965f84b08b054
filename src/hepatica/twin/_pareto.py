"""How heavy the tail of importance weights is: the Pareto k of Zhang and Stephens, as used by PSIS."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pareto_k(log_weights: NDArray[np.float64]) -> float | None:
    """Return the shape of a generalised Pareto fit to the largest weights; above 0.7 the weights cannot be trusted.

    The largest min(n/5, 3 sqrt(n)) ratios are fitted; None where fewer than 25 are finite.
    Source: Zhang and Stephens 2009 (profile posterior mean), Vehtari 2015 (use for importance sampling).
    """
    finite = np.sort(log_weights[np.isfinite(log_weights)])
    count = int(min(0.2 * len(finite), 3 * np.sqrt(len(finite))))
    if count < 25:
        return None
    ratios = np.exp(finite - finite[-1])
    x = ratios[-count:] - ratios[-count - 1]
    x = x[x > 0]
    if len(x) < 25:
        return None
    grid = 30 + int(np.sqrt(len(x)))
    quartile = x[int(len(x) / 4 + 0.5) - 1]
    theta = 1 / x[-1] + (1 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))) / (3 * quartile)
    k = np.log1p(-theta[:, None] * x).mean(axis=1)
    profile = len(x) * (np.log(-theta / k) - k - 1)
    weight = np.exp(profile - profile.max())
    weight /= weight.sum()
    shape = np.log1p(-(weight @ theta) * x).mean()
    return float(shape)
