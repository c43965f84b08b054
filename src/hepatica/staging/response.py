"""Find day 0 and day 7 of steroids in a record, for the Lille model."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hepatica.language import say

from .align import Aligned, align
from .inputs import INPUTS
from .model import LabUsed
from .times import days_between

if TYPE_CHECKING:
    from hepatica.patient import Patient

_DAY0 = ("albumin", "bilirubin", "creatinine", "pt_s")


def steroid_course(patient: Patient, aligned: Aligned) -> tuple[Aligned, str]:
    """Return the inputs of the Lille model, from the newest start of steroids, and why some cannot be found.

    Day 0 takes values at most 3 days before the first dose or on its day; day 7 a bilirubin 6 to 8 days after.
    """
    starts = [t.start for t in patient.treatments if t.kind == "steroid" and t.start is not None]
    if aligned.at is not None:
        starts = [s for s in starts if days_between(aligned.at, s) >= 0]
    given = {n: v for n, v in aligned.given.items() if n not in _DAY0}
    used = {n: v for n, v in aligned.used.items() if n not in _DAY0}
    if not starts:
        return replace(aligned, given=given, used=used), say("no start of steroids in the record")
    first = max(starts, key=lambda s: s.timestamp())
    baseline = align(patient, first + timedelta(days=1))
    for name in _DAY0:
        row = baseline.used.get(name)
        if row is not None and row.age_d is not None and row.age_d <= 4.0:
            given[name] = baseline.given[name]
            used[name] = replace(row, age_d=row.age_d - 1.0, note="day 0 of steroids")
    later = [(abs(days_between(o.time, first) - 7.0), o) for o in patient.at("bilirubin") if o.time is not None]
    near = min(later, key=lambda row: row[0], default=None)
    if near is not None and near[0] <= 1.0:
        unit = INPUTS["bilirubin_day7"].unit
        given["bilirubin_day7"] = near[1].value
        used["bilirubin_day7"] = LabUsed(near[1].value, unit, near[1].time, None, say("day 7 of steroids"))
    return replace(aligned, given=given, used=used), say("steroids since {day}", day=first.date().isoformat())
