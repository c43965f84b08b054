"""Hazard ratios as trials print them: which one answers the question, and its error from the interval or p value."""

from __future__ import annotations

import math
import re

from hepatica.errors import InputError
from hepatica.evidence.contrasts import Contrast
from hepatica.evidence.effects import Effect, from_ratio_interval
from hepatica.evidence.intervals import normal_quantile
from hepatica.evidence.model import HazardRatio
from hepatica.evidence.question import Question

_AGAINST_CONTROL = re.compile(r"\bv(?:s|\.)?\.? (?:the )?(?:control|placebo|standard)", re.I)
_SUBGROUP = re.compile(r"[<>=≥≤]")


def from_ratio_p(ratio: float, p: float) -> Effect:
    """Return the log ratio and its variance from a printed ratio and two-sided p value.

    >>> e = from_ratio_p(0.5, 0.05)
    >>> round(e.yi, 4), round(e.vi, 4)
    (-0.6931, 0.1251)
    """
    if not (ratio > 0 and ratio != 1 and 0 < p < 1):
        raise InputError(f"ratio {ratio} with p = {p}", mend="a ratio above 0 other than 1, and 0 < p < 1")
    return Effect(math.log(ratio), (math.log(ratio) / normal_quantile(1 - p / 2)) ** 2)


def hazard(q: Question, pair: Contrast) -> tuple[Effect, str, tuple[str, ...]] | str:
    """Return the effect, its endpoint and marks, or why the study's hazard ratios cannot answer."""
    s = pair.study
    if not s.hazard_ratios:
        return "no hazard ratio"
    if len(s.arms) > len(pair.treated) + len(pair.control):
        return "more arms than the two compared: which of them its hazard ratio is about is not stated"
    found = [h for h in s.hazard_ratios if _AGAINST_CONTROL.search(h.comparison) and not _SUBGROUP.search(h.comparison)]
    free = [h for h in found if "transplant" in h.comparison.lower()]
    overall = [h for h in found if h not in free]
    wants_free = q.outcome == "transplant_free_survival"
    usable = free if wants_free else overall or ([] if q.strict_endpoint else free)
    if not usable:
        return "no hazard ratio of the treatment for this endpoint"
    for h in usable:
        try:
            effect = _effect(h)
        except InputError as error:
            return f"hazard ratio {h.hr}: {str(error).splitlines()[0]}"
        if effect:
            endpoint = "transplant_free" if h in free else "overall"
            how = "" if h.lo is not None else "; standard error from the p value"
            return effect, endpoint, (f"as printed: {h.comparison}{how}",)
    return "hazard ratio without an interval or p value"


def _effect(h: HazardRatio) -> Effect | None:
    if h.lo is not None and h.hi is not None:
        return from_ratio_interval(h.hr, h.lo, h.hi)
    return from_ratio_p(h.hr, h.p) if h.p is not None else None
