"""What an answer turns on, widest first: a bar a quantity, from its low value (open end) to its high one (full end)."""

from __future__ import annotations

from collections.abc import Sequence

from hepatica.report.figures import draw
from hepatica.report.figures.axes import bottom_axis, effect_range, effect_ticks

WIDTH, LEFT, RIGHT, TOP, ROW = 440.0, 34.0, 428.0, 8.0, 22.0


def tornado(rows: Sequence[tuple[float, float]], mean: float, *, css: str, title: str, desc: str) -> str:
    """Draw (at the low value, at the high value) by row; the rows' numbers are those of the table beside it."""
    x = effect_range([v for row in rows for v in (*row, mean)], ratio=False).to(LEFT, RIGHT)
    bottom = TOP + ROW * len(rows) + 4
    parts = [draw.line(x(0.0), TOP, x(0.0), bottom, "zero"), draw.line(x(mean), TOP, x(mean), bottom, "grid")]
    for k, (low, high) in enumerate(rows):
        y = TOP + ROW * (k + 0.5)
        parts += [
            draw.text(str(k + 1), LEFT - 16, y + 4, "t m", "end"),
            draw.line(x(low), y, x(high), y, f"w50 s-{css}"),
            draw.marker("circle", x(low), y, 4.6, f"hollow s-{css}"),
            draw.marker("circle", x(high), y, 4.6, f"mk f-{css}"),
        ]
    parts.append(bottom_axis(x, bottom, effect_ticks(x, ratio=False)))
    return draw.figure(WIDTH, bottom + 22, title, *parts, desc=desc)
