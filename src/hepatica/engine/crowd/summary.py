"""What a population did, in memory that does not grow with it: a value that merges, exactly, in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hepatica.engine.crowd.moments import Moments, Node, grown, total
from hepatica.engine.crowd.sketch import Sketch, Whole, merged
from hepatica.engine.solve.problem import CODES, FINE, Floats
from hepatica.errors import InputError

if TYPE_CHECKING:
    import pyarrow

    from hepatica.engine.crowd.ensemble import Span


@dataclass(frozen=True)
class Course:
    """One observable at every output time; patients without a value there (stopped before) are not in `count`."""

    count: Whole
    mean: Floats
    variance: Floats
    low: Floats
    high: Floats
    quantiles: Mapping[float, Floats]


@dataclass(frozen=True, eq=False)
class Summary:
    """Streaming summary of an ensemble; `a + b` joins two of the same run over other patients.

    Arrays end in [times]; `low` and `high` are [observables, times]. Patients that failed are in `codes` alone.
    `at_or_above` and `below` count, by threshold, the patients whose first output on that side of the level is this
    one. `events` counts first occurrences since the output before, `occurrences` all, repeated ones too. The bytes of
    `save` depend on the patients alone, not on who computed which block, or when.
    """

    model: str
    times: Floats
    observables: tuple[str, ...]
    block: int
    wanted: tuple[float, ...]
    spans: tuple[Span, ...]
    tree: Mapping[Node, Moments]
    low: Floats
    high: Floats
    bins: Sketch
    levels: tuple[tuple[str, float], ...]
    at_or_above: Whole
    below: Whole
    events: Mapping[str, Whole]
    occurrences: Mapping[str, int]
    codes: Mapping[int, int]
    steps: int

    @property
    def patients(self) -> int:
        """How many patients were tried."""
        return sum(self.codes.values())

    @property
    def computed(self) -> int:
        """How many patients were computed to their end; only they are summarised."""
        return sum(count for code, count in self.codes.items() if code in FINE)

    def failures(self) -> dict[str, int]:
        """Count the patients that were not computed to their end, by reason."""
        return {CODES.get(c, f"code {c}"): k for c, k in sorted(self.codes.items()) if c not in FINE}

    @cached_property
    def _moments(self) -> Moments:
        return total(self.tree)

    def __getitem__(self, name: str) -> Course:
        k, size = self._place(name), self.times.size
        here = slice(k * size, (k + 1) * size)
        found = self._moments
        return Course(
            count=found.count[here],
            mean=np.where(found.count > 0, found.mean, np.nan)[here],
            variance=found.variance[here],
            low=self.low[k],
            high=self.high[k],
            quantiles={q: self.quantile(name, q) for q in self.wanted},
        )

    def quantile(self, name: str, share: float) -> Floats:
        """Return the smallest value that at least this share of patients stays at or below, [times].

        It is within 1/512 (0.2 %) of that value, whatever the distribution.
        """
        if not 0 <= share <= 1:
            raise InputError(f"the quantile {share:g} is not between 0 and 1")
        k, size = self._place(name), self.times.size
        found = self.bins.quantiles([share], k * size, (k + 1) * size)[0]
        held: Floats = np.clip(found, self.low[k], self.high[k])
        return held

    def share_at_or_above(self, name: str, level: float) -> Floats:
        """Return the share of patients that was at or above a threshold at some output so far, [times]."""
        return np.cumsum(self.at_or_above[self._level(name, level)]) / max(self.computed, 1)

    def share_below(self, name: str, level: float) -> Floats:
        """Return the share of patients that was below a threshold at some output so far, [times]."""
        return np.cumsum(self.below[self._level(name, level)]) / max(self.computed, 1)

    def incidence(self, event: str) -> Floats:
        """Return the share of patients that had an event by each output time, nobody being lost from sight."""
        if event not in self.events:
            raise InputError(f"unknown event {event!r}", mend=f"there are: {', '.join(self.events) or 'none'}")
        return np.cumsum(self.events[event]) / max(self.computed, 1)

    def _place(self, name: str) -> int:
        if name not in self.observables:
            raise InputError(f"unknown observable {name!r}", mend=f"there are: {', '.join(self.observables)}")
        return self.observables.index(name)

    def _level(self, name: str, level: float) -> int:
        if (name, float(level)) not in self.levels:
            told = ", ".join(f"{n} {v:g}" for n, v in self.levels) or "none"
            raise InputError(f"no threshold {level:g} of {name}", mend=f"there are: {told}")
        return self.levels.index((name, float(level)))

    def __add__(self, other: Summary) -> Summary:
        return joined([self, other])

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as plain data; what is not known is None."""
        from hepatica.engine.crowd.summary_files import to_json

        return to_json(self)

    def to_arrow(self) -> pyarrow.Table:
        """Return one row for each observable and time; raise CannotAnswer without pyarrow."""
        from hepatica.engine.crowd.summary_files import to_arrow

        return to_arrow(self)

    def save(self, path: str | Path) -> Path:
        """Write everything, the sketch too, so that `load_summary` gives a summary that still merges."""
        from hepatica.engine.crowd.summary_files import save

        return save(self, path)


def joined(summaries: Sequence[Summary]) -> Summary:
    """Return the summary of the patients of all; raise InputError where they are not parts of one run."""
    one = summaries[0]
    for other in summaries[1:]:
        for field in ("model", "observables", "block", "wanted", "levels"):
            if getattr(one, field) != getattr(other, field):
                raise InputError(f"summaries of other {field}: {getattr(one, field)} and {getattr(other, field)}")
        if not np.array_equal(one.times, other.times) or set(one.events) != set(other.events):
            raise InputError("summaries of other times or events", mend="join summaries of one run only")
    spans: list[Span] = []
    for first, last in sorted(span for s in summaries for span in s.spans):
        if spans and first < spans[-1][1]:
            raise InputError(f"patients from {first} are in two summaries", mend="give each population its own `first`")
        if spans and first == spans[-1][1]:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    tree: dict[Node, Moments] = {}
    for s in summaries:
        tree = grown(tree, s.tree)
    codes = sorted({code for s in summaries for code in s.codes})
    return replace(
        one,
        spans=tuple(spans),
        tree=tree,
        low=np.fmin.reduce([s.low for s in summaries]),
        high=np.fmax.reduce([s.high for s in summaries]),
        bins=merged([s.bins for s in summaries]),
        at_or_above=np.add.reduce([s.at_or_above for s in summaries]),
        below=np.add.reduce([s.below for s in summaries]),
        events={name: np.add.reduce([s.events[name] for s in summaries]) for name in one.events},
        occurrences={name: sum(s.occurrences[name] for s in summaries) for name in one.events},
        codes={code: sum(s.codes.get(code, 0) for s in summaries) for code in codes},
        steps=sum(s.steps for s in summaries),
    )
