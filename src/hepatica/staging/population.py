"""Whom a score is for: the groups a patient belongs to, by the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import facts
from .align import Aligned
from .causes import causes_of
from .course import Course
from .times import days_between

if TYPE_CHECKING:
    from hepatica.patient import Patient

_JAUNDICE_UMOL_L = 51.0  # 3 mg/dL, the jaundice that alcoholic hepatitis is diagnosed with


def alcoholic_hepatitis(patient: Patient, aligned: Aligned) -> bool:
    """Return whether alcoholic hepatitis is recorded, or alcohol goes on as a cause and bilirubin is above 3 mg/dL."""
    jaundice = aligned.given.get("bilirubin", 0.0) > _JAUNDICE_UMOL_L
    drinking = "alcohol" in causes_of(patient) and patient.alcohol_active is not False
    return facts.recent(patient, aligned, "alcoholic_hepatitis") is not None or (drinking and jaundice)


def groups(patient: Patient, aligned: Aligned, decided: Course) -> frozenset[str]:
    """Return the names, as `ScoreSpec.only_for` uses them, of the groups this patient belongs to."""
    causes = causes_of(patient)
    scarred = decided.cirrhosis in ("recorded", "probable")
    signs = bool(facts.decompensation(patient, aligned))
    aclf = decided.code == "aclf" or bool(decided.aclf_grade)
    failing = decided.code in ("alf", "ali")
    members = {
        "alcoholic hepatitis": alcoholic_hepatitis(patient, aligned),
        "cirrhosis": scarred,
        "ACLF": aclf,
        "decompensation without ACLF": scarred and signs and not aclf,
        "no decompensation": not signs and not failing,
        "acute failure by paracetamol": failing and "paracetamol" in causes,
        "acute failure without paracetamol": decided.code == "alf" and "paracetamol" not in causes,
        "Wilson disease": "wilson" in causes,
        "PBC": "PBC" in causes,
        "PBC after a year of UDCA": "PBC" in causes and _udca_year(patient, aligned),
    }
    return frozenset(name for name, yes in members.items() if yes)


def _udca_year(patient: Patient, aligned: Aligned) -> bool:
    starts = [t.start for t in patient.treatments if t.active and t.kind == "udca" and t.start is not None]
    return aligned.at is not None and any(days_between(aligned.at, s) >= 330 for s in starts)
