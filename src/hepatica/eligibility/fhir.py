"""A protocol as FHIR R4: a ResearchStudy and the Group of people it looks for, criterion by criterion."""

from __future__ import annotations

from math import inf
from typing import Any

from hepatica.eligibility.fhirpath import fhirpath
from hepatica.eligibility.protocols import Arm, Criterion, Protocol
from hepatica.eligibility.tree import Within
from hepatica.patient import ANALYTES, ucum

Json = dict[str, Any]
EXPRESSION = "http://hl7.org/fhir/StructureDefinition/cqf-expression"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
PHASES = "http://terminology.hl7.org/CodeSystem/research-study-phase"
# Our words for a registry's status, and the nearest code that FHIR R4 allows; others are given as unknown.
STATUS = {
    "recruiting": "active",
    "not yet recruiting": "approved",
    "active, not recruiting": "closed-to-accrual",
    "completed": "completed",
    "terminated": "closed-to-accrual-and-intervention",
    "suspended": "temporarily-closed-to-accrual-and-intervention",
    "withdrawn": "withdrawn",
}


def to_fhir(protocol: Protocol) -> Json:
    """Return a Bundle (collection) of one ResearchStudy and one Group.

    Each criterion is a characteristic that has to be true. Where it is one laboratory limit it stands as LOINC code and
    quantity; where FHIRPath can say it, the expression stands in a cqf-expression extension (see
    `hepatica.eligibility.fhirpath`). Recruitment is the registry's word with the day it was looked up.
    """
    group = _group(protocol)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": _study(protocol, group["id"])}, {"resource": group}],
    }


def _study(p: Protocol, group: str) -> Json:
    row: Json = {
        "resourceType": "ResearchStudy",
        "id": p.id.lower(),
        "identifier": [{"system": "http://clinicaltrials.gov", "value": p.id}],
        "title": p.title,
        "condition": [{"text": p.condition}],
        "enrollment": [{"reference": f"Group/{group}"}],
    }
    code = STATUS.get(p.registry_status)
    if code:
        row["status"] = code
    else:
        row["_status"] = {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}
    phase = "-".join(f"phase-{part.strip()[:1]}" for part in p.phase.split("/") if part.strip()[:1].isdigit())
    if phase:
        row["phase"] = {"coding": [{"system": PHASES, "code": phase}], "text": p.phase}
    if p.arms:
        row["arm"] = [_arm(a) for a in p.arms]
    looked_up = p.status_as_of.isoformat() if p.status_as_of else "on an unknown day"
    notes = [f"registry status: {p.registry_status}, looked up {looked_up}"]
    notes += [] if p.criteria_complete else ["the list of criteria is incomplete: nobody is eligible by it alone"]
    notes += [p.note] if p.note else []
    return row | {"note": [{"text": text} for text in notes]}


def _arm(a: Arm) -> Json:
    words = [a.product, a.route, f"{a.dose_cells:g} cells" if a.dose_cells else None, *a.comparators]
    said = ", ".join(w.replace("_", " ") for w in words if w)
    return {"name": a.name} | ({"description": said} if said else {})


def _group(p: Protocol) -> Json:
    return {
        "resourceType": "Group",
        "id": f"{p.id.lower()}-eligibility",
        "type": "person",
        "actual": False,
        "name": f"who may enter {p.id}{'' if p.criteria_complete else ' (incomplete list)'}",
        "characteristic": [_characteristic(c) for c in p.criteria],
    }


def _characteristic(c: Criterion) -> Json:
    row: Json = {"code": {"text": c.text}, "exclude": False} | (_limit(c.rule) or {"valueBoolean": True})
    if isinstance(c.rule, Within) and "valueBoolean" not in row:
        codes = ANALYTES[c.rule.quantity.name].loinc
        row["code"]["coding"] = [{"system": "http://loinc.org", "code": code} for code in codes]
    expression = fhirpath(c.rule)
    if expression:
        said = {"description": c.said, "language": "text/fhirpath", "expression": expression}
        row["extension"] = [{"url": EXPRESSION, "valueExpression": said}]
    return row


def _limit(rule: Any) -> Json | None:
    """Return a laboratory limit as a Quantity or Range; None for whatever else, and for open ranges."""
    if not isinstance(rule, Within) or rule.quantity.kind != "lab" or not ANALYTES[rule.quantity.name].loinc:
        return None
    if rule.low > -inf and rule.high < inf:
        if rule.low_open or rule.high_open:
            return None
        return {"valueRange": {"low": _quantity(rule, rule.low), "high": _quantity(rule, rule.high)}}
    value, sign = (rule.low, ">") if rule.low > -inf else (rule.high, "<")
    is_open = rule.low_open if rule.low > -inf else rule.high_open
    return {"valueQuantity": _quantity(rule, value) | {"comparator": sign if is_open else f"{sign}="}}


def _quantity(rule: Within, value: float) -> Json:
    unit = ucum(ANALYTES[rule.quantity.name].unit)
    return {"value": round(value, 10), "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
