"""The study base as values: who was studied, what each arm got, and every number with where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Endpoint = Literal["overall", "transplant_free"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where some fields of a study were read: a bibliography id, a page or table, and which fields."""

    fields: tuple[str, ...]
    source: str
    where: str


@dataclass(frozen=True, slots=True)
class Cells:
    """The cell product of one arm; doses in cells, days counted from the first infusion."""

    type: str
    cell_class: str
    product: str | None = None
    donor: str | None = None
    route: str | None = None
    route_text: str = ""
    dose_cells_per_kg: float | None = None
    dose_cells_total: float | None = None
    infusions: int | None = None
    days: tuple[float, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: its size, whether it is the control, and what it got beyond standard care."""

    name: str
    n: int | None
    control: bool
    treatments: tuple[str, ...]
    background: str = ""
    cells: Cells | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One summary of one variable in one arm; the unit is in the variable's name unless `unit` says otherwise."""

    kind: Literal["baseline", "outcome", "change"]
    arm: str
    variable: str
    day: float | None
    n: int | None
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Survival:
    """How many of n are alive (or alive without transplant) on a day; percent is as printed, 0 to 100."""

    arm: str
    day: float | None
    n: int | None
    alive: int | None
    percent: float | None
    endpoint: Endpoint
    count_from_percent: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of adverse event in one arm: how many of n had it, or the percent printed."""

    arm: str
    event: str
    n: int | None
    count: int | None
    percent: float | None = None
    serious: bool | None = None


@dataclass(frozen=True, slots=True)
class HazardRatio:
    """One hazard ratio as printed."""

    comparison: str
    hr: float
    lo: float | None = None
    hi: float | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """One report of one cohort; two reports of the same patients share `cohort`."""

    id: str
    citation: str
    cohort: str
    condition: str
    condition_text: str
    randomised: bool | None
    controlled: bool
    blinded: bool | None
    arms: tuple[Arm, ...]
    provenance: tuple[Provenance, ...]
    confidence: str
    notes: str
    year: int | None = None
    pmid: str | None = None
    pmcid: str | None = None
    doi: str | None = None
    registry: tuple[str, ...] = ()
    may_overlap: tuple[str, ...] = ()
    country: str | None = None
    region: str | None = None
    etiology: tuple[tuple[str, float], ...] = ()
    age_mean_years: float | None = None
    male_fraction: float | None = None
    inclusion: tuple[str, ...] = ()
    exclusion: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    survival: tuple[Survival, ...] = ()
    hazard_ratios: tuple[HazardRatio, ...] = ()
    adverse_events: tuple[Event, ...] = ()
    quality_of_life: tuple[Measure, ...] = ()

    def arm(self, name: str) -> Arm | None:
        """Return the arm of that name, or None."""
        return next((a for a in self.arms if a.name == name), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the checks found in a study: an error stops it from loading, a doubt stays beside it."""

    level: Literal["error", "doubt"]
    study: str
    where: str
    what: str
    mend: str = ""
