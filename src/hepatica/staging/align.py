"""Bring a record to one point in time: which value of each input counts, how old it is, and what is too old."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from hepatica.language import decimal, say
from hepatica.patient import ANALYTES

from .inputs import INPUTS
from .model import LabUsed
from .person import add_baselines, add_derived, add_limits, add_person
from .times import as_time, days_between, iso, latest

if TYPE_CHECKING:
    from hepatica.patient import Observation, Patient

WINDOW_ACUTE_D = 7.0
WINDOW_CHRONIC_D = 90.0
INDEX_ANALYTES = ("bilirubin", "inr", "pt_percent", "albumin", "alt", "ast", "alp", "ggt")
_ACUTE = (
    "acute_liver_failure", "aclf", "alcoholic_hepatitis", "paracetamol_overdose", "sepsis", "sbp",
    "hepatorenal_syndrome", "variceal_bleeding", "respiratory_failure",
)  # fmt: skip
_SUPPORT = ("vasopressor", "ventilation", "plasma_exchange", "n_acetylcysteine")
Rows = Mapping[str, Sequence["Observation"]]


@dataclass(frozen=True, slots=True)
class Aligned:
    """A record at one time: numbers for the formulas, how each was found, what was too old, and what is bounded."""

    at: datetime | None
    window_d: float
    rule: str
    given: dict[str, float]
    used: dict[str, LabUsed]
    labs: dict[str, LabUsed]
    stale: dict[str, str]
    bounds: dict[str, tuple[float, ...]]


def align(patient: Patient, at: datetime | date | str | None = None) -> Aligned:
    """Choose, for every input, the newest value at most 7 days (acute) or 90 days (chronic) before the index time.

    The index time is `at`, else that of the newest liver or clotting value, else of the newest value of all.
    """
    rows: dict[str, list[Observation]] = defaultdict(list)
    for measured in patient.observations:
        rows[measured.analyte].append(measured)
    newest_of_all = latest(o.time for o in patient.observations)
    index = (
        as_time(at)
        if at is not None
        else latest(o.time for a in INDEX_ANALYTES for o in rows.get(a, ())) or newest_of_all
    )
    acute = acute_because(patient, rows, index)
    window_d = WINDOW_ACUTE_D if acute else WINDOW_CHRONIC_D
    labs: dict[str, LabUsed] = {}
    chosen: dict[str, Observation] = {}
    stale: dict[str, str] = {}
    for analyte in sorted(rows):
        o, age_d = newest(rows[analyte], index)
        if o is None:
            continue
        why = _not_used(o, age_d, window_d, rows[analyte])
        if why:
            stale[analyte] = why
            continue
        chosen[analyte] = o
        note = "undated" if o.time is None else ""
        note = (
            say("reported as {comparator}{value:g}; the limit is used", comparator=o.comparator, value=o.value)
            if o.comparator
            else note
        )
        labs[analyte] = LabUsed(o.value, o.unit, o.time, age_d, note)
    used = {a: lab for a, lab in labs.items() if a in INPUTS and INPUTS[a].kind == "number"}
    given = {a: chosen[a].value for a in used}
    add_derived(given, used, labs)
    add_limits(given, used, chosen)
    add_baselines(given, used, rows, chosen)
    bounds = add_person(patient, index, given, used)
    behind_d = days_between(newest_of_all, index) if at is None and newest_of_all and index else 0.0
    return Aligned(index, window_d, _rule(index, window_d, acute, behind_d), given, used, labs, stale, bounds)


def newest(rows: Sequence[Observation], at: datetime | None) -> tuple[Observation | None, float | None]:
    """Return the newest observation not after `at`, with its age in days (None where undated)."""
    ages = [None if at is None or o.time is None else days_between(at, o.time) for o in rows]
    known = [(float("inf") if age is None else age, -k) for k, age in enumerate(ages) if age is None or age >= 0]
    if not known:
        return None, None
    k = -min(known)[1]
    return rows[k], ages[k]


def acute_because(patient: Patient, rows: Rows, at: datetime | None) -> str:
    """Return why values change within days here (then 7 days count), or ''."""
    for c in patient.conditions:
        if c.active and c.name in _ACUTE and _recent(c.onset, at):
            return say("{name} in the record", name=say(c.name.replace("_", " ")))
    for t in patient.treatments:
        if t.active and (t.kind in _SUPPORT or t.name in _SUPPORT) and _recent(t.start, at):
            return say("{name} in the record", name=say((t.kind or t.name).replace("_", " ")))
    if (patient.encephalopathy_grade or 0) >= 3:
        return say("encephalopathy grade {grade}", grade=patient.encephalopathy_grade)
    for analyte, limit, unit in (("bilirubin", 205.0, " umol/L"), ("inr", 2.5, "")):
        seen, _ = newest(rows.get(analyte, ()), at)
        if seen is not None and seen.value >= limit:
            return f"{say(analyte)} {decimal(f'{seen.value:g}')}{unit}"
    return ""


def _recent(start: datetime | None, at: datetime | None) -> bool:
    return start is None or at is None or -1 <= days_between(at, start) <= WINDOW_CHRONIC_D


def _not_used(o: Observation, age_d: float | None, window_d: float, rows: Sequence[Observation]) -> str:
    """Return why an observation is not used: too old, implausible, or another of its time says something else."""
    if age_d is not None and age_d > window_d:
        return say(
            "{analyte} is {age_d:.0f} d old (more than {window_d:g} d)",
            analyte=say(o.analyte),
            age_d=age_d,
            window_d=window_d,
        )
    known = ANALYTES.get(o.analyte)
    if known is not None and not known.low <= o.value <= known.high:
        return say(
            "{analyte} {value:g} {unit} is outside {low:g} to {high:g}",
            analyte=say(o.analyte),
            value=o.value,
            unit=o.unit,
            low=known.low,
            high=known.high,
        )
    same = [other.value for other in rows if o.time is not None and other.time == o.time]
    if same and max(same) > 1.5 * max(min(same), 1e-9):
        day = o.time.date().isoformat() if o.time else ""
        return say(
            "{analyte} is both {low:g} and {high:g} {unit} on {day}",
            analyte=say(o.analyte),
            low=min(same),
            high=max(same),
            unit=o.unit,
            day=day,
        )
    return ""


def _rule(index: datetime | None, window_d: float, acute: str, behind_d: float) -> str:
    when = (
        say("no value is dated: all are taken as of one time")
        if index is None
        else say("index time {index}", index=iso(index))
    )
    why = say("acute: {acute}", acute=acute) if acute else say("no sign of acute illness")
    if behind_d > window_d:
        when = say(
            "{when} (the record goes on for {behind_d:.0f} d without a liver value)", when=when, behind_d=behind_d
        )
    return say(
        "{when}; the newest value of each input counts, at most {window_d:g} d old ({why})",
        when=when,
        window_d=window_d,
        why=why,
    )
