"""Do small studies say something else? Trim and fill, and Peters' test for odds ratios.

Sources: trim and fill, Duval and Tweedie, Biometrics 2000;56:455; Peters' test, JAMA 2006;295:676.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.intervals import t_quantile, two_sided_p
from hepatica.evidence.pooling import pool_effects
from hepatica.evidence.regression import regress

Array = NDArray[np.floating[Any]]
_FEW = "below 10 studies this says little"


def trim_and_fill(
    yi: ArrayLike, vi: ArrayLike, method: str = "REML", estimator: str = "L0", side: str | None = None, ci: str = "wald"
) -> dict[str, Any]:
    """Return how many studies seem missing on one side, the filled effects, and the pool with them.

    side: the one where studies are missing, "left" or "right"; None lets the slope on the standard error say. The
    filled pool is a what-if, not a corrected result. Raises CannotAnswer below 3 studies.
    """
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
    before = pool_effects(y, v, method, ci)
    if len(y) < 3:
        raise CannotAnswer(f"k = {len(y)}: trim and fill needs 3 studies")
    if estimator not in ("L0", "R0") or side not in (None, "left", "right"):
        raise InputError("estimator is L0 or R0, side left or right")
    slope = regress(y, v, np.sqrt(v), method=method if method in ("FE", "DL", "REML", "ML", "PM") else "REML")
    side = side or ("right" if slope.estimate[1] < 0 else "left")
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * y, kind="stable")
    s, w = sign * y[order], v[order]
    k, missing, last, centre = len(y), 0, -1, 0.0
    for _ in range(100):
        if missing == last:
            break
        last = missing
        centre = pool_effects(s[: k - missing], w[: k - missing], method, "wald").estimate
        missing = _missing(s - centre, estimator)
    filled = [(sign * (2 * centre - a), float(b)) for a, b in zip(s[k - missing :], w[k - missing :], strict=True)]
    more_y, more_v = np.array([f[0] for f in filled]), np.array([f[1] for f in filled])
    after = pool_effects(np.concatenate([y, more_y]), np.concatenate([v, more_v]), method, ci)
    return {
        "missing": missing, "side": side, "estimator": estimator, "filled": [list(f) for f in filled],
        "before": before.to_json(), "after": after.to_json(), "why": f"k = {k}: {_FEW}" if k < 10 else "",
    }  # fmt: skip


def _missing(centred: Array, estimator: str) -> int:
    k = len(centred)
    ranks = np.empty(k)
    ranks[np.argsort(np.abs(centred), kind="stable")] = np.arange(1, k + 1)
    signed = np.sign(centred) * ranks
    if estimator == "R0":
        below = signed[signed < 0]
        return max(0, round(k - (float((-below).max()) if len(below) else 0.0) - 1))
    total = float(signed[signed > 0].sum())
    return max(0, round((4 * total - k * (k + 1)) / (2 * k - 1)))


def peters(events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike) -> dict[str, Any]:
    """Return Peters' test: log odds ratio on 1 / patients, weighted by the events and non-events of both arms.

    A table with a zero cell enters with 0.5 added to its four cells, one with events in no or every patient is left
    out; both are counted. Raises CannotAnswer below 3 usable studies.
    """
    a, m, c, q = (np.asarray(t, dtype=np.float64).ravel() for t in (events, n, control_events, control_n))
    if not len(a) == len(m) == len(c) == len(q):
        raise InputError("the four columns differ in length")
    if np.any(a < 0) or np.any(c < 0) or np.any(a > m) or np.any(c > q):
        raise InputError("events lie outside 0 to n")
    usable = (a + c > 0) & (a + c < m + q)
    a, m, c, q = a[usable], m[usable], c[usable], q[usable]
    k = len(a)
    if k < 3:
        raise CannotAnswer(f"k = {k}: Peters' test needs 3 studies with events")
    cells = np.stack([a, m - a, c, q - c])
    zero = (cells == 0).any(0)
    cells = cells + 0.5 * zero
    y = np.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    weight = 1 / (1 / (cells[0] + cells[2]) + 1 / (cells[1] + cells[3]))
    x = np.column_stack([np.ones(k), 1 / (m + q)])
    cov = np.linalg.inv(x.T @ (weight[:, None] * x))
    beta = cov @ (x.T @ (weight * y))
    cov = cov * float(weight @ (y - x @ beta) ** 2) / (k - 2)
    t = float(beta[1] / math.sqrt(cov[1, 1]))
    half = t_quantile(0.975, k - 2) * math.sqrt(cov[0, 0])
    return {
        "k": k, "t": t, "df": k - 2, "p": two_sided_p(t, k - 2), "limit": float(beta[0]),
        "limit_ci": [float(beta[0] - half), float(beta[0] + half)], "zero_cells": int(zero.sum()),
        "left_out": int((~usable).sum()), "why": f"k = {k}: {_FEW}" if k < 10 else "",
    }  # fmt: skip
