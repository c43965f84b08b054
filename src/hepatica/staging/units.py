"""Units inside the formulas: from canonical units to those a formula was published in."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

BILIRUBIN_UMOL_L_PER_MG_DL = 17.1
CREATININE_UMOL_L_PER_MG_DL = 88.4

_PASS = {">": np.greater, ">=": np.greater_equal}
Floats = float | NDArray[np.float64]


def floats(x: ArrayLike) -> NDArray[np.float64]:
    """Return numbers as an array of floats; None becomes NaN."""
    return np.asarray(x, float)


def bilirubin_mg_dl(bilirubin_umol_l: ArrayLike) -> NDArray[np.float64]:
    """Return bilirubin in mg/dL, exact to 1e-9 so that a value on a cut stays on it."""
    return np.round(floats(bilirubin_umol_l) / BILIRUBIN_UMOL_L_PER_MG_DL, 9)


def creatinine_mg_dl(creatinine_umol_l: ArrayLike) -> NDArray[np.float64]:
    """Return creatinine in mg/dL, exact to 1e-9 so that a value on a cut stays on it."""
    return np.round(floats(creatinine_umol_l) / CREATININE_UMOL_L_PER_MG_DL, 9)


def half_up(x: ArrayLike) -> NDArray[np.float64]:
    """Round to whole points, halves upwards (a value within 1e-9 of a half counts as the half)."""
    return np.floor(floats(x) + 0.5 + 1e-9)


def points(x: ArrayLike, *cuts: tuple[str, float]) -> NDArray[np.float64]:
    """Return how many cuts `x` passes, each ('>', c) or ('>=', c); NaN stays NaN."""
    x = floats(x)
    passed = sum(_PASS[op](x, c).astype(float) for op, c in cuts)
    return np.where(np.isnan(x), np.nan, passed)


def plain(x: ArrayLike) -> Floats:
    """Return a float for a zero-dimensional array, else the array."""
    x = floats(x)
    return float(x) if x.ndim == 0 else x
