"""Icon arrays: one hundred people, so that a risk can be counted."""

from __future__ import annotations

from hepatica.report.figures import draw

STEP = 10.0


def icon_array(
    probability: float, low: float | None, high: float | None, *, css: str, title: str, columns: int = 10
) -> str:
    """Draw 100 people: filled up to the probability, ringed up to the interval's upper end, the rest faint."""
    count = round(probability * 100)
    upper = max(count, round((high if high is not None else probability) * 100))
    lower = min(count, round((low if low is not None else probability) * 100))

    def place(i: int) -> draw.Point:
        return (STEP / 2 + (i % columns) * STEP, STEP / 2 + (i // columns) * STEP)

    parts = [
        draw.dots((place(i) for i in range(upper, 100)), "ic s-none"),
        draw.dots((place(i) for i in range(count, upper)), f"ic maybe s-{css}"),
        draw.dots((place(i) for i in range(lower, count)), f"ic likely s-{css}"),
        draw.dots((place(i) for i in range(lower)), f"ic s-{css}"),
    ]
    return draw.figure(columns * STEP, -(-100 // columns) * STEP, title, *parts, class_="fig icons")
