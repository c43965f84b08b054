"""A network of treatments: a node's area by its patients, an edge's width by its studies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from hepatica.report.figures import draw
from hepatica.report.figures.axes import lines, wrap

WIDTH, HEIGHT = 400.0, 350.0
_MIDDLE, _RING, _TALLEST, _MOST = 200.0, 86.0, 114.0, 19.0
_TAG = 7.5
_Point = tuple[float, float]


def network(
    nodes: Sequence[tuple[str, int, str]], edges: Mapping[tuple[str, str], int], *, title: str, desc: str
) -> str:
    """Draw nodes (name, patients, colour family) on a ring and the studies between them."""
    most = max([n for _, n, _ in nodes] + [1])
    radius = {name: 5.0 + (_MOST - 5.0) * math.sqrt(n / most) for name, n, _ in nodes}
    place = {name: _on_ring(i, len(nodes)) for i, (name, _, _) in enumerate(nodes)}
    busiest = max([*edges.values(), 1])
    parts = []
    for (a, b), k in edges.items():
        (ax, ay), (bx, by) = place[a], place[b]
        width = 1.2 + 5.0 * k / busiest
        parts.append(draw.tag("line", class_="edge", x1=ax, y1=ay, x2=bx, y2=by, stroke_width=width))
    for name, _, css in nodes:
        parts.append(draw.marker("circle", *place[name], radius[name], f"mk f-{css}"))
    degree = {name: sum(name in pair for pair in edges) for name in place}
    taken = [(place[name], radius[name]) for name in place]
    for (a, b), k in edges.items():
        near = 0.64 if degree[b] < degree[a] else 0.36 if degree[a] < degree[b] else 0.5
        x, y = _free(place[a], place[b], near, taken)
        taken.append(((x, y), _TAG))
        parts.append(draw.tag("circle", class_="tag", cx=x, cy=y, r=_TAG))
        parts.append(draw.text(str(k), x, y + 3.8, "t", "middle"))
    middle = sum(y for _, y in place.values()) / max(len(place), 1)
    for name, patients, _ in nodes:
        parts.append(_label(name, patients, *place[name], radius[name], middle))
    parts.append(draw.text("On the lines: studies that compare both head to head.", 8, HEIGHT - 8, "t m"))
    return draw.figure(WIDTH, HEIGHT, title, *parts, desc=desc)


def _free(a: _Point, b: _Point, near: float, taken: Sequence[tuple[_Point, float]]) -> _Point:
    """Return the place on a line nearest to the one wished whose tag touches nothing, or the one with most room."""
    places = [((1 - s) * a[0] + s * b[0], (1 - s) * a[1] + s * b[1])
              for s in sorted((i / 50 for i in range(8, 43)), key=lambda s: abs(s - near))]  # fmt: skip
    room = [min(math.dist(p, t) - r - _TAG for t, r in taken) for p in places]
    return next((p for p, free in zip(places, room, strict=True) if free > 1), places[room.index(max(room))])


def _on_ring(i: int, count: int) -> _Point:
    """Return a node's place; beyond seven nodes the ring grows in height, as labels take the width."""
    down = min(_TALLEST, _RING + 7 * max(0, count - 7))
    angle = -math.pi / 2 + 2 * math.pi * i / max(count, 1) + (math.pi / 4 if count == 2 else 0)
    return _MIDDLE + _RING * math.cos(angle), 78.0 + (_RING - down) * 0.7 + down * (1 + math.sin(angle))


def _label(name: str, patients: int, x: float, y: float, r: float, middle: float) -> str:
    side = x - _MIDDLE
    anchor = "middle" if abs(side) < 20 else "start" if side > 0 else "end"
    room = (WIDTH - x - r - 5 if anchor == "start" else x - r - 5) if anchor != "middle" else 160.0
    words = [*wrap(name, max(10, int(room / 5.9))), f"n {patients}"]
    if anchor == "middle":
        top = y + r + 14 if y > middle else y - r - 5 - 13 * (len(words) - 1)
        return lines(words, x, top, "t", "middle")
    at = x + (r + 5) * (1 if anchor == "start" else -1)
    return lines(words, at, y + 4 - 6.5 * (len(words) - 1), "t", anchor)
