"""How many reports remain at each step, and why the others left: boxes down the left, reasons at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hepatica.report.figures import draw
from hepatica.report.figures.axes import lines, wrap

WIDTH, _BOX, _SIDE, _LEFT_CHARS, _RIGHT_CHARS = 360.0, 168.0, 196.0, 26, 25


def flowchart(steps: Sequence[Mapping[str, Any]], *, title: str) -> str:
    """Draw steps (step, n, out: reason and n), the reasons beside the step they left before."""
    parts: list[str] = []
    top = 4.0
    for i, step in enumerate(steps):
        gone = [f"{o['n']} {o['reason']}" for o in step["out"]]
        if i:
            words = [line for one in gone for line in wrap(one, _RIGHT_CHARS)]
            tall = max(20.0, 13 * len(words) + 12) if words else 20.0
            middle = top + tall / 2
            parts.append(draw.line(_BOX / 2, top, _BOX / 2, top + tall, "flow"))
            parts.append(_tip(_BOX / 2, top + tall))
            if words:
                parts.append(draw.line(_BOX / 2, middle, _SIDE, middle, "flow"))
                parts.append(
                    draw.tag("rect", class_="aside", x=_SIDE, y=top, width=WIDTH - _SIDE - 2, height=tall, rx=4)
                )
                parts.append(lines(words, _SIDE + 8, middle + 4 - 6.5 * (len(words) - 1), "t m"))
            top += tall
        words = wrap(step["step"], _LEFT_CHARS)
        tall = 13 * (len(words) + 1) + 11
        parts.append(draw.tag("rect", class_="node", x=1.0, y=top, width=_BOX - 2, height=tall, rx=4))
        parts.append(draw.text(str(step["n"]), _BOX / 2, top + 16, "t b", "middle"))
        parts.append(lines(words, _BOX / 2, top + 29, "t", "middle"))
        top += tall
    desc = "; ".join(
        f"{s['step']}: {s['n']}" + "".join(f", less {o['n']} {o['reason']}" for o in s["out"]) for s in steps
    )
    return draw.figure(WIDTH, top + 4, title, *parts, desc=desc)


def _tip(x: float, y: float) -> str:
    return draw.polyline([(x - 4, y - 6), (x, y - 0.5), (x + 4, y - 6)], "flow")
