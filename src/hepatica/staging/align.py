"""Bring a record to one point in time: which value of each input counts, how old it is, and what is too old."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from hepatica.errors import InputError
from hepatica.patient import ANALYTES

from .inputs import INPUTS
from .model import LabUsed, iso

if TYPE_CHECKING:
    from hepatica.patient import Observation, Patient

WINDOW_ACUTE_D = 7.0
WINDOW_CHRONIC_D = 90.0
_INDEX = ("bilirubin", "inr", "pt_percent", "albumin", "alt", "ast", "alp", "ggt")
_ACUTE = (
    "acute_liver_failure", "aclf", "alcoholic_hepatitis", "paracetamol_overdose", "sepsis", "sbp",
    "hepatorenal_syndrome", "variceal_bleeding", "respiratory_failure",
)  # fmt: skip
_SUPPORT = ("vasopressor", "ventilation", "plasma_exchange", "n_acetylcysteine")
_UNFAVOURABLE = {"DILI": 1.0, "cryptogenic": 1.0, "HBV": 0.0}
_ASCITES_LEVEL = {"none": 0.0, "slight": 1.0, "moderate": 2.0, "massive": 2.0}


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
    dialysis: bool


def days_between(later: datetime, earlier: datetime) -> float:
    """Return the days from `earlier` to `later`; times with and without a zone are compared by the clock shown."""
    if (later.tzinfo is None) != (earlier.tzinfo is None):
        later, earlier = later.replace(tzinfo=None), earlier.replace(tzinfo=None)
    return (later - earlier).total_seconds() / 86400.0


def as_time(at: datetime | date | str | None) -> datetime | None:
    """Return `at` as a time; a bare date means the end of that day."""
    if isinstance(at, str):
        try:
            at = date.fromisoformat(at) if len(at) == 10 else datetime.fromisoformat(at)
        except ValueError:
            raise InputError(f"at={at!r} is not a date", mend="give YYYY-MM-DD or an ISO time") from None
    if at is None or isinstance(at, datetime):
        return at
    return datetime.combine(at, time(23, 59, 59))


def index_of(patient: Patient, at: datetime | date | str | None) -> datetime | None:
    """Return the time to stage at: `at`, else that of the newest liver or clotting value, else of the newest value."""
    if at is not None:
        return as_time(at)
    times = [o.time for o in patient.observations if o.time is not None and o.analyte in _INDEX]
    return _latest(times) or _latest(o.time for o in patient.observations if o.time is not None)


def _latest(times: Iterable[datetime]) -> datetime | None:
    newest = None
    for moment in times:
        if newest is None or days_between(moment, newest) > 0:
            newest = moment
    return newest


def newest(patient: Patient, analyte: str, at: datetime | None) -> tuple[Observation | None, float | None]:
    """Return the newest observation of an analyte not after `at`, with its age in days (None where undated)."""
    rows = [o for o in patient.observations if o.analyte == analyte]
    ages = [None if at is None or o.time is None else days_between(at, o.time) for o in rows]
    known = [(float("inf") if age is None else age, -k) for k, age in enumerate(ages) if age is None or age >= 0]
    if not known:
        return None, None
    k = -min(known)[1]
    return rows[k], ages[k]


def acute_because(patient: Patient, at: datetime | None) -> str:
    """Return why values change within days here (then 7 days count), or ''."""
    for c in patient.conditions:
        recent = c.onset is None or at is None or -1 <= days_between(at, c.onset) <= WINDOW_CHRONIC_D
        if c.active and recent and c.name in _ACUTE:
            return f"{c.name.replace('_', ' ')} in the record"
    for t in patient.treatments:
        if t.active and (t.kind in _SUPPORT or t.name in _SUPPORT):
            return f"{(t.kind or t.name).replace('_', ' ')} in the record"
    if (patient.encephalopathy_grade or 0) >= 3:
        return f"encephalopathy grade {patient.encephalopathy_grade}"
    for analyte, limit, unit in (("bilirubin", 205.0, " umol/L"), ("inr", 2.5, "")):
        seen, _ = newest(patient, analyte, at)
        if seen is not None and seen.value >= limit:
            return f"{analyte} {seen.value:g}{unit}"
    return ""


def drained(patient: Patient, at: datetime | None) -> str:
    """Return the record's evidence of a paracentesis within 90 days, or ''."""
    for t in patient.treatments:
        recent = t.start is None or at is None or -1 <= days_between(at, t.start) <= WINDOW_CHRONIC_D
        if t.name == "paracentesis" and recent:
            return f"paracentesis in the record{_since(t.start, 'on')}"
    return ""


def on_dialysis(patient: Patient, at: datetime | None) -> str:
    """Return the record's evidence of dialysis within the last week, or ''."""
    for t in patient.treatments:
        ended = t.stop is not None and at is not None and days_between(at, t.stop) > 7
        begun = t.start is None or at is None or days_between(at, t.start) >= 0
        if t.active and begun and not ended and "dialysis" in (t.kind, t.name):
            return f"dialysis in the record{_since(t.start)}"
    for c in patient.conditions:
        if c.active and c.name == "dialysis":
            return f"dependence on dialysis in the record{_since(c.onset)}"
    return ""


def _since(moment: datetime | None, word: str = "since") -> str:
    return f" {word} {moment.date().isoformat()}" if moment else ""


def align(patient: Patient, at: datetime | date | str | None = None) -> Aligned:
    """Choose, for every input, the newest value at most 7 days (acute) or 90 days (chronic) before the index time."""
    index = index_of(patient, at)
    acute = acute_because(patient, index)
    window_d = WINDOW_ACUTE_D if acute else WINDOW_CHRONIC_D
    given: dict[str, float] = {}
    used: dict[str, LabUsed] = {}
    labs: dict[str, LabUsed] = {}
    stale: dict[str, str] = {}
    bounds: dict[str, tuple[float, ...]] = {}
    for analyte in sorted({o.analyte for o in patient.observations}):
        o, age_d = newest(patient, analyte, index)
        if o is None:
            continue
        if age_d is not None and age_d > window_d:
            stale[analyte] = f"{analyte} is {age_d:.0f} d old (more than {window_d:g} d)"
            continue
        clash = _clash(patient, o)
        if clash:
            stale[analyte] = clash
            continue
        note = "undated" if o.time is None else ""
        note = f"reported as {o.comparator}{o.value:g}; the limit is used" if o.comparator else note
        known = ANALYTES.get(analyte)
        if known is not None and not known.low <= o.value <= known.high:
            stale[analyte] = f"{analyte} {o.value:g} {o.unit} is outside {known.low:g} to {known.high:g}"
            continue
        labs[analyte] = LabUsed(o.value, o.unit, o.time, age_d, note)
        if analyte in INPUTS and INPUTS[analyte].kind == "number":
            given[analyte], used[analyte] = o.value, labs[analyte]
    _derived(given, used, labs)
    _limits(patient, index, given, used)
    _person(patient, index, given, used, bounds)
    newest_of_all = _latest(o.time for o in patient.observations if o.time is not None) if at is None else None
    behind_d = days_between(newest_of_all, index) if newest_of_all and index else 0.0
    rule = _rule(index, window_d, acute, behind_d)
    return Aligned(index, window_d, rule, given, used, labs, stale, bounds, bool(given["dialysis"]))


def _clash(patient: Patient, o: Observation) -> str:
    """Return why an observation cannot be trusted: another of the same time differs by more than half, or ''."""
    for other in patient.observations:
        twin = other.analyte == o.analyte and other.time == o.time and o.time is not None
        if twin and max(o.value, other.value) > 1.5 * max(min(o.value, other.value), 1e-9):
            low, high = sorted((o.value, other.value))
            day = o.time.date().isoformat() if o.time else ""
            return f"{o.analyte} is both {low:g} and {high:g} {o.unit} on {day}"
    return ""


def _rule(index: datetime | None, window_d: float, acute: str, behind_d: float) -> str:
    when = "no value is dated: all are taken as of one time" if index is None else f"index time {iso(index)}"
    why = f"acute: {acute}" if acute else "no sign of acute illness"
    when += f" (the record goes on for {behind_d:.0f} d without a liver value)" if behind_d > window_d else ""
    return f"{when}; the newest value of each input counts, at most {window_d:g} d old ({why})"


def _derived(given: dict[str, float], used: dict[str, LabUsed], labs: dict[str, LabUsed]) -> None:
    upper, lower = labs.get("systolic"), labs.get("diastolic")
    if "map" not in given and upper and lower and upper.time == lower.time:
        mean = (float(upper.value) + 2.0 * float(lower.value)) / 3.0
        given["map"] = mean
        used["map"] = LabUsed(round(mean, 1), "mmHg", upper.time, upper.age_d, "(systolic + 2 diastolic)/3")
    nitrogen = labs.get("urea_nitrogen")
    if "urea" not in given and nitrogen:
        given["urea"] = float(nitrogen.value)
        used["urea"] = LabUsed(nitrogen.value, "mmol/L", nitrogen.time, nitrogen.age_d, "from urea nitrogen")


def _limits(patient: Patient, at: datetime | None, given: dict[str, float], used: dict[str, LabUsed]) -> None:
    for analyte in ("ast", "alt", "alp", "bilirubin", "albumin"):
        o, _ = newest(patient, analyte, at)
        kind = INPUTS[f"{analyte}_lln" if analyte == "albumin" else f"{analyte}_uln"]
        limit = None if o is None else o.ref_low if analyte == "albumin" else o.ref_high
        if o is not None and analyte in given and limit is not None and kind.low <= limit <= kind.high:
            given[kind.name] = limit
            used[kind.name] = LabUsed(limit, kind.unit, o.time, None, "limit of normal in the record")


def _person(
    patient: Patient,
    at: datetime | None,
    given: dict[str, float],
    used: dict[str, LabUsed],
    bounds: dict[str, tuple[float, ...]],
) -> None:
    def put(name: str, number: float, shown: float | str | bool, note: str = "", unit: str = "") -> None:
        given[name], used[name] = number, LabUsed(shown, unit, None, None, note)

    age = patient.age_years(at)
    if age is not None and 0 <= age <= 120:
        put("age", age, round(age, 2), "", "a")
    if patient.sex is not None:
        put("sex", float(patient.sex == "female"), patient.sex)
    _signs(patient, at, bounds, put)
    why = on_dialysis(patient, at)
    put("dialysis", float(bool(why)), bool(why), why or "no dialysis in the record")
    for name, kind in (("vasopressor", "vasopressor"), ("ventilated", "ventilation")):
        on = patient.takes(kind)
        put(name, float(on), on, f"{kind} in the record" if on else f"no {kind} in the record")
    bile = sorted({"PBC", "PSC"} & {*patient.etiology, *(c.name for c in patient.conditions if c.active)})
    put("cholestatic", float(bool(bile)), bool(bile), ", ".join(bile))
    if patient.has("diabetes"):
        put("diabetes", 1.0, True, "diabetes in the record")
    known = [c for c in patient.etiology if c in _UNFAVOURABLE]
    if known:
        put("unfavourable_cause", _UNFAVOURABLE[known[0]], bool(_UNFAVOURABLE[known[0]]), known[0])
    if "bmi" not in given and patient.weight_kg and patient.height_cm:
        bmi = patient.weight_kg / (patient.height_cm / 100.0) ** 2
        if INPUTS["bmi"].low <= bmi <= INPUTS["bmi"].high:
            put("bmi", bmi, round(bmi, 2), "from weight and height", "kg/m2")


def _signs(
    patient: Patient, at: datetime | None, bounds: dict[str, tuple[float, ...]], put: Callable[..., None]
) -> None:
    if patient.ascites is not None:
        doubt = "the record also lists ascites" if patient.ascites == "none" and patient.has("ascites") else ""
        put("ascites", _ASCITES_LEVEL[patient.ascites], patient.ascites, doubt)
    elif patient.has("ascites", "sbp") or drained(patient, at):
        bounds["ascites"] = (1.0, 2.0)
    if patient.encephalopathy_grade is not None:
        stopped = patient.encephalopathy_grade == 0 and patient.has("encephalopathy")
        doubt = "the record also lists encephalopathy" if stopped else ""
        put("encephalopathy", float(patient.encephalopathy_grade), patient.encephalopathy_grade, doubt)
    elif patient.has("encephalopathy"):
        bounds["encephalopathy"] = (1.0, 2.0, 3.0, 4.0)
