"""Forest plots of a review: rows for the page's tables, and the same plot as one picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.report._review import effects
from hepatica.report.figures.forest import forest_axis, forest_row, forest_scale
from hepatica.report.figures.forest_plot import Line, forest_plot
from hepatica.report.figures.scale import Scale
from hepatica.report.numbers import number, span


def forest(c: Mapping[str, Any], o: Mapping[str, Any], css: str, slices: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one pool for the page: parts (a subgroup's name, its rows and pool), the whole, the axis, the words."""
    ratio = c["measure"] in effects.RATIOS
    scale = _scale(c, ratio)
    held = {s["study"]: s for s in c["studies"]}
    parts = []
    for name, ids, sub in _parts(c, slices)[1]:
        pool = _pool(sub, scale, css) if sub and len(ids) > 1 else None
        parts.append({"name": name, "rows": [_row(held[i], scale, ratio, css) for i in ids], "pool": pool})
    words = effects.effect(c)
    return {
        "day": c["day"], "when": c["name"], "k": c["k"], "parts": parts, "text": words["text"],
        "prediction": words["prediction"], "df": _plain(c["prediction_df"]), "svg": _pool(c, scale, "ink")["svg"],
        "unit": effects.unit(c, o), "axis": forest_axis(scale, ratio=ratio, title=f"axis: {effects.unit(c, o)}"),
        "zero": zero(scale), "i2": number(c["i2"], decimals=0), "tau2": number(c["tau2"]), "certainty": c["certainty"],
        "good": effects.favours(o, ratio), "warnings": c["warnings"], "between": _between(c, o, _parts(c, slices)[0]),
        "question": c.get("question", ""),
    }  # fmt: skip


def picture(
    c: Mapping[str, Any],
    o: Mapping[str, Any],
    css: str,
    slices: list[Mapping[str, Any]],
    title: str,
    named: bool = True,
) -> str:
    """Return the pool as one SVG; `named` says which side of no effect favours treatment."""
    ratio = c["measure"] in effects.RATIOS
    held = {s["study"]: s for s in c["studies"]}
    rows: list[Line] = []
    for name, ids, sub in _parts(c, slices)[1]:
        if name:
            rows.append(Line("head", name))
        for i in ids:
            s = held[i]
            ci = effects.interval(s)
            rows.append(Line("study", i, effects.counts(s), s["weight_percent"] / 100, s["yi"], ci,
                             effects.told(s["yi"], ci, ratio)))  # fmt: skip
        if name and sub and len(ids) > 1:
            rows.append(_total("sub", f"{name}, k = {sub['k']}", sub))
    if c["k"] > 1:
        rows.append(_total("pool", f"Pooled, k = {c['k']}; I² {number(c['i2'], decimals=0)} %", c))
    scale = _scale(c, ratio)
    sides = effects.sides(o, ratio) if named else ("lower", "higher")
    return forest_plot(rows, scale, ratio=ratio, unit=effects.unit(c, o), sides=sides, title=title, css=css)


def published(pools: list[dict[str, Any]], better: str) -> list[dict[str, Any]]:
    """Return published pools by measure, each set on an axis of its own; those without a control group come last."""
    sets = []
    keys = dict.fromkeys((p["measure"], p["outcome"]) for p in sorted(pools, key=lambda p: not p["compares"]))
    for measure, outcome in keys:
        part = [p for p in pools if (p["measure"], p["outcome"]) == (measure, outcome)]
        ratio = measure in effects.RATIOS
        part.sort(key=lambda p: (p["day"] is None, p["day"] or 0))
        usable = [[effects.place(p[x], ratio) for x in ("value", "lo", "hi")] for p in part]
        scale = forest_scale([b for u in usable for b in u], ratio=ratio)
        rows = []
        for p, (middle, low, high) in zip(part, usable, strict=True):
            ci = None if low is None or high is None else (low, high)
            plain = ratio or not p["compares"]
            text = effects.printed(p["value"], (p["lo"], p["hi"]), plain)
            drawn = p["compares"] and middle is not None
            rows.append({
                **p, "text": text, "when": span(p["day"]) if p["day"] is not None else p["time"] or "not stated",
                "svg": forest_row(middle, ci, scale, title=f"{p['study']}: {text}", css="ink", diamond=bool(ci))
                if drawn and middle is not None else "",
            })  # fmt: skip
        sets.append({
            "measure": effects.MEASURES.get(measure, measure.replace("_", " ")) + effects.of(outcome), "rows": rows,
            "compares": part[0]["compares"],
            "axis": forest_axis(scale, ratio=ratio, title="axis") if part[0]["compares"] else "",
            "zero": zero(scale),
            "good": effects.favours({"better": "lower" if outcome == "mortality" else better}, ratio),
        })  # fmt: skip
    return sets


def zero(scale: Scale) -> int:
    """Return where no effect stands in a row, in tenths of its width's units; the page rules that column there."""
    return round(10 * scale(0.0))


_Part = tuple[str, list[str], Mapping[str, Any] | None]


def _parts(c: Mapping[str, Any], slices: list[Mapping[str, Any]]) -> tuple[str, list[_Part]]:
    """Return the first way that divides these studies with its (name, study ids, pool), or one nameless part."""
    every = [s["study"] for s in c["studies"]]
    for by in dict.fromkeys(s["by"] for s in slices if s["by"] != "all"):
        found = []
        for s in slices:
            sub = next((x for x in s["cells"] if x["day"] == c["day"]), None) if s["by"] == by else None
            if sub and sub["k"]:
                found.append((capital(s["name"]), [r["study"] for r in sub["studies"]], sub))
        if len(found) > 1 and sorted(i for _, ids, _ in found for i in ids) == sorted(every):
            return by, found
    return "", [("", every, None)]


def _between(c: Mapping[str, Any], o: Mapping[str, Any], by: str) -> str:
    """Return in words whether the groups of a forest plot differ."""
    found = next((b for b in o.get("between", ()) if (b["day"], b["by"]) == (c["day"], by)), None)
    if not found:
        return ""
    q, p = number(found["q"], digits=2), number(found["p"], digits=2)
    return f"Between groups by {by}: Q {q}, df {found['df']}, p {p}; studies are not randomised to groups"


def capital(words: str) -> str:
    """Return words with a capital first letter."""
    return words[:1].upper() + words[1:]


def _row(s: Mapping[str, Any], scale: Scale, ratio: bool, css: str) -> dict[str, Any]:
    ci = effects.interval(s)
    text = effects.told(s["yi"], ci, ratio)
    return {
        "name": s["citation"], "id": s["study"], "day": s["day"], "url": s["source"]["url"],
        "numbers": effects.counts(s), "weight": number(s["weight_percent"], decimals=0), "text": text,
        "notes": s["notes"], "bias": s["risk_of_bias"],
        "svg": forest_row(s["yi"], ci, scale, title=f"{s['study']}: {text}", css=css,
                          weight=s["weight_percent"] / 100),
    }  # fmt: skip


def _pool(c: Mapping[str, Any], scale: Scale, css: str) -> dict[str, Any]:
    words = effects.effect(c)
    said = f"pooled {words['text']}"
    said += f", prediction interval {words['prediction']}" if words["prediction"] else ""
    svg = forest_row(
        c["estimate"], c["ci"], scale, title=said, css=css, diamond=True, prediction=c["prediction_interval"]
    )
    return {"svg": svg, "text": words["text"], "k": c["k"]}


def _total(kind: str, name: str, c: Mapping[str, Any]) -> Line:
    words = effects.effect(c)
    wide = c["prediction_interval"] if kind == "pool" else None
    return Line(kind, name, estimate=c["estimate"], ci=tuple(c["ci"]), text=words["text"],
                prediction=tuple(wide) if wide else None,
                prediction_text=f"prediction {words['prediction']}" if wide else "")  # fmt: skip


def _scale(c: Mapping[str, Any], ratio: bool) -> Scale:
    """Return the axis: the studies' bounds, and the pool's as far as once more their width either side."""
    studies = [b for s in c["studies"] for b in effects.interval(s)]
    low, high = min(studies), max(studies)
    room = high - low
    pooled = [min(max(b, low - room), high + room) for b in (*c["ci"], *(c["prediction_interval"] or ()))]
    return forest_scale([*studies, *pooled], ratio=ratio)


def _plain(df: float | str | None) -> str:
    return f"{df:g}" if isinstance(df, float) else str(df)
