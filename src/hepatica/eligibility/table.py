"""The same rules over a million patients at once: columns in, one verdict a patient out.

Truth is coded 1 yes, 0 unknown, -1 no, so that `and` is the minimum, `or` the maximum and `not` the sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hepatica.eligibility.evaluate import fact, quantity
from hepatica.eligibility.tree import Fact, Not, Quantity, Rule, Within, leaves
from hepatica.errors import InputError
from hepatica.therapy import Finding, Record

Truths = NDArray[np.int8]
Floats = NDArray[np.float64]
YES, UNKNOWN, NO = np.int8(1), np.int8(0), np.int8(-1)
ALIVE = "alive"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of `size` patients: numbers (NaN unknown; a pair is an interval), facts (-1, 0, 1) and words.

    A column is found by the leaf's own key ("lab:inr:30", "has:hcc:now") or by its plain name ("inr", "hcc"); `cause`,
    `course` and `sex` are columns of words, empty where unknown. A column that is missing is unknown for everyone.
    """

    size: int
    numbers: Mapping[str, tuple[Floats, Floats]] = field(default_factory=dict)
    facts: Mapping[str, Truths] = field(default_factory=dict)
    words: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)

    @classmethod
    def of_columns(cls, size: int, **columns: ArrayLike) -> Table:
        """Return a table from arrays by name: floats are numbers, integers and booleans facts, text words."""
        numbers, facts, words = {}, {}, {}
        for name, column in columns.items():
            array = np.asarray(column)
            if array.shape != (size,):
                mend = f"give {size} values"
                raise InputError(f"column {name!r} has shape {array.shape}", where="Table.of_columns", mend=mend)
            if array.dtype.kind == "f":
                numbers[name] = (array, array)
            elif array.dtype.kind in "US":
                words[name] = array
            elif array.dtype.kind == "b":
                facts[name] = np.where(array, YES, NO)
            else:
                facts[name] = array.astype(np.int8)
        return cls(size, numbers, facts, words)

    def number(self, q: Quantity) -> tuple[Floats, Floats]:
        """Return the low and high ends of a quantity; NaN where unknown."""
        for name in (q.key, q.name):
            if name in self.numbers and (name == q.key or q.kind in ("lab", "score", "personal")):
                return self.numbers[name]
        gap = np.full(self.size, np.nan)
        return gap, gap

    def fact(self, leaf: Fact) -> Truths:
        """Return the truth of a yes-or-no leaf."""
        if leaf.key in self.facts:
            return self.facts[leaf.key]
        if leaf.kind in ("cause", "only_cause", "course", "sex"):
            return self._word(leaf.kind.removeprefix("only_"), leaf.names)
        name = "drinking" if leaf.kind == "drinking" else leaf.names[0]
        return self.facts[name] if name in self.facts else np.zeros(self.size, np.int8)

    def _word(self, column: str, names: tuple[str, ...]) -> Truths:
        if column not in self.words:
            return np.zeros(self.size, np.int8)
        words = self.words[column]
        return np.where(words == "", UNKNOWN, np.where(np.isin(words, names), YES, NO))


def evaluate_table(rule: Rule, table: Table) -> Truths:
    """Return the truth of a rule for every patient of a table: 1 yes, 0 unknown, -1 no."""
    if isinstance(rule, Within):
        low, high = table.number(rule.quantity)
        return _within(rule, low, high)
    if isinstance(rule, Fact):
        return table.fact(rule)
    if isinstance(rule, Not):
        return np.negative(evaluate_table(rule.rule, table))
    inner = [evaluate_table(r, table) for r in rule.rules]
    if rule.count in (1, len(inner)):
        step = np.minimum if rule.count == len(inner) else np.maximum
        truth = inner[0]
        for one in inner[1:]:
            truth = step(truth, one)
        return truth
    yes = sum((t == YES).astype(np.int16) for t in inner)
    no = sum((t == NO).astype(np.int16) for t in inner)
    return np.where(yes >= rule.count, YES, np.where(len(inner) - no < rule.count, NO, UNKNOWN))


def _within(rule: Within, low: Floats, high: Floats) -> Truths:
    truth = np.zeros(low.shape, np.int8)
    above = low > rule.low if rule.low_open else low >= rule.low
    below = high < rule.high if rule.high_open else high <= rule.high
    too_low = high <= rule.low if rule.low_open else high < rule.low
    too_high = low >= rule.high if rule.high_open else low > rule.high
    truth[above & below] = YES
    truth[too_low | too_high] = NO
    return truth


def tabulate(
    records: Sequence[Record], rules: Iterable[Rule], answers: Sequence[Mapping[str, bool]] | None = None
) -> Table:
    """Return the table of real records that some rules need, one column a leaf, and who of them is alive."""
    alive = np.array([NO if r.patient.deceased else YES for r in records], np.int8)
    numbers: dict[str, tuple[Floats, Floats]] = {}
    facts: dict[str, Truths] = {ALIVE: alive}
    replies = answers or [{}] * len(records)
    for leaf in dict.fromkeys(x for rule in rules for x in leaves(rule)):
        if isinstance(leaf, Within) and leaf.quantity.key not in numbers:
            found = [quantity(leaf.quantity, r) for r in records]
            ends = [(np.nan, np.nan) if isinstance(f, Finding) else (f.low, f.high) for f in found]
            pair = np.array(ends, float).reshape(-1, 2)
            numbers[leaf.quantity.key] = (pair[:, 0], pair[:, 1])
        elif isinstance(leaf, Fact) and leaf.key not in facts and (answers or leaf.kind != "ask"):
            truths = [fact(leaf, r, a).truth for r, a in zip(records, replies, strict=True)]
            facts[leaf.key] = np.array([0 if t is None else 1 if t else -1 for t in truths], np.int8)
    return Table(len(records), numbers, facts)
