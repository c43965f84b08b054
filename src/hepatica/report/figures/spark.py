"""Sparklines and range bars for laboratory tables."""

from __future__ import annotations

from collections.abc import Sequence

from hepatica.report.figures import draw
from hepatica.report.figures.scale import Scale


def lab_spark(
    days: Sequence[float], values: Sequence[float], ref_low: float | None, ref_high: float | None, *, title: str
) -> str:
    """Draw one analyte over time with its reference range shaded and its newest value marked."""
    width, height = 120.0, 30.0
    limits = [v for v in (ref_low, ref_high) if v is not None]
    y = Scale.over([*values, *limits], pad=0.08).to(height - 4, 4)
    x = Scale(min(days), max(days), 6, width - 8) if max(days) > min(days) else None
    at = [(x(d) if x else width / 2, y(v)) for d, v in zip(days, values, strict=True)]
    parts = [_range(y, ref_low, ref_high, width), draw.polyline(at, "ln s-ink"), draw.dots(at, "pt s-ink")]
    return draw.figure(width, height, title, *parts, class_="fig spark")


def range_bar(value: float, ref_low: float | None, ref_high: float | None, *, flagged: bool, title: str) -> str:
    """Draw where one value stands against its reference range."""
    width, height = 120.0, 16.0
    low = ref_low if ref_low is not None else 0.0
    high = ref_high if ref_high is not None else max(value, low) * 1.5 or 1.0
    room = (high - low) or 1.0
    x = Scale(min(low - room, value), max(high + room, value), 6, width - 6)
    left = x(low) if ref_low is not None else 6.0
    right = x(high) if ref_high is not None else width - 6
    parts = [
        draw.tag("rect", class_="rail", x=4.0, y=6.0, width=width - 8, height=4.0, rx=2.0),
        draw.tag("rect", class_="range", x=left, y=5.0, width=max(right - left, 1.0), height=6.0, rx=2.0),
        draw.marker("diamond" if flagged else "circle", x(value), 8, 4, "mk f-flag" if flagged else "mk f-ink"),
    ]
    return draw.figure(width, height, title, *parts, class_="fig spark")


def _range(y: Scale, ref_low: float | None, ref_high: float | None, width: float) -> str:
    if ref_low is None and ref_high is None:
        return ""
    top = y(ref_high) if ref_high is not None else y(y.high)
    bottom = y(ref_low) if ref_low is not None else y(y.low)
    return draw.tag("rect", class_="range", x=0.0, y=top, width=width, height=max(bottom - top, 1.0))
