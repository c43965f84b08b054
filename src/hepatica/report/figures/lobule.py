"""A liver lobule drawn from the states: its hepatocytes, its scar, its inflammation."""

from __future__ import annotations

import math

from hepatica.language import say
from hepatica.report.figures import draw

_CENTRE = (100.0, 92.0)
_RADIUS = 82.0
_PITCH = 9.2


def lobule(
    hepatocytes_fraction: float, collagen_percent: float | None, inflammation: float | None, *, when: str
) -> str:
    """Draw one lobule: a filled dot for each working hepatocyte, septa as thick as the scar, dots for inflammation.

    hepatocytes_fraction 0..1 of a healthy liver; collagen_percent of area; inflammation: 1 in health, None if unknown.
    """
    places = _hepatocyte_places()
    alive = round(min(max(hepatocytes_fraction, 0.0), 1.0) * len(places))
    order = sorted(range(len(places)), key=lambda i: (i * 0.6180339887498949) % 1.0)
    living = [places[i] for i in sorted(order[:alive])]
    lost = [places[i] for i in sorted(order[alive:])]
    corners = [_polar(_RADIUS, k * 60 - 90) for k in range(6)]
    scar = max(collagen_percent or 0.0, 0.0)
    parts = [
        draw.tag("path", class_="septum", d=_closed(corners), stroke_width=f"{0.8 + scar * 0.17:.1f}"),
        *_bridges(corners, scar),
        draw.dots(lost, "hep lost"),
        draw.dots(living, "hep"),
        draw.tag("circle", class_="vein", cx=_CENTRE[0], cy=_CENTRE[1], r=7.0),
        *(draw.tag("circle", class_="portal", cx=x, cy=y, r=4.5) for x, y in corners),
    ]
    if inflammation is not None:
        parts.append(draw.dots(_inflamed(corners, inflammation), "macro"))
    said = [say("{percent} % of normal hepatocytes working", percent=round(hepatocytes_fraction * 100))]
    if collagen_percent is not None:
        said.append(say("scar {percent:.1f} % of area", percent=float(collagen_percent)))
    if inflammation is not None:
        said.append(say("inflammatory macrophages {times:.1f} × normal", times=float(inflammation)))
    title = say("Liver lobule, {when}: {shown}", when=when, shown=", ".join(said))
    return draw.figure(200, 184, title, *parts, class_="fig lobule")


def _hepatocyte_places() -> list[draw.Point]:
    rows = int(_RADIUS / (_PITCH * 0.87)) + 1
    inner = _RADIUS * math.cos(math.pi / 6) - 7
    found = []
    for row in range(-rows, rows + 1):
        for column in range(-rows, rows + 1):
            dx, dy = (column + (row % 2) / 2) * _PITCH, row * _PITCH * 0.87
            inside = all(abs(dx * math.cos(a) + dy * math.sin(a)) < inner for a in (0, math.pi / 3, 2 * math.pi / 3))
            if inside and math.hypot(dx, dy) > 13:
                found.append((_CENTRE[0] + dx, _CENTRE[1] + dy))
    return found


def _bridges(corners: list[draw.Point], scar: float) -> list[str]:
    reach = min(max((scar - 5.0) / 20.0, 0.0), 1.0)
    if reach <= 0:
        return []
    return [
        draw.tag(
            "path",
            class_="septum",
            stroke_width=f"{0.5 + scar * 0.08:.1f}",
            d=f"M{x:.1f} {y:.1f}L{x + (_CENTRE[0] - x) * reach * 0.9:.1f} {y + (_CENTRE[1] - y) * reach * 0.9:.1f}",
        )
        for x, y in corners
    ]


def _inflamed(corners: list[draw.Point], level: float) -> list[draw.Point]:
    each = round(min(max(level, 0.0), 6.0) * 2)
    found = []
    for i, (x, y) in enumerate(corners):
        inward = math.atan2(_CENTRE[1] - y, _CENTRE[0] - x)
        for k in range(each):
            angle = inward + 1.7 * (((k + 0.35 * i) * 0.618) % 1.0 - 0.5)
            reach = 10 + 3.1 * (k // 2)
            found.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    return found


def _polar(radius: float, degrees: float) -> draw.Point:
    return (
        _CENTRE[0] + radius * math.cos(math.radians(degrees)),
        _CENTRE[1] + radius * math.sin(math.radians(degrees)),
    )


def _closed(corners: list[draw.Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z"
