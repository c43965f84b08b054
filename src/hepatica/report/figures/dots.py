"""Quantile dot plots: twenty dots, each one chance in twenty, so that "how long" can be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from hepatica.language import say
from hepatica.report.figures import draw
from hepatica.report.figures.scale import Scale, day_ticks

WIDTH, EDGE, RADIUS = 250.0, 12.0, 5.2
COUNT = 20


def quantiles(spread: Mapping[str, Any] | Sequence[float], count: int = COUNT) -> list[float]:
    """Return `count` equally likely values from quantiles (`p05` … `p95`) or from draws.

    >>> quantiles([1.0, 2.0, 3.0, 4.0], 2)
    [1.5, 3.5]
    """
    if isinstance(spread, Mapping):
        known = sorted(
            (int(k[1:]) / 100, float(v))
            for k, v in spread.items()
            if k[:1] == "p" and k[1:].isdigit() and v is not None
        )
    else:
        ordered = sorted(float(v) for v in spread)
        known = [((i + 0.5) / len(ordered), v) for i, v in enumerate(ordered)]
    return [_interpolate(known, (i + 0.5) / count) for i in range(count)] if known else []


def quantile_dots(values: Sequence[float], horizon: float, *, css: str, title: str, never: int = 0) -> str:
    """Stack equally likely times on a day axis; `never` dots stand apart at the right: no response in the horizon."""
    x = Scale(0.0, horizon, EDGE, WIDTH - (60 if never else EDGE))
    columns: dict[int, int] = {}
    placed: list[draw.Point] = []
    for value in sorted(values):
        column = round((x(value) - EDGE) / (2 * RADIUS))
        columns[column] = columns.get(column, 0) + 1
        placed.append((EDGE + column * 2 * RADIUS, float(columns[column])))
    tallest = max([*columns.values(), -(-never // 4), 3])
    bottom = 6 + tallest * 2 * RADIUS
    centres = [(px, bottom - (row - 0.5) * 2 * RADIUS) for px, row in placed]
    days, labels, unit = day_ticks(horizon)
    parts = [draw.dots(centres, f"dot s-{css}"), draw.axis(EDGE, x.stop, bottom + 1, map(x, days))]
    end = f"{labels[-1]} {unit}"
    room = x.stop - 7 * len(end)
    for day, label in zip(days, labels, strict=True):
        if x(day) < room:
            parts.append(draw.text(label, x(day), bottom + 17, "t m", "middle"))
    parts.append(draw.text(end, x.stop, bottom + 17, "t m", "end"))
    if never:
        left = WIDTH - 46
        apart = [(left + (i % 4) * 2 * RADIUS, bottom - (i // 4 + 0.5) * 2 * RADIUS) for i in range(never)]
        parts += [draw.dots(apart, "dot s-none"), draw.text(say("none"), left + 15, bottom + 17, "t m", "middle")]
    return draw.figure(WIDTH, bottom + 22, title, *parts)


def _interpolate(known: Sequence[tuple[float, float]], share: float) -> float:
    if share <= known[0][0]:
        return known[0][1]
    for (p0, v0), (p1, v1) in pairwise(known):
        if share <= p1:
            return v0 + (v1 - v0) * (share - p0) / (p1 - p0)
    return known[-1][1]
