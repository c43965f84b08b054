"""Net benefit, harm and the chance of being the best dose, over doses on a log scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hepatica.language import say
from hepatica.report import numbers
from hepatica.report.figures import draw
from hepatica.report.figures.axes import bottom_axis, left_axis
from hepatica.report.figures.scale import Scale

WIDTH, LEFT, RIGHT, TOP = 356.0, 42.0, 330.0, 18.0
UPPER, LOWER, CHANCE, BETWEEN = 104.0, 44.0, 34.0, 26.0
STEPS = (1.0, 2.0, 5.0)
BAR = 12.0

Rows = Sequence[Mapping[str, Any]]


def dose_curve(rows: Rows, *, unit: str, css: str, title: str, desc: str) -> str:
    """Draw doses (`dose_cells`, `net`, `harm` or None, `p_best`) as bands of 50 and 90 % with the mean.

    The dot on the net curve marks the greatest mean.
    """
    x = _doses(rows)
    parts, bottom = [], TOP
    panels = [("net", say("net benefit, {unit}", unit=unit), css, UPPER)]
    if all(row.get("harm") for row in rows):
        panels.append(("harm", say("lost to harms, {unit}", unit=unit), "harm", LOWER))
    for key, label, colour, height in panels:
        parts.append(_panel(rows, key, label, colour, x, bottom, height))
        bottom += height + BETWEEN
    parts.append(_chances(rows, css, x, bottom))
    bottom += CHANCE
    parts.append(bottom_axis(x, bottom, _ticks(x), room=58))
    parts.append(draw.text(say("cells an infusion"), RIGHT, bottom + 29, "t m", "end"))
    return draw.figure(WIDTH, bottom + 34, title, *parts, desc=desc)


def _doses(rows: Rows) -> Scale:
    logs = [math.log10(row["dose_cells"]) for row in rows]
    return Scale(min(logs), max(logs), LEFT + BAR / 2, RIGHT - BAR / 2)


def _ticks(x: Scale) -> list[tuple[float, str]]:
    found = []
    for power in range(math.floor(x.low), math.ceil(x.high) + 1):
        for step in STEPS:
            at = math.log10(step) + power
            if x.low - 1e-9 <= at <= x.high + 1e-9:
                found.append((at, numbers.dose(step * 10.0**power)))
    return found


def _panel(rows: Rows, key: str, label: str, css: str, x: Scale, top: float, height: float) -> str:
    ends = [row[key][q] for row in rows for q in ("p05", "p95")]
    y = Scale.over(ends, include=0.0).to(top + height, top)
    parts = [left_axis(y, LEFT, RIGHT, [(t, numbers.tick(t, signed=key == "net")) for t in y.ticks(4)])]

    def at(q: str) -> list[draw.Point]:
        return [(x(math.log10(row["dose_cells"])), y(row[key][q])) for row in rows]

    parts += [
        draw.band(at("p95"), at("p05"), f"b90 f-{css}"),
        draw.band(at("p75"), at("p25"), f"b50 f-{css}"),
        draw.polyline(at("mean"), f"ln s-{css}"),
        draw.text(label, LEFT, top - 6, "t m"),
    ]
    if key == "net":
        best = max(range(len(rows)), key=lambda k: rows[k]["net"]["mean"])
        parts.append(draw.dots([at("mean")[best]], f"dot s-{css}"))
    return "".join(parts)


def _chances(rows: Rows, css: str, x: Scale, top: float) -> str:
    y = Scale(0.0, 1.0, top + CHANCE, top)
    parts = [draw.text(say("chance of being the best dose"), LEFT, top - 6, "t m")]
    parts.append(left_axis(y, LEFT, RIGHT, [(1.0, "100 %")]))
    for row in rows:
        middle, here = x(math.log10(row["dose_cells"])), y(row["p_best"])
        parts.append(
            draw.tag("rect", class_=f"b50 f-{css}", x=middle - BAR / 2, y=here, width=BAR, height=y(0.0) - here)
        )
    return "".join(parts)
