"""Several effects of one study pooled as one: correlated sampling errors, correlated true effects, one mean a time.

Effects of one study share patients, so their errors correlate: by `rho` alike for any two (compound symmetry), or by
phi^|t - s| of the times (continuous autoregression, phi the correlation one unit apart). Their true effects share the
study: one intercept ("study"), an intercept and a deviation of each row ("nested"), compound symmetry ("cs") or
continuous autoregression ("car"). Estimated by REML or ML. Sources: Ishak et al., Clin Trials 2007;4:525,
doi:10.1177/1740774507083567; Konstantopoulos, Res Synth Methods 2011;2:61, doi:10.1002/jrsm.35.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.intervals import chi2_tail, t_quantile, two_sided_p

Array = NDArray[np.floating[Any]]
STRUCTURES = ("fixed", "study", "nested", "cs", "car")


@dataclass(frozen=True, slots=True)
class Multilevel:
    """Coefficients with their whole covariance; tau2 between studies, rho between times, sigma2 of rows in a study."""

    names: tuple[str, ...]
    estimate: tuple[float, ...]
    se: tuple[float, ...]
    ci: tuple[tuple[float, float], ...]
    p: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    prediction_interval: tuple[tuple[float, float], ...]
    df: float
    tau2: float
    rho: float | None
    sigma2: float
    q: float
    q_df: int
    q_p: float
    log_likelihood: float
    k: int
    studies: int
    structure: str
    method: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """Studies of one size: rows [b, n], distances in time, error covariances [b, n, n], design and y [b, n, p + 1]."""

    rows: NDArray[np.int_]
    apart: Array
    errors: Array
    both: Array


def sampling_covariance(
    study: Sequence[str], vi: ArrayLike, times: ArrayLike | None = None, rho: float | None = None,
    phi: float | None = None,
) -> Array:  # fmt: skip
    """Return the covariance [k, k] of the sampling errors; give rho, or phi and the times. Other studies are apart."""
    v = np.asarray(vi, dtype=np.float64).ravel()
    if (rho is None) == (phi is None):
        raise InputError("give rho or phi, one of the two", mend="rho: any two alike; phi: by distance in time")
    value = rho if rho is not None else phi
    if value is None or not 0 <= value < 1:
        raise InputError(f"a within-study correlation of {value}", mend="0 up to, not including, 1")
    same = np.asarray([[a == b for b in study] for a in study])
    if phi is not None:
        if times is None:
            raise InputError("phi needs times")
        t = np.asarray(times, dtype=np.float64)
        shape = phi ** np.abs(t[:, None] - t[None, :])
    else:
        shape = np.full((len(v), len(v)), value)
    np.fill_diagonal(shape, 1.0)
    return np.where(same, shape * np.sqrt(v[:, None] * v[None, :]), 0.0)


def multilevel(
    study: Sequence[str],
    yi: ArrayLike,
    errors: ArrayLike,
    x: ArrayLike | None = None,
    names: Sequence[str] = (),
    structure: str = "study",
    times: ArrayLike | None = None,
    method: str = "REML",
    ci: str = "wald",
    level: float = 0.95,
) -> Multilevel:
    """Return the multilevel model of effects yi [k] with error covariance `errors` [k, k] (or variances [k]).

    x: design [k, p] with its own intercept or one column a time; None is one mean. structure: one of STRUCTURES; "car"
    needs times. ci: "wald" (normal) or "t" (degrees of freedom: studies less coefficients, at least 1, ours). Raises
    InputError for shapes that do not fit and CannotAnswer where coefficients outnumber effects.
    """
    y, v, design, ids, t = _clean(study, yi, errors, x, structure, times)
    if method not in ("REML", "ML") or ci not in ("wald", "t"):
        raise InputError("method is REML or ML, ci is wald or t")
    k, p = design.shape
    blocks, n = _blocks(ids, t, v, design, y)
    alone = all(b.rows.shape[1] == 1 for b in blocks)
    warnings = []
    if structure in ("cs", "car", "nested") and alone:
        structure = "study"
        warnings.append("one effect a study: rows within studies cannot be told apart")
    if structure != "fixed" and n < 2:
        structure = "fixed"
        warnings.append("one study: heterogeneity cannot be seen")
    parameters, ll = _search(y, design, blocks, structure, method)
    tau2, rho, sigma2 = _named(parameters, structure)
    beta, cov, _, _ = _solve(blocks, structure, parameters)
    q = _solve(blocks, "fixed", np.zeros(0))[2]
    df = math.inf if ci == "wald" else float(max(1, n - p))
    half = t_quantile((1 + level) / 2, df)
    se = np.sqrt(np.diag(cov))
    wide = np.sqrt(se**2 + tau2 + sigma2)
    if 1 < n < 5:
        warnings.append(f"{n} studies: tau2 and its correlation in time are hardly known")
    return Multilevel(
        names=tuple(names) or (("mean",) if p == 1 else tuple(f"x{i + 1}" for i in range(p))),
        estimate=tuple(beta.tolist()), se=tuple(se.tolist()),
        ci=tuple((float(b - half * s), float(b + half * s)) for b, s in zip(beta, se, strict=True)),
        p=tuple(two_sided_p(float(b / s), df) for b, s in zip(beta, se, strict=True)),
        covariance=tuple(map(tuple, cov.tolist())),
        prediction_interval=tuple((float(b - half * w), float(b + half * w)) for b, w in zip(beta, wide, strict=True)),
        df=df, tau2=tau2, rho=rho, sigma2=sigma2, q=q, q_df=k - p, q_p=chi2_tail(q, k - p) if k > p else 1.0,
        log_likelihood=ll, k=k, studies=n, structure=structure, method=method, warnings=tuple(warnings),
    )  # fmt: skip


def _clean(
    study: Sequence[str], yi: ArrayLike, errors: ArrayLike, x: ArrayLike | None, structure: str,
    times: ArrayLike | None,
) -> tuple[Array, Array, Array, NDArray[Any], Array]:  # fmt: skip
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(errors, dtype=np.float64)
    v = np.diag(v) if v.ndim == 1 else v
    k = len(y)
    if structure not in STRUCTURES:
        raise InputError(f"structure {structure!r} is not known", mend=f"one of: {', '.join(STRUCTURES)}")
    if k == 0 or v.shape != (k, k) or len(study) != k:
        raise InputError(f"{k} effects, {len(study)} study names, errors of shape {v.shape}")
    if not np.isfinite(y).all() or not np.isfinite(v).all() or not (np.diag(v) > 0).all():
        raise InputError("an effect is not a number, or a variance is not above 0")
    design = np.ones((k, 1)) if x is None else np.asarray(x, dtype=np.float64)
    if design.ndim != 2 or len(design) != k:
        raise InputError(f"a design of shape {design.shape} for {k} effects")
    if k < design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        raise CannotAnswer(f"{k} effects cannot carry {design.shape[1]} coefficients, or columns repeat each other")
    if structure == "car" and times is None:
        raise InputError("car needs times")
    t = np.zeros(k) if times is None else np.asarray(times, dtype=np.float64)
    return y, v, design, np.asarray([str(s) for s in study]), t


def _blocks(ids: NDArray[Any], t: Array, v: Array, x: Array, y: Array) -> tuple[list[_Block], int]:
    """Return the studies stacked by size, and how many there are."""
    by: dict[int, list[NDArray[np.int_]]] = {}
    places = [np.flatnonzero(ids == s) for s in dict.fromkeys(ids.tolist())]
    for rows in places:
        by.setdefault(len(rows), []).append(rows)
    both = np.column_stack([x, y])
    out = []
    for group in by.values():
        rows = np.stack(group)
        apart = np.abs(t[rows][:, :, None] - t[rows][:, None, :])
        out.append(_Block(rows, apart, v[rows[:, :, None], rows[:, None, :]], both[rows]))
    return out, len(places)


def _between(b: _Block, structure: str, q: Array) -> Array:
    eye = np.eye(b.rows.shape[1])
    if structure == "fixed":
        return np.zeros_like(eye)
    if structure == "study":
        return np.full_like(eye, q[0])
    if structure == "nested":
        return np.full_like(eye, q[0]) + q[1] * eye
    if structure == "cs":
        return np.asarray(q[0] * (q[1] + (1 - q[1]) * eye))
    return np.asarray(q[0] * np.where(b.apart == 0, 1.0, q[1] ** np.maximum(b.apart, 1e-300)))


def _solve(blocks: list[_Block], structure: str, q: Array) -> tuple[Array, Array, float, float]:
    """Return coefficients, covariance, weighted squares left, and log determinants of the covariances of y."""
    size = blocks[0].both.shape[2]
    sums, logdet = np.zeros((size, size)), 0.0
    for b in blocks:
        root = np.linalg.cholesky(b.errors + _between(b, structure, q))
        both = np.linalg.solve(root, b.both)
        sums += np.einsum("bni,bnj->ij", both, both)
        logdet += 2 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum())
    cov = np.linalg.inv(sums[:-1, :-1])
    beta = cov @ sums[:-1, -1]
    return beta, cov, float(sums[-1, -1] - beta @ sums[:-1, -1]), logdet


def _log_likelihood(blocks: list[_Block], structure: str, q: Array, method: str, k: int, own: float) -> float:
    """Return the log likelihood of variances q; `own` is the log determinant of X'X."""
    try:
        _, cov, rss, logdet = _solve(blocks, structure, q)
    except np.linalg.LinAlgError:
        return -math.inf
    value = -0.5 * (logdet + rss)
    if method == "ML":
        return value - 0.5 * k * math.log(2 * math.pi)
    return value - 0.5 * (k - len(cov)) * math.log(2 * math.pi) + 0.5 * float(np.linalg.slogdet(cov)[1]) + 0.5 * own


def _named(q: Array, structure: str) -> tuple[float, float | None, float]:
    if structure == "fixed":
        return 0.0, None, 0.0
    if structure == "nested":
        return float(q[0]), None, float(q[1])
    return float(q[0]), float(q[1]) if structure in ("cs", "car") else None, 0.0


def _search(y: Array, x: Array, blocks: list[_Block], structure: str, method: str) -> tuple[Array, float]:
    """Return the variance parameters at the maximum and the log likelihood there."""
    own = float(np.linalg.slogdet(x.T @ x)[1])

    def ll(q: Array) -> float:
        return _log_likelihood(blocks, structure, q, method, len(y), own)

    if structure == "fixed":
        return np.zeros(0), ll(np.zeros(0))
    spread = float(np.var(y)) + 1e-8
    widest = max(b.rows.shape[1] for b in blocks)
    lowest = -1 / (widest - 1) if structure == "cs" and widest > 1 else 0.0

    def share(u: float) -> float:
        return lowest + (1 - lowest) / (1 + math.exp(-max(-40.0, min(40.0, u))))

    unpack: Callable[[Array], Array] = {
        "study": lambda u: np.exp(u),
        "nested": lambda u: np.exp(u),
        "cs": lambda u: np.array([math.exp(u[0]), share(float(u[1]))]),
        "car": lambda u: np.array([math.exp(u[0]), share(float(u[1]))]),
    }[structure]
    near = [math.log(spread * s) for s in (0.5, 0.05)]
    second = {"study": (None,), "nested": (near[0], near[1]), "cs": (2.0, -1.0), "car": (3.0, -1.0)}[structure]
    starts = [[a, *([] if b is None else [b])] for a in near for b in second]
    fits = [_climb(lambda u: ll(unpack(u)), np.array(u), (1e-3,)) for u in starts]
    best = unpack(_climb(lambda u: ll(unpack(u)), max(fits, key=lambda f: f[1])[0], (1e-8, 1e-11))[0])
    for zero in _on_the_bound(best, structure):
        if ll(zero) >= ll(best) - 1e-9:
            best = zero
    return best, ll(best)


def _climb(f: Callable[[Array], float], u: Array, tolerances: tuple[float, ...]) -> tuple[Array, float]:
    from scipy.optimize import minimize

    def loss(u: Array) -> float:
        value = -f(np.clip(u, -40, 12))
        return value if math.isfinite(value) else 1e12

    for tight in tolerances:
        u = minimize(loss, u, method="Nelder-Mead", options={"xatol": tight, "fatol": tight, "maxiter": 3000}).x
    return np.clip(u, -40, 12), -loss(u)


def _on_the_bound(q: Array, structure: str) -> list[Array]:
    if structure == "nested":
        return [np.array([0.0, q[1]]), np.array([q[0], 0.0]), np.zeros(2)]
    return [np.zeros(1)] if structure == "study" else [np.array([0.0, q[1]])]
