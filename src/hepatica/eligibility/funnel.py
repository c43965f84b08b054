"""The screening funnel: how many of a cohort each criterion of a protocol excludes, or leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from hepatica.eligibility.protocols import Protocol
from hepatica.eligibility.table import ALIVE, NO, UNKNOWN, YES, Table, Truths, evaluate_table, tabulate
from hepatica.therapy import Record

BLOCK = 2000


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

    def __add__(self, other: Step) -> Step:
        counts = (getattr(self, n) + getattr(other, n) for n in self.__slots__[2:])
        return Step(self.id, self.text, *counts)

    def to_json(self) -> dict[str, Any]:
        """Return the step as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Funnel:
    """A cohort screened for one protocol: the verdicts, and what each criterion did."""

    protocol: str
    patients: int
    eligible: int
    unknown: int
    not_eligible: int
    steps: tuple[Step, ...]

    def __add__(self, other: Funnel) -> Funnel:
        counts = (getattr(self, n) + getattr(other, n) for n in self.__slots__[1:5])
        return Funnel(self.protocol, *counts, tuple(a + b for a, b in zip(self.steps, other.steps, strict=True)))

    def to_json(self) -> dict[str, Any]:
        """Return the funnel as plain values."""
        row = {name: getattr(self, name) for name in self.__slots__[:5]}
        return row | {"steps": [s.to_json() for s in self.steps]}


def screen(protocol: Protocol, table: Table) -> Truths:
    """Return each patient's verdict: 1 eligible, 0 unknown, -1 not eligible; an incomplete list is never 1."""
    verdict = np.array(table.facts[ALIVE]) if ALIVE in table.facts else np.full(table.size, YES)
    for criterion in protocol.criteria:
        verdict = np.minimum(verdict, evaluate_table(criterion.rule, table))
    return verdict if protocol.criteria_complete else np.minimum(verdict, UNKNOWN)


def funnel(protocol: Protocol, table: Table) -> list[Step]:
    """Return the funnel in the order of the protocol's criteria, death first; an unknown stays in and is counted."""
    asked = [(c.id, c.text, evaluate_table(c.rule, table)) for c in protocol.criteria]
    if ALIVE in table.facts:
        asked.insert(0, ("alive", "alive", table.facts[ALIVE]))
    misses = sum((t == NO).astype(np.int16) for _, _, t in asked)
    left = np.ones(table.size, bool)
    steps = []
    for name, text, truth in asked:
        out = left & (truth == NO)
        still = left & ~out
        counts = [int(np.count_nonzero(x)) for x in (left, out, still & (truth == UNKNOWN), still)]
        alone = int(np.count_nonzero((truth == NO) & (misses == 1)))
        steps.append(Step(name, text, *counts, alone))
        left = still
    return steps


def screening(protocol: Protocol, table: Table) -> Funnel:
    """Return the verdicts and the funnel of one table."""
    verdict = screen(protocol, table)
    counts = [int(np.count_nonzero(verdict == v)) for v in (YES, UNKNOWN, NO)]
    return Funnel(protocol.id, table.size, *counts, tuple(funnel(protocol, table)))


def screen_cohort(records: Iterable[Record], asked: Sequence[Protocol]) -> list[Funnel]:
    """Return a funnel a protocol over records of any number, some thousand held at a time; none for no records."""
    rules = [c.rule for p in asked for c in p.criteria]
    total: list[Funnel] = []
    waiting = iter(records)
    while block := list(islice(waiting, BLOCK)):
        table = tabulate(block, rules)
        found = [screening(p, table) for p in asked]
        total = [a + b for a, b in zip(total, found, strict=True)] if total else found
    return total
