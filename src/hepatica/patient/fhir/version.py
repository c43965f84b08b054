"""Which FHIR release a record was written in: only R4 (4.0, 4.3) is read."""

from __future__ import annotations

import re

from hepatica.errors import InputError

from .common import Json

_RELEASES = {"1": "DSTU2", "3": "STU3", "5": "R5"}
_BY_NUMBER = re.compile(r"^([135])\.\d")
_BY_PROFILE = re.compile(
    r"^http://hl7\.org/fhir/(?:(?P<path>[135])\.0/|(?P<word>DSTU2|STU3|R5)/|StructureDefinition/[^|]+\|(?P<pin>[135])\.\d)"
)
_OLD_TYPES = {"MedicationOrder": "DSTU2", "DiagnosticOrder": "DSTU2", "ProcedureRequest": "STU3"}
TELLING = ("Encounter", *_OLD_TYPES)
_MEDICATIONS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration")


def check(by_type: dict[str, list[Json]], head: Json | None, file: str) -> None:
    """Raise InputError where a record is STU3, R5 or DSTU2 by its own word or by the shape of its fields.

    A stray field of another release in a file that is R4 elsewhere is let pass.
    """
    found = _by_word(by_type, head) or _by_shape(by_type)
    if found:
        release, evidence = found
        raise InputError(
            f"this is FHIR {release}, not R4: {evidence}",
            where=file,
            mend="export the record as FHIR R4 (4.0.1), or convert it",
        )


def _by_word(by_type: dict[str, list[Json]], head: Json | None) -> tuple[str, str] | None:
    first = [resource for rows in by_type.values() for resource in rows[:20]]
    for resource in (*((head,) if head else ()), *first):
        number = resource.get("fhirVersion")
        if isinstance(number, str) and (match := _BY_NUMBER.match(number)):
            return _RELEASES[match[1]], f"fhirVersion is {number}"
        meta = resource.get("meta")
        profiles = meta.get("profile") if isinstance(meta, dict) else None
        for profile in profiles if isinstance(profiles, list) else ():
            if isinstance(profile, str) and (match := _BY_PROFILE.match(profile)):
                digit = match["path"] or match["pin"]
                return match["word"] or _RELEASES[digit], f"its profile is {profile}"
    return None


def _by_shape(by_type: dict[str, list[Json]]) -> tuple[str, str] | None:
    old: tuple[str, str] | None = None
    new: tuple[str, str] | None = None
    not_old = not_new = False
    for kind, rows in by_type.items():
        for resource in rows if kind != "Observation" else rows[:50]:
            old = old or _older(kind, resource)
            new = new or _newer(kind, resource)
            r4 = _r4_only(kind, resource)
            not_old = not_old or r4 == "neither"
            not_new = not_new or bool(r4)
    if old and not not_old:
        return old
    return new if new and not not_new else None


def _older(kind: str, resource: Json) -> tuple[str, str] | None:
    if kind in _OLD_TYPES:
        return _OLD_TYPES[kind], f"it holds a {kind}"
    if kind == "Condition" and isinstance(resource.get("clinicalStatus"), str):
        return "STU3", "Condition.clinicalStatus is a plain code"
    if kind == "MedicationStatement" and "taken" in resource:
        return "STU3", "MedicationStatement.taken"
    if kind == "Observation" and "context" in resource and "encounter" not in resource:
        return "STU3", "Observation.context"
    return None


def _newer(kind: str, resource: Json) -> tuple[str, str] | None:
    if kind in _MEDICATIONS and isinstance(resource.get("medication"), dict):
        return "R5", f"{kind}.medication is a CodeableReference"
    if kind == "Procedure" and ("occurrenceDateTime" in resource or "occurrencePeriod" in resource):
        return "R5", "Procedure.occurrence[x]"
    if kind == "Encounter" and (isinstance(resource.get("class"), list) or "actualPeriod" in resource):
        return "R5", "Encounter.class is a list, or it has an actualPeriod"
    return None


def _r4_only(kind: str, resource: Json) -> str:
    """Return "neither" for a shape that STU3 and R5 both lack, "not R5" for one that only R5 lacks, else ""."""
    if kind == "Encounter" and isinstance(resource.get("class"), dict) and "period" in resource:
        return "not R5"
    if kind == "Condition" and isinstance(resource.get("clinicalStatus"), dict):
        return "neither" if "recorder" in resource or "asserter" in resource else ""
    if kind == "MedicationRequest" and ("medicationCodeableConcept" in resource or "medicationReference" in resource):
        return "neither" if "encounter" in resource else "not R5"
    if kind == "Procedure" and ("performedDateTime" in resource or "performedPeriod" in resource):
        return "neither" if "encounter" in resource else "not R5"
    return ""
