"""The few SVG parts that every figure is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from hepatica.output import visible

Point = tuple[float, float]


class Drawn(str):
    """A whole SVG that we drew; a text that only looks like one is never taken for it."""

    __slots__ = ()


_SHORT = 5
_ANCHORS = {"middle": " c", "end": " e"}
_NAMES = {"class_": "class", "aria_label": "aria-label", "x": "x", "y": "y", "d": "d"}


def tag(name: str, *children: str, **attributes: object) -> str:
    """Return one SVG element; `class_` is `class`, other underscores become hyphens, None leaves an attribute out.

    >>> tag("rect", class_="a", width=2.50, stroke_width=None)
    '<rect class="a" width="2.5"/>'
    """
    pairs = "".join(
        f' {_NAMES.get(key) or key.rstrip("_").replace("_", "-")}="{_plain(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{pairs}>{inside}</{name}>" if inside else f"<{name}{pairs}/>"


def text(content: str, x: float, y: float, class_: str = "t", anchor: str | None = None, **more: object) -> str:
    """Return a text element with its content escaped; `anchor` is middle or end, where x is not the start."""
    where = _ANCHORS.get(anchor or "", "")
    return tag("text", escape(content), class_=class_ + where, x=x, y=y, **more)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """Return a straight line."""
    return tag("line", class_=class_, x1=x1, y1=y1, x2=x2, y2=y2)


def axis(x1: float, x2: float, y: float, ticks: Iterable[float], length: float = 4.0) -> str:
    """Return a level axis with its tick marks below, as one path."""
    marks = "".join([f"M{_plain(x)} {_plain(y)}v{_plain(length)}" for x in ticks])
    return tag("path", class_="axis", d=f"M{_plain(x1)} {_plain(y)}H{_plain(x2)}{marks}")


def levels(heights: Iterable[float], x1: float, x2: float, class_: str) -> str:
    """Return level lines at some heights, as one path."""
    d = "".join([f"M{_plain(x1)} {_plain(y)}H{_plain(x2)}" for y in heights])
    return tag("path", class_=class_, d=d) if d else ""


def polyline(points: Sequence[Point], class_: str) -> str:
    """Return an open line through points."""
    return tag("path", class_=class_, d=_moves(points)) if len(points) > 1 else ""


def band(upper: Sequence[Point], lower: Sequence[Point], class_: str) -> str:
    """Return the area between two lines that share their x."""
    if len(upper) < 2:
        return ""
    return tag("path", class_=class_, d=_moves([*upper, *reversed(lower)]) + "Z")


def dots(centres: Iterable[Point], class_: str) -> str:
    """Return round dots in one path (a zero-length stroke with round caps); the class sets their size."""
    d = "".join([f"M{_plain(float(x))} {_plain(float(y))}h.01" for x, y in centres])
    return tag("path", class_=class_, d=d) if d else ""


def figure(width: float, height: float, title: str, *children: str, class_: str = "fig", desc: str = "") -> Drawn:
    """Return a whole SVG with its text alternative: a short title and, where more is to be said, a description."""
    label = f"{title}. {desc}" if desc else title
    box = f"0 0 {_plain(width)} {_plain(height)}"
    return Drawn(visible(tag("svg", *children, class_=class_, viewBox=box, role="img", aria_label=label)))


def marker(shape: str, x: float, y: float, r: float, class_: str) -> str:
    """Return a family's marker, so that families differ in grey print too."""
    if shape == "circle":
        return tag("circle", class_=class_, cx=x, cy=y, r=r)
    corners = _MARKERS.get(shape, _MARKERS["square"])
    return tag("path", class_=class_, d=_moves([(x + r * dx, y + r * dy) for dx, dy in corners]) + "Z")


def standalone(svg: str, css: str) -> bytes:
    """Return an SVG that carries its own colours, for places without the page's style sheet."""
    head, rest = svg.split(">", 1)
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{css}</style>{rest}'.encode()


def _moves(points: Sequence[Point]) -> str:
    """Return the path through points, to a tenth; a long one by its steps, which takes half the room."""
    if len(points) <= _SHORT:
        return "M" + "L".join([f"{_plain(float(x))} {_plain(float(y))}" for x, y in points])
    tenths = [(round(x * 10), round(y * 10)) for x, y in points]
    steps = [v - u for a, b in pairwise(tenths) for u, v in zip(a, b, strict=True)]
    (x, y), said = tenths[0], "".join(map(_step, steps))
    return f"M{x / 10:g} {y / 10:g}l{said.removeprefix(' ')}"


def _step(tenths: int) -> str:
    """Return a step with what must stand before it: a blank, unless its sign parts it from the last.

    >>> _step(5), _step(-12), _step(0)
    (' .5', '-1.2', ' 0')
    """
    text = f"{abs(tenths) / 10:g}"
    return ("-" if tenths < 0 else " ") + (text.removeprefix("0") if 0 < abs(tenths) < 10 else text)


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return escape(value) if isinstance(value, str) else str(value)


_MARKERS: dict[str, list[Point]] = {
    "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    "triangle": [(0, -1.15), (1.1, 0.85), (-1.1, 0.85)],
    "down": [(0, 1.15), (1.1, -0.85), (-1.1, -0.85)],
    "diamond": [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
    "cross": [
        (-0.35, -1.1),
        (0.35, -1.1),
        (0.35, -0.35),
        (1.1, -0.35),
        (1.1, 0.35),
        (0.35, 0.35),
        (0.35, 1.1),
        (-0.35, 1.1),
        (-0.35, 0.35),
        (-1.1, 0.35),
        (-1.1, -0.35),
        (-0.35, -0.35),
    ],
    "pentagon": [(0, -1.15), (1.1, -0.35), (0.7, 0.95), (-0.7, 0.95), (-1.1, -0.35)],
    "star": [
        (0, -1.3),
        (0.35, -0.4),
        (1.25, -0.4),
        (0.55, 0.2),
        (0.8, 1.1),
        (0, 0.55),
        (-0.8, 1.1),
        (-0.55, 0.2),
        (-1.25, -0.4),
        (-0.35, -0.4),
    ],
}
