"""Pool counts of two arms without a study's own effect: Mantel-Haenszel, Peto, exact likelihood; as a Pooled."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.effects import from_counts
from hepatica.evidence.intervals import normal_quantile, two_sided_p
from hepatica.evidence.pooling import Pooled, pool_effects
from hepatica.evidence.statistics.rare_events import odds_ratio, whole
from hepatica.evidence.tables import mantel_haenszel, peto

METHODS = ("MH", "PETO", "GLMM")
NAMES = {"MH": "Mantel-Haenszel", "PETO": "Peto", "GLMM": "exact conditional likelihood"}


def pool_counts(
    events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike, method: str = "GLMM",
    measure: str = "OR", level: float = 0.95,
) -> Pooled:  # fmt: skip
    """Return the pool of 2 x 2 tables by one of METHODS, nothing added to a zero cell.

    Heterogeneity (Q, I2) is of the inverse-variance pool of the same tables; tau2 and the prediction interval are the
    exact likelihood's, and none for the two fixed-effect methods. Weights are Mantel-Haenszel's for MH, inverse
    variances otherwise. Peto and the exact likelihood give odds ratios only. Raises InputError for impossible counts
    and CannotAnswer where no table says anything of a ratio.
    """
    if method not in METHODS:
        raise InputError(f"method {method!r} is not known to counts", mend=f"one of: {', '.join(METHODS)}")
    if measure != "OR" and (method != "MH" or measure not in ("RR", "RD")):
        raise InputError(f"{NAMES[method]} gives no {measure}", mend="MH for RR and RD; OR for all three")
    a, m, c, q = whole(events, n, control_events, control_n)
    own = [from_counts(int(w), int(x), int(y), int(z), measure) for w, x, y, z in zip(a, m, c, q, strict=True)]
    keep = np.array([e.yi is not None and (e.vi or 0) > 0 for e in own])
    if not keep.any():
        raise CannotAnswer("no table with an event in some but not all patients", mend="the risk difference")
    usable = [e for e, k in zip(own, keep, strict=True) if k]
    plain = pool_effects([e.yi or 0.0 for e in usable], [e.vi or 0.0 for e in usable], "FE", "wald", level=level)
    shares = np.zeros(len(a))
    if method == "MH":
        raw = np.where(keep, (m - a) * c / (m + q) if measure == "OR" else c * m / (m + q), 0.0)
        raw = m * q / (m + q) if measure == "RD" else raw
        shares = raw / raw.sum() if raw.sum() else keep / keep.sum()
    else:
        shares[keep] = plain.weights
    z = normal_quantile((1 + level) / 2)
    said = [] if plain.k > 4 or plain.k < 2 else [f"k = {plain.k}: heterogeneity is hardly known"]
    tau2, prediction = 0.0, None
    if method == "GLMM":
        got = odds_ratio(a, m, c, q, level)
        estimate, se, tau2 = got.estimate, got.se, got.tau2
        prediction = got.prediction_interval if got.k > 1 else None
        said = list(got.warnings)
    else:
        fixed = mantel_haenszel(a, m, c, q, measure) if method == "MH" else peto(a, m, c, q)
        estimate, se = fixed.estimate, fixed.se
        if plain.k > 1 and plain.q_p is not None and plain.q_p < 0.1:
            said.append(f"{NAMES[method]} is a fixed-effect method and the studies differ (Q p = {plain.q_p:.2g})")
    if method == "PETO" and (np.abs(np.log(m / q)) > math.log(2)).any():
        said.append("Peto's odds ratio is biased where arms differ much in size: some differ twofold or more")
    if any(e.added for e in own):
        said.append(f"{sum(e.added > 0 for e in own)} tables with a zero cell enter as they are")
    return replace(
        plain, k=len(a) if measure == "RD" else plain.k, estimate=estimate, se=se,
        ci=(estimate - z * se, estimate + z * se), prediction_interval=prediction,
        prediction_df=math.inf if prediction else None, tau2=tau2, tau2_ci=None, statistic=estimate / se,
        p=two_sided_p(estimate / se), method=method, weights=tuple(shares.tolist()), warnings=tuple(said),
    )  # fmt: skip
