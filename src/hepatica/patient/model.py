"""The patient as a value: who, what was measured when, and where each number came from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import nextafter
from typing import Literal

Sex = Literal["male", "female"]
Ascites = Literal["none", "slight", "moderate", "massive"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value came from: file, resource, code, and the value and unit as written there."""

    file: str = ""
    resource: str = ""
    system: str = ""
    code: str = ""
    text: str = ""
    raw_value: str = ""
    raw_unit: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One measurement in the canonical unit of its analyte (see `patient.analytes`)."""

    analyte: str
    value: float
    unit: str
    time: datetime | None = None
    comparator: Literal["", "<", "<=", ">", ">="] = ""
    ref_low: float | None = None
    ref_high: float | None = None
    source: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True, slots=True)
class Condition:
    """One diagnosis; `name` is hepatica's own concept ("cirrhosis", "HBV", …) or "" where none fits."""

    name: str
    text: str = ""
    onset: datetime | None = None
    resolved: datetime | None = None
    active: bool = True
    source: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True, slots=True)
class Treatment:
    """One medicine or procedure; `name` is hepatica's own concept, `kind` its class ("beta_blocker", …)."""

    name: str
    kind: str = ""
    text: str = ""
    start: datetime | None = None
    stop: datetime | None = None
    active: bool = True
    source: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A value that was read and not used, with the reason."""

    what: str
    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Patient:
    """One person's record; every field but `id` may be unknown (None), and absent never means normal."""

    id: str
    sex: Sex | None = None
    birth_date: date | None = None
    age_stated_years: float | None = None
    weight_kg: float | None = None
    height_cm: float | None = None
    etiology: tuple[str, ...] = ()
    alcohol_active: bool | None = None
    ascites: Ascites | None = None
    encephalopathy_grade: int | None = None
    deceased: bool | None = None
    conditions: tuple[Condition, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    observations: tuple[Observation, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    notes: tuple[str, ...] = ()

    def at(self, analyte: str) -> tuple[Observation, ...]:
        """Return every observation of one analyte, oldest first; undated ones come last."""
        rows = [o for o in self.observations if o.analyte == analyte]
        return tuple(sorted(rows, key=_undated_last))

    def latest(self, analyte: str, before: datetime | None = None, window_d: float | None = None) -> Observation | None:
        """Return the newest observation of an analyte, not after `before` and at most `window_d` days older."""
        rows = [o for o in self.at(analyte) if o.time is None or before is None or o.time <= before]
        if window_d is not None and before is not None:
            rows = [o for o in rows if o.time is None or (before - o.time).total_seconds() <= window_d * 86400]
        return rows[-1] if rows else None

    @property
    def index_time(self) -> datetime | None:
        """Return the time of the newest dated observation, or None where nothing is dated."""
        times = [o.time for o in self.observations if o.time is not None]
        return max(times) if times else None

    def age_years(self, on: datetime | date | None = None) -> float | None:
        """Return the age in years on a day (default: the index time); None where unknown."""
        if self.birth_date is None:
            return self.age_stated_years
        day = on or self.index_time or datetime.now()
        if isinstance(day, datetime):
            day = day.date()
        return _years(self.birth_date, day)

    def has(self, *names: str) -> bool:
        """Return whether any active condition carries one of these names."""
        return any(c.active and c.name in names for c in self.conditions)

    def takes(self, *names: str) -> bool:
        """Return whether any active treatment has one of these names or kinds."""
        return any(t.active and (t.name in names or t.kind in names) for t in self.treatments)

    def with_observation(self, observation: Observation) -> Patient:
        """Return a copy with one more observation."""
        return replace(self, observations=(*self.observations, observation))


def _years(born: date, day: date) -> float:
    """Return the years from birth to a day, whose whole part is the completed years, as birthdays count them."""
    whole = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return min(max((day - born).days / 365.25, whole), nextafter(whole + 1.0, 0.0))


def _undated_last(o: Observation) -> tuple[bool, float]:
    return (o.time is None, o.time.timestamp() if o.time else 0.0)
