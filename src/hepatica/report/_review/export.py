"""Pictures of a review as files: SVG that carries its colours, and PNG set by typst."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from hepatica.errors import CannotAnswer
from hepatica.report import palette
from hepatica.report._review.pictures import Picture
from hepatica.report.figures import draw, standalone
from hepatica.report.figures.axes import wrap

_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_SANS = "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif}"
_BOOK = 'text{font-family:"Libertinus Serif"}'
DPI = 220.0
MARGIN = 12.0


def files(pictures: Mapping[str, list[Picture]], png: bool = False) -> dict[str, bytes]:
    """Return file name -> content of every picture as SVG and, where asked, PNG.

    Raises CannotAnswer where PNG is asked and typst is not installed.
    """
    every = [p for kind in pictures.values() for p in kind]
    out = {f"{p.name}.svg": svg_file(p.svg, p.title) for p in every}
    if png:
        out |= {f"{p.name}.png": png_file(p.svg, p.title) for p in every}
    return out


def svg_file(svg: str, title: str) -> bytes:
    """Return a drawing of the page as an SVG file of its own: title, margin, white ground, colours written out."""
    framed, _, _ = _framed(svg, title)
    return standalone(framed, palette.literal_css() + _SANS)


def png_file(svg: str, title: str) -> bytes:
    """Return a drawing as PNG; raises CannotAnswer where typst (the extra `pdf`) is not installed."""
    try:
        import typst
    except ImportError:
        raise CannotAnswer("PNG needs typst", mend="pip install 'hepatica[pdf]', or use the SVG files") from None
    framed, width, height = _framed(svg, title)
    page = f'#set page(width: {width:g}pt, height: {height:g}pt, margin: 0pt)\n#image("a.svg", width: 100%)'
    source = {"main.typ": page.encode(), "a.svg": standalone(framed, palette.literal_css() + _BOOK)}
    made: bytes = typst.compile(source, format="png", ppi=DPI, ignore_system_fonts=True)
    return made


def _framed(svg: str, title: str) -> tuple[str, float, float]:
    """Return a drawing with a margin, a white ground and, where it bears none, its title; and its size."""
    found = _BOX.search(svg)
    if not found:
        raise ValueError("a drawing without a viewBox")
    width, height = (float(x) for x in found.groups())
    bare = f">{escape(title)}</text>" not in svg
    words = wrap(title, int(width / 6.8)) if bare else []
    top = -MARGIN - 15 * len(words)
    wide, tall = width + 2 * MARGIN, height + MARGIN - top
    box = f'viewBox="{-MARGIN:g} {top:g} {wide:g} {tall:g}" width="{wide:g}" height="{tall:g}"'
    head, rest = svg.replace(found[0], box, 1).split(">", 1)
    ground = draw.tag("rect", x=-MARGIN, y=top, width=wide, height=tall, fill=palette.LIGHT["paper"])
    named = "".join(draw.text(line, 0, 2 - 15 * (len(words) - 1 - i) - 6, "t b") for i, line in enumerate(words))
    return f"{head}>{ground}{named}{rest}", wide, tall
