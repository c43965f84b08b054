"""FHIR Conditions, medicines, procedures and vaccines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .. import concepts, medicines
from ..draft import Draft
from ..model import Condition, Treatment
from .common import OURS, Json, codings, end_of, first_code, label, provenance, when, words, written

_ACTIVE = frozenset(("active", "recurrence", "relapse"))
_UNCONFIRMED = frozenset(("unconfirmed", "provisional", "differential"))
_NEVER_GIVEN = frozenset(("entered-in-error", "cancelled", "draft", "not-done", "not-taken", "declined", "preparation"))
_PROPOSED = frozenset(("proposal", "plan", "option"))
_GERMAN_CERTAINTY = {"A": "excluded", "V": "suspected"}


def read_condition(draft: Draft, resource: Json) -> None:
    """Read a Condition; refuted, mistaken and unconfirmed ones are set aside."""
    concept = resource.get("code")
    own_cause = next((code for system, code in codings(concept) if system == OURS + "cause"), None)
    if own_cause is not None and concepts.find_cause(own_cause):
        draft.etiology.append(own_cause)
        return None
    text, where = written(concept), label(resource)
    if not codings(concept) and not text:
        return draft.set_aside(where, where, "malformed: neither code nor words")
    verified = first_code(resource.get("verificationStatus"))
    certainty = _certainty(concept)
    if verified in ("refuted", "entered-in-error"):
        return draft.set_aside(text, where, f"it is marked {verified}")
    if verified in _UNCONFIRMED or certainty in _GERMAN_CERTAINTY:
        return draft.set_aside(text, where, f"not confirmed: {_GERMAN_CERTAINTY.get(certainty, verified)}")
    onset = when(resource, "onsetDateTime", "onsetPeriod", "recordedDate")
    resolved = when(resource, "abatementDateTime") or end_of(resource, "abatementPeriod")
    if why := draft.reject_time(onset):
        return draft.set_aside(text, where, why)
    status = first_code(resource.get("clinicalStatus"))
    active = status in _ACTIVE if status else resolved is None and not resource.get("abatementBoolean")
    meaning = draft.codes.meaning(codings(concept), text) or _meaning(concept, text)
    draft.diagnose(
        meaning,
        Condition("", text, onset, resolved, active and certainty != "Z", provenance(draft.file, resource, concept)),
    )


def _meaning(concept: Any, text: str) -> concepts.Meaning:
    pairs = codings(concept)
    for system, code in pairs:
        if system == OURS + "condition":
            return concepts.Meaning((code,) if code in concepts.condition_names() else ())
    return concepts.of_coding(pairs, text)


def _certainty(concept: Any) -> str:
    rows = concept.get("coding") or () if isinstance(concept, dict) else ()
    for coding in rows:
        for extension in coding.get("extension") or ():
            if str(extension.get("url", "")).endswith("diagnosesicherheit"):
                return str((extension.get("valueCoding") or {}).get("code", ""))
    return ""


def read_medication(draft: Draft, resource: Json, medications: dict[str, Json]) -> None:
    """Read a MedicationRequest, -Statement, -Administration or -Dispense."""
    concept = resource.get("medicationCodeableConcept")
    reference = resource.get("medicationReference")
    if concept is None and isinstance(reference, dict):
        target = _contained(resource, reference.get("reference")) or medications.get(str(reference.get("reference")))
        concept = target.get("code") if target else {"text": reference.get("display", "")}
    if concept is None and isinstance(resource.get("medication"), dict):
        concept = resource["medication"].get("concept")
    text, where, status = written(concept), label(resource), resource.get("status")
    if status in _NEVER_GIVEN:
        return draft.set_aside(text, where, f"its status is {status}")
    if resource.get("intent") in _PROPOSED or resource.get("doNotPerform") is True:
        return draft.set_aside(text, where, "proposed or forbidden, not ordered")
    start = when(resource, "effectiveDateTime", "effectivePeriod", "authoredOn", "whenHandedOver")
    stop = end_of(resource, "effectivePeriod")
    if why := draft.reject_time(start):
        return draft.set_aside(text, where, why)
    active = status in ("active", "in-progress") and (stop is None or stop.date() >= draft.today or _is_ours(concept))
    _treat(draft, resource, concept, text, (start, stop, active), procedure=False)


def _contained(resource: Json, reference: Any) -> Json | None:
    rows = resource.get("contained") or ()
    return next((row for row in rows if f"#{row.get('id')}" == reference), None)


def _is_ours(concept: Any) -> bool:
    return any(system.startswith(OURS) for system, _ in codings(concept))


def read_procedure(draft: Draft, resource: Json) -> None:
    """Read a Procedure; one that is known counts as a treatment, one under way as active."""
    concept = resource.get("code")
    text, where, status = written(concept), label(resource), resource.get("status")
    if status in _NEVER_GIVEN:
        return draft.set_aside(text, where, f"its status is {status}")
    start = when(resource, "performedDateTime", "performedPeriod", "occurrenceDateTime", "occurrencePeriod")
    stop = end_of(resource, "performedPeriod") or end_of(resource, "occurrencePeriod")
    if why := draft.reject_time(start):
        return draft.set_aside(text, where, why)
    _treat(draft, resource, concept, text, (start, stop, status == "in-progress"), procedure=True)


def read_immunization(draft: Draft, resource: Json) -> None:
    """Read a vaccine that was given."""
    concept = resource.get("vaccineCode")
    text, status = words(concept), resource.get("status")
    if not draft.codes.treatment(codings(concept), text) and not medicines.find(codings(concept), text):
        return
    if status not in (None, "completed"):
        return draft.set_aside(text, label(resource), f"its status is {status}")
    start = when(resource, "occurrenceDateTime")
    _treat(draft, resource, concept, text, (start, None, True), procedure=False)


def _treat(
    draft: Draft,
    resource: Json,
    concept: Any,
    text: str,
    course: tuple[datetime | None, datetime | None, bool],
    procedure: bool,
) -> None:
    pairs = codings(concept)
    own = next((code for system, code in pairs if system == OURS + "treatment"), None)
    name, _, kind = (own or "").partition("|")
    if own is not None and medicines.is_known(name, kind):
        found: tuple[medicines.Named, ...] = (medicines.Named(name, kind),)
    else:
        found = draft.codes.treatment(pairs, text) or medicines.find(pairs, text, procedure)
        if not pairs and not text:
            return draft.set_aside(label(resource), label(resource), "malformed: neither code nor words")
        if procedure and not found:
            draft.unused_procedures[text] += 1
            return
    start, stop, active = course
    draft.treat(found, Treatment("", "", text, start, stop, active, provenance(draft.file, resource, concept)))
