"""A funnel: effect against standard error, shaded by significance (Peters, doi:10.1016/j.jclinepi.2007.11.010)."""

from __future__ import annotations

from collections.abc import Sequence

from hepatica.report.figures import draw
from hepatica.report.figures.axes import bottom_axis, effect_ticks
from hepatica.report.figures.scale import Scale
from hepatica.report.numbers import tick

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 360.0, 300.0, 52.0, 350.0, 12.0, 216.0
_SHADES = ((2.5758, "c1", "0.01 to 0.05"), (1.96, "c2", "0.05 to 0.1"), (1.6449, "c3", "above 0.1"))


def funnel(
    points: Sequence[tuple[float, float]],
    estimate: float,
    *,
    ratio: bool,
    unit: str,
    title: str,
    desc: str,
    css: str = "cells",
    filled: Sequence[tuple[float, float]] = (),
) -> str:
    """Draw effects and standard errors, the pooled effect dashed; `filled` are studies that trim and fill adds."""
    deep = 1.12 * max(se for _, se in points)
    reach = max([abs(y) for y, _ in (*points, *filled)] + [1.9 * deep, abs(estimate)]) * 1.06
    x = Scale(-reach, reach, LEFT, RIGHT)
    y = Scale(0.0, deep, TOP, BOTTOM)
    parts = [_shade(x, y, deep, z, css_) for z, css_, _ in _SHADES]
    for at in y.ticks(4):
        parts.append(draw.line(LEFT, y(at), RIGHT, y(at), "grid"))
        parts.append(draw.text(tick(at), LEFT - 5, y(at) + 3.6, "t m", "end"))
    parts.append(draw.line(x(0.0), TOP, x(0.0), BOTTOM, "zero"))
    parts.append(draw.line(x(estimate), TOP, x(estimate), BOTTOM, f"ln s-{css} dash"))
    parts += [draw.tag("circle", class_=f"hollow s-{css}", cx=x(a), cy=y(b), r=4.2) for a, b in filled]
    parts += [draw.marker("circle", x(a), y(b), 4.6, f"mk f-{css}") for a, b in points]
    parts.append(bottom_axis(x, BOTTOM, effect_ticks(x, ratio=ratio)))
    parts.append(draw.text(unit, (LEFT + RIGHT) / 2, BOTTOM + 31, "t", "middle"))
    middle = (TOP + BOTTOM) / 2
    parts.append(draw.text("standard error", 11, middle, "t", "middle", transform=f"rotate(-90 11 {middle:g})"))
    parts.append(_legend(bool(filled)))
    return draw.figure(WIDTH, HEIGHT, title, *parts, desc=desc)


def _shade(x: Scale, y: Scale, deep: float, z: float, css: str) -> str:
    """Draw the wedge inside which a study's p is above that of z, cut at the sides."""
    edge = min(z * deep, x.high)
    corner = y(edge / z)
    path = [(x(0.0), y(0.0)), (x(edge), corner), (x(edge), y(deep)), (x(-edge), y(deep)), (x(-edge), corner)]
    return draw.tag("path", class_=css, d="M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in path) + "Z")


def _legend(hollow: bool) -> str:
    top = BOTTOM + 46
    parts = [draw.text("p of a study:", 8, top + 9, "t m")]
    at = 84.0
    for _, css, words in reversed(_SHADES):
        parts.append(draw.tag("rect", class_=f"{css} edged", x=at, y=top, width=11.0, height=11.0))
        parts.append(draw.text(words, at + 15, top + 9, "t m"))
        at += 26 + 5.8 * len(words)
    words = "Outside the shading below 0.01; dashed, the pool" + ("; hollow, filled in." if hollow else ".")
    parts.append(draw.text(words, 8, top + 26, "t m"))
    return "".join(parts)
