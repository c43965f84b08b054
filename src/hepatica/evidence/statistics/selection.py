"""What if significant results are published more often: step and beta selection models, PET and PEESE.

The chance that a study is seen depends on its one-sided p value; mean and heterogeneity are estimated together with
that chance by maximum likelihood. Sources: step function, Vevea and Hedges, Psychometrika 1995;60:419,
doi:10.1007/BF02294384; beta, Citkowicz and Vevea, Psychol Methods 2017;22:28, doi:10.1037/met0000119; PET and PEESE,
Stanley and Doucouliagos, Res Synth Methods 2014;5:60, doi:10.1002/jrsm.1095. All are what-ifs, not corrections.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.intervals import chi2_tail, normal_quantile, t_quantile, two_sided_p
from hepatica.evidence.pooling import pool_effects

Array = NDArray[np.floating[Any]]
FEW = 10
_BOUND = math.log(100)  # of a weight, either way (ours)


@dataclass(frozen=True, slots=True)
class Selected:
    """A pool under selection: `weights` are relative chances of being seen (step) or the two exponents (beta)."""

    model: str
    k: int
    estimate: float
    se: float
    ci: tuple[float, float]
    tau2: float
    weights: tuple[float, ...]
    weights_se: tuple[float, ...]
    log_likelihood: float
    lrt: float
    lrt_df: int
    lrt_p: float
    without_selection: float
    warnings: tuple[str, ...]


def step_model(
    yi: ArrayLike, vi: ArrayLike, steps: Sequence[float] = (0.025,), alternative: str = "greater", level: float = 0.95
) -> Selected:
    """Return the pool where results past each step of the one-sided p value are seen less, or more, often.

    steps: p values at which the chance changes; one step at 0.025 is the three-parameter model. alternative: the
    direction that is liked, "greater", "less" or "two.sided". Raises CannotAnswer where an interval between steps
    holds no study, InputError for steps outside 0 to 1.
    """
    y, v, flip = _clean(yi, vi, alternative)
    cut = sorted(set(steps))
    if not cut or not 0 < cut[0] <= cut[-1] < 1:
        raise InputError(f"steps {list(steps)}", mend="p values between 0 and 1")
    two = alternative == "two.sided"
    p = _p(y, v, two)
    place = np.searchsorted(cut, p, side="left")
    empty = [i for i in range(len(cut) + 1) if not (place == i).any()]
    if empty:
        edges = (0.0, *cut, 1.0)
        told = ", ".join(f"{edges[i]:g} to {edges[i + 1]:g}" for i in empty)
        raise CannotAnswer(f"no study has a p value of {told}", mend="other steps: each interval needs a study")
    bounds = np.array([(normal_quantile(1 - (c / 2 if two else c))) for c in cut])[:, None] * np.sqrt(v)

    def norm(mu: float, tau2: float, w: Array) -> tuple[Array, Array]:
        from scipy.special import ndtr

        sd = np.sqrt(v + tau2)
        beyond = ndtr((mu - bounds) / sd) + (ndtr((-bounds - mu) / sd) if two else 0.0)
        inside = np.diff(np.vstack([np.zeros_like(v), beyond, np.ones_like(v)]), axis=0)
        return np.log(w)[place], np.log(w @ inside)

    def unpack(q: Array) -> Array:
        return np.concatenate([[1.0], np.exp(q)])

    name = f"step function at {', '.join(f'{c:g}' for c in cut)}"
    return _fit(name, y, v, flip, len(cut), norm, unpack, level)


def beta_model(yi: ArrayLike, vi: ArrayLike, alternative: str = "greater", level: float = 0.95) -> Selected:
    """Return the pool where the chance of being seen follows p^(a - 1) (1 - p)^(b - 1) of the one-sided p value."""
    y, v, flip = _clean(yi, vi, alternative)
    if alternative == "two.sided":
        raise InputError("the beta model is one-sided", mend="greater or less")
    p = np.clip(_p(y, v, False), 1e-12, 1 - 1e-12)
    nodes, weight = np.polynomial.legendre.leggauss(200)

    def norm(mu: float, tau2: float, w: Array) -> tuple[Array, Array]:
        from scipy.special import log_ndtr

        sd = np.sqrt(v + tau2)
        x = mu + 9 * sd[:, None] * nodes
        z = x / np.sqrt(v)[:, None]
        chance = (w[0] - 1) * log_ndtr(-z) + (w[1] - 1) * log_ndtr(z)
        density = -0.5 * (9 * nodes) ** 2 - 0.5 * math.log(2 * math.pi) + math.log(9)
        inside = chance + density
        top = inside.max(1, keepdims=True)
        return (w[0] - 1) * np.log(p) + (w[1] - 1) * np.log1p(-p), top[:, 0] + np.log(np.exp(inside - top) @ weight)

    return _fit("beta", y, v, flip, 2, norm, np.exp, level)


def pet_peese(yi: ArrayLike, vi: ArrayLike, level: float = 0.95) -> dict[str, Any]:
    """Return PET (effect at no standard error), PEESE (at no variance) and which of the two the rule takes.

    PEESE counts where PET's effect differs from 0 at 10 % two-sided, PET otherwise. Raises CannotAnswer below 3.
    """
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
    k = len(y)
    if k < 3:
        raise CannotAnswer(f"k = {k}: PET and PEESE need 3 studies")
    pet, peese = _line(y, v, np.sqrt(v), level), _line(y, v, v, level)
    taken = "peese" if pet["p"] < 0.10 else "pet"
    return {"pet": pet, "peese": peese, "taken": taken, "k": k, "why": _few(k)}


def _line(y: Array, v: Array, x: Array, level: float) -> dict[str, Any]:
    design = np.column_stack([np.ones(len(y)), x])
    cov = np.linalg.inv(design.T @ (design / v[:, None]))
    beta = cov @ (design.T @ (y / v))
    df = len(y) - 2
    se = np.sqrt(np.diag(cov) * float(((y - design @ beta) ** 2 / v).sum()) / df)
    half = t_quantile((1 + level) / 2, df) * float(se[0])
    b, s = float(beta[0]), float(beta[1])
    return {"estimate": b, "se": float(se[0]), "ci": [b - half, b + half], "p": two_sided_p(b / float(se[0]), df),
            "slope": s, "slope_p": two_sided_p(s / float(se[1]), df), "df": df}  # fmt: skip


def _clean(yi: ArrayLike, vi: ArrayLike, alternative: str) -> tuple[Array, Array, float]:
    if alternative not in ("greater", "less", "two.sided"):
        raise InputError(f"alternative {alternative!r}", mend="greater, less or two.sided")
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
    pool_effects(y, v, "FE", "wald")
    if len(y) < 4:
        raise CannotAnswer(f"k = {len(y)}: a selection model needs at least 4 studies, and many more to say anything")
    flip = -1.0 if alternative == "less" else 1.0
    return flip * y, v, flip


def _p(y: Array, v: Array, two: bool) -> Array:
    from scipy.special import ndtr

    z = y / np.sqrt(v)
    return np.asarray(2 * ndtr(-np.abs(z)) if two else ndtr(-z))


def _fit(
    name: str, y: Array, v: Array, flip: float, extra: int,
    norm: Callable[[float, float, Array], tuple[Array, Array]], unpack: Callable[[Array], Array], level: float,
) -> Selected:  # fmt: skip
    plain = pool_effects(y, v, "ML", "wald")
    constant = 0.5 * len(y) * math.log(2 * math.pi)

    def log_likelihood(mu: float, tau2: float, w: Array) -> float:
        seen, total = norm(mu, tau2, w)
        normal = -0.5 * (np.log(v + tau2) + (y - mu) ** 2 / (v + tau2))
        return float((normal + seen - total).sum()) - constant

    far = 20 * (float(np.abs(y).max()) + float(np.sqrt(v.max())))

    def loss(q: Array) -> float:
        if max(abs(float(q[0])), abs(float(q[1]))) > far:
            return 1e12
        value = -log_likelihood(float(q[0]), float(q[1]) ** 2, unpack(np.clip(q[2:], -_BOUND, _BOUND)))
        return value if math.isfinite(value) else 1e12

    said = [_few(len(y))] if len(y) < FEW else []
    fits = []
    for tau in (max(math.sqrt(plain.tau2), 0.05), 0.3 * math.sqrt(float(np.median(v)))):
        q = np.concatenate([[plain.estimate, tau], np.zeros(extra)])
        fits.append(_climb(loss, q, 1e-4))
    best = min(fits, key=loss)
    for _ in range(2):
        best = _climb(loss, best, 1e-10)
    if max(abs(float(best[0])), abs(float(best[1]))) > 0.5 * far:
        raise CannotAnswer("the likelihood of this selection model has no maximum", mend="a step function, or no model")
    tau2 = float(best[1]) ** 2
    weights = unpack(np.clip(best[2:], -_BOUND, _BOUND))
    if (np.abs(best[2:]) >= _BOUND - 0.01).any():
        said.append("a weight lies on its bound (1/100 or 100): selection and effect cannot be told apart")
    free = weights[1:] if extra and len(weights) == extra + 1 else weights
    at = np.concatenate([[best[0]], [tau2] if tau2 > 1e-6 else [], free])
    held = 0.0 if tau2 <= 1e-6 else None

    def full(p: Array) -> float:
        t2 = held if held is not None else float(p[1])
        w = p[1:] if held is not None else p[2:]
        return log_likelihood(float(p[0]), t2, np.concatenate([[1.0], w]) if len(weights) == extra + 1 else w)

    se = _errors(full, at)
    unselected = log_likelihood(plain.estimate, plain.tau2, np.ones(len(weights)))
    maximum = -loss(best)
    lrt = max(0.0, 2 * (maximum - unselected))
    half = normal_quantile((1 + level) / 2) * float(se[0])
    mu = flip * float(best[0])
    if not np.isfinite(se).all():
        said.append("the likelihood is flat: some standard errors cannot be told")
    return Selected(
        model=name, k=len(y), estimate=mu, se=float(se[0]), ci=(mu - half, mu + half), tau2=tau2,
        weights=tuple(float(w) for w in weights), weights_se=tuple(float(s) for s in se[len(at) - extra :]),
        log_likelihood=maximum, lrt=lrt, lrt_df=extra, lrt_p=chi2_tail(lrt, extra),
        without_selection=flip * plain.estimate, warnings=tuple(said),
    )  # fmt: skip


def _climb(loss: Callable[[Array], float], q: Array, tight: float) -> Array:
    from scipy.optimize import minimize

    options: Any = {"xatol": tight, "fatol": tight, "maxiter": 20000, "maxfev": 20000}
    return np.asarray(minimize(loss, q, method="Nelder-Mead", options=options).x)


def _errors(f: Callable[[Array], float], at: Array) -> Array:
    """Return standard errors from the second differences of a log likelihood."""
    n = len(at)
    h = 1e-4 * np.maximum(np.abs(at), 0.1)
    h = np.minimum(h, np.where(at > 0, at / 4, h))
    hessian = np.zeros((n, n))

    def second(i: int, j: int, s: float) -> float:
        a, b = np.zeros(n), np.zeros(n)
        a[i], b[j] = s * h[i], s * h[j]
        return (f(at + a + b) - f(at + a - b) - f(at - a + b) + f(at - a - b)) / (4 * s * s * h[i] * h[j])

    for i in range(n):
        for j in range(i, n):
            hessian[i, j] = hessian[j, i] = (4 * second(i, j, 1.0) - second(i, j, 2.0)) / 3
    try:
        variance = np.diag(np.linalg.inv(-hessian))
    except np.linalg.LinAlgError:
        variance = np.full(n, np.nan)
    return np.sqrt(np.where(variance > 0, variance, np.nan))


def _few(k: int) -> str:
    return f"k = {k}: below {FEW} studies this says little" if k < FEW else ""
