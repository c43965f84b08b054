"""Effects of a review in words and numbers, on the scale a reader uses."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from hepatica.report.numbers import MINUS, number

RATIOS = ("OR", "RR", "HR", "IRR", "ROM", "log ratio")
MEASURES = {"OR": "odds ratio", "RR": "risk ratio", "HR": "hazard ratio", "MD": "difference of means",
            "SMD": "standardised difference", "RD": "risk difference", "IRR": "rate ratio", "IRD": "rate difference",
            "ROM": "ratio of means", "log ratio": "ratio"}  # fmt: skip
_FAMILIES = {"g_csf": "growth", "plasma_exchange": "apheresis", "artificial_liver": "apheresis", "elad": "apheresis",
             "steroids": "drug", "antiviral": "drug", "n_acetylcysteine": "drug", "tips": "procedure"}  # fmt: skip
Z = 1.959963984540054
_CODES = re.compile(r"\b(?:g_csf|msc|bm_msc|bm_mnc|aclf|hsc|tips|elad|hcc|bcaa|fmt)\b")


def words(code: str) -> str:
    """Return a code, or a sentence with codes in it, as people write it.

    >>> words("g_csf, aclf; no arm differs by bm_mnc alone")
    'G-CSF, ACLF; no arm differs by BM-MNC alone'
    """
    return _CODES.sub(lambda m: m[0].upper().replace("_", "-"), code).replace("_", " ")


def family(intervention: str) -> str:
    """Return the colour family of an intervention: cells are `cells`, what is not named is a drug."""
    from hepatica.evidence import is_cells

    return _FAMILIES.get(intervention, "cells" if is_cells(intervention) else "drug")


def effect(c: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pool's effect and prediction interval in words, ratios back from the logarithm."""
    back = c.get("back_transformed")
    shown = back or c
    wide = shown.get("prediction_interval")
    return {
        "text": f"{signed(shown['estimate'], bool(back))} ({between(shown['ci'], bool(back))})",
        "prediction": between(wide, bool(back)) if wide else None,
    }


def printed(value: float, ci: Any, ratio: bool) -> str:
    """Return an effect with its interval, or alone where it was printed without one."""
    text = signed(value, ratio)
    return text if ci is None or None in ci else f"{text} ({between(ci, ratio)})"


def interval(s: Mapping[str, Any]) -> tuple[float, float]:
    """Return a study's own 95 % interval on the scale it was pooled on."""
    half = Z * math.sqrt(s["vi"])
    return s["yi"] - half, s["yi"] + half


def told(y: float, ci: tuple[float, float], ratio: bool) -> str:
    """Return one study's effect in words."""
    change = math.exp if ratio else float
    return f"{signed(change(y), ratio)} ({between([change(b) for b in ci], ratio)})"


def signed(value: float, ratio: bool) -> str:
    """Return an effect with its sign (differences) or to two digits (small ratios); a ratio past 1000 is `> 1000`."""
    if ratio and value > 1000:
        return "> 1000"
    if ratio and 0 < value < 0.01:
        return "< 0.01" if value < 0.001 else number(value, digits=2)
    return number(value, signed=not ratio, decimals=2)


def between(bounds: Any, ratio: bool) -> str:
    """Return two bounds in words; a bound that ran past counting is said to be without end."""
    return " to ".join("no end" if b is None else signed(b, ratio) for b in bounds)


def counts(s: Mapping[str, Any]) -> str:
    """Return a study's numbers of both arms."""
    if "events" in s:
        treated, control = f"{s['events']:g} of {s['n']:g}", f"{s['control_events']:g} of {s['control_n']:g}"
        return f"{treated} v. {control} alive"
    if "mean" not in s:
        return ""
    part = [f"{number(s[a + 'mean'])} (SD {number(s[a + 'sd'])}, n {s[a + 'n']:g})" for a in ("", "control_")]
    return " v. ".join(part).replace("-", MINUS)


def place(value: float | None, ratio: bool) -> float | None:
    """Return where a printed effect stands on the axis (ratios as logarithms), None where it cannot stand."""
    if value is None or (ratio and value <= 0):
        return None
    return math.log(value) if ratio else value


def sides(o: Mapping[str, Any], ratio: bool) -> tuple[str, str]:
    """Return what lies left and right of no effect."""
    pair = ("favours control", "favours treatment")
    return pair if o["better"] == "higher" else (pair[1], pair[0])


def of(outcome: str) -> str:
    """Return what a published ratio counts, where it could be taken for its opposite."""
    return {"mortality": " of death", "survival": " of survival"}.get(outcome, "")


def favours(o: Mapping[str, Any], ratio: bool) -> str:
    """Return which side of no effect favours treatment; what a ratio of deaths favours is the other way."""
    return f"{'above' if o['better'] == 'higher' else 'below'} {'1' if ratio else '0'} favours treatment"


def unit(c: Mapping[str, Any], o: Mapping[str, Any]) -> str:
    """Return what an effect is measured in."""
    named, of_it = MEASURES.get(c["measure"], ""), str(o["unit"])
    if o["outcome"] in ("survival", "transplant_free_survival") or not named or of_it in (named, c["measure"]):
        return named if of_it == c["measure"] else of_it
    return f"{named}, {of_it}"
