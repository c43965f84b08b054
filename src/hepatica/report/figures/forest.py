"""Forest plots, one row at a time, so that the words stay in a table: squares, diamonds and prediction intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from hepatica.report.figures import draw
from hepatica.report.figures.scale import Scale
from hepatica.report.numbers import tick

WIDTH, HEIGHT, EDGE = 260.0, 26.0, 12.0
_RATIOS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def forest_scale(bounds: Iterable[float | None], *, ratio: bool) -> Scale:
    """Return the axis that holds every bound and no effect; the logarithms of ratios stop at 50 either side."""
    seen = [b for b in bounds if b is not None and math.isfinite(b)]
    if ratio:
        widest = math.log(50)
        seen = [max(-widest, min(widest, b)) for b in seen]
    low, high = min([*seen, 0.0]), max([*seen, 0.0])
    air = 0.06 * (high - low or 1.0)
    return Scale(low - air, high + air, EDGE, WIDTH - EDGE)


def forest_row(
    estimate: float,
    ci: Sequence[float] | None,
    scale: Scale,
    *,
    title: str,
    css: str = "cells",
    diamond: bool = False,
    prediction: Sequence[float] | None = None,
    weight: float = 1.0,
) -> str:
    """Draw one effect: a square whose area is its weight (0..1), or a diamond with its prediction interval below."""
    y = HEIGHT / 2
    parts = [draw.line(scale(0.0), 0, scale(0.0), HEIGHT, "zero")]
    if prediction:
        parts.append(_span(prediction, scale, y + 8, f"w90 s-{css} dash"))
    if diamond and ci:
        left, middle, right = scale(ci[0]), scale(estimate), scale(ci[1])
        shape = f"M{left:.1f} {y:g}L{middle:.1f} {y - 6:g}L{right:.1f} {y:g}L{middle:.1f} {y + 6:g}Z"
        parts.append(draw.tag("path", class_=f"mk f-{css}", d=shape))
    else:
        if ci:
            parts.append(_span(ci, scale, y, f"w90 s-{css}"))
        parts.append(draw.marker("square", scale(estimate), y, 2.4 + 3.2 * math.sqrt(max(weight, 0.0)), f"mk f-{css}"))
    return draw.figure(WIDTH, HEIGHT, title, *parts, class_="fig forest")


def forest_axis(scale: Scale, *, ratio: bool, title: str) -> str:
    """Draw the axis under a forest; a ratio's ticks are printed as ratios."""
    marks = [math.log(r) for r in _RATIOS if scale.low <= math.log(r) <= scale.high] if ratio else scale.ticks(5)
    parts = [draw.line(EDGE, 4, WIDTH - EDGE, 4, "axis")]
    last = -math.inf
    for at in marks:
        parts.append(draw.line(scale(at), 4, scale(at), 8, "axis"))
        if scale(at) - last >= 28:
            label = f"{math.exp(at):.3g}" if ratio else tick(at, signed=True)
            parts.append(draw.text(label, scale(at), 19, "t m", "middle"))
            last = scale(at)
    return draw.figure(WIDTH, 22, title, *parts, class_="fig forest")


def _span(bounds: Sequence[float], scale: Scale, y: float, class_: str) -> str:
    """Draw a line between two bounds, with an arrow where it leaves the axis."""
    low, high = scale(bounds[0]), scale(bounds[1])
    parts = [draw.line(low, y, high, y, class_)]
    for out, x, way in ((bounds[0] < scale.low, low, 1), (bounds[1] > scale.high, high, -1)):
        if out:
            parts.append(draw.polyline([(x + 5 * way, y - 3.5), (x, y), (x + 5 * way, y + 3.5)], class_))
    return "".join(parts)
