"""A record while it is being read: every value is converted, checked, and kept or set aside with the reason."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any, Literal, NamedTuple, get_args

from hepatica.errors import InputError

from . import analytes
from .codes import NO_CODES, Codes
from .concepts import Meaning
from .medicines import Named
from .model import Ascites, Condition, Observation, Patient, Provenance, SetAside, Sex, Treatment
from .shown import shown
from .times import iso

Comparator = Literal["", "<", "<=", ">", ">="]
_NUMBER = re.compile(r"^(<=|>=|<|>|≤|≥)?\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)$", re.S)
_SIGNS: dict[str, Comparator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "≤": "<=", "≥": ">="}
_LONG = 500
_HINTS = 200
_FIELD_OF = {"weight": "weight_kg", "height": "height_cm", "age": "age_stated_years"}


class Quantity(NamedTuple):
    """A number read from text, with its comparator and unit."""

    comparator: Comparator
    value: float
    unit: str


def parse_quantity(text: str) -> Quantity:
    """Return the comparator, number and unit of a text such as `<3 mg/dL` or `181e9/L`; raises InputError."""
    match = _NUMBER.match(text.strip())
    if not match or re.match(r"^[,.]?\d", match[3]):
        raise InputError(
            f"'{shown(text.strip())}' is not a number", mend="write digits, a decimal point and a unit: 2.1 mg/dL"
        )
    return Quantity(_SIGNS[match[1]] if match[1] else "", float(match[2]), match[3].strip())


@dataclass
class Draft:
    """One patient's record under construction."""

    file: str
    today: date
    id: str = ""
    codes: Codes = NO_CODES
    sex: Sex | None = None
    birth_date: date | None = None
    age_stated_years: float | None = None
    weight_kg: float | None = None
    height_cm: float | None = None
    alcohol_active: bool | None = None
    ascites: Ascites | None = None
    encephalopathy_grade: int | None = None
    deceased: bool | None = None
    etiology: list[str] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    treatments: list[Treatment] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unused_procedures: Counter[str] = field(default_factory=Counter)
    bare: Counter[tuple[str, str]] = field(default_factory=Counter)

    def set_aside(self, what: str, where: str, why: str) -> None:
        """Keep the reason why a value is not used."""
        self.aside.append(SetAside(shown(what, _LONG), shown(where, _LONG), shown(why, _LONG)))

    def set_aside_unknown(self, label: str, what: str, where: str) -> None:
        """Keep a value of an analyte that is not known, the first ones with a hint at what may be meant."""
        hint = analytes.near(label) if len(self.aside) < _HINTS else "see the known ones above"
        self.set_aside(what, where, f"unknown analyte: {hint}")

    def __post_init__(self) -> None:
        self._too_late = datetime.combine(self.today, clock.min) + timedelta(days=2)

    def reject_time(self, time: datetime | None) -> str:
        """Return why a time cannot be, or an empty string; a day is allowed for time zones."""
        if time is None:
            return ""
        if time >= self._too_late:
            return f"dated in the future ({iso(time)})"
        if self.birth_date is not None and time.date() < self.birth_date:
            return f"dated before birth ({iso(time)})"
        return ""

    def measure(
        self,
        name: str,
        value: float,
        unit: str,
        time: datetime | None,
        source: Provenance,
        *,
        comparator: Comparator = "",
        ref_low: float | None = None,
        ref_high: float | None = None,
    ) -> None:
        """Add one measurement of a known analyte, or set it aside; reference limits are in the same unit."""
        analyte = analytes.ANALYTES[name]
        unit = self.codes.unit(unit)
        try:
            if not unit and (len(analyte.bare) > 1 or analyte.needs_unit):
                found = analytes.bare_unit(name, value)
                if found is None:
                    raise InputError(f"no unit: it may be {analyte.needs_unit or ' or '.join(analyte.bare)}")
                unit = found
                self.bare[analyte.reported_as, unit] += 1
            how = analytes.conversion(name, unit)
            canonical = how.apply(value)
            why = self.reject_time(time)
            if not why and not (analyte.low <= canonical <= analyte.high and abs(canonical) > analytes.VANISHING):
                why = analytes.implausible(name, canonical)
        except InputError as error:
            why = error.what
        if why:
            shown = f"{analyte.reported_as} {comparator}{value:g} {unit}".rstrip()
            return self.set_aside(shown, source.resource or source.file, why)
        if time is None and name in _FIELD_OF:
            return self.state(name, canonical, source.resource or source.file)
        if ref_low is not None and ref_high is not None and ref_low > ref_high:
            self.notes.append(f"{analyte.reported_as}: limits of normal {ref_low:g} to {ref_high:g} are not used")
            ref_low = ref_high = None
        low = None if ref_low is None else how.apply(ref_low)
        high = None if ref_high is None else how.apply(ref_high)
        self.observations.append(
            Observation(analyte.reported_as, canonical, analyte.unit, time, comparator, low, high, source)
        )

    def state(self, name: str, value: float, where: str) -> None:
        """Set weight (kg), height (cm) or age (years) as stated, undated; a second, different one is set aside."""
        why = analytes.implausible(name, value)
        known = getattr(self, _FIELD_OF[name])
        if why:
            self.set_aside(f"{name} {value:g}", where, why)
        elif known is not None and known != value:
            self.set_aside(f"{name} {value:g}", where, f"{known:g} is stated already")
        else:
            setattr(self, _FIELD_OF[name], value)

    def diagnose(self, meaning: Meaning, condition: Condition) -> None:
        """Add one condition under every name that its meaning holds, with its causes and grade."""
        if condition.active:
            self.etiology.extend(meaning.causes)
            if meaning.encephalopathy_grade is not None:
                self.encephalopathy_grade = max(self.encephalopathy_grade or 0, meaning.encephalopathy_grade)
        for name in meaning.names or ("",):
            self.conditions.append(replace(condition, name=name))

    def treat(self, found: tuple[Named, ...], treatment: Treatment) -> None:
        """Add one treatment under every medicine it holds; a procedure with a lasting state adds that condition."""
        for named in found or (Named("", ""),):
            self.treatments.append(replace(treatment, name=named.name, kind=named.kind))
            if named.condition and not any(c.name == named.condition for c in self.conditions):
                self.conditions.append(
                    Condition(named.condition, treatment.text, treatment.start, source=treatment.source)
                )

    def finish(self) -> Patient:
        """Return the patient; raises InputError where all that was read had to be set aside."""
        self._merge_repeats()
        self._name_conflicts()
        self._derive_mean_pressure()
        if self.unused_procedures:
            kinds = ", ".join(f"{n} {text}" for text, n in self.unused_procedures.most_common())
            self.notes.append(f"procedures not used here: {kinds}")
        for (name, unit), n in self.bare.items():
            times = f" ({n} values)" if n > 1 else ""
            self.notes.append(f"{name} was given without a unit and read as {unit}{times}")
        for name, field_name in _FIELD_OF.items():
            if getattr(self, field_name) is None and not (name == "age" and self.birth_date):
                self._from_newest(name)
        patient = Patient(
            id=self.id,
            sex=self.sex,
            birth_date=self.birth_date,
            age_stated_years=self.age_stated_years,
            weight_kg=self.weight_kg,
            height_cm=self.height_cm,
            etiology=tuple(dict.fromkeys(self.etiology)),
            alcohol_active=self.alcohol_active,
            ascites=self.ascites,
            encephalopathy_grade=self.encephalopathy_grade,
            deceased=self.deceased,
            conditions=tuple(dict.fromkeys(self.conditions)),
            treatments=tuple(dict.fromkeys(self.treatments)),
            observations=tuple(self.observations),
            set_aside=tuple(dict.fromkeys(self.aside)),
            notes=tuple(dict.fromkeys(self.notes)),
        )
        if patient.set_aside and not _usable(patient):
            first = patient.set_aside[0]
            more = f" (and {len(patient.set_aside) - 1} more set aside)" if len(patient.set_aside) > 1 else ""
            raise InputError(
                f"nothing in this record can be used: {first.what}: {first.why}{more}",
                where=f"{self.file} {first.where}".strip(),
                mend="correct the values, their units or their dates",
            )
        return patient

    def _from_newest(self, name: str) -> None:
        rows = [o for o in self.observations if o.analyte == name and not o.comparator and o.time]
        if rows:
            setattr(self, _FIELD_OF[name], max(rows, key=lambda o: o.time or datetime.min).value)

    def _merge_repeats(self) -> None:
        kept: dict[tuple[Any, ...], Observation] = {}
        for o in self.observations:
            kept.setdefault((o.analyte, o.value, o.time, o.comparator), o)
        repeats = len(self.observations) - len(kept)
        if repeats:
            self.notes.append(
                f"{repeats} repeated value{'s' if repeats > 1 else ''} (same analyte, time and number) merged"
            )
        self.observations = list(kept.values())

    def _name_conflicts(self) -> None:
        at: dict[tuple[str, datetime], list[Observation]] = {}
        for o in self.observations:
            if o.time is not None:
                at.setdefault((o.analyte, o.time), []).append(o)
        for (name, time), rows in at.items():
            if len(rows) > 1 and len({o.value for o in rows}) > 1:
                values = " and ".join(f"{o.comparator}{o.value:.6g}" for o in rows)
                self.notes.append(f"{name} on {iso(time)} has different values: {values} {rows[0].unit}")

    def _derive_mean_pressure(self) -> None:
        measured = {o.time for o in self.observations if o.analyte == "map"}
        upper = {o.time: o for o in self.observations if o.analyte == "systolic"}
        for low in [o for o in self.observations if o.analyte == "diastolic"]:
            high = upper.get(low.time)
            if high is None or low.time in measured or low.comparator or high.comparator or high.value <= low.value:
                continue
            source = Provenance(
                file=low.source.file, resource=low.source.resource, text="diastolic + (systolic - diastolic) / 3"
            )
            value = low.value + (high.value - low.value) / 3
            self.observations.append(Observation("map", value, "mmHg", low.time, source=source))


def _usable(p: Patient) -> bool:
    stated = (p.ascites, p.encephalopathy_grade, p.alcohol_active, p.weight_kg, p.height_cm)
    return bool(p.observations or p.conditions or p.treatments or p.etiology) or any(s is not None for s in stated)


def as_sex(text: Any) -> Sex | None:
    """Return male or female for the usual spellings, else None."""
    word = shown(text).strip().lower()
    if word in ("male", "m", "man"):
        return "male"
    return "female" if word in ("female", "f", "w", "woman") else None


_ASCITES_WORDS: dict[str, Ascites] = {
    **{word: word for word in get_args(Ascites)},
    **dict.fromkeys(("no", "absent", "nil", "negative", "grade 0", "0", "false"), "none"),
    **dict.fromkeys(("mild", "small", "minimal", "trace", "grade 1", "1"), "slight"),
    **dict.fromkeys(("medium", "grade 2", "2"), "moderate"),
    **dict.fromkeys(("severe", "large", "gross", "tense", "marked", "grade 3", "3"), "massive"),
}


def as_ascites(text: Any) -> Ascites | None:
    """Return the grade of ascites that a word names, else None."""
    return _ASCITES_WORDS.get(shown(text).strip().lower())
