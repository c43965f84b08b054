"""Where the cells are: a body outline shaded by organ, and the vessels that a route leads through."""

from __future__ import annotations

from collections.abc import Mapping

from hepatica.language import mark, say
from hepatica.report.figures import draw
from hepatica.report.numbers import number

_OUTLINE = (
    "M53 31L53 38C44 43 30 43 25 52C20 64 17 92 12 118L20 120C25 100 28 84 31 74C33 92 34 104 32 122"
    "C30 136 29 150 31 172L57 172L60 150L63 172L89 172C91 150 90 136 88 122C86 104 87 92 89 74"
    "C92 84 95 100 100 120L108 118C103 92 100 64 95 52C90 43 76 43 67 38L67 31Z"
)
_LUNGS = (
    "M56 54C46 52 38 64 37 86C37 92 41 93 46 91C52 89 56 86 56 80Z"
    "M64 54C74 52 82 64 83 86C83 92 79 93 74 91C68 89 64 86 64 80Z"
)
_LIVER = "M36 97C42 92 58 92 72 96C70 102 62 106 55 108C50 114 42 117 37 113C34 108 34 101 36 97Z"
_SPLEEN = "M79 97C85 97 88 104 86 111C82 114 77 110 77 105C76 101 77 98 79 97Z"
_BLOOD = "M60 74L60 146M60 146L46 170M60 146L74 170M60 60L40 50M60 60L80 50M60 60L60 34"
_SHIFT = 48.0

_WIDTH = 346


def body_map(cells: Mapping[str, float | None], when: str) -> str:
    """Draw one moment: each organ is as dark as its share of the cells in the body, written beside it (percent)."""
    said = ", ".join(
        f"{say(name)} {_share(cells.get(name))} %" for name in ("lung", "liver", "spleen", "blood", "rest")
    )
    shapes = draw.tag(
        "g",
        draw.tag("ellipse", class_="skin", cx=60.0, cy=18.0, rx=11.0, ry=14.0),
        draw.tag("path", class_="skin", d=_OUTLINE),
        draw.tag("path", class_="vessel", d=_BLOOD, stroke_opacity=_shade(cells.get("blood"))),
        *(
            draw.tag("path", class_="organ", d=shape, fill_opacity=_shade(cells.get(name)))
            for name, shape in (("lung", _LUNGS), ("liver", _LIVER), ("spleen", _SPLEEN))
        ),
        transform=f"translate({_SHIFT:g} 0)",
    )
    labels = (
        _label("lung", cells, 158, 64, 128, 68),
        _label("spleen", cells, 158, 98, 132, 104),
        _label("blood", cells, 158, 132, 110, 128),
        _label("elsewhere", {"elsewhere": cells.get("rest")}, 158, 164, 130, 160),
        _label("liver", cells, 50, 100, 84, 104, anchor="end"),
    )
    return draw.figure(
        226, 184, say("Cells in the body, {when}: {shares}", when=when, shares=said), shapes, *labels, class_="fig body"
    )


def route_map(route: str) -> str:
    """Draw the vessels between the organs, with the place where this route lets the cells in."""
    edges = (
        ("hepatic vein", (78, 118), (45, 62)),
        ("", (80, 40), (115, 40)),
        ("", (185, 40), (240, 40)),
        ("hepatic artery", (246, 56), (152, 106)),
        ("", (290, 58), (290, 132)),
        ("portal vein", (246, 150), (152, 128)),
    )
    entry, first = _ENTRIES.get(route, ((45.0, 40.0), "veins"))
    parts = []
    for name, (x1, y1), (x2, y2) in edges:
        parts.append(_arrow(x1, y1, x2, y2, "flow"))
        if name:
            parts.append(
                draw.text(say(name), (x1 + x2) / 2 + _NUDGE[name][0], (y1 + y2) / 2 + _NUDGE[name][1], "t m", "middle")
            )
    for name, x, y in (
        ("veins", 45, 40),
        ("lungs", 150, 40),
        ("arteries", 280, 40),
        ("spleen, gut", 290, 150),
        ("liver", 112, 118),
    ):
        half = 20 + 2.6 * max(len(say(name)) - 5, 0)
        x = min(x, int(_WIDTH - half - 14))
        css = "node first" if name == first else "node"
        parts.append(
            draw.tag(
                "rect", class_=css, x=float(x - half - 12), y=float(y - 16), width=2 * half + 24, height=32.0, rx=8.0
            )
        )
        parts.append(draw.text(say(name), x, y + 4, "t", "middle"))
    ex, ey = entry
    parts.append(draw.marker("circle", ex, ey - 22 if (ex, ey) in _NODES else ey, 5, "mk f-cells"))
    parts.append(draw.text(say("cells enter"), ex + 9, (ey - 22 if (ex, ey) in _NODES else ey) + 4, "t b"))
    return draw.figure(
        _WIDTH,
        180,
        say(
            "Route {route}: the cells enter at the marked place and meet the {first} first",
            route=say(route.replace("_", " ")),
            first=say(first),
        ),
        *parts,
        class_="fig route",
    )


_NODES = {(45.0, 40.0), (112.0, 118.0), (290.0, 150.0)}
_ENTRIES: dict[str, tuple[draw.Point, str]] = {
    "peripheral_vein": ((45.0, 40.0), "lungs"),
    "hepatic_artery": ((204.0, 78.0), "liver"),
    "portal_vein": ((199.0, 139.0), "liver"),
    "intrahepatic": ((112.0, 118.0), "liver"),
    "intrasplenic": ((290.0, 150.0), "spleen, gut"),
}
_NAMES = (
    mark("lung"), mark("liver"), mark("spleen"), mark("blood"), mark("rest"), mark("elsewhere"), mark("veins"),
    mark("lungs"), mark("arteries"), mark("spleen, gut"), mark("hepatic vein"), mark("hepatic artery"),
    mark("portal vein"), mark("peripheral vein"), mark("intrahepatic"), mark("intrasplenic"),
)  # fmt: skip
_NUDGE = {"hepatic vein": (40.0, -2.0), "hepatic artery": (-26.0, -14.0), "portal vein": (-16.0, 20.0)}


def _arrow(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    head = [
        (x2 - 7 * ux - 3.5 * uy, y2 - 7 * uy + 3.5 * ux),
        (x2, y2),
        (x2 - 7 * ux + 3.5 * uy, y2 - 7 * uy - 3.5 * ux),
    ]
    return draw.line(x1, y1, x2, y2, class_) + draw.polyline(head, class_)


def _label(
    name: str, cells: Mapping[str, float | None], x: float, y: float, to_x: float, to_y: float, anchor: str = "start"
) -> str:
    near = x + 3 if anchor == "end" else x - 3
    return (
        draw.line(near, y - 4, to_x, to_y, "leader")
        + draw.text(say(name), x, y - 2, "t m", anchor)
        + draw.text(f"{_share(cells.get(name))} %", x, y + 10, "t b", anchor)
    )


def _share(value: float | None) -> str:
    return "?" if value is None else "< 0.1" if 0 < value < 0.05 else number(value, decimals=1, digits=2)


def _shade(value: float | None) -> str:
    return f"{0.05 + 0.9 * min(max(value or 0.0, 0.0) / 45.0, 1.0):.2f}"
