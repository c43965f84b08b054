"""Axes for effects: ratios on a log scale with round ticks, differences on a straight one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from hepatica.report.figures import draw
from hepatica.report.figures.scale import Scale
from hepatica.report.numbers import tick

RATIOS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
NARROW = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
WIDEST = math.log(50)


def effect_range(bounds: Iterable[float | None], *, ratio: bool) -> Scale:
    """Return the range that holds every bound and no effect; the logarithms of ratios stop at 50 either side."""
    seen = [b for b in bounds if b is not None and math.isfinite(b)]
    if ratio:
        seen = [max(-WIDEST, min(WIDEST, b)) for b in seen]
    low, high = min([*seen, 0.0]), max([*seen, 0.0])
    air = 0.06 * (high - low or 1.0)
    return Scale(low - air, high + air)


def effect_ticks(scale: Scale, *, ratio: bool, wanted: int = 5) -> list[tuple[float, str]]:
    """Return where to mark an effect axis and what to write there."""
    if not ratio:
        return [(t, tick(t, signed=True)) for t in scale.ticks(wanted)]
    held = [r for r in RATIOS if scale.low <= math.log(r) <= scale.high]
    if len(held) < 3:
        held = [r for r in NARROW if scale.low <= math.log(r) <= scale.high]
    return [(math.log(r), f"{r:g}") for r in held]


def bottom_axis(scale: Scale, y: float, marks: Sequence[tuple[float, str]], *, room: float = 26) -> str:
    """Draw a level axis at y with its labels below, leaving out those that would touch."""
    parts = [draw.axis(scale.start, scale.stop, y, [scale(at) for at, _ in marks])]
    last = -math.inf
    for at, label in marks:
        if scale(at) - last >= room:
            parts.append(draw.text(label, scale(at), y + 15, "t m", "middle"))
            last = scale(at)
    return "".join(parts)


def left_axis(scale: Scale, x: float, stop: float, marks: Sequence[tuple[float, str]], *, room: float = 13) -> str:
    """Draw labels left of x with a level line to `stop` at each; no effect (0) is the marked line."""
    parts = []
    last = math.inf
    for at, label in marks:
        y = scale(at)
        parts.append(draw.line(x, y, stop, y, "zero" if at == 0 else "grid"))
        if abs(last - y) >= room:
            parts.append(draw.text(label, x - 4, y + 3.6, "t m", "end"))
            last = y
    return "".join(parts)


def wrap(content: str, most: int) -> list[str]:
    """Return a text cut into lines of at most `most` characters where words allow.

    >>> wrap("G-CSF + marrow mononuclear cells", 14)
    ['G-CSF + marrow', 'mononuclear', 'cells']
    """
    lines = [""]
    for word in content.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def lines(content: Sequence[str], x: float, y: float, class_: str = "t", anchor: str | None = None) -> str:
    """Return several lines of text, the first at y."""
    return "".join(draw.text(one, x, y + 13 * i, class_, anchor) for i, one in enumerate(content))
