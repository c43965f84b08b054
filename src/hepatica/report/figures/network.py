"""A network of treatments: a node's area by its patients, an edge's width by its studies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from hepatica.report.figures import draw
from hepatica.report.figures.axes import lines, wrap

WIDTH, HEIGHT = 400.0, 350.0
_CENTRE, _ACROSS, _DOWN, _MOST = (200.0, 164.0), 86.0, 86.0, 19.0
_TAG = 7.5


def network(
    nodes: Sequence[tuple[str, int, str]], edges: Mapping[tuple[str, str], int], *, title: str, desc: str
) -> str:
    """Draw nodes (name, patients, colour family) on a circle and the studies between them."""
    most = max([n for _, n, _ in nodes] + [1])
    place = {name: _on_circle(i, len(nodes)) for i, (name, _, _) in enumerate(nodes)}
    busiest = max([*edges.values(), 1])
    parts = []
    for (a, b), k in edges.items():
        (ax, ay), (bx, by) = place[a], place[b]
        width = 1.2 + 5.0 * k / busiest
        parts.append(draw.tag("line", class_="edge", x1=ax, y1=ay, x2=bx, y2=by, stroke_width=width))
    degree = {name: sum(name in pair for pair in edges) for name in place}
    tags: list[tuple[float, float]] = []
    for (a, b), k in edges.items():
        near = 0.64 if degree[b] < degree[a] else 0.36 if degree[a] < degree[b] else 0.5
        x, y = _free(place[a], place[b], near, tags)
        tags.append((x, y))
        parts.append(draw.tag("circle", class_="tag", cx=x, cy=y, r=_TAG))
        parts.append(draw.text(str(k), x, y + 3.8, "t", "middle"))
    for name, patients, css in nodes:
        x, y = place[name]
        r = 5.0 + (_MOST - 5.0) * math.sqrt(patients / most)
        parts.append(draw.marker("circle", x, y, r, f"mk f-{css}"))
        parts.append(_label(name, patients, x, y, r))
    parts.append(draw.text("On the lines: studies that compare both head to head.", 8, HEIGHT - 8, "t m"))
    return draw.figure(WIDTH, HEIGHT, title, *parts, desc=desc)


def _free(
    a: tuple[float, float], b: tuple[float, float], near: float, taken: list[tuple[float, float]]
) -> tuple[float, float]:
    """Return the place on a line nearest to the one wished whose tag touches no other, or the one wished."""
    places = [((1 - s) * a[0] + s * b[0], (1 - s) * a[1] + s * b[1])
              for s in sorted((i / 50 for i in range(14, 37)), key=lambda s: abs(s - near))]  # fmt: skip
    return next((p for p in places if all(math.dist(p, t) > 2 * _TAG + 1 for t in taken)), places[0])


def _on_circle(i: int, count: int) -> tuple[float, float]:
    angle = -math.pi / 2 + 2 * math.pi * i / max(count, 1) + (math.pi / 4 if count == 2 else 0)
    return _CENTRE[0] + _ACROSS * math.cos(angle), _CENTRE[1] + _DOWN * math.sin(angle)


def _label(name: str, patients: int, x: float, y: float, r: float) -> str:
    side = x - _CENTRE[0]
    anchor = "middle" if abs(side) < 20 else "start" if side > 0 else "end"
    room = (WIDTH - x - r - 5 if anchor == "start" else x - r - 5) if anchor != "middle" else 160.0
    words = [*wrap(name, max(10, int(room / 5.9))), f"n {patients}"]
    below = y > _CENTRE[1]
    if anchor == "middle":
        top = y + r + 14 if below else y - r - 5 - 13 * (len(words) - 1)
        return lines(words, x, top, "t", "middle")
    at = x + (r + 5) * (1 if anchor == "start" else -1)
    return lines(words, at, y + 4 - 6.5 * (len(words) - 1), "t", anchor)
