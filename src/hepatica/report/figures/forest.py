"""Forest plots, one row at a time, so that the words stay in a table: squares, diamonds and prediction intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from hepatica.report.figures import draw
from hepatica.report.figures.axes import bottom_axis, effect_range, effect_ticks
from hepatica.report.figures.scale import Scale

WIDTH, HEIGHT, EDGE = 260.0, 26.0, 12.0


def forest_scale(bounds: Iterable[float | None], *, ratio: bool) -> Scale:
    """Return the axis of a row that holds every bound and no effect; logarithms of ratios stop at 50 either side."""
    return effect_range(bounds, ratio=ratio).to(EDGE, WIDTH - EDGE)


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
    none = draw.line(scale(0.0), 0, scale(0.0), HEIGHT, "zero")
    shape = effect_mark(estimate, ci, scale, HEIGHT / 2, css, diamond=diamond, prediction=prediction, weight=weight)
    return draw.figure(WIDTH, HEIGHT, title, none, shape, class_="fig forest")


def effect_mark(
    estimate: float,
    ci: Sequence[float] | None,
    scale: Scale,
    y: float,
    css: str,
    *,
    diamond: bool = False,
    prediction: Sequence[float] | None = None,
    weight: float = 1.0,
) -> str:
    """Draw the square or diamond of one effect at a height."""
    parts = [_span(prediction, scale, y + 8, f"w90 s-{css} dash")] if prediction else []
    if diamond and ci:
        left, middle, right = scale(ci[0]), scale(estimate), scale(ci[1])
        shape = f"M{left:.1f} {y:g}L{middle:.1f} {y - 6:g}L{right:.1f} {y:g}L{middle:.1f} {y + 6:g}Z"
        parts.append(draw.tag("path", class_=f"mk f-{css}", d=shape))
    else:
        if ci:
            parts.append(_span(ci, scale, y, f"w90 s-{css}"))
        if not ci or scale.low <= estimate <= scale.high:
            size = 2.4 + 3.2 * math.sqrt(max(weight, 0.0))
            parts.append(draw.marker("square", scale(estimate), y, size, f"mk f-{css}"))
    return "".join(parts)


def forest_axis(scale: Scale, *, ratio: bool, title: str) -> str:
    """Draw the axis under a forest; a ratio's ticks are printed as ratios."""
    return draw.figure(
        WIDTH, 22, title, bottom_axis(scale, 4, effect_ticks(scale, ratio=ratio), room=28), class_="fig forest"
    )


def _span(bounds: Sequence[float], scale: Scale, y: float, class_: str) -> str:
    """Draw a line between two bounds, with an arrow where it leaves the axis."""
    low, high = scale(bounds[0]), scale(bounds[1])
    parts = [draw.line(low, y, high, y, class_)]
    for out, x, way in ((bounds[0] < scale.low, low, 1), (bounds[1] > scale.high, high, -1)):
        if out:
            parts.append(draw.polyline([(x + 5 * way, y - 3.5), (x, y), (x + 5 * way, y + 3.5)], f"{class_} open"))
    return "".join(parts)
