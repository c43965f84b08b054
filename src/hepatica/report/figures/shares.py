"""How many of the treated and of the controls had an event, one above the other on an axis from 0 to 100 %."""

from __future__ import annotations

from collections.abc import Sequence

from hepatica.report.figures import draw
from hepatica.report.figures.scale import Scale

WIDTH, HEIGHT, EDGE = 200.0, 26.0, 8.0
_X = Scale(0.0, 100.0, EDGE, WIDTH - EDGE)
Share = Sequence[float]


def shares_row(treated: Share, control: Share | None, *, title: str) -> str:
    """Draw (percent, low, high) of the treated, and of the controls in grey below."""
    parts = [draw.line(_X(t), 2, _X(t), HEIGHT - 2, "grid") for t in (0, 50, 100)]
    for side, y, css, shape in ((treated, 8.0, "harm", "circle"), (control, 18.5, "standard", "square")):
        if side:
            parts.append(draw.line(_X(side[1]), y, _X(side[2]), y, f"w90 s-{css}"))
            parts.append(draw.marker(shape, _X(side[0]), y, 3.8, f"mk f-{css}"))
    return draw.figure(WIDTH, HEIGHT, title, *parts, class_="fig row")


def shares_axis() -> str:
    """Draw the axis of the rows."""
    parts = [draw.axis(EDGE, WIDTH - EDGE, 4, map(_X, (0, 50, 100)))]
    for at, anchor in ((0, "start"), (50, "middle"), (100, "end")):
        x = _X(at) + {"start": -6, "middle": 0, "end": 6}[anchor]
        parts.append(draw.text(f"{at}{' %' if at == 100 else ''}", x, 19, "t m", anchor))
    return draw.figure(WIDTH, 22, "axis: percent of patients", *parts, class_="fig row")
