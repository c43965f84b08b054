"""How a record changed: each analyte's slope, each score's difference, with their dates."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from hepatica.patient import ANALYTES

from .align import INDEX_ANALYTES, align
from .staging import stage
from .times import as_time, days_between, iso

if TYPE_CHECKING:
    from hepatica.patient import Observation, Patient


@dataclass(frozen=True, slots=True)
class AnalyteChange:
    """First and last value of an analyte and the least-squares slope in its unit for 30 days, over `n` values."""

    analyte: str
    unit: str
    n: int
    before: float
    before_at: datetime
    after: float
    after_at: datetime
    per_30_d: float


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """One score at two times; `delta` is after minus before."""

    score: str
    before: float
    after: float
    delta: float
    class_before: str | None
    class_after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What changed between two times; empty where the record has only one."""

    since: datetime | None
    at: datetime | None
    analytes: tuple[AnalyteChange, ...] = ()
    scores: tuple[ScoreChange, ...] = ()
    note: str = "signs and causes without a date count as the same at both times"

    def to_json(self) -> dict[str, Any]:
        """Return the change as plain values."""
        labs = [{**asdict(r), "before_at": iso(r.before_at), "after_at": iso(r.after_at)} for r in self.analytes]
        return {
            "since": iso(self.since),
            "at": iso(self.at),
            "analytes": labs,
            "scores": [asdict(r) for r in self.scores],
            "note": self.note,
        }


def change(
    patient: Patient, at: datetime | date | str | None = None, *, since: datetime | date | str | None = None
) -> Change:
    """Return how a record changed from `since` (default: its first liver value) to `at` (default: its newest).

    Slopes take every plausible dated value between the two times, at least two on different days. Scores are those
    that both times allow, each from the values that count at its time.
    """
    index = align(patient, at).at
    dated = [o for o in patient.observations if o.time is not None]
    first = _first_liver(dated) if since is None else as_time(since)
    if index is None or first is None or days_between(index, first) <= 0:
        return Change(first, index)
    opening = first.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = [_slope(name, dated, opening, index) for name in dict.fromkeys(o.analyte for o in dated)]
    earlier, now = stage(patient, first, intervals=False), stage(patient, index, intervals=False)
    scores = tuple(
        ScoreChange(name, a.value, b.value, round(b.value - a.value, 6), a.grade_class, b.grade_class)
        for name, b in now.scores.items()
        if (a := earlier.scores.get(name)) is not None
    )
    return Change(first, index, tuple(row for row in rows if row), scores)


def _first_liver(dated: list[Observation]) -> datetime | None:
    times = [o.time for o in dated if o.analyte in INDEX_ANALYTES and o.time is not None]
    first: datetime | None = None
    for moment in times:
        if first is None or days_between(moment, first) < 0:
            first = moment
    return first


def _slope(analyte: str, dated: list[Observation], opening: datetime, index: datetime) -> AnalyteChange | None:
    known = ANALYTES.get(analyte)
    found = [
        (days_between(o.time, opening), o)
        for o in dated
        if o.time is not None and o.analyte == analyte and (known is None or known.low <= o.value <= known.high)
    ]
    rows = sorted((r for r in found if 0 <= r[0] <= days_between(index, opening)), key=lambda r: r[0])
    if len(rows) < 2 or rows[-1][0] - rows[0][0] < 0.5:
        return None
    days, values = np.array([r[0] for r in rows]), np.array([r[1].value for r in rows])
    middle = days - days.mean()
    slope = float(middle @ (values - values.mean()) / (middle @ middle))
    a, b = rows[0][1], rows[-1][1]
    assert a.time is not None and b.time is not None
    return AnalyteChange(analyte, a.unit, len(rows), a.value, a.time, b.value, b.time, round(30.0 * slope, 6))
