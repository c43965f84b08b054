"""Pool counts or rates of two arms without a study's own effect: Mantel-Haenszel, Peto, likelihoods; as a Pooled."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.effects import Effect, from_counts, from_rates
from hepatica.evidence.intervals import chi2_tail, normal_quantile, two_sided_p
from hepatica.evidence.pooling import Pooled, pool_effects
from hepatica.evidence.statistics.rare_events import MODELS, Exact, odds_ratio, rate_ratio, timed, unconditional, whole
from hepatica.evidence.tables import mantel_haenszel, mantel_haenszel_rates, peto, peto_effects

Array = NDArray[np.floating[Any]]
NAMES = {
    "MH": "Mantel-Haenszel",
    "PETO": "Peto",
    "GLMM": "exact conditional likelihood",
    **MODELS,
}
METHODS = tuple(NAMES)
QUICK = ("MH", "PETO", "GLMM")
FIXED = ("MH", "PETO")
PETO_RISK, PETO_EFFECT = 0.01, math.log(2)  # what is large for Peto: the Handbook gives 1 %, not how large an effect


def pool_counts(
    events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike, method: str = "GLMM",
    measure: str = "OR", level: float = 0.95,
) -> Pooled:  # fmt: skip
    """Return the pool of 2 x 2 tables by one of METHODS, nothing added to a zero cell.

    MH and PETO are fixed-effect methods: tau2 is 0, there is no prediction interval, and Q, I2 and the weights are
    their own. GLMM, UM.FS and UM.RS have tau2 by their likelihood; Q, I2 and the weights beside them are of the
    inverse-variance pool. Only MH gives RR and RD. Raises InputError for impossible counts and CannotAnswer where no
    table says anything of a ratio. Peto's limits: Cochrane Handbook 5.1, 16.9.5.
    """
    _fits(method, measure, ("RR", "RD"), METHODS, "OR")
    a, m, c, q = whole(events, n, control_events, control_n)
    own = [from_counts(int(w), int(x), int(y), int(z), measure) for w, x, y, z in zip(a, m, c, q, strict=True)]
    if method == "MH":
        raw = {"OR": (m - a) * c, "RR": c * m, "RD": m * q}[measure] / (m + q)
        fixed = mantel_haenszel(a, m, c, q, measure)
        empty = (a + c == 0) | (a + c == m + q)  # tables that enter a difference, and say nothing of its heterogeneity
        own = [Effect(None, None) if none else e for e, none in zip(own, empty, strict=True)]
        return _fixed(own, fixed.estimate, fixed.se, raw, method, level, all_studies=measure == "RD")
    if method == "PETO":
        one = peto(a, m, c, q)
        y, v = peto_effects(a, m, c, q)
        kept = np.isfinite(y)
        theirs = [Effect(float(e), float(s), o.added) if k else Effect(None, None)
                  for e, s, k, o in zip(y, v, kept, own, strict=True)]  # fmt: skip
        got = _fixed(theirs, one.estimate, one.se, np.where(kept, 1 / v, 0.0), method, level)
        return replace(got, warnings=(*got.warnings, *_peto_limits(a, m, c, q, one.estimate)))
    likelihood = odds_ratio(a, m, c, q, level) if method == "GLMM" else None
    return _random(own, likelihood or unconditional(a, m, c, q, method, "OR", level), method, level)


def pool_rates(
    events: ArrayLike, time: ArrayLike, control_events: ArrayLike, control_time: ArrayLike, method: str = "GLMM",
    measure: str = "IRR", level: float = 0.95,
) -> Pooled:  # fmt: skip
    """Return the pool of events in patient-time of two arms by one of METHODS but Peto, nothing added to a zero count.

    As `pool_counts`; only MH gives the rate difference (IRD).
    """
    _fits(method, measure, ("IRD",), tuple(m for m in METHODS if m != "PETO"), "IRR")
    a, t, c, u = timed(events, time, control_events, control_time)
    own = [from_rates(int(w), float(x), int(y), float(z), measure) for w, x, y, z in zip(a, t, c, u, strict=True)]
    if method == "MH":
        fixed = mantel_haenszel_rates(a, t, c, u, measure)
        raw = (c * t if measure == "IRR" else t * u) / (t + u)
        own = [Effect(None, None) if none else e for e, none in zip(own, a + c == 0, strict=True)]
        return _fixed(own, fixed.estimate, fixed.se, raw, method, level, all_studies=measure == "IRD")
    likelihood = rate_ratio(a, t, c, u, level) if method == "GLMM" else None
    return _random(own, likelihood or unconditional(a, t, c, u, method, "IRR", level), method, level)


def _fits(method: str, measure: str, differences: tuple[str, ...], methods: tuple[str, ...], ratio: str) -> None:
    if method not in methods:
        raise InputError(f"method {method!r} is not known to these counts", mend=f"one of: {', '.join(methods)}")
    if measure != ratio and (method != "MH" or measure not in differences):
        mend = f"MH for {' and '.join(differences)}; {ratio} for all"
        raise InputError(f"{NAMES[method]} gives no {measure}", mend=mend)


def _plain(own: list[Effect], level: float) -> tuple[Pooled, Array]:
    keep = np.array([e.yi is not None and (e.vi or 0) > 0 for e in own])
    if not keep.any():
        raise CannotAnswer("no study with an event in some but not all patients", mend="the difference of risks")
    usable = [e for e, k in zip(own, keep, strict=True) if k]
    pool = pool_effects([e.yi or 0.0 for e in usable], [e.vi or 0.0 for e in usable], "FE", "wald", level=level)
    return pool, keep


def _fixed(
    own: list[Effect], estimate: float, se: float, raw: Array, method: str, level: float, all_studies: bool = False
) -> Pooled:
    """Return a fixed-effect pool with Q around its own estimate and its own weights, as metafor's rma.mh."""
    plain, keep = _plain(own, level)
    y = np.array([e.yi or 0.0 for e, k in zip(own, keep, strict=True) if k])
    v = np.array([e.vi or 0.0 for e, k in zip(own, keep, strict=True) if k])
    q, df = float(((y - estimate) ** 2 / v).sum()) if plain.k > 1 else 0.0, plain.k - 1
    p = chi2_tail(q, df) if df else None
    shares = raw if all_studies else np.where(keep, raw, 0.0)
    shares = shares / shares.sum() if shares.sum() else keep / keep.sum()
    said = [f"k = {plain.k}: heterogeneity is hardly known"] if 1 < plain.k < 5 else []
    if p is not None and p < 0.1:
        said.append(f"{NAMES[method]} is a fixed-effect method and the studies differ (Q p = {p:.2g})")
    return replace(
        _with(plain, estimate, se, method, level, [*said, *_zeros(own)]), k=len(own) if all_studies else plain.k, q=q,
        q_p=p, i2=100 * max(0.0, (q - df) / q) if q > 0 else 0.0, h2=q / df if df else 1.0,
        weights=tuple(shares.tolist()),
    )  # fmt: skip


def _random(own: list[Effect], got: Exact, method: str, level: float) -> Pooled:
    plain, keep = _plain(own, level)
    shares = np.zeros(len(own))
    shares[keep] = plain.weights
    wide = got.prediction_interval if got.k > 1 else None
    return replace(
        _with(plain, got.estimate, got.se, method, level, [*got.warnings, *_zeros(own)]), tau2=got.tau2,
        prediction_interval=wide, prediction_df=math.inf if wide else None, weights=tuple(shares.tolist()),
    )  # fmt: skip


def _with(plain: Pooled, estimate: float, se: float, method: str, level: float, said: list[str]) -> Pooled:
    z = normal_quantile((1 + level) / 2)
    return replace(
        plain, estimate=estimate, se=se, ci=(estimate - z * se, estimate + z * se), prediction_interval=None,
        prediction_df=None, tau2=0.0, tau2_ci=None, statistic=estimate / se, p=two_sided_p(estimate / se),
        method=method, warnings=tuple(said),
    )  # fmt: skip


def _zeros(own: list[Effect]) -> list[str]:
    zero = sum(e.added > 0 for e in own)
    return [f"{zero} studies with a zero cell enter as they are"] if zero else []


def _peto_limits(a: Array, m: Array, c: Array, q: Array, estimate: float) -> list[str]:
    said = []
    if (np.abs(np.log(m / q)) > math.log(2)).any():
        said.append("Peto's odds ratio is biased where arms differ much in size: some differ twofold or more")
    risk = min(float(c.sum() / q.sum()), 1 - float(c.sum() / q.sum()))
    if risk > PETO_RISK:
        said.append(f"Peto's odds ratio is meant for risks below 1 %; among the controls it is {100 * risk:.2g} %")
    if abs(estimate) > PETO_EFFECT:
        said.append("Peto's odds ratio is biased where effects are large: this one is twofold or more (our limit)")
    return said
