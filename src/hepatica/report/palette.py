"""Colour tokens, light and dark: one Okabe-Ito hue a treatment family, vermillion for harm alone."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

# Hues after Okabe & Ito's colour-blind safe set, lightness shifted: lines keep 3:1 and text 4.5:1 on the page.
LIGHT = {
    "paper": "#ffffff",
    "raised": "#f6f7f9",
    "ink": "#1b1f24",
    "muted": "#565e68",
    "line": "#dde1e6",
    "faint": "#d3d8de",
    "link": "#0a4f8f",
    "standard": "#6b737d",
    "cells": "#0072b2",
    "growth": "#b07a00",
    "apheresis": "#008760",
    "drug": "#b0508a",
    "lifestyle": "#857b00",
    "procedure": "#2b8cc4",
    "transplant": "#1b1f24",
    "harm": "#bf3f00",
    "hep": "#a4705a",
    "scar": "#565e68",
    "range": "#dfe9e4",
}
DARK = {
    "paper": "#13171c",
    "raised": "#1b2027",
    "ink": "#e8ecf0",
    "muted": "#a3adb8",
    "line": "#2f3741",
    "faint": "#3a434e",
    "link": "#8cc4f2",
    "standard": "#929ba6",
    "cells": "#3f9fdc",
    "growth": "#e69f00",
    "apheresis": "#2fc096",
    "drug": "#dc94bd",
    "lifestyle": "#d9cf4a",
    "procedure": "#9ad6f8",
    "transplant": "#f2f5f8",
    "harm": "#f47a3d",
    "hep": "#c08c74",
    "scar": "#a3adb8",
    "range": "#22392f",
}
FAMILIES = ("standard", "cells", "growth", "apheresis", "drug", "lifestyle", "procedure", "transplant", "harm")


def tokens(colours: dict[str, str]) -> str:
    """Return the colours as CSS custom properties."""
    return "".join(f"--{name}:{value};" for name, value in colours.items())


@cache
def figure_css() -> str:
    """Return the rules every figure shares, with colours as custom properties."""
    text = resources.files("hepatica.report").joinpath("templates", "figures.css").read_text(encoding="utf-8")
    hues = "".join(
        f".f-{n}{{fill:var(--{n})}}.s-{n}{{stroke:var(--{n})}}.swatch-{n}{{--hue:var(--{n})}}" for n in FAMILIES
    )
    return text + hues


@cache
def literal_css() -> str:
    """Return the figures' rules with light colours written out, for SVG outside the page."""
    rules = re.sub(r"\.swatch-[a-z]+\{[^}]*\}", "", figure_css())
    return re.sub(r"var\(--([a-z]+)\)", lambda m: LIGHT[m[1]], rules)
