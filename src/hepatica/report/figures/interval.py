"""One number on a shared axis: a dot at the median, a thick 50 % bar, a thin 90 % whisker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.report.figures import draw
from hepatica.report.figures.scale import Scale
from hepatica.report.numbers import tick as label

WIDTH, HEIGHT, EDGE = 200.0, 26.0, 12.0


def interval_row(
    point: Mapping[str, Any] | None,
    scale: Scale,
    *,
    css: str,
    marker: str,
    title: str,
    reference: float | None = None,
) -> str:
    """Draw one interval on `scale`; `reference` draws the standard-care (or zero) line."""
    x = scale.to(EDGE, WIDTH - EDGE)
    y = HEIGHT / 2
    parts = [draw.line(x(t), 2, x(t), HEIGHT - 2, "grid") for t in scale.ticks(4)]
    if reference is not None:
        parts.append(draw.line(x(reference), 0, x(reference), HEIGHT, "zero"))
    if point is None:
        return draw.figure(WIDTH, HEIGHT, title, *parts, class_="fig row")
    middle = point.get("p50") if point.get("p50") is not None else point.get("mean")
    if point.get("p05") is not None and point.get("p95") is not None:
        parts.append(draw.line(x(point["p05"]), y, x(point["p95"]), y, f"w90 s-{css}"))
    if point.get("p25") is not None and point.get("p75") is not None:
        parts.append(draw.line(x(point["p25"]), y, x(point["p75"]), y, f"w50 s-{css}"))
    if middle is not None:
        parts.append(draw.marker(marker, x(middle), y, 5.2, f"mk f-{css}"))
    return draw.figure(WIDTH, HEIGHT, title, *parts, class_="fig row")


def axis_row(scale: Scale, *, percent: bool = False, signed: bool = False, title: str = "") -> str:
    """Draw the axis that a column of intervals shares."""
    x = scale.to(EDGE, WIDTH - EDGE)
    ticks = scale.ticks(4)
    parts = [draw.axis(EDGE, WIDTH - EDGE, 4, map(x, ticks))]
    for tick in ticks:
        shown = tick * 100 if percent else tick
        parts.append(draw.text(label(shown, signed=signed), x(tick), 19, "t m", "middle"))
    return draw.figure(WIDTH, 22, title, *parts, class_="fig row")
