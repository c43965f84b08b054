"""Pooled effects over time: ours with a ribbon at the left, published ones apart at the right, on one axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hepatica.report.figures import draw
from hepatica.report.figures.axes import effect_range, effect_ticks, left_axis
from hepatica.report.figures.scale import Scale

WIDTH, LEFT, GAP, RIGHT, TOP, BOTTOM = 360.0, 38.0, 18.0, 354.0, 24.0, 190.0
_SHAPES = ("square", "triangle", "diamond", "down", "pentagon", "star")


@dataclass(frozen=True, slots=True)
class Point:
    """One pooled effect: its day, estimate and interval on the scale of the axis, and how many studies it holds."""

    day: float
    estimate: float
    lo: float | None
    hi: float | None
    k: int | None = None
    prediction: tuple[float, float] | None = None


def timecourse(
    own: Sequence[Point],
    asked: Sequence[tuple[float, str]],
    published: Sequence[tuple[str, Sequence[Point]]],
    *,
    ratio: bool,
    unit: str,
    title: str,
    desc: str,
    css: str = "cells",
) -> str:
    """Draw pools by day; a day asked without studies says k 0. `published` holds a name and its points."""
    every = [p for _, ps in published for p in ps]
    bounds = [b for p in (*own, *every) for b in (p.lo, p.estimate, p.hi)]
    rooms = _room(own, bounds)
    y = effect_range(rooms, ratio=ratio).to(BOTTOM, TOP)
    horizon = max([d for d, _ in asked] + [p.day for p in every]) * 1.06
    middle = (LEFT + RIGHT) / 2
    x_own = Scale(0.0, horizon, LEFT, middle - GAP / 2 if published else RIGHT)
    x_theirs = Scale(0.0, horizon, middle + GAP / 2, RIGHT)
    marks = effect_ticks(y, ratio=ratio)
    parts = [draw.text("This base", LEFT, 12, "t b"), left_axis(y, LEFT, x_own.stop, marks)]
    parts += [_ribbon(own, asked, x_own, y, css), _asked(asked, own, x_own)]
    parts += [_point(p, x_own, y, css, "circle") for p in own]
    bottom = BOTTOM + 56
    if published:
        parts.append(draw.text("Published, not ours", x_theirs.start, 12, "t b"))
        parts += [draw.line(x_theirs.start, y(at), RIGHT, y(at), "zero" if at == 0 else "grid") for at, _ in marks]
        parts += [_bottom(x_theirs, [(d, n) for d, n in asked])]
        for i, (_, points) in enumerate(published):
            shape = _SHAPES[i % len(_SHAPES)]
            aside = 3.0 * (i - (len(published) - 1) / 2)
            x = Scale(0.0, horizon, x_theirs.start + aside, x_theirs.stop + aside)
            held = sorted(points, key=lambda p: p.day)
            parts.append(draw.polyline([(x(p.day), y(p.estimate)) for p in held], "ln s-ink thin"))
            parts += [_point(p, x, y, "ink", shape) for p in held]
        parts.append(_names([n for n, _ in published], bottom))
        bottom += 15 * len(published)
    parts.append(draw.text(unit, LEFT, BOTTOM + 47, "t m"))
    return draw.figure(WIDTH, bottom + 4, title, *parts, desc=desc)


def _room(own: Sequence[Point], bounds: list[float | None]) -> list[float]:
    """Return the bounds that set the axis, cut where an interval runs far past the others and every estimate."""
    seen = [b for b in bounds if b is not None and math.isfinite(b)]
    if not seen:
        return [-1.0, 1.0]
    inner = sorted(abs(b) for b in seen)
    most = max(3 * inner[len(inner) // 2], *(2 * abs(p.estimate) for p in own), 0.0) if own else inner[-1]
    most = inner[-1] if inner[-1] <= 1.5 * most else most
    return [max(-most, min(most, b)) for b in seen]


def _ribbon(points: Sequence[Point], asked: Sequence[tuple[float, str]], x: Scale, y: Scale, css: str) -> str:
    """Draw the ribbon and its line, broken at a time asked for which nothing is known."""
    held = {p.day: p for p in points if p.lo is not None and p.hi is not None}
    runs: list[list[Point]] = [[]]
    for day in sorted({d for d, _ in asked} | set(held)):
        if day in held:
            runs[-1].append(held[day])
        elif runs[-1]:
            runs.append([])
    parts = []
    for run in runs:
        upper = [(x(p.day), y(p.hi or 0.0)) for p in run]
        lower = [(x(p.day), y(p.lo or 0.0)) for p in run]
        parts.append(draw.band(upper, lower, f"b90 f-{css}"))
        parts.append(draw.polyline([(x(p.day), y(p.estimate)) for p in run], f"ln s-{css}"))
    return "".join(parts)


def _point(p: Point, x: Scale, y: Scale, css: str, shape: str) -> str:
    at = x(p.day)
    parts = []
    if p.prediction:
        parts.append(draw.line(at + 4, y(p.prediction[0]), at + 4, y(p.prediction[1]), f"w90 s-{css} dash thin"))
    if p.lo is not None and p.hi is not None:
        parts.append(draw.line(at, y(p.lo), at, y(p.hi), f"w90 s-{css}"))
        for bound, end, way in ((p.lo, y(p.lo), -1), (p.hi, y(p.hi), 1)):
            if bound < y.low or bound > y.high:
                tip = [(at - 3.5, end + 5 * way), (at, end), (at + 3.5, end + 5 * way)]
                parts.append(draw.polyline(tip, f"w90 s-{css} open"))
    parts.append(draw.marker(shape, at, y(p.estimate), 4.0, f"mk f-{css}"))
    return "".join(parts)


def _asked(asked: Sequence[tuple[float, str]], own: Sequence[Point], x: Scale) -> str:
    held = {p.day: p.k for p in own}
    parts = [_bottom(x, asked)]
    last = -math.inf
    for day, _ in asked:
        at = x(day)
        if at - last >= 20:
            parts.append(
                draw.text(f"k {held.get(day) or 0}", at, BOTTOM + 29, "t" if held.get(day) else "t m", "middle")
            )
            last = at
    return "".join(parts)


def _bottom(x: Scale, asked: Sequence[tuple[float, str]]) -> str:
    """Draw the time axis with its days as numbers of months, or of days where they are not months."""
    months = all("month" in name for _, name in asked)
    parts = [draw.line(x.start, BOTTOM, x.stop, BOTTOM, "axis")]
    last = -math.inf
    for i, (day, name) in enumerate(asked):
        at = x(day)
        parts.append(draw.line(at, BOTTOM, at, BOTTOM + 4, "axis"))
        if at - last < 14:
            continue
        final = i == len(asked) - 1
        label = name.split()[0] if months else f"{day:g}"
        unit = (" mo" if months else " d") if final else ""
        parts.append(draw.text(label + unit, min(at, x.stop - 12) if final else at, BOTTOM + 15, "t m", "middle"))
        last = at
    return "".join(parts)


def _names(names: Sequence[str], top: float) -> str:
    parts = []
    for i, name in enumerate(names):
        y = top + 15 * i
        parts.append(draw.marker(_SHAPES[i % len(_SHAPES)], LEFT + 5, y + 6, 4.0, "mk f-ink"))
        parts.append(draw.text(name, LEFT + 15, y + 10, "t m"))
    return "".join(parts)
