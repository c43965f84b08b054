"""A patient as a FHIR R4 Bundle (collection); reading it back gives the same patient."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from ..analytes import ANALYTES, loinc_of
from ..data import load
from ..model import Condition, Observation, Patient, Provenance, Treatment
from ..times import iso
from .common import LOINC, OURS, UCUM, Json

_UCUM = {
    "1e9/L": "10*9/L",
    "mmHg": "mm[Hg]",
    "1/min": "/min",
    "IU/mL": "[IU]/mL",
    "mL/min/1.73m2": "mL/min/{1.73_m2}",
    "dB/m": "dB/m",
}
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def to_fhir(patient: Patient) -> Json:
    """Return the patient as a Bundle of type collection.

    Values are in canonical units with UCUM codes. Times are the wall clock of the record, marked Z where a clock
    time is given, since the zone is not kept.
    """
    rows = [_person(patient), *_stated(patient)]
    rows += [_cause(cause, i) for i, cause in enumerate(patient.etiology)]
    rows += [_condition(c, i) for i, c in enumerate(patient.conditions)]
    rows += [_treatment(t, i) for i, t in enumerate(patient.treatments)]
    rows += [_measurement(o, i) for i, o in enumerate(patient.observations)]
    for row in rows[1:]:
        row["subject"] = {"reference": f"Patient/{_fhir_id(patient.id)}"}
    remarks = _remarks(patient)
    entries = [{"resource": row} for row in (*rows, *([remarks] if remarks else ()))]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _fhir_id(name: str) -> str:
    """Return a name as FHIR allows ids: letters, digits, - and ., at most 64."""
    return name if re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", name) else "patient"


def _when(time: datetime) -> str:
    text = iso(time)
    return text + "Z" if "T" in text else text


def _person(p: Patient) -> Json:
    row: Json = {"resourceType": "Patient", "id": _fhir_id(p.id)}
    if row["id"] != p.id:
        row["identifier"] = [{"system": OURS + "patient", "value": p.id}]
    if p.sex:
        row["gender"] = p.sex
    if p.birth_date:
        row["birthDate"] = p.birth_date.isoformat()
    if p.deceased is not None:
        row["deceasedBoolean"] = p.deceased
    return row


def _stated(p: Patient) -> list[Json]:
    """Return the facts that the patient states without a date."""
    rows = []
    for name, value in (("weight", p.weight_kg), ("height", p.height_cm), ("age", p.age_stated_years)):
        if value is not None:
            rows.append(
                _observation(f"stated-{name}", _analyte_concept(name), {"valueQuantity": _quantity(name, value)})
            )
    for name, word in (("ascites", p.ascites), ("alcohol", p.alcohol_active)):
        if word is not None:
            value_row: Json = {"valueString": word} if isinstance(word, str) else {"valueBoolean": word}
            rows.append(_observation(f"finding-{name}", _concept("finding", name, name), value_row))
    if p.encephalopathy_grade is not None:
        concept = _concept("finding", "encephalopathy", "West Haven grade of hepatic encephalopathy")
        rows.append(_observation("finding-encephalopathy", concept, {"valueInteger": p.encephalopathy_grade}))
    return rows


def _observation(name: str, concept: Json, value: Json) -> Json:
    return {"resourceType": "Observation", "id": name, "status": "final", "code": concept, **value}


def _concept(kind: str, code: str, text: str, source: Provenance | None = None) -> Json:
    coding = [{"system": OURS + kind, "code": code}]
    if source and source.code:
        coding.append({"system": source.system, "code": source.code} if source.system else {"code": source.code})
    return {"coding": coding, **({"text": text} if text else {})}


@lru_cache(maxsize=1)
def _loinc_names() -> dict[str, str]:
    return {row["code"]: row["name"] for row in load("loinc.json")["codes"]}


def _analyte_concept(name: str) -> Json:
    analyte = ANALYTES[name]
    own = {"system": OURS + "analyte", "code": name}
    code = loinc_of(name)
    if not code:
        return {"coding": [own], "text": analyte.label}
    return {"coding": [{"system": LOINC, "code": code, "display": _loinc_names()[code]}, own], "text": analyte.label}


def ucum(unit: str) -> str:
    """Return the UCUM code of a canonical unit."""
    return _UCUM.get(unit, unit)


def _quantity(name: str, value: float) -> Json:
    unit = ANALYTES[name].unit
    return {"value": value, "unit": unit, "system": UCUM, "code": ucum(unit)}


def _measurement(o: Observation, i: int) -> Json:
    quantity = _quantity(o.analyte, o.value)
    if o.comparator:
        quantity["comparator"] = o.comparator
    row = _observation(f"observation-{i}", _analyte_concept(o.analyte), {"valueQuantity": quantity})
    if o.time:
        row["effectiveDateTime"] = _when(o.time)
    limits = {side: _quantity(o.analyte, v) for side, v in (("low", o.ref_low), ("high", o.ref_high)) if v is not None}
    if limits:
        row["referenceRange"] = [limits]
    if o.source.raw_value:
        row["note"] = [{"text": f"as recorded: {o.source.raw_value} {o.source.raw_unit}".rstrip()}]
    return row


def _cause(cause: str, i: int) -> Json:
    row = _condition(Condition("", f"cause of liver disease: {cause}"), i)
    return row | {"id": f"cause-{i}", "code": _concept("cause", cause, f"cause of liver disease: {cause}")}


def _condition(c: Condition, i: int) -> Json:
    row: Json = {
        "resourceType": "Condition",
        "id": f"condition-{i}",
        "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active" if c.active else "inactive"}]},
        "code": _concept("condition", c.name or "none", c.text, c.source),
    }
    if c.onset:
        row["onsetDateTime"] = _when(c.onset)
    if c.resolved:
        row["abatementDateTime"] = _when(c.resolved)
    return row


def _treatment(t: Treatment, i: int) -> Json:
    row: Json = {
        "resourceType": "MedicationStatement",
        "id": f"treatment-{i}",
        "status": "active" if t.active else "completed",
        "medicationCodeableConcept": _concept("treatment", f"{t.name}|{t.kind}", t.text, t.source),
    }
    period = {side: _when(time) for side, time in (("start", t.start), ("end", t.stop)) if time}
    if period:
        row["effectivePeriod"] = period
    return row


def _remarks(p: Patient) -> Json | None:
    issues: list[dict[str, Any]] = []
    for note in p.notes:
        issues.append(_issue("information", "note", note, {}))
    for aside in p.set_aside:
        issues.append(_issue("warning", "set-aside", aside.why, {"text": aside.what}, aside.where))
    return {"resourceType": "OperationOutcome", "id": "remarks", "issue": issues} if issues else None


def _issue(severity: str, code: str, text: str, details: Json, where: str = "") -> Json:
    row: Json = {
        "severity": severity,
        "code": "informational" if code == "note" else "value",
        "details": {"coding": [{"system": OURS + "remark", "code": code}], **details},
        "diagnostics": text,
    }
    return row | ({"location": [where]} if where else {})
