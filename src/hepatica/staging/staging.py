"""Stage one patient: every score the record allows, the course, what contradicts, and what is missing."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from . import facts
from .align import Aligned, align, days_between
from .contradictions import contradictions
from .course import LABELS, course
from .interval import interval
from .model import LabUsed, Missing, Score, Staging
from .organ_failure import organ_failures
from .registry import finish, lacking, registry
from .spec import ScoreSpec

if TYPE_CHECKING:
    from hepatica.patient.model import Patient


def stage(patient: Patient, at: datetime | date | str | None = None) -> Staging:
    """Return how ill the liver is at a time (default: that of the newest liver-related value).

    Values count if at most 7 days old where the record shows acute illness, else 90; undated values count as
    of the index time and are marked. Nothing absent is taken as normal.
    """
    aligned = align(patient, at)
    scores: dict[str, Score] = {}
    missing: list[Missing] = []
    for spec in registry().values():
        row = _one(spec, aligned)
        if isinstance(row, Score):
            scores[spec.name] = row
        else:
            missing.append(row)
    supported = _support(patient)
    organs = organ_failures(aligned.given, vasopressor=supported["vasopressor"], ventilated=supported["ventilation"])
    severity = {n: scores[n].value for n in ("meld", "maddrey_df") if n in scores}
    decided = course(patient, aligned, organs, severity)
    notes = list(aligned.notes) + [f"{text}: not used" for text in aligned.stale.values()]
    return Staging(
        patient_id=patient.id,
        at=aligned.at,
        course=decided.code,
        label=LABELS[decided.code],
        aclf_grade=decided.aclf_grade,
        causes=facts.causes(patient),
        why=decided.why,
        contradictions=contradictions(patient, aligned),
        scores=scores,
        missing=tuple(missing),
        labs=aligned.labs,
        ascites=patient.ascites,
        encephalopathy_grade=patient.encephalopathy_grade,
        dialysis=aligned.dialysis,
        cirrhosis=decided.cirrhosis,
        organ_failures=organs.failed,
        window_d=aligned.window_d,
        rule=aligned.rule,
        notes=tuple(notes),
    )


def _support(patient: Patient) -> dict[str, bool]:
    return {kind: patient.takes(kind) for kind in ("vasopressor", "ventilation")}


def _one(spec: ScoreSpec, aligned: Aligned) -> Score | Missing:
    given = {n: aligned.given[n] for n in spec.all_inputs if n in aligned.given}
    need = lacking(spec, given)
    reason = spec.refuse(given) if spec.refuse else None
    if reason:
        return Missing(spec.name, need, reason)
    if need:
        old = [aligned.stale[n] for part in need for n in part.split(" or ") if n in aligned.stale]
        span, classes = interval(spec, given, aligned.bounds)
        return Missing(spec.name, need, "; ".join([f"missing: {', '.join(need)}", *old]), span, classes)
    taken = {n: aligned.used[n] for n in given}
    for group in spec.one_of:
        for spare in [n for n in group if n in taken][1:]:
            del taken[spare]
    return finish(spec, given, taken, at=_newest(taken))


def _newest(used: dict[str, LabUsed]) -> datetime | None:
    newest: datetime | None = None
    for row in used.values():
        if row.time is not None and (newest is None or days_between(row.time, newest) > 0):
            newest = row.time
    return newest
