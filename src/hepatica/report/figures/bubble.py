"""A meta-regression as bubbles: a study's effect by what it differs in, area by weight, the line with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hepatica.report.figures import draw
from hepatica.report.figures.axes import bottom_axis, effect_range, effect_ticks, left_axis
from hepatica.report.figures.scale import Scale

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 360.0, 248.0, 50.0, 350.0, 12.0, 200.0


def bubble(
    points: Sequence[Mapping[str, Any]],
    line: Sequence[Mapping[str, float]],
    *,
    ratio: bool,
    across: str,
    unit: str,
    title: str,
    desc: str,
    css: str = "cells",
) -> str:
    """Draw points (x, yi, weight 0..1) and a line (x, y, lo, hi) on the scale of the effect."""
    seen = [p["yi"] for p in points]
    room = (max(seen) - min(seen)) or 1.0
    low, high = min(*seen, 0.0) - room, max(*seen, 0.0) + room
    bounds = [min(max(b, low), high) for r in line for b in (r["lo"], r["hi"])]
    y = effect_range([*seen, *bounds], ratio=ratio).to(BOTTOM, TOP)
    held = [p["x"] for p in points]
    air = 0.08 * (max(held) - min(held))
    x = Scale(min(held) - air, max(held) + air, LEFT, RIGHT)
    parts = [left_axis(y, LEFT, RIGHT, effect_ticks(y, ratio=ratio))]
    upper, lower = ([(x(r["x"]), y(r[key])) for r in line] for key in ("hi", "lo"))
    parts.append(draw.band(upper, lower, f"b90 f-{css}"))
    parts.append(draw.polyline([(x(r["x"]), y(r["y"])) for r in line], f"ln s-{css}"))
    for p in sorted(points, key=lambda p: -p["weight"]):
        r = 3.5 + 11.0 * math.sqrt(p["weight"])
        parts.append(draw.tag("circle", class_=f"bubble s-{css} f-{css}", cx=x(p["x"]), cy=y(p["yi"]), r=r))
    parts.append(bottom_axis(x, BOTTOM, [(t, f"{t:g}") for t in x.ticks(5)], room=36))
    parts.append(draw.text(across, (LEFT + RIGHT) / 2, BOTTOM + 34, "t", "middle"))
    middle = (TOP + BOTTOM) / 2
    parts.append(draw.text(unit, 11, middle, "t", "middle", transform=f"rotate(-90 11 {middle:g})"))
    return draw.figure(WIDTH, HEIGHT, title, *parts, desc=desc)
