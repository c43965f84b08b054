"""What the FHIR readers share: codes of ours, codings, references, times."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..model import Provenance
from ..shown import TEXT, shown
from ..times import parse_time

Json = dict[str, Any]

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
OURS = "urn:hepatica:"


def codings(concept: Any) -> tuple[tuple[str, str], ...]:
    """Return the (system, code) pairs of a CodeableConcept."""
    rows = concept.get("coding") if isinstance(concept, dict) else None
    if not isinstance(rows, list):
        return ()
    return tuple(
        (shown(c.get("system") or "", TEXT), shown(c["code"], TEXT))
        for c in rows
        if isinstance(c, dict) and c.get("code")
    )


def words(concept: Any) -> str:
    """Return the text of a CodeableConcept, or its first display."""
    if not isinstance(concept, dict):
        return ""
    rows = concept.get("coding") or ()
    text = concept.get("text") or next((c["display"] for c in rows if isinstance(c, dict) and c.get("display")), "")
    return shown(text, TEXT).replace("\u200b", "")


def first_code(concept: Any) -> str:
    """Return the first code of a CodeableConcept or the code itself where it is a plain string."""
    if isinstance(concept, str):
        return concept
    return next((code for _, code in codings(concept)), "")


def written(concept: Any) -> str:
    """Return a CodeableConcept as it may be shown: its words, or the first code that is not ours."""
    return words(concept) or next((code for system, code in codings(concept) if not system.startswith(OURS)), "")


def label(resource: Json) -> str:
    """Return a resource as Type/id."""
    return f"{resource.get('resourceType')}/{resource.get('id', '?')}"


def provenance(file: str, resource: Json, concept: Any) -> Provenance:
    """Return where a coded statement came from; the first code that is not ours stands for it."""
    pairs = codings(concept)
    system, code = next((p for p in pairs if not p[0].startswith(OURS)), ("", ""))
    return Provenance(file, label(resource), system, code, words(concept))


def when(resource: Json, *names: str) -> datetime | None:
    """Return the first time among fields that hold a dateTime or a Period (its start); raises ValueError."""
    for name in names:
        value = resource.get(name)
        if isinstance(value, dict):
            value = value.get("start")
        if value:
            return parse_time(value)
    return None


def end_of(resource: Json, name: str) -> datetime | None:
    """Return the end of a Period field; raises ValueError."""
    value = resource.get(name)
    return parse_time(value.get("end")) if isinstance(value, dict) else None
