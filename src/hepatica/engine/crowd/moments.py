"""Means and variances of blocks, merged along one fixed tree: the same bits whoever computed which block.

Node (level, i) of the tree covers the blocks from i * 2^level to (i + 1) * 2^level - 1. Two halves of a node become the
node as soon as both are there, in that order, whatever was computed first; the nodes left are folded from the first on.
Formulas: Chan, Golub & LeVeque, Stanford STAN-CS-79-773 (1979).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Node = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Moments:
    """Number of values, their mean and the sum of squared deviations from it, for each cell; 0, 0, 0 if none."""

    count: NDArray[np.int64]
    mean: Floats
    squares: Floats

    def then(self, later: Moments) -> Moments:
        """Return the moments of these values and of later ones."""
        count = self.count + later.count
        share = later.count / np.maximum(count, 1)
        with np.errstate(invalid="ignore", over="ignore"):
            gap = later.mean - self.mean
            mean = np.where(self.count == 0, later.mean, self.mean + gap * share)
            squares = self.squares + later.squares + gap * gap * (self.count * share)
        mean = np.where(later.count == 0, self.mean, mean)
        squares = np.where(later.count == 0, self.squares, np.where(self.count == 0, later.squares, squares))
        return Moments(count, mean, squares)

    @property
    def variance(self) -> Floats:
        """Return the variance with the divisor count - 1; NaN for fewer than two values."""
        return np.where(self.count > 1, self.squares / np.maximum(self.count - 1, 1), np.nan)


def moments(values: Floats) -> Moments:
    """Return the moments of each row [cells, values]; NaN is not counted."""
    missing = np.isnan(values)
    count = values.shape[1] - missing.sum(axis=1)
    some = np.maximum(count, 1)
    with np.errstate(invalid="ignore", over="ignore"):
        if missing.any():
            mean = np.where(missing, 0.0, values).sum(axis=1) / some
            apart = np.where(missing, 0.0, values - mean[:, None])
        else:
            mean = values.sum(axis=1) / some
            apart = values - mean[:, None]
        return Moments(count.astype(np.int64), mean, np.einsum("ij,ij->i", apart, apart))


def grown(left: Mapping[Node, Moments], right: Mapping[Node, Moments]) -> dict[Node, Moments]:
    """Return the nodes of two sets that share no block, halves joined wherever both are there."""
    nodes = dict(left)
    for node, found in right.items():
        level, i = node
        while (level, i ^ 1) in nodes:
            other = nodes.pop((level, i ^ 1))
            found = other.then(found) if i & 1 else found.then(other)
            level, i = level + 1, i >> 1
        nodes[level, i] = found
    return dict(sorted(nodes.items(), key=lambda item: item[0][1] << item[0][0]))


def total(nodes: Mapping[Node, Moments]) -> Moments:
    """Return the moments of all blocks, the nodes taken in the order of their blocks."""
    return reduce(Moments.then, (nodes[node] for node in sorted(nodes, key=lambda node: node[1] << node[0])))
