"""How long a response lasts: from its first day to the day it is lost, or to the end of the forecast."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.planning.bands import clean

Array = NDArray[np.float64]


def lasting(days: Array, responds: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how long responses last, among draws that respond.

    Args:
        days: days of the forecast [d].
        responds: whether a draw responds that day [d, n]; every draw does on one day at least.

    `p_to_the_end` is the share that never loses it, `seen_to_day` the last day looked at; quantiles are days, None
    where so many never lose it that the quantile lies beyond the end.

    >>> lasting(np.array([0.0, 10, 20, 30]), np.array([[0, 0], [1, 1], [0, 1], [0, 1]], bool))["p_to_the_end"]
    0.5
    """
    start = responds.argmax(axis=0)
    after = np.arange(days.size)[:, None] > start
    lost = after & ~responds
    ends = lost.any(axis=0)
    length = np.where(ends, days[lost.argmax(axis=0)] - days[start], np.inf)
    row: dict[str, Any] = {"p_to_the_end": clean(float(np.mean(~ends))), "seen_to_day": float(days[-1])}
    for q in (5, 50, 95):
        at = float(np.quantile(length, q / 100, method="lower"))
        row[f"p{q:02}"] = at if np.isfinite(at) else None
    return row
