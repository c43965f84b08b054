"""Coordinates of virtual patients: every random number a draw uses, kept as a standard normal, so that it can be moved.

A sheet stands where a seed would. Each stream opened on it reads coordinates instead of drawing numbers; the first
reading makes them. Any code of the twin that draws patients thus becomes a function of a matrix of standard normals.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Sheet:
    """n virtual patients as columns of standard normals, by purpose of the stream and order of use.

    Streams whose purpose is among `still` are no coordinates: what they draw does not matter to who is to be found.
    """

    def __init__(self, n: int, rng: np.random.Generator, still: tuple[str, ...] = ()) -> None:
        self.n, self.still = n, still
        self._rng = rng
        self._blocks: dict[tuple[str, int], Array] = {}

    def stream(self, purpose: str) -> Reader | np.random.Generator:
        """Return a stream that reads this sheet from the start of its purpose."""
        return np.random.default_rng(0) if purpose in self.still else Reader(self, purpose)

    def block(self, key: tuple[str, int], k: int) -> Array:
        """Return k rows of standard normals [k, n], made on first use."""
        if key not in self._blocks:
            self._blocks[key] = self._rng.standard_normal((k, self.n))
        return self._blocks[key]

    @property
    def z(self) -> Array:
        """Return every coordinate used so far, [d, n]."""
        return np.concatenate([self._blocks[k] for k in sorted(self._blocks)])

    def at(self, z: Array) -> Sheet:
        """Return a sheet of the same layout at other coordinates [d, m]."""
        moved = Sheet(z.shape[1], self._rng, self.still)
        start = 0
        for key in sorted(self._blocks):
            k = len(self._blocks[key])
            moved._blocks[key] = z[start : start + k]
            start += k
        return moved


class Reader:
    """What a random generator is to the code that draws patients."""

    def __init__(self, sheet: Sheet, purpose: str) -> None:
        self._sheet, self._purpose, self._used = sheet, purpose, 0

    def standard_normal(self, size: int | tuple[int, ...]) -> Array:
        """Return standard normals; one axis of `size` is the patients."""
        shape = (size,) if isinstance(size, int) else size
        n = self._sheet.n
        k = int(np.prod(shape)) // n
        z = self._sheet.block((self._purpose, self._used), k)
        self._used += 1
        if len(shape) == 1:
            return z[0]
        return z.T if shape[0] == n else z

    def random(self, size: int | tuple[int, ...]) -> Array:
        """Return uniforms on (0, 1)."""
        from scipy.special import ndtr

        return np.asarray(ndtr(self.standard_normal(size)))

    def uniform(self, low: float, high: float, size: int) -> Array:
        """Return uniforms between low and high."""
        return low + (high - low) * self.random(size)

    def integers(self, low: int, high: int, size: int) -> NDArray[np.int64]:
        """Return integers from low on, under high."""
        return np.minimum(np.floor(low + (high - low) * self.random(size)), high - 1).astype(np.int64)
