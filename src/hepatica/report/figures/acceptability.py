"""The chance that options are worth their cost, by what one may pay: one line an option, told apart by markers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hepatica.report.figures import draw
from hepatica.report.figures.axes import bottom_axis, lines, wrap
from hepatica.report.figures.scale import Scale
from hepatica.report.numbers import tick

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 400.0, 40.0, 366.0, 10.0, 180.0
NAME = 54
SHAPES = ("circle", "square", "triangle", "diamond", "down", "pentagon", "star")


@dataclass(frozen=True, slots=True)
class Chance:
    """One option's curve: what it is called, its family's colour, and (money, probability) in order of money."""

    name: str
    css: str
    points: tuple[tuple[float, float], ...]


def acceptability(
    curves: Sequence[Chance], marks: Sequence[float], *, across: str, up: str, title: str, desc: str
) -> str:
    """Draw the curves on one axis of money from 0; `marks` are thresholds, drawn as dashed lines."""
    last = max([p[0] for c in curves for p in c.points] + list(marks) + [1.0])
    x, y = Scale(0.0, last, LEFT, RIGHT), Scale(0.0, 1.0, BOTTOM, TOP)
    parts = []
    for at in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(draw.line(LEFT, y(at), RIGHT, y(at), "grid"))
        parts.append(draw.text(tick(100 * at), LEFT - 5, y(at) + 3.6, "t m", "end"))
    parts += [draw.line(x(m), TOP, x(m), BOTTOM, "zero") for m in marks]
    for i, curve in enumerate(curves):
        spots = [(x(a), y(p)) for a, p in curve.points]
        parts.append(draw.polyline(spots, f"chance s-{curve.css}"))
        parts += [draw.marker(SHAPES[i % len(SHAPES)], a, b, 3.6, f"mk f-{curve.css}") for a, b in spots[::2]]
    parts.append(bottom_axis(x, BOTTOM, [(t, tick(t)) for t in x.ticks(5)], room=62))
    parts.append(draw.text(across, (LEFT + RIGHT) / 2, BOTTOM + 31, "t", "middle"))
    middle = (TOP + BOTTOM) / 2
    parts.append(draw.text(up, 9, middle, "t", "middle", transform=f"rotate(-90 9 {middle:g})"))
    foot = BOTTOM + 50
    for i, curve in enumerate(curves):
        parts.append(draw.marker(SHAPES[i % len(SHAPES)], LEFT + 6, foot - 4, 4.2, f"mk f-{curve.css}"))
        words = wrap(curve.name, NAME)
        parts.append(lines(words, LEFT + 16, foot))
        foot += 13 * len(words) + 4
    return draw.figure(WIDTH, foot - 4, title, *parts, desc=desc)
