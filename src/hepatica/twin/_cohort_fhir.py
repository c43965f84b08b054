"""A drawn patient as a FHIR R4 Bundle that says on every resource that it is synthetic."""

from __future__ import annotations

from typing import Any

from hepatica.patient import to_fhir

from ._cohort import Drawn

Json = dict[str, Any]
BASE = "http://example.org/fhir/"
TEST_DATA = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HTEST",
    "display": "test health data",
}
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_VITAL = frozenset(("weight", "height", "map", "spo2"))


def bundle(drawn: Drawn) -> Json:
    """Return one drawn patient as a Bundle of type collection, security label HTEST, with its Provenance."""
    name = drawn.patient.id
    stated = {"stated-weight", "stated-height", "finding-ascites", "finding-encephalopathy"}
    rows = [e["resource"] for e in to_fhir(drawn.patient)["entry"] if e["resource"]["id"] not in stated]
    if drawn.died:
        rows[0].pop("deceasedBoolean")
        rows[0]["deceasedDateTime"] = drawn.died.isoformat()
    rows += [_finding(i, drawn, row) for i, row in enumerate(drawn.findings)]
    for row in rows:
        if row["resourceType"] != "Patient":
            row["id"] = f"{name}-{row['id']}"
        _complete(row)
    rows.append(_provenance(drawn, rows))
    tags = [{"system": "urn:hepatica:synthetic", "code": "virtual-patient", "display": "synthetic: no real person"}]
    tags.append({"system": "urn:hepatica:course", "code": drawn.course})
    for row in rows:
        row["meta"] = {"security": [TEST_DATA], **({"tag": tags} if row["resourceType"] == "Patient" else {})}
    entries = [{"fullUrl": f"{BASE}{row['resourceType']}/{row['id']}", "resource": row} for row in rows]
    meta = {"security": [TEST_DATA], "tag": tags}
    return {"resourceType": "Bundle", "id": name, "meta": meta, "type": "collection", "entry": entries}


def _finding(i: int, drawn: Drawn, row: tuple[Any, str, str | int]) -> Json:
    moment, name, value = row
    text = {"ascites": "ascites", "encephalopathy": "West Haven grade of hepatic encephalopathy"}[name]
    kind = "valueString" if isinstance(value, str) else "valueInteger"
    return {
        "resourceType": "Observation",
        "id": f"finding-{i}",
        "status": "final",
        "code": {"coding": [{"system": "urn:hepatica:finding", "code": name}], "text": text},
        "subject": {"reference": f"Patient/{drawn.patient.id}"},
        "effectiveDateTime": moment.date().isoformat(),
        kind: value,
    }


def _complete(row: Json) -> None:
    if row["resourceType"] == "Observation":
        code = row["code"]["coding"][-1]
        kind = (
            "exam" if code["system"].endswith("finding") else "vital-signs" if code["code"] in _VITAL else "laboratory"
        )
        row["category"] = [{"coding": [{"system": _CATEGORY, "code": kind}]}]
    elif row["resourceType"] == "Condition":
        row["verificationStatus"] = {"coding": [{"system": _VERIFIED, "code": "confirmed"}]}


def _provenance(drawn: Drawn, rows: list[Json]) -> Json:
    from hepatica import __version__

    last = max(moment for moment, _, _ in drawn.findings)
    maker = {"coding": [{"system": _AGENT, "code": "assembler"}]}
    return {
        "resourceType": "Provenance",
        "id": f"{drawn.patient.id}-provenance",
        "target": [{"reference": f"{row['resourceType']}/{row['id']}"} for row in rows],
        "recorded": f"{last.date().isoformat()}T00:00:00Z",
        "activity": {"text": f"drawn from the population {drawn.group} of the twin and simulated under standard care"},
        "agent": [{"type": maker, "who": {"display": f"hepatica {__version__}, generator of virtual patients"}}],
    }
