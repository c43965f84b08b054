"""Map data to positions, with round ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from hepatica.language import mark, say


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight map from [low, high] to [start, stop]."""

    low: float
    high: float
    start: float = 0.0
    stop: float = 100.0

    @classmethod
    def over(cls, values: Iterable[float], *, pad: float = 0.04, include: float | None = None) -> Scale:
        """Return a scale that holds every value, with a little air; never of zero width."""
        seen = [v for v in values if v is not None and math.isfinite(v)]
        if include is not None:
            seen.append(include)
        low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
        if high - low < 1e-9:
            low, high = low - 0.5, high + 0.5
        air = (high - low) * pad
        return cls(low - air if low < 0 or low - air > 0 else 0.0, high + air)

    def to(self, start: float, stop: float) -> Scale:
        """Return the same data range on another range of positions."""
        return Scale(self.low, self.high, start, stop)

    def __call__(self, value: float) -> float:
        """Return the position of a value, kept inside the range."""
        low, high = self.low, self.high
        inside = low if value < low else high if value > high else value
        return self.start + (inside - low) / (high - low) * (self.stop - self.start)

    def ticks(self, wanted: int = 4) -> list[float]:
        """Return about `wanted` round values inside the range.

        >>> Scale(0, 1).ticks(3), Scale(8.2, 31).ticks(4)
        ([0.0, 0.5, 1.0], [10.0, 20.0, 30.0])
        """
        raw = (self.high - self.low) / max(wanted - 1, 1)
        power = 10.0 ** math.floor(math.log10(raw))
        step = min((m * power for m in (1, 2, 5, 10)), key=lambda s: abs(s - raw))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        if last - first < 1 and wanted < 12:
            return self.ticks(wanted + 2)
        return [round(i * step, 10) for i in range(first, last + 1)]


def day_ticks(horizon: float) -> tuple[list[float], list[str], str]:
    """Return tick days, their labels and the unit of a time axis that ends at `horizon` days."""
    if horizon <= 120:
        steps, unit, length = (1, 2, 5, 7, 14, 30), mark("days"), 1.0
    elif horizon <= 1000:
        steps, unit, length = (1, 2, 3, 6, 12), mark("months"), 30.4375
    else:
        steps, unit, length = (1, 2, 5, 10), mark("years"), 365.25
    span = horizon / length
    step = next((s for s in steps if span / s <= 4.6), steps[-1])
    marks = [float(i * step) for i in range(int(span / step + 0.02) + 1)]
    return [m * length for m in marks], [f"{m:g}" for m in marks], say(unit)
