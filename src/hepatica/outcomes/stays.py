"""Days in hospital and procedures an event brings, as ranges over the sources: [low, middle, high]."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hepatica import evidence

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Range:
    """What several sources say of one number: the lowest, the mean of most people, the highest."""

    low: float
    middle: float
    high: float
    sources: tuple[str, ...]

    def draws(self, n: int, seed: int, purpose: int) -> Array:
        """Return n draws between the lowest and the highest, the middle the likeliest (triangular); same by seed."""
        if self.high - self.low < 1e-12:
            return np.full(n, self.middle)
        rng = np.random.default_rng([seed, 30, purpose])
        return rng.triangular(self.low, self.middle, self.high, n)


@lru_cache(maxsize=32)
def stay(event: str) -> Range | None:
    """Return the days of one hospital stay for an event, or None where no source gives them."""
    return _range("stay", event)


@lru_cache(maxsize=32)
def count(procedure: str) -> Range | None:
    """Return how often a procedure follows its event, or None where no source gives it."""
    return _range("count", procedure)


def _range(kind: str, state: str) -> Range | None:
    rows = [r for r in evidence.costs() if r["kind"] == kind and r["state"] == state]
    if not rows:
        return None
    values = [float(r["value"]) for r in rows]
    means = [r for r in rows if r.get("statistic", "mean") == "mean"] or rows
    middle = max(means, key=lambda r: r.get("n") or 0)
    return Range(min(values), float(middle["value"]), max(values), tuple(dict.fromkeys(r["source"] for r in rows)))
