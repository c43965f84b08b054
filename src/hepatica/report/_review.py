"""The page of a review: limitations first, the grid, what wider questions say, published pools, every study."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hepatica.errors import InputError
from hepatica.report import palette
from hepatica.report._sheet import digest, environment, text
from hepatica.report.figures.forest import forest_axis, forest_row, forest_scale
from hepatica.report.numbers import MINUS, number, span

_RATIOS = ("OR", "RR", "HR")
_MEASURES = {"OR": "odds ratio", "RR": "risk ratio", "HR": "hazard ratio", "MD": "difference of means",
             "SMD": "standardised difference", "RD": "risk difference"}  # fmt: skip


def review_html(review: Mapping[str, Any], version: str = "") -> str:
    """Return the self-contained page of one review (the dictionary of `evidence.review`)."""
    from markupsafe import Markup

    style = _style()
    policy = f"default-src 'none'; style-src 'sha256-{digest(style)}'; base-uri 'none'; form-action 'none'"
    return str(
        _template().render(
            review=review,
            groups=_groups(review),
            version=version,
            style=Markup(style),  # noqa: S704 (a file of ours)
            policy=policy,
        )
    )


def save_review(review: Mapping[str, Any], folder: str | Path, version: str = "") -> list[Path]:
    """Write review.html and review.json into a folder; raises InputError where it cannot be written."""
    from hepatica.report._canonical import canonical

    home = Path(folder)
    files = {"review.html": review_html(review, version).encode(), "review.json": canonical(dict(review))}
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (home / name).write_bytes(content)
    except OSError as error:
        raise InputError(f"cannot write the review: {error.strerror}", where=str(home)) from None
    return [home / name for name in files]


def _groups(review: Mapping[str, Any]) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for o in review["outcomes"]:
        group = groups.setdefault(o["group"], {"name": o["group"], "outcomes": []})
        group["outcomes"].append(_outcome(o))
    for group in groups.values():
        group["empty"] = not any(o["any"] for o in group["outcomes"])
    return list(groups.values())


def _outcome(o: Mapping[str, Any]) -> dict[str, Any]:
    slices = [
        {**s, "label": _slice(s), "cells": [_cell(c, o) for c in s["cells"]]} for s in o["slices"]
    ]  # fmt: skip
    own = [c for c in o["slices"][0]["cells"] if c["k"]]
    return {
        **o,
        "any": bool(own),
        "slices": slices,
        "forests": [_forest(c, o, "cells") for c in own],
        "wider": [{**_forest(c, o, "standard"), "differs": c["differs"]} for c in o["nearest"]],
        "pools": _published(o["published"]),
    }


def _slice(s: Mapping[str, Any]) -> str:
    return "All" if s["by"] == "all" else str(s["name"])[:1].upper() + str(s["name"])[1:]


def _cell(c: Mapping[str, Any], o: Mapping[str, Any]) -> dict[str, Any]:
    if not c["k"]:
        return {"k": 0, "could": c["could"]}
    effect = _effect(c)
    return {"k": c["k"], "text": effect["text"], "certainty": c["certainty"]["level"], "could": c["could"]}


def _effect(c: Mapping[str, Any]) -> dict[str, Any]:
    """Return the effect in words on the scale a reader uses, ratios back from the logarithm."""
    back = c.get("back_transformed")
    shown = back or c
    wide = shown.get("prediction_interval")
    return {
        "text": f"{_signed(shown['estimate'], bool(back))} ({_between(shown['ci'], bool(back))})",
        "prediction": _between(wide, bool(back)) if wide else None,
    }


def _forest(c: Mapping[str, Any], o: Mapping[str, Any], css: str) -> dict[str, Any]:
    ratio = c["measure"] in _RATIOS
    spans = [_ci(s) for s in c["studies"]]
    scale = forest_scale(
        _shown([b for s in spans for b in s], [*c["ci"], *(c["prediction_interval"] or ())]), ratio=ratio
    )
    rows = []
    for s, ci in zip(c["studies"], spans, strict=True):
        text = _told(s["yi"], ci, ratio)
        rows.append({
            "name": s["citation"], "id": s["study"], "day": s["day"], "url": s["source"]["url"], "numbers": _numbers(s),
            "weight": number(s["weight_percent"], decimals=0), "text": text, "notes": s["notes"],
            "bias": s["risk_of_bias"],
            "svg": forest_row(s["yi"], ci, scale, title=f"{s['study']}: {text}", css=css,
                              weight=s["weight_percent"] / 100),
        })  # fmt: skip
    effect = _effect(c)
    unit = o["unit"] if o["outcome"] == "survival" else f"{_MEASURES[c['measure']]}, {o['unit']}"
    said = f"pooled {effect['text']}" + (
        f", prediction interval {effect['prediction']}" if effect["prediction"] else ""
    )
    pooled = forest_row(
        c["estimate"], c["ci"], scale, title=said, css=css, diamond=True, prediction=c["prediction_interval"]
    )
    return {
        "day": c["day"], "when": c["name"], "k": c["k"], "rows": rows, "text": effect["text"], "unit": unit,
        "prediction": effect["prediction"], "df": _plain(c["prediction_df"]), "svg": pooled,
        "axis": forest_axis(scale, ratio=ratio, title=f"axis: {unit}"), "i2": number(c["i2"], decimals=0),
        "tau2": number(c["tau2"]), "certainty": c["certainty"], "good": _good(o, ratio), "warnings": c["warnings"],
        "question": c.get("question", ""),
    }  # fmt: skip


def _plain(df: float | str | None) -> str:
    return f"{df:g}" if isinstance(df, float) else str(df)


def _shown(studies: list[float], pooled: list[float]) -> list[float]:
    """Return the bounds that set an axis: the studies', and the pool's as far as once more their width either side."""
    low, high = min(studies), max(studies)
    room = high - low
    return [*studies, *(min(max(b, low - room), high + room) for b in pooled)]


def _published(pools: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return published pools by measure, each set on an axis of its own; those without a control group come last."""
    sets = []
    for measure in dict.fromkeys(p["measure"] for p in sorted(pools, key=lambda p: not p["compares"])):
        part = [p for p in pools if p["measure"] == measure]
        ratio = measure in _RATIOS
        part.sort(key=lambda p: (p["day"] is None, p["day"] or 0))
        usable = [[_place(p[x], ratio) for x in ("value", "lo", "hi")] for p in part]
        scale = forest_scale([b for u in usable for b in u], ratio=ratio)
        rows = []
        for p, (middle, low, high) in zip(part, usable, strict=True):
            ci = None if low is None or high is None else (low, high)
            printed = f" ({_between((p['lo'], p['hi']), ratio)})" if ci else ""
            text = _signed(p["value"], ratio) + printed
            drawn = p["compares"] and middle is not None
            rows.append({
                **p, "text": text, "when": span(p["day"]) if p["day"] is not None else p["time"] or "not stated",
                "svg": forest_row(middle, ci, scale, title=f"{p['study']}: {text}", css="ink", diamond=bool(ci))
                if drawn and middle is not None else "",
            })  # fmt: skip
        sets.append({
            "measure": _MEASURES.get(measure, measure.replace("_", " ")), "rows": rows, "compares": part[0]["compares"],
            "axis": forest_axis(scale, ratio=ratio, title="axis") if part[0]["compares"] else "",
        })  # fmt: skip
    return sets


def _place(value: float | None, ratio: bool) -> float | None:
    if value is None or (ratio and value <= 0):
        return None
    return math.log(value) if ratio else value


def _ci(s: Mapping[str, Any]) -> tuple[float, float]:
    half = 1.959963984540054 * math.sqrt(s["vi"])
    return s["yi"] - half, s["yi"] + half


def _told(y: float, ci: tuple[float, float], ratio: bool) -> str:
    change = math.exp if ratio else float
    return f"{_signed(change(y), ratio)} ({_between([change(b) for b in ci], ratio)})"


def _signed(value: float, ratio: bool) -> str:
    if ratio and 0 < value < 0.01:
        return number(value, digits=2)
    return number(value, signed=not ratio, decimals=2)


def _between(bounds: Any, ratio: bool) -> str:
    return " to ".join(_signed(b, ratio) for b in bounds)


def _numbers(s: Mapping[str, Any]) -> str:
    if "events" in s:
        treated, control = f"{s['events']:g} of {s['n']:g}", f"{s['control_events']:g} of {s['control_n']:g}"
        return f"{treated} v. {control} alive"
    part = [f"{number(s[a + 'mean'])} (SD {number(s[a + 'sd'])}, n {s[a + 'n']:g})" for a in ("", "control_")]
    return " v. ".join(part).replace("-", MINUS)


def _good(o: Mapping[str, Any], ratio: bool) -> str:
    none = "1" if ratio else "0"
    return f"{'above' if o['better'] == 'higher' else 'below'} {none} favours treatment"


@cache
def _template() -> Any:
    made = environment()
    made.filters["spaced"] = lambda words: str(words).replace("_", " ")
    return made.get_template("review.html")


@cache
def _style() -> str:
    dark = palette.tokens(palette.DARK)
    return (
        f":root{{{palette.tokens(palette.LIGHT)}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f"@media print{{:root:root{{{palette.tokens(palette.LIGHT)}color-scheme:light}}}}"
        f"{palette.figure_css()}{text('page.css')}{text('review.css')}"
    )
