"""A table of shares as a picture: one row a quantity, one column an output, darker for more, the number in the cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

CELL_W, CELL_H, LABEL_W, HEAD_H = 46, 22, 350, 64
DARK = (0, 84, 147)
LEAST_SHOWN = 0.05


def heat(
    rows: Mapping[str, Sequence[float]], blocks: Sequence[tuple[str, Sequence[tuple[str, str]]]], title: str
) -> str:
    """Return an SVG.

    Args:
        rows: shares from 0 to 1 by label, in the order of the columns.
        blocks: columns in groups: the group's heading, and two lines for each column.
        title: what a reader who cannot see it is told.
    """
    columns = [c for _, group in blocks for c in group]
    gaps = [i for i, (_, group) in enumerate(blocks) for _ in group]
    x = [LABEL_W + CELL_W * k + 14 * gaps[k] for k in range(len(columns))]
    width, height = x[-1] + CELL_W + 8, HEAD_H + CELL_H * len(rows) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-size="12" '
        f'font-family="system-ui, sans-serif"><title>{escape(title)}</title>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    start = 0
    for name, group in blocks:
        middle = (x[start] + x[start + len(group) - 1] + CELL_W) / 2
        parts.append(_text(middle, 16, name, anchor="middle", weight="bold"))
        start += len(group)
    for k, (one, two) in enumerate(columns):
        parts += [_text(x[k] + CELL_W / 2, y, word, anchor="middle") for y, word in ((38, one), (54, two))]
    for i, (label, values) in enumerate(rows.items()):
        y = HEAD_H + CELL_H * i
        parts.append(_text(LABEL_W - 10, y + 15, label, anchor="end"))
        for k, value in enumerate(values):
            parts.append(_cell(x[k], y, min(max(value, 0.0), 1.0)))
    return "\n".join([*parts, "</svg>\n"])


def _cell(x: float, y: float, share: float) -> str:
    red, green, blue = (round(255 - share * (255 - c)) for c in DARK)
    box = f'<rect x="{x:g}" y="{y:g}" width="{CELL_W - 2}" height="{CELL_H - 2}" fill="rgb({red},{green},{blue})"/>'
    if share < LEAST_SHOWN:
        return box
    ink = "#ffffff" if share > 0.55 else "#1a1a1a"
    return box + _text(x + CELL_W / 2 - 1, y + 15, f"{100 * share:.0f}", anchor="middle", fill=ink)


def _text(x: float, y: float, words: str, anchor: str, weight: str = "normal", fill: str = "#1a1a1a") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-weight="{weight}" fill="{fill}">{escape(words)}</text>'
    )
