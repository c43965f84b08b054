"""Small FHIR resources for the tests."""

from __future__ import annotations

from typing import Any

import orjson

from hepatica import patient

Row = dict[str, Any]


def person(name: str = "p1", **fields: Any) -> Row:
    return {"resourceType": "Patient", "id": name, "gender": "female", "birthDate": "1970-01-02", **fields}


def lab(loinc: str, value: Any, unit: str = "", *, name: str | None = None, owner: str = "p1", **fields: Any) -> Row:
    quantity = {"value": value, **({"unit": unit} if unit else {})}
    row = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "subject": {"reference": f"Patient/{owner}"},
        "effectiveDateTime": "2026-05-01T08:00:00+02:00",
        "valueQuantity": quantity,
        **({"id": name} if name else {}),
        **fields,
    }
    return {k: v for k, v in row.items() if v is not None}


def condition(system: str, code: str, **fields: Any) -> Row:
    coding = {"system": system, "code": code}
    return {
        "resourceType": "Condition",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [coding]},
        **fields,
    }


def bundle(*rows: Row, kind: str = "collection") -> Row:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": r} for r in rows]}


def read(*rows: Row, **options: Any) -> patient.Patient:
    return patient.parse(orjson.dumps(bundle(*rows)), name="test.json", **options)


def values(p: patient.Patient, analyte: str) -> list[float]:
    return [round(o.value, 3) for o in p.at(analyte)]


def reasons(p: patient.Patient) -> str:
    return " | ".join(f"{s.what}: {s.why}" for s in p.set_aside)
