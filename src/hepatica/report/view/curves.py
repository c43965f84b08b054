"""Small multiples: one row a variable, one panel an option, shared axes, standard care in every panel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hepatica.language import say
from hepatica.report import numbers, words
from hepatica.report.figures import Scale, course
from hepatica.report.figures.curve import thin
from hepatica.report.view.book import Book, name_of, nearest
from hepatica.report.view.decision import said_interval
from hepatica.report.words.names import FRACTIONS, VARIABLES

_FIRST = ("survival", "meld_3", "meld_na", "meld", "bilirubin_umol_l", "albumin_g_l", "inr", "ammonia_umol_l")
_TABLE_ROWS = 13


def courses(book: Book) -> dict[str, Any]:
    """Return the variables in reading order; the first ones stand open, the rest behind one click."""
    live = book.live
    present = {name for _, o in live for name, points in (o.get("forecast") or {}).items() if points}
    order = [n for n in ("survival", *VARIABLES) if n in present] + sorted(present - set(VARIABLES))
    order = list(dict.fromkeys(order))
    first = _lead(order)
    rows = {n: _variable(book, n, live, n in first) for n in order}
    return {"first": [rows[n] for n in first], "more": [rows[n] for n in order if n not in first]}


def _lead(order: list[str]) -> list[str]:
    chosen: list[str] = []
    for name in _FIRST:
        score = name.startswith("meld") and any(c.startswith("meld") for c in chosen)
        if name in order and not score and len(chosen) < 4:
            chosen.append(name)
    return chosen


def _variable(book: Book, name: str, live: list[tuple[int, Mapping[str, Any]]], every: bool) -> dict[str, Any]:
    known = words.variable(name)
    percent = name in FRACTIONS
    standard = (book.standard[1].get("forecast") or {}).get(name) if book.standard else None
    level = _over(o.get("forecast") for _, o in live)(name, percent)
    gaps = [(o.get("difference") or {}).get(name) for _, o in live]
    gap = (
        Scale.over([v for g in gaps for p in g or [] for v in (p.get("p05"), p.get("p95"))], include=0.0)
        if any(gaps)
        else None
    )
    panels = []
    for (i, option), difference in zip(live, gaps, strict=True):
        points = (option.get("forecast") or {}).get(name)
        if not points or not (every or i in book.leading):
            continue
        own = option.get("id") == "standard_care"
        kind = words.family(option.get("family"))
        end = nearest(points, book.main_day) or 0
        base = f"$.options[{i}].forecast.{name}[{end}]"
        middle = words.middle(name, points[end])
        value, low, high = (book.of(name, f"{base}.{k}") for k in (middle, "p05", "p95"))
        title = f"{known.label}, {name_of(option)}"
        desc = say(
            "{day}: {statistic} {value}, 90 % interval {interval}",
            statistic=say("mean") if middle == "mean" else say("median"),
            day=numbers.span(points[end]["day"]),
            value=value,
            interval=said_interval(low, high),
        )
        panels.append(
            {
                "name": name_of(option),
                "css": kind.css,
                "value": value,
                "low": low,
                "high": high,
                "own": own,
                "lead": i in book.leading,
                "when": numbers.span(points[end]["day"]),
                "svg": course(
                    [words.drawn(name, p) for p in points],
                    None if own or standard is None else [words.drawn(name, p) for p in standard],
                    None if own or difference is None else [words.drawn(name, p) for p in difference],
                    level=level,
                    gap=gap,
                    css=kind.css,
                    title=title,
                    desc=desc,
                    percent=percent,
                ),
            }
        )
    return {
        "id": name,
        "label": known.label,
        "unit": known.unit,
        "better": known.better,
        "panels": panels,
        "has_gap": gap is not None,
        "table": _table(book, name, live if every else [row for row in live if row[0] in book.leading])
        | {"others": 0 if every else sum(row[0] not in book.leading for row in live)},
    }


def _over(parts: Any) -> Any:
    forecasts = list(parts)

    def scale(name: str, percent: bool) -> Scale:
        known = words.variable(name)
        values = [p.get(k) for f in forecasts for p in (f or {}).get(name) or [] for k in ("p05", "p95")]
        found = [float(v) for v in values if isinstance(v, int | float)]
        if percent and known.better > 0:
            return Scale(max(math.floor(min([*found, 1.0]) * 4 - 0.2) / 4, 0.0), max([*found, 1.0]))
        if percent:
            return Scale(0.0, max([*found, 0.1]))
        return Scale.over(found)

    return scale


def _table(book: Book, name: str, live: list[tuple[int, Mapping[str, Any]]]) -> dict[str, Any]:
    held = [(i, o) for i, o in live if (o.get("forecast") or {}).get(name)]
    if not held:
        return {"heads": [], "rows": []}
    days = [p["day"] for p in thin(held[0][1]["forecast"][name], _TABLE_ROWS)]
    rows = []
    for day in days:
        cells = []
        for i, option in held:
            points = option["forecast"][name]
            at = next((k for k, p in enumerate(points) if p["day"] == day), None)
            base = f"$.options[{i}].forecast.{name}[{at}]"
            middle = words.middle(name, points[at or 0])
            cells.append([book.of(name, f"{base}.{k}") for k in (middle, "p05", "p95")] if at is not None else None)
        rows.append({"day": numbers.span(day), "cells": cells})
    return {"heads": [name_of(o) for _, o in held], "rows": rows, "all": len(held[0][1]["forecast"][name])}
