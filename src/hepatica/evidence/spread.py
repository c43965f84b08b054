"""What could explain, or bias, a pool: its funnel, and what the studies' differences say of their effects."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hepatica.errors import HepaticaError
from hepatica.evidence.extract import Row
from hepatica.evidence.moderators import values
from hepatica.evidence.regression import egger, regress
from hepatica.evidence.small_studies import peters, trim_and_fill
from hepatica.evidence.statistics.subgroups import subgroups

ENOUGH = 10  # studies for each explanation, below which a slope is not to be read
LEAST = 3


def funnel(studies: Sequence[Mapping[str, Any]], estimate: float, measure: str = "") -> dict[str, Any] | None:
    """Return the points of a funnel (effect, standard error) and the tests for it; None below 3 studies.

    studies: rows with study, yi, vi and, for odds ratios, the counts of both arms.
    """
    if len(studies) < LEAST:
        return None
    y, v = [s["yi"] for s in studies], [s["vi"] for s in studies]
    counts = measure == "OR" and all("events" in s for s in studies)
    columns = [[s[name] for s in studies] for name in ("events", "n", "control_events", "control_n")] if counts else []
    filled = _tried(lambda: trim_and_fill(y, v))
    few = f"k = {len(y)}: below {ENOUGH} studies neither the picture nor a test says much"
    return {
        "points": [{"study": s["study"], "yi": s["yi"], "se": math.sqrt(s["vi"])} for s in studies],
        "estimate": estimate,
        "egger": _tried(lambda: egger(y, v)),
        "peters": _tried(lambda: peters(*columns)) if counts else None,
        "missing": filled["missing"] if filled else None,
        "filled": [[a, math.sqrt(b)] for a, b in filled["filled"]] if filled else [],
        "why": few if len(y) < ENOUGH else "",
    }


def explained(rows: list[Row], weights: tuple[float, ...]) -> list[dict[str, Any]]:
    """Return the meta-regressions of a pool on each thing every study states: the points, the slope and its line.

    Each: name, unit, points (study, x, yi, weight), slope, ci, p, line (x, y, lo, hi), why. Nothing below 3 studies.
    """
    if len(rows) < LEAST:
        return []
    y, v = [r.effect.yi or 0.0 for r in rows], [r.effect.vi or 0.0 for r in rows]
    out = []
    for name, unit, moderator in _THINGS:
        held = [float(t) for t in values(rows, moderator) if isinstance(t, int | float)]
        if len(held) == len(rows) and max(held) > min(held):
            points = [
                {"study": r.study.id, "x": a, "yi": b, "weight": w}
                for r, a, b, w in zip(rows, held, y, weights, strict=True)
            ]
            fit = _tried(lambda held=held: _line(y, v, held))
            if fit:
                out.append({"name": name, "unit": unit, "points": points, **fit, "why": _few(len(rows))})
    return out


def _few(k: int) -> str:
    return f"k = {k}: below {ENOUGH} studies a slope is not to be read" if k < ENOUGH else ""


def _line(y: list[float], v: list[float], x: list[float]) -> dict[str, Any]:
    """Return the slope, and the line with its interval: the intercept of the fit with x counted from each place."""
    fit = regress(y, v, np.array(x))
    line = []
    for at in np.linspace(min(x), max(x), 13):
        here = regress(y, v, np.array(x) - at)
        line.append({"x": float(at), "y": here.estimate[0], "lo": here.ci[0][0], "hi": here.ci[0][1]})
    return {
        "slope": fit.estimate[1],
        "ci": list(fit.ci[1]),
        "p": fit.p[1],
        "df": fit.df,
        "tau2": fit.tau2,
        "line": line,
    }


def _tried(act: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return act()
    except (HepaticaError, np.linalg.LinAlgError):
        return None


def between(cells: Sequence[Mapping[str, Any]], slices: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for each time, and each way that divides its studies, whether the groups differ: by, day, q, df, p."""
    out = []
    for i, c in enumerate(cells):
        for by in dict.fromkeys(s["by"] for s in slices if s["by"] != "all"):
            held = {r["study"]: s["name"] for s in slices if s["by"] == by for r in s["cells"][i].get("studies", ())}
            if not c["k"] or len(set(held.values())) < 2 or len(held) != c["k"]:
                continue
            rows = c["studies"]
            got = subgroups([r["yi"] for r in rows], [r["vi"] for r in rows], [held[r["study"]] for r in rows])
            test = got["common_tau2"] or got["own_tau2"]
            if test:
                out.append({"by": by, "day": c["day"], **test, "warnings": got["warnings"]})
    return out


_THINGS = (
    ("MELD at baseline", "points", "baseline_meld"),
    ("cells per kilogram", "log10", "dose_per_kg"),
    ("cells given", "log10", "dose_total"),
    ("infusions", "", "infusions"),
    ("year of publication", "", "year"),
    ("mean age", "years", "age"),
)
