"""A whole forest plot as one picture, for papers and slides: studies, subgroups, diamond, prediction interval, axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hepatica.report.figures import draw
from hepatica.report.figures.axes import bottom_axis, effect_ticks
from hepatica.report.figures.forest import effect_mark
from hepatica.report.figures.scale import Scale

WIDTH, _ROW, _HEAD = 760.0, 23.0, 42.0
_PLOT, _NUMBERS, _WEIGHT, _TEXT = (402.0, 602.0), 196.0, 384.0, 616.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a forest plot: kind is study, head (a subgroup's name), sub (its pool) or pool."""

    kind: str
    name: str
    numbers: str = ""
    weight: float | None = None
    estimate: float = 0.0
    ci: tuple[float, float] | None = None
    text: str = ""
    prediction: tuple[float, float] | None = None
    prediction_text: str = field(default="")


def forest_plot(
    rows: Sequence[Line],
    scale: Scale,
    *,
    ratio: bool,
    unit: str,
    sides: tuple[str, str],
    title: str,
    css: str = "cells",
) -> str:
    """Draw lines under each other on `scale`; `sides` says what lies left and right of no effect."""
    x = scale.to(*_PLOT)
    parts = [draw.text(title, 0, 14, "t b")]
    for words, at, anchor in (
        ("Study", 0.0, None), ("Treated v. control" if any(r.numbers for r in rows) else "", _NUMBERS, None),
        ("Weight", _WEIGHT, "end"),
        ("Effect, 95 % interval", _TEXT, None),
    ):  # fmt: skip
        parts.append(draw.text(words, at, _HEAD - 8, "t m", anchor))
    y = _HEAD + _ROW / 2
    most = 33 if any(r.numbers for r in rows) else 60
    for row in rows:
        parts.append(_line(row, x, y, css, most))
        y += _ROW * (1.5 if row.prediction else 1.0)
    bottom = y - _ROW / 2 + 4
    parts.insert(1, draw.line(x(0.0), _HEAD, x(0.0), bottom, "zero"))
    parts.append(bottom_axis(x, bottom, effect_ticks(x, ratio=ratio)))
    parts.append(draw.text(sides[0], x(0.0) - 6, bottom + 30, "t m", "end"))
    parts.append(draw.text(sides[1], x(0.0) + 6, bottom + 30, "t m"))
    parts.append(draw.text(unit, sum(_PLOT) / 2, bottom + 46, "t", "middle"))
    desc = "; ".join(f"{r.name} {r.text}".strip() for r in rows)
    return draw.figure(WIDTH, bottom + 54, title, *parts, desc=desc)


def _short(name: str, most: int) -> str:
    """Return a long name with its middle left out: the year, and what tells two of a group apart, stand at its end."""
    return name if len(name) <= most else f"{name[: most - 13]}…{name[-12:]}"


def _line(row: Line, x: Scale, y: float, css: str, room: int) -> str:
    strong = row.kind in ("pool", "sub")
    face = "t b" if row.kind in ("pool", "head") else "t"
    parts = [
        draw.text(_short(row.name, 88 if row.kind != "study" else room), 0 if row.kind != "study" else 8, y + 4, face)
    ]
    if row.kind == "head":
        return parts[0]
    parts.append(draw.text(row.numbers, _NUMBERS, y + 4, "t m"))
    if row.weight is not None:
        parts.append(draw.text(f"{100 * row.weight:.0f} %", _WEIGHT, y + 4, "t m", "end"))
    parts.append(
        effect_mark(row.estimate, row.ci, x, y, "ink" if row.kind == "pool" else css, diamond=strong,
                    prediction=row.prediction, weight=row.weight or 0.0)
    )  # fmt: skip
    parts.append(draw.text(row.text, _TEXT, y + 4, face))
    if row.prediction_text:
        parts.append(draw.text(row.prediction_text, _TEXT, y + 17, "t m"))
    return "".join(parts)
