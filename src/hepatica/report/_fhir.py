"""The plan as a FHIR R4 Bundle: a CarePlan, one RiskAssessment an option, their Provenance.

No terminology code is invented: concepts carry text. The patient is referred to by the record's own id.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hepatica.report import numbers
from hepatica.report._canonical import canonical, plain_json
from hepatica.report.view.book import Book, name_of, nearest
from hepatica.report.view.decision import at_day, patient_id
from hepatica.report.view.document import DISCLAIMER
from hepatica.report.view.options import texts

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:hepatica:plan")
_ASSEMBLER = {"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "assembler"}
_DAY = {"unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}


def fhir_bundle(plan: Any) -> dict[str, Any]:
    """Return the Bundle (type collection) of one plan; the same plan gives the same ids."""
    document = plain_json(plan)
    book = Book(document)
    seed = canonical(document).decode()
    subject, when = _subject(document), _instant(document.get("created"))
    author = {"type": "Device", "display": f"hepatica {document.get('hepatica_version') or ''}".strip()}

    def placed(resource: dict[str, Any], role: str) -> dict[str, Any]:
        identity = str(uuid.uuid5(_SPACE, f"{role}:{seed}"))
        return {"fullUrl": f"urn:uuid:{identity}", "resource": {**resource, "id": identity}}

    risks = [placed(_risk(book, i, o, subject, when, author), f"risk-{o.get('id')}") for i, o in book.live]
    risks = [r for r in risks if r["resource"]["prediction"]]
    care = placed(_care_plan(book, subject, when, author, [r["fullUrl"] for r in risks]), "care")
    made = [care, *risks]
    entries = [*made, placed(_provenance(book, when, author, [e["fullUrl"] for e in made]), "provenance")]
    return {"resourceType": "Bundle", "type": "collection", "timestamp": when, "entry": entries}


def _care_plan(
    book: Book, subject: dict[str, Any], when: str, author: dict[str, Any], support: list[str]
) -> dict[str, Any]:
    plan = book.plan
    advice = plan.get("recommendation") or {}
    activities = [_activity(r.get("text"), "Task", r.get("because"), str(r.get("urgency") or "now"))
                  for r in plan.get("do_now") or [] if r.get("text")]  # fmt: skip
    if book.chosen:
        activities.append(
            _activity(name_of(book.chosen[1]), "ServiceRequest", " ".join(texts(advice.get("why"))), None)
        )
    for row in plan.get("follow_up") or []:
        if row.get("what") and isinstance(row.get("day"), int | float):
            activities.append(_activity(row["what"], "ServiceRequest", row.get("why"), _on(when, row["day"])))
    notes = [f"Not known: {text}" for text in plan.get("unknown") or []] + [DISCLAIMER]
    resource = {
        "resourceType": "CarePlan",
        "status": "draft",
        "intent": "proposal",
        "title": _text(f"Liver plan, recommendation: {name_of(book.chosen[1]) if book.chosen else 'none'}"),
        "description": _text(advice.get("headline")),
        "subject": subject,
        "created": when,
        "author": author,
        "supportingInfo": [{"reference": r} for r in support],
        "activity": activities,
        "note": [{"text": text} for text in notes],
    }
    return {k: v for k, v in resource.items() if v}


def _activity(what: Any, kind: str, because: Any, when: Any) -> dict[str, Any]:
    detail: dict[str, Any] = {"kind": kind, "code": {"text": _text(what)}, "status": "not-started"}
    if because:
        detail["reasonCode"] = [{"text": _text(because)}]
    if isinstance(when, dict):
        detail["scheduledPeriod"] = when
    elif when:
        detail["scheduledString"] = when
    return {"detail": detail}


def _risk(
    book: Book, index: int, option: Mapping[str, Any], subject: dict[str, Any], when: str, author: dict[str, Any]
) -> dict[str, Any]:
    predictions = [p for day in book.horizons or [book.main_day] if (p := _survival(option, day))]
    for harm in option.get("harms") or []:
        if isinstance(harm.get("probability"), int | float):
            said = _interval(harm.get("lo"), harm.get("hi"), "interval")
            predictions.append({"outcome": {"text": _text(f"{harm.get('event')}")}, **_chance(harm["probability"]),
                                **({"rationale": said} if said else {})})  # fmt: skip
    drawn = book.plan.get("draws")
    method = "hepatica twin" + (f", {drawn} posterior draws" if drawn else "")
    method += f"; certainty {option.get('certainty') or 'not rated'}"
    return {
        "resourceType": "RiskAssessment",
        "status": "preliminary",
        "method": {"text": method},
        "code": {"text": _text(name_of(option))},
        "subject": subject,
        "occurrenceDateTime": when,
        "performer": author,
        "prediction": predictions,
        "note": [
            {"text": _text(f"Option status: {option.get('status') or 'not stated'}. {option.get('because') or ''}")}
        ],
    }


def _survival(option: Mapping[str, Any], day: float) -> dict[str, Any] | None:
    points = (option.get("forecast") or {}).get("survival")
    at = nearest(points, day)
    if points is None or at is None:
        return None
    point = points[at]
    middle = point.get("p50") if point.get("p50") is not None else point.get("mean")
    if middle is None:
        return None
    said = _interval(point.get("p05"), point.get("p95"), "90 % interval")
    found = {"outcome": {"text": f"Alive {at_day(point['day'])}"}, **_chance(middle)}
    found["whenRange"] = {"high": {"value": point["day"], **_DAY}}
    return found | ({"rationale": said} if said else {})


def _chance(probability: float) -> dict[str, Any]:
    return {"probabilityDecimal": round(100 * probability, 4)}


def _interval(low: Any, high: Any, name: str) -> str:
    if low is None or high is None:
        return ""
    return f"{name} {numbers.percent(low)} to {numbers.percent(high)} %; the decimal is a percentage"


def _provenance(book: Book, when: str, author: dict[str, Any], targets: list[str]) -> dict[str, Any]:
    entities = []
    for _, identifier, entry in book.cited():
        what: dict[str, Any] = {"display": _text(entry.get("citation") or identifier)}
        if entry.get("doi"):
            what["identifier"] = {"system": "https://doi.org", "value": str(entry["doi"])}
        elif entry.get("pmid"):
            what["identifier"] = {"system": "https://pubmed.ncbi.nlm.nih.gov", "value": str(entry["pmid"])}
        entities.append({"role": "source", "what": what})
    resource = {
        "resourceType": "Provenance",
        "target": [{"reference": t} for t in targets],
        "recorded": when,
        "agent": [{"type": {"coding": [_ASSEMBLER]}, "who": author}],
        "entity": entities,
    }
    return {k: v for k, v in resource.items() if v}


def _subject(plan: Mapping[str, Any]) -> dict[str, Any]:
    identity = patient_id(plan)
    if _ID.match(identity):
        return {"reference": f"Patient/{identity}", "type": "Patient"}
    return {"type": "Patient", "display": _text(identity) or "the patient of this record"}


def _instant(created: Any) -> str:
    try:
        moment = datetime.fromisoformat(str(created))
    except ValueError:
        moment = datetime.now(UTC)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat(timespec="seconds")


def _on(when: str, day: float) -> dict[str, str]:
    return {"start": (datetime.fromisoformat(when).date() + timedelta(days=round(day))).isoformat()}


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if value is not None else ""
