"""Risk of bias by study and domain: a sign and a shade for each judgement, readable in grey."""

from __future__ import annotations

from collections.abc import Sequence

from hepatica.report.figures import draw

WIDTH, _NAMES, _LAST, _ROW, _HEAD = 380.0, 134.0, 344.0, 22.0, 62.0
SIGNS = {"low": "+", "some concerns": "~", "high": "−", "no information": "?"}
_CSS = {"low": "rob-low", "some concerns": "rob-some", "high": "rob-high", "no information": "rob-none"}


def traffic(domains: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], *, title: str) -> str:
    """Draw rows (study, one judgement a domain); judgements are low, some concerns, high or no information."""
    step = (_LAST - _NAMES) / len(domains)
    parts = []
    for i, name in enumerate(domains):
        x = _NAMES + step * (i + 0.5) - 3
        parts.append(draw.text(name, x, _HEAD - 6, "t m", transform=f"rotate(-40 {x:.1f} {_HEAD - 6:g})"))
    for j, (name, judged) in enumerate(rows):
        y = _HEAD + _ROW * (j + 0.5)
        parts.append(draw.line(0, y - _ROW / 2, _LAST, y - _ROW / 2, "grid"))
        short = name if len(name) <= 23 else name[:22] + "…"
        parts.append(draw.text(short, 0, y + 4, "t"))
        parts += [_mark(word, _NAMES + step * (i + 0.5), y) for i, word in enumerate(judged)]
    bottom = _HEAD + _ROW * len(rows) + 8
    at = 0.0
    for word in SIGNS:
        parts.append(_mark(word, at + 9, bottom + 10))
        parts.append(draw.text(word, at + 21, bottom + 14, "t m"))
        at += 36 + 5.6 * len(word)
    desc = "; ".join(
        f"{name}: " + ", ".join(f"{d} {w}" for d, w in zip(domains, judged, strict=True)) for name, judged in rows
    )
    return draw.figure(WIDTH, bottom + 24, title, *parts, desc=desc)


def _mark(word: str, x: float, y: float) -> str:
    css = _CSS[word]
    return draw.tag("circle", class_=css, cx=x, cy=y, r=8.0) + draw.text(
        SIGNS[word], x, y + 4, f"t b {css}-t", "middle"
    )
