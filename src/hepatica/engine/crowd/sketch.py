"""Quantiles of any number of values in little memory: counts in bins whose width follows the value.

A bin holds the doubles that share sign, exponent and the first BITS bits of the fraction, so that a bin's number is cut
from the value's own bits: exact, the same everywhere, and within `RELATIVE_ERROR` of every value in it. Zero has a bin
of its own. Counts are whole numbers, so that merging in any order gives the same sketch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
BITS = 8
RELATIVE_ERROR = 2.0 ** -(BITS + 1)
SHIFT = 52 - BITS
HALF = 1 << (12 + BITS)
"""Bins lie between -HALF and HALF; the code of a bin in a cell is cell * 2 * HALF + HALF + bin."""


@dataclass(frozen=True, eq=False)
class Sketch:
    """Counts by cell and bin; a cell is one row of the values. `code` rises, `count` is above zero."""

    code: Whole
    count: Whole

    def __add__(self, other: Sketch) -> Sketch:
        return merged([self, other])

    def quantiles(self, wanted: Sequence[float], first: int, last: int) -> Floats:
        """Return [wanted, cells first to last - 1]: the middle of the bin of the smallest value that reaches the share.

        A cell without values gives NaN.
        """
        out = np.full((len(wanted), last - first), np.nan)
        edges = np.searchsorted(self.code, np.arange(first, last + 1) * 2 * HALF)
        for cell, a, b in zip(range(first, last), edges[:-1], edges[1:], strict=True):
            if a < b:
                code, total = self.code[a:b], np.cumsum(self.count[a:b])
                # A share such as 0.1 of 30 values must not become 3.0000000000000004.
                ranks = np.ceil(np.asarray(wanted) * total[-1] * (1 - 1e-12)).clip(1, total[-1])
                out[:, cell - first] = middle(code[np.searchsorted(total, ranks)] - cell * 2 * HALF - HALF)
        return out


def sketch(values: Floats) -> Sketch:
    """Count the values of each row [cells, values]; NaN is not counted."""
    cells = values.shape[0]
    bits = values.view(np.int64)
    bins = ((bits & np.int64(0x7FFF_FFFF_FFFF_FFFF)) >> SHIFT) + 1
    np.negative(bins, out=bins, where=bits < 0)
    bins[values == 0] = 0
    known = ~np.isnan(values)
    if not known.all():
        code = (bins + (np.arange(cells)[:, None] * 2 * HALF + HALF))[known]
        return _counted(code)
    low = bins.min(axis=1, initial=HALF)
    width = np.maximum(bins.max(axis=1, initial=-HALF) - low + 1, 0)
    if width.sum() > 4 * values.size:
        return _counted((bins + (np.arange(cells)[:, None] * 2 * HALF + HALF)).ravel())
    start = np.cumsum(width) - width
    count = np.bincount((bins + (start - low)[:, None]).ravel(), minlength=int(width.sum()))
    place = np.flatnonzero(count)
    cell = np.searchsorted(start, place, side="right") - 1
    return Sketch(place - start[cell] + low[cell] + cell * 2 * HALF + HALF, count[place].astype(np.int64))


def merged(sketches: Sequence[Sketch]) -> Sketch:
    """Return the sketch of everything that some sketches of the same cells counted."""
    code = np.concatenate([s.code for s in sketches])
    count = np.concatenate([s.count for s in sketches])
    order = np.argsort(code, kind="stable")
    code, count = code[order], count[order]
    starts = np.flatnonzero(np.diff(code, prepend=-1))
    return Sketch(code[starts], np.add.reduceat(count, starts) if starts.size else count)


def middle(bins: Whole) -> Floats:
    """Return the value in the middle of each bin."""
    size = np.abs(bins)
    low = (np.maximum(size - 1, 0) << SHIFT).view(np.float64)
    high = (size << SHIFT).view(np.float64)
    high = np.where(np.isfinite(high), high, low)
    with np.errstate(invalid="ignore"):
        centre = np.where(np.isfinite(low), low + (high - low) / 2, low)
    return np.where(size == 0, 0.0, np.copysign(centre, bins))


def _counted(code: Whole) -> Sketch:
    found, count = np.unique(code, return_counts=True)
    return Sketch(found, count.astype(np.int64))
