"""Meta-regression: effects explained by what differs between studies, with permutation tests; Egger's test.

Shapes: y, v are [k]; x is [k, p] without the intercept. Sources: Knapp-Hartung doi:10.1002/sim.1482; REML
doi:10.3102/10769986030003261; Egger doi:10.1136/bmj.315.7109.629.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.intervals import chi2_tail, f_tail, t_quantile, two_sided_p

Array = NDArray[np.floating[Any]]
METHODS = ("FE", "DL", "REML", "ML", "PM")


@dataclass(frozen=True, slots=True)
class Regression:
    """Coefficients (intercept first), their errors, p values and intervals, and what variance is left."""

    names: tuple[str, ...]
    estimate: tuple[float, ...]
    se: tuple[float, ...]
    p: tuple[float, ...]
    ci: tuple[tuple[float, float], ...]
    df: float
    tau2: float
    i2: float
    qe: float
    qe_p: float
    k: int
    method: str
    p_permuted: tuple[float, ...] | None = None
    qm: float = 0.0
    qm_df: tuple[float, float] = (0.0, math.inf)
    qm_p: float = 1.0
    qm_p_permuted: float | None = None
    permuted: str = ""
    r2: float | None = None
    warnings: tuple[str, ...] = ()


def regress(
    yi: ArrayLike,
    vi: ArrayLike,
    x: ArrayLike,
    names: tuple[str, ...] = (),
    method: str = "REML",
    knapp_hartung: bool = True,
    level: float = 0.95,
    permutations: int = 0,
    seed: int = 1,
) -> Regression:
    """Return the mixed-effects meta-regression of yi on the columns of x.

    permutations: how many random reorderings of x test each coefficient and all together (0: none); every order is
    gone through where there are no more of them than that. `qm` tests all coefficients but the intercept (F with
    Knapp-Hartung, else chi-square); r2 is the percent of tau2 explained.
    Raises CannotAnswer where there are not more studies than coefficients, InputError for columns that repeat.
    """
    y, v, design = _design(yi, vi, x)
    if method not in METHODS:
        raise InputError(f"method {method!r} is not known to meta-regression", mend=f"one of: {', '.join(METHODS)}")
    k, p = design.shape
    fit = _fit(y, v, design, method, knapp_hartung)
    half = t_quantile((1 + level) / 2, fit.df)
    permuted, together, told = _permuted(y, v, design, method, knapp_hartung, fit, permutations, seed)
    m = p - 1
    df = (float(m), fit.df)
    none = _tau2(y, v, design[:, :1], method)
    warnings = []
    if k < 10 * m:
        warnings.append(
            f"k = {k} for {m} moderator{'s' if m > 1 else ''}: below 10 studies each, a guess for new trials"
        )
    return Regression(
        names=("intercept", *(names or tuple(f"x{i + 1}" for i in range(p - 1)))),
        estimate=tuple(fit.beta.tolist()),
        se=tuple(fit.se.tolist()),
        p=tuple(two_sided_p(float(t), fit.df) for t in fit.t),
        ci=tuple((float(b - half * s), float(b + half * s)) for b, s in zip(fit.beta, fit.se, strict=True)),
        df=fit.df,
        tau2=fit.tau2,
        i2=fit.i2,
        qe=fit.qe,
        qe_p=chi2_tail(fit.qe, k - p),
        k=k,
        method=method,
        p_permuted=permuted,
        qm=fit.qm,
        qm_df=df,
        qm_p=f_tail(fit.qm, m, fit.df) if knapp_hartung else chi2_tail(fit.qm, m),
        qm_p_permuted=together,
        permuted=told,
        r2=None if method == "FE" else (100 * max(0.0, (none - fit.tau2) / none) if none > 0 else 0.0),
        warnings=tuple(warnings),
    )


def _permuted(
    y: Array, v: Array, design: Array, method: str, knapp_hartung: bool, fit: _Fit, permutations: int, seed: int
) -> tuple[tuple[float, ...] | None, float | None, str]:
    """Return p values of the coefficients and of all together over reorderings of the rows of x, and how many."""
    if not permutations:
        return None, None, ""
    k, p = design.shape
    exact = k <= 12 and math.factorial(k) <= permutations
    rng = np.random.default_rng(seed)
    orders = itertools.permutations(range(k)) if exact else (rng.permutation(k) for _ in range(permutations))
    hits, all_hits, n = np.zeros(p), 0, 0
    for order in orders:
        one = _fit(y, v, design[list(order)], method, knapp_hartung)
        hits += np.abs(one.t) >= np.abs(fit.t) - 1e-9
        all_hits += one.qm >= fit.qm - 1e-9
        n += 1
    extra = 0 if exact else 1
    told = f"all {n} orders" if exact else f"{n} random orders"
    return tuple(((hits + extra) / (n + extra)).tolist()), (all_hits + extra) / (n + extra), told


def egger(yi: ArrayLike, vi: ArrayLike) -> dict[str, Any]:
    """Return Egger's test (weighted regression on the standard error) and the effect it extrapolates to (PET).

    Below 10 studies the test says little; `why` then says so. Raises CannotAnswer below 3 studies.
    """
    y, v, design = _design(yi, vi, np.sqrt(np.asarray(vi, dtype=np.float64))[:, None])
    k = len(y)
    root = 1 / np.sqrt(v)
    beta: Array = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0]
    left = y - design @ beta
    spread = float((left**2 / v).sum()) / (k - 2)
    cov = np.linalg.inv(design.T @ (design / v[:, None])) * spread
    t = float(beta[1] / math.sqrt(cov[1, 1]))
    half = t_quantile(0.975, k - 2) * math.sqrt(cov[0, 0])
    why = f"k = {k}: below 10 studies this test says little" if k < 10 else ""
    return {"t": t, "df": k - 2, "p": two_sided_p(t, k - 2), "limit": float(beta[0]),
            "limit_ci": [float(beta[0] - half), float(beta[0] + half)], "why": why}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Fit:
    beta: Array
    se: Array
    t: Array
    df: float
    tau2: float
    i2: float
    qe: float
    qm: float


def _design(yi: ArrayLike, vi: ArrayLike, x: ArrayLike) -> tuple[Array, Array, Array]:
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
    columns = np.asarray(x, dtype=np.float64)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if not len(y) == len(v) == len(columns):
        raise InputError(f"{len(y)} effects, {len(v)} variances, {len(columns)} rows of x")
    if not (np.isfinite(y).all() and np.isfinite(columns).all() and np.isfinite(v).all() and (v > 0).all()):
        raise InputError("an effect or column is not a number, or a variance is not above 0")
    design = np.column_stack([np.ones(len(y)), columns])
    if len(y) <= design.shape[1]:
        raise CannotAnswer(f"{len(y)} studies cannot carry {design.shape[1]} coefficients")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise InputError("a column of x is constant or repeats another")
    return y, v, design


def _fit(y: Array, v: Array, x: Array, method: str, knapp_hartung: bool) -> _Fit:
    k, p = x.shape
    tau2 = _tau2(y, v, x, method)
    beta, cov, _, rss = _wls(y, v, x, tau2)
    fixed = _wls(y, v, x, 0.0)
    df = math.inf
    if knapp_hartung:
        cov, df = cov * rss / (k - p), float(k - p)
    se = np.sqrt(np.diag(cov))
    typical = (k - p) / float(np.trace(fixed[2]))
    i2 = 100 * max(0.0, (fixed[3] - (k - p)) / fixed[3]) if method == "FE" else 100 * tau2 / (tau2 + typical)
    qm = float(beta[1:] @ np.linalg.solve(cov[1:, 1:], beta[1:]))
    return _Fit(beta, se, beta / se, df, tau2, i2, fixed[3], qm / (p - 1) if knapp_hartung else qm)


def _wls(y: Array, v: Array, x: Array, tau2: float) -> tuple[Array, Array, Array, float]:
    """Return coefficients, their covariance, the projection P and the weighted residual sum of squares."""
    w = 1 / (v + tau2)
    cov = np.linalg.inv(x.T @ (w[:, None] * x))
    beta = cov @ (x.T @ (w * y))
    wx = w[:, None] * x
    projection = np.diag(w) - wx @ cov @ wx.T
    return beta, cov, projection, float(w @ (y - x @ beta) ** 2)


def _tau2(y: Array, v: Array, x: Array, method: str) -> float:
    k, p = len(y), x.shape[1]
    if method == "FE":
        return 0.0
    *_, projection, rss = _wls(y, v, x, 0.0)
    if method == "DL":
        return float(max(0.0, (rss - (k - p)) / float(np.trace(projection))))
    tau2: float = 0.0 if method == "PM" else max(0.0, _start(y, v, x))
    for _ in range(2000):
        *_, projection, rss = _wls(y, v, x, tau2)
        py = projection @ y
        if method == "PM":
            step = (rss - (k - p)) / float(py @ py)
        elif method == "REML":
            step = (float(py @ py) - float(np.trace(projection))) / float((projection * projection).sum())
        else:
            w = 1 / (v + tau2)
            step = (float(py @ py) - float(w.sum())) / float(w @ w)
        new = float(max(0.0, tau2 + step))
        if abs(new - tau2) <= 1e-13 * (1e-9 + new):
            return new
        tau2 = new
    return tau2


def _start(y: Array, v: Array, x: Array) -> float:
    k, p = len(y), x.shape[1]
    hat = x @ np.linalg.inv(x.T @ x) @ x.T
    left = y - hat @ y
    return float((float(left @ left) - float((v * (1 - np.diag(hat))).sum())) / (k - p))
