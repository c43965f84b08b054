"""The inputs of scores that are not laboratory values: age, sex, signs, treatments, causes, limits of normal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from hepatica.language import date_text, mark, say

from .causes import causes_of
from .inputs import INPUTS
from .model import LabUsed
from .times import days_between

if TYPE_CHECKING:
    from hepatica.patient import Observation, Patient

Put = Callable[..., None]
_UNFAVOURABLE = {"DILI": 1.0, "cryptogenic": 1.0, "HBV": 0.0}
_ASCITES_LEVEL = {"none": 0.0, "slight": 1.0, "moderate": 2.0, "massive": 2.0}
_RECENT_D = 90.0


def add_derived(given: dict[str, float], used: dict[str, LabUsed], labs: Mapping[str, LabUsed]) -> None:
    """Add arterial pressure from its two readings, and urea from urea nitrogen, where they are not measured."""
    upper, lower = labs.get("systolic"), labs.get("diastolic")
    if "map" not in given and upper and lower and upper.time == lower.time:
        mean = (float(upper.value) + 2.0 * float(lower.value)) / 3.0
        given["map"] = mean
        used["map"] = LabUsed(round(mean, 1), "mmHg", upper.time, upper.age_d, say("(systolic + 2 diastolic)/3"))
    nitrogen = labs.get("urea_nitrogen")
    if "urea" not in given and nitrogen:
        given["urea"] = float(nitrogen.value)
        used["urea"] = LabUsed(nitrogen.value, "mmol/L", nitrogen.time, nitrogen.age_d, say("from urea nitrogen"))


def add_limits(given: dict[str, float], used: dict[str, LabUsed], chosen: Mapping[str, Observation]) -> None:
    """Add the limits of normal that the record gives with the values chosen."""
    for analyte in ("ast", "alt", "alp", "bilirubin", "albumin"):
        o = chosen.get(analyte)
        if o is None:
            continue
        kind, limit = INPUTS[f"{analyte}_uln"] if analyte != "albumin" else INPUTS["albumin_lln"], o.ref_high
        limit = o.ref_low if analyte == "albumin" else limit
        if limit is not None and kind.low <= limit <= kind.high:
            given[kind.name] = limit
            used[kind.name] = LabUsed(limit, kind.unit, o.time, None, say("limit of normal in the record"))


def add_baselines(
    given: dict[str, float],
    used: dict[str, LabUsed],
    rows: Mapping[str, Sequence[Observation]],
    chosen: Mapping[str, Observation],
) -> None:
    """Add the first dated value of an analyte as its baseline, where a later one counts now."""
    for analyte in ("alt", "bilirubin"):
        now, dated = chosen.get(analyte), [o for o in rows.get(analyte, ()) if o.time is not None]
        if now is None or now.time is None or not dated:
            continue
        first = min(dated, key=lambda o: -days_between(now.time, o.time))
        kind = INPUTS[f"{analyte}_baseline"]
        if days_between(now.time, first.time) > 0 and kind.low <= first.value <= kind.high:
            given[kind.name] = first.value
            used[kind.name] = LabUsed(first.value, kind.unit, first.time, None, say("first value of the record"))


def add_person(
    patient: Patient, at: datetime | None, given: dict[str, float], used: dict[str, LabUsed]
) -> dict[str, tuple[float, ...]]:
    """Add what the record says of the person; return the values still possible where it says only part."""

    def put(name: str, number: float, shown: float | str | bool, note: str = "", unit: str = "") -> None:
        given[name], used[name] = number, LabUsed(shown, unit, None, None, note)

    age = patient.age_years(at)
    if age is not None and 0 <= age <= 120:
        put("age", age, round(age, 2), "", "a")
    if patient.sex is not None:
        put("sex", float(patient.sex == "female"), patient.sex)
    why = on_dialysis(patient, at)
    put("dialysis", float(bool(why)), bool(why), why or say("no dialysis in the record"))
    for name, kind in (("vasopressor", "vasopressor"), ("ventilated", "ventilation")):
        on = patient.takes(kind)
        put(
            name,
            float(on),
            on,
            say("{name} in the record", name=say(kind)) if on else say("no {label} in the record", label=say(kind)),
        )
    causes = causes_of(patient)
    bile = sorted({"PBC", "PSC"} & set(causes))
    put("cholestatic", float(bool(bile)), bool(bile), ", ".join(bile))
    if patient.has("diabetes"):
        put("diabetes", 1.0, True, say("diabetes in the record"))
    known = [c for c in causes if c in _UNFAVOURABLE]
    if known:
        put("unfavourable_cause", _UNFAVOURABLE[known[0]], bool(_UNFAVOURABLE[known[0]]), known[0])
    if "bmi" not in given and patient.weight_kg and patient.height_cm:
        bmi = patient.weight_kg / (patient.height_cm / 100.0) ** 2
        if INPUTS["bmi"].low <= bmi <= INPUTS["bmi"].high:
            put("bmi", bmi, round(bmi, 2), say("from weight and height"), "kg/m2")
    return _signs(patient, at, put)


def _signs(patient: Patient, at: datetime | None, put: Put) -> dict[str, tuple[float, ...]]:
    bounds: dict[str, tuple[float, ...]] = {}
    if patient.ascites is not None:
        doubt = say("the record also lists ascites") if patient.ascites == "none" and patient.has("ascites") else ""
        put("ascites", _ASCITES_LEVEL[patient.ascites], patient.ascites, doubt)
    elif patient.has("ascites", "sbp") or drained(patient, at):
        bounds["ascites"] = (1.0, 2.0)
    if patient.encephalopathy_grade is not None:
        stopped = patient.encephalopathy_grade == 0 and patient.has("encephalopathy")
        doubt = say("the record also lists encephalopathy") if stopped else ""
        put("encephalopathy", float(patient.encephalopathy_grade), patient.encephalopathy_grade, doubt)
    elif patient.has("encephalopathy"):
        bounds["encephalopathy"] = (1.0, 2.0, 3.0, 4.0)
    return bounds


def drained(patient: Patient, at: datetime | None) -> str:
    """Return the record's evidence of a paracentesis within 90 days, or ''."""
    for t in patient.treatments:
        recent = t.start is None or at is None or -1 <= days_between(at, t.start) <= _RECENT_D
        if t.name == "paracentesis" and recent:
            return _dated(t.start, mark("paracentesis in the record"), mark("paracentesis in the record on {day}"))
    return ""


def on_dialysis(patient: Patient, at: datetime | None) -> str:
    """Return the record's evidence of dialysis within the last week, or ''."""
    for t in patient.treatments:
        ended = t.stop is not None and at is not None and days_between(at, t.stop) > 7
        begun = t.start is None or at is None or days_between(at, t.start) >= 0
        if t.active and begun and not ended and "dialysis" in (t.kind, t.name):
            return _dated(t.start, mark("dialysis in the record"), mark("dialysis in the record since {day}"))
    for c in patient.conditions:
        if c.active and c.name == "dialysis":
            return _dated(
                c.onset,
                mark("dependence on dialysis in the record"),
                mark("dependence on dialysis in the record since {day}"),
            )
    return ""


def _dated(moment: datetime | None, plain: str, dated: str) -> str:
    return say(dated, day=date_text(moment.date().isoformat())) if moment else say(plain)
