"""Numbers as a plan holds them: five significant digits, means with 5 and 95 % quantiles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def clean(x: float) -> float:
    """Round to five significant digits, so that files are the same on every machine.

    >>> clean(1234567.0), clean(1e-12)
    (1234600.0, 0.0)
    """
    if not np.isfinite(x):
        raise ValueError("the simulation gave a number that is not finite")
    return 0.0 if abs(x) < 1e-9 else float(f"{x:.5g}")


def quantiles(x: Array) -> dict[str, float]:
    """Return the mean of draws with their 5 and 95 % quantiles."""
    return {
        "mean": clean(float(x.mean())),
        "p05": clean(float(np.quantile(x, 0.05))),
        "p95": clean(float(np.quantile(x, 0.95))),
    }
