"""Units inside the formulas: from canonical units to those a formula was published in."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

BILIRUBIN_UMOL_L_PER_MG_DL = 17.1
CREATININE_UMOL_L_PER_MG_DL = 88.4

Floats = float | NDArray[np.float64]


def bilirubin_mg_dl(bilirubin_umol_l: ArrayLike) -> NDArray[np.float64]:
    """Return bilirubin in mg/dL, exact to 1e-9 so that a value on a cut stays on it."""
    return np.round(np.asarray(bilirubin_umol_l, float) / BILIRUBIN_UMOL_L_PER_MG_DL, 9)


def creatinine_mg_dl(creatinine_umol_l: ArrayLike) -> NDArray[np.float64]:
    """Return creatinine in mg/dL, exact to 1e-9 so that a value on a cut stays on it."""
    return np.round(np.asarray(creatinine_umol_l, float) / CREATININE_UMOL_L_PER_MG_DL, 9)


def half_up(x: ArrayLike) -> NDArray[np.float64]:
    """Round to whole points, halves upwards (a value within 1e-9 of a half counts as the half)."""
    return np.floor(np.asarray(x, float) + 0.5 + 1e-9)


def points(x: ArrayLike, *cuts: tuple[str, float]) -> NDArray[np.float64]:
    """Return how many cuts `x` passes, each ('>', c) or ('>=', c); NaN stays NaN."""
    x = np.asarray(x, float)
    passed = sum((x > c if op == ">" else x >= c).astype(float) for op, c in cuts)
    return np.where(np.isnan(x), np.nan, passed)


def plain(x: ArrayLike) -> Floats:
    """Return a float for a zero-dimensional array, else the array."""
    x = np.asarray(x, float)
    return float(x) if x.ndim == 0 else x
