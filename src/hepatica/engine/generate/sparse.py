"""Sparse LU without pivoting, planned once: the order of elimination and the fill-in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Diagonal pivots in order; `below[k]` rows and `right[k]` columns still to come in pivot k's column and row."""

    order: tuple[int, ...]
    below: dict[int, tuple[int, ...]]
    right: dict[int, tuple[int, ...]]

    @property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """Every structural non-zero of L and U together, in the order of elimination."""
        found: list[tuple[int, int]] = []
        for k in self.order:
            found.append((k, k))
            found += [(i, k) for i in self.below[k]] + [(k, j) for j in self.right[k]]
        return tuple(found)


def plan(size: int, pattern: Iterable[tuple[int, int]]) -> Plan:
    """Choose diagonal pivots by Markowitz's count (rows x columns touched); ties go to the smaller number."""
    rows: dict[int, set[int]] = {i: set() for i in range(size)}
    columns: dict[int, set[int]] = {i: set() for i in range(size)}
    for i, j in pattern:
        if i != j:
            rows[i].add(j)
            columns[j].add(i)
    left, order = set(range(size)), []
    below: dict[int, tuple[int, ...]] = {}
    right: dict[int, tuple[int, ...]] = {}
    while left:
        k = min(left, key=lambda k: (len(rows[k]) * len(columns[k]), k))
        left.remove(k)
        order.append(k)
        below[k], right[k] = tuple(sorted(columns.pop(k))), tuple(sorted(rows.pop(k)))
        for i in below[k]:
            rows[i].discard(k)
        for j in right[k]:
            columns[j].discard(k)
        for i in below[k]:
            for j in right[k]:
                if i != j:
                    rows[i].add(j)
                    columns[j].add(i)
    return Plan(tuple(order), below, right)
