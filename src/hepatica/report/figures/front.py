"""Options over everything that counts: one upright axis a part, better always up, the beaten ones grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hepatica.report.figures import draw
from hepatica.report.figures.scale import Scale
from hepatica.report.numbers import tick

WIDTH, HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 450.0, 270.0, 44.0, 254.0, 48.0, 400.0
ROOM = 12.5
LEAST_SPAN = 1.0
"""No axis is shorter than this, so that a fraction of a day is not drawn as if it mattered."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One part: what it is called, the unit under it, and whether more of it is better."""

    label: str
    unit: str
    more_is_better: bool


@dataclass(frozen=True, slots=True)
class Course:
    """One option: the number it has in the table, its values by axis (None: unknown), colour, whether it is beaten."""

    number: int
    values: tuple[float | None, ...]
    css: str
    beaten: bool


def front(axes: Sequence[Axis], courses: Sequence[Course], *, title: str, desc: str) -> str:
    """Draw every option as a line over the axes, those on the front last and in colour."""
    step = (RIGHT - LEFT) / max(len(axes) - 1, 1)
    at = [LEFT + i * step for i in range(len(axes))]
    scales = [_scale(axis, [c.values[i] for c in courses]) for i, axis in enumerate(axes)]
    parts = [draw.line(x, TOP, x, BOTTOM, "axis") for x in at]
    for c in sorted(courses, key=lambda c: not c.beaten):
        points = [(x, s(v)) for x, s, v in zip(at, scales, c.values, strict=True) if v is not None]
        css = "none" if c.beaten else c.css
        parts.append(draw.polyline(points, f"ln s-{css}"))
        parts += [draw.marker("circle", x, y, 2.6 if c.beaten else 3.6, f"mk f-{css}") for x, y in points]
    parts += [_axis(axis, scale, x) for axis, scale, x in zip(axes, scales, at, strict=True)]
    ends = [(c, scales[-1](v)) for c in courses if (v := c.values[-1]) is not None and not c.beaten]
    parts += _numbers(ends, RIGHT + 9)
    return draw.figure(WIDTH, HEIGHT, title, *parts, desc=desc)


def _scale(axis: Axis, values: Sequence[float | None]) -> Scale:
    seen = [v for v in values if v is not None]
    low, high = min([*seen, 0.0]), max([*seen, 0.0])
    air = max(0.0, LEAST_SPAN - (high - low))
    scale = Scale(low, high + air) if axis.more_is_better else Scale(low - air * (low < 0), high + air * (low >= 0))
    return scale.to(BOTTOM, TOP) if axis.more_is_better else scale.to(TOP, BOTTOM)


def _axis(axis: Axis, scale: Scale, x: float) -> str:
    parts = [
        draw.text(axis.label, x, TOP - 26, "t b", "middle"),
        draw.text(axis.unit, x, TOP - 12, "t m", "middle"),
    ]
    for mark in scale.ticks(4):
        parts += [
            draw.line(x - 3, scale(mark), x, scale(mark), "axis"),
            draw.text(tick(mark), x - 6, scale(mark) + 3.6, "t m over", "end"),
        ]
    return "".join(parts)


def _numbers(ends: Sequence[tuple[Course, float]], x: float) -> list[str]:
    """Write the numbers of the options on the front beside their ends, moved down where two would touch."""
    placed, last = [], -ROOM
    for c, y in sorted(ends, key=lambda e: (e[1], e[0].number)):
        last = max(y, last + ROOM)
        placed.append((c, last))
    over = max((y for _, y in placed), default=0.0) - (BOTTOM + 14)
    moved = [(c, y - max(over, 0.0)) for c, y in placed]
    return [draw.text(str(c.number), x, y + 3.6, "t b", "start") for c, y in moved]
