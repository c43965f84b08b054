"""The screening funnel: how many of a cohort each criterion of a protocol excludes, or leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hepatica.eligibility.protocols import Protocol
from hepatica.eligibility.table import NO, UNKNOWN, Table, Truths, evaluate_table


@dataclass(frozen=True, slots=True)
class Step:
    """One criterion of the funnel: who reached it, who it excludes, who it leaves open, whom it alone excludes."""

    id: str
    text: str
    reached: int
    excluded: int
    unknown: int
    remaining: int
    excluded_alone: int

    def to_json(self) -> dict[str, Any]:
        """Return the step as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def screen(protocol: Protocol, table: Table) -> Truths:
    """Return each patient's verdict: 1 eligible, 0 unknown, -1 not eligible; an incomplete list is never 1."""
    verdict = np.ones(table.size, np.int8)
    for criterion in protocol.criteria:
        verdict = np.minimum(verdict, evaluate_table(criterion.rule, table))
    return verdict if protocol.criteria_complete else np.minimum(verdict, UNKNOWN)


def funnel(protocol: Protocol, table: Table) -> list[Step]:
    """Return the funnel in the order of the protocol's criteria; an unknown stays in and is counted."""
    truths = [evaluate_table(c.rule, table) for c in protocol.criteria]
    misses = sum((t == NO).astype(np.int16) for t in truths)
    left = np.ones(table.size, bool)
    steps = []
    for criterion, truth in zip(protocol.criteria, truths, strict=True):
        out = left & (truth == NO)
        still = left & ~out
        counts = [int(np.count_nonzero(x)) for x in (left, out, still & (truth == UNKNOWN), still)]
        alone = int(np.count_nonzero((truth == NO) & (misses == 1)))
        steps.append(Step(criterion.id, criterion.text, *counts, alone))
        left = still
    return steps
