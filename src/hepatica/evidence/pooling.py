"""Pool effects: estimate, interval, prediction interval and heterogeneity, as a reviewer would report them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hepatica.errors import InputError
from hepatica.evidence import tau2 as between
from hepatica.evidence.intervals import chi2_tail, normal_quantile, t_quantile, two_sided_p


@dataclass(frozen=True, slots=True)
class Pooled:
    """One pooled effect on the scale of its inputs; `se` is the one `ci` uses, i2 is in percent."""

    k: int
    estimate: float
    se: float
    ci: tuple[float, float]
    prediction_interval: tuple[float, float] | None
    prediction_df: float | None
    tau2: float
    tau2_ci: tuple[float, float] | None
    i2: float
    h2: float
    q: float
    q_df: int
    q_p: float | None
    statistic: float
    p: float
    df: float
    method: str
    ci_method: str
    level: float
    weights: tuple[float, ...]
    warnings: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as plain JSON values; infinite degrees of freedom become "infinite"."""
        return {
            "k": self.k,
            "estimate": self.estimate,
            "se": self.se,
            "ci": list(self.ci),
            "prediction_interval": list(self.prediction_interval) if self.prediction_interval else None,
            "prediction_df": _df(self.prediction_df),
            "tau2": self.tau2,
            "tau2_ci": list(self.tau2_ci) if self.tau2_ci else None,
            "i2": self.i2,
            "h2": self.h2,
            "q": self.q,
            "q_df": self.q_df,
            "q_p": self.q_p,
            "p": self.p,
            "df": _df(self.df),
            "method": self.method,
            "ci_method": self.ci_method,
            "level": self.level,
            "warnings": list(self.warnings),
        }


def pool_effects(
    yi: ArrayLike,
    vi: ArrayLike,
    method: str = "REML",
    ci: str = "hksj",
    adhoc: bool = False,
    level: float = 0.95,
) -> Pooled:
    """Pool effects yi with sampling variances vi.

    method: FE | DL | PM | REML | ML | SJ | EB. ci: "wald" (normal) or "hksj" (Knapp-Hartung, t with k - 1 degrees of
    freedom; the correction never below 1 only with `adhoc`). One study gives its own Wald interval. The prediction
    interval uses the quantile of the interval of the mean: t with k - 1 for hksj, normal for wald; none under FE.
    Raises InputError for values that cannot be pooled. Sources: Knapp-Hartung doi:10.1002/sim.1482; Higgins and
    Thompson (I2) doi:10.1002/sim.1186.

    >>> p = pool_effects([0.1, 0.5, 0.9], [0.04, 0.04, 0.04], method="DL")
    >>> round(p.estimate, 6), round(p.tau2, 6), p.k
    (0.5, 0.12, 3)
    """
    y, v = _clean(yi, vi)
    method = _choice(method.upper(), between.METHODS, "method")
    ci = _choice(ci.lower(), ("wald", "hksj"), "ci")
    if not 0.5 <= level < 1:
        raise InputError(f"level {level} lies outside 0.5 to 1", mend="0.95 is usual")
    k = len(y)
    warnings = []
    t2 = between.estimate(y, v, method)
    at = between.weighted(y, v, t2)
    fixed = between.weighted(y, v)
    scale, df = 1.0, math.inf
    if ci == "hksj" and k == 1:
        ci = "wald"
        warnings.append("one study: its own Wald interval, no Knapp-Hartung")
    elif ci == "hksj":
        df, scale = float(k - 1), at.q / (k - 1)
        if adhoc:
            scale = max(1.0, scale)
        elif scale < 0.999:
            wald = [at.mean + sign * normal_quantile((1 + level) / 2) / math.sqrt(at.sum_w) for sign in (-1, 1)]
            warnings.append(
                f"Knapp-Hartung factor {scale:.2f} < 1, which few studies give by chance; by the normal interval "
                f"{wald[0]:.3g} to {wald[1]:.3g} on the scale pooled; see the ad-hoc correction"
            )
    se = math.sqrt(scale / at.sum_w)
    half = t_quantile((1 + level) / 2, df)
    prediction = None
    if method != "FE" and k > 1:
        reach = half * math.sqrt(se**2 + t2)
        prediction = (at.mean - reach, at.mean + reach)
    if 1 < k < 5:
        warnings.append(f"k = {k}: tau2 is hardly known" + (f"; {k - 1} degrees of freedom" if ci == "hksj" else ""))
    if method in ("ML", "REML") and k > 1:
        other = between.higher_maximum(y, v, t2, method == "REML")
        if other is not None:
            warnings.append(f"the likelihood has a higher maximum near tau2 = {other:.3g}; the nearest one is used")
    q_p = chi2_tail(fixed.q, k - 1) if k > 1 else None
    return Pooled(
        k=k,
        estimate=at.mean,
        se=se,
        ci=(at.mean - half * se, at.mean + half * se),
        prediction_interval=prediction,
        prediction_df=df if prediction else None,
        tau2=t2,
        tau2_ci=between.q_profile(y, v, level) if k > 1 and method != "FE" else None,
        i2=_i2(fixed, t2, k, method),
        h2=_h2(fixed, t2, k, method),
        q=fixed.q if k > 1 else 0.0,
        q_df=k - 1,
        q_p=q_p,
        statistic=at.mean / se if se > 0 else math.nan,
        p=two_sided_p(at.mean / se, df) if se > 0 else math.nan,
        df=df,
        method=method,
        ci_method=ci + ("+adhoc" if adhoc and ci == "hksj" else ""),
        level=level,
        weights=tuple((at.w / at.sum_w).tolist()),
        warnings=tuple(warnings),
    )


def _typical(fixed: between.Weighted, k: int) -> float:
    return (k - 1) / (fixed.sum_w - float(fixed.w @ fixed.w) / fixed.sum_w)


def _i2(fixed: between.Weighted, t2: float, k: int, method: str) -> float:
    if k < 2:
        return 0.0
    if method == "FE":
        return 100 * max(0.0, (fixed.q - (k - 1)) / fixed.q) if fixed.q > 0 else 0.0
    return 100 * t2 / (t2 + _typical(fixed, k))


def _h2(fixed: between.Weighted, t2: float, k: int, method: str) -> float:
    if k < 2:
        return 1.0
    return fixed.q / (k - 1) if method == "FE" else 1 + t2 / _typical(fixed, k)


def _clean(yi: ArrayLike, vi: ArrayLike) -> tuple[between.Array, between.Array]:
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
    if len(y) == 0:
        raise InputError("no effects to pool")
    if len(y) != len(v):
        raise InputError(f"{len(y)} effects and {len(v)} variances")
    for i, (a, b) in enumerate(zip(y, v, strict=True)):
        if not math.isfinite(a):
            raise InputError(f"yi is {a}", where=f"study {i + 1}")
        if not math.isfinite(b) or b <= 0:
            raise InputError(f"vi is {b}", where=f"study {i + 1}", mend="a sampling variance is above 0")
    return y, v


def _choice(value: str, allowed: tuple[str, ...], name: str) -> str:
    if value not in allowed:
        raise InputError(f"{name} {value!r} is not known", mend=f"one of: {', '.join(allowed)}")
    return value


def _df(df: float | None) -> float | str | None:
    return "infinite" if df is not None and math.isinf(df) else df
