"""A course over time: 50 % and 90 % bands with the median, standard care in grey behind, the difference below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hepatica.language import say
from hepatica.report.figures import draw
from hepatica.report.figures.scale import Scale, day_ticks
from hepatica.report.numbers import tick as tick_label

Course = Sequence[Mapping[str, Any]]
WIDTH, LEFT, RIGHT, TOP = 204.0, 32.0, 198.0, 8.0
UPPER, LOWER = 86.0, 52.0
_DRAWN = 40


def course(
    points: Course,
    standard: Course | None,
    difference: Course | None,
    *,
    level: Scale,
    gap: Scale | None,
    css: str,
    title: str,
    desc: str,
    percent: bool = False,
) -> str:
    """Draw one option's course on the shared `level` axis and its difference from standard care on `gap`."""
    horizon = max((p["day"] for p in points), default=1.0) or 1.0
    x = Scale(0.0, horizon, LEFT, RIGHT)
    parts = [_grid(x, level.to(TOP + UPPER, TOP), percent, zero=False)]
    if standard:
        parts.append(_bands(standard, x, level.to(TOP + UPPER, TOP), "standard", behind=True))
    parts.append(_bands(points, x, level.to(TOP + UPPER, TOP), css))
    bottom = TOP + UPPER
    if gap is not None:
        top = bottom + 16
        bottom = top + LOWER
        y = gap.to(bottom, top)
        parts.append(_grid(x, y, percent, zero=True))
        if difference:
            parts.append(_bands(difference, x, y, css))
        else:
            parts.append(draw.text(say("reference"), (LEFT + RIGHT) / 2, y(0) - 4, "t m", "middle"))
    parts.append(_days(x, bottom, horizon))
    return draw.figure(WIDTH, bottom + 26, title, *parts, desc=desc)


def thin(points: Course, most: int = _DRAWN) -> list[Mapping[str, Any]]:
    """Return at most `most` points, first and last kept."""
    if len(points) <= most:
        return list(points)
    step = (len(points) - 1) / (most - 1)
    return [points[round(i * step)] for i in range(most)]


def _bands(points: Course, x: Scale, y: Scale, css: str, *, behind: bool = False) -> str:
    shown = thin(points)

    def at(key: str) -> list[draw.Point]:
        return [(x(p["day"]), y(_value(p, key))) for p in shown]

    middle = draw.polyline(at("p50"), f"ln s-{css}" + (" dash" if behind else ""))
    if behind:
        return draw.band(at("p95"), at("p05"), f"b90 f-{css}") + middle
    return draw.band(at("p95"), at("p05"), f"b90 f-{css}") + draw.band(at("p75"), at("p25"), f"b50 f-{css}") + middle


def _value(point: Mapping[str, Any], key: str) -> float:
    value = point.get(key)
    if value is None:
        value = point.get("p50" if key in ("p25", "p75") else "mean")
    return float(value if value is not None else 0.0)


def _grid(x: Scale, y: Scale, percent: bool, *, zero: bool) -> str:
    ticks = y.ticks(3 if zero else 4)
    plain = [y(tick) for tick in ticks if tick != 0 or not zero]
    parts = [draw.levels(plain, x.start, x.stop, "grid")]
    parts += [draw.levels([y(0)], x.start, x.stop, "zero")] if zero and 0 in ticks else []
    for tick in ticks:
        here = y(tick)
        shown = tick * 100 if percent else tick
        parts.append(draw.text(tick_label(shown, signed=zero), x.start - 4, here + 3.4, "t m", "end"))
    return "".join(parts)


def _days(x: Scale, bottom: float, horizon: float) -> str:
    days, labels, unit = day_ticks(horizon)
    parts = [draw.axis(x.start, x.stop, bottom, map(x, days), 3.0)]
    room = x.stop - 7 * len(f"{labels[-1]} {unit}")
    for day, label in zip(days[:-1], labels[:-1], strict=True):
        if x(day) < room - 4:
            parts.append(draw.text(label, x(day), bottom + 14, "t m", "middle"))
    parts.append(draw.text(f"{labels[-1]} {unit}", x.stop, bottom + 14, "t m", "end"))
    return "".join(parts)
