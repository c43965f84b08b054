"""Stage one patient: every score the record allows, the course, what contradicts, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from hepatica.language import either, say

from . import facts
from .align import Aligned, align
from .apasl import apasl_aclf
from .causes import causes_of
from .contradictions import contradictions
from .course import LABELS, course
from .damico import clinical_stage
from .interval import interval
from .model import Missing, Score, Staging
from .organ_failure import OrganFailures, organ_failures
from .population import alcoholic_hepatitis, groups
from .registry import finish, lacking, registry
from .response import steroid_course
from .spec import ScoreSpec
from .steatotic import steatotic_of
from .times import latest

if TYPE_CHECKING:
    from hepatica.patient import Patient


_RAISE_INR = ("warfarin", "phenprocoumon", "acenocoumarol", "fluindione")


def stage(patient: Patient, at: datetime | date | str | None = None, *, intervals: bool = True) -> Staging:
    """Return how ill the liver is at a time (default: that of the newest liver-related value).

    Values count if at most 7 days old where the record shows acute illness, else 90; undated values count as
    of the index time and are marked. Nothing absent is taken as normal. A score whose population this patient
    does not belong to, or whose valid range is left, is not computed and says so. `intervals=False` leaves out
    the interval each missing score can still take, which is most of the time this takes.
    """
    aligned = align(patient, at)
    chronic = facts.kidney_chronic(patient, aligned)
    organs = organ_failures(aligned.given, kidney_chronic=bool(chronic))
    decided = course(patient, aligned, organs, _severity(patient, aligned))
    members = groups(patient, aligned, decided)
    scores: dict[str, Score] = {}
    missing: list[Missing] = []
    for spec in registry().values():
        row = _one(spec, patient, aligned, members, intervals)
        if isinstance(row, Score):
            scores[spec.name] = row
        else:
            missing.append(row)
    return Staging(
        patient_id=patient.id,
        at=aligned.at,
        course=decided.code,
        label=say(decided.name or LABELS[decided.code]),
        aclf_grade=decided.aclf_grade,
        causes=causes_of(patient),
        why=decided.why,
        contradictions=contradictions(patient, aligned),
        scores=scores,
        missing=tuple(missing),
        labs=aligned.labs,
        ascites=patient.ascites,
        encephalopathy_grade=patient.encephalopathy_grade,
        dialysis=bool(aligned.given["dialysis"]),
        cirrhosis=decided.cirrhosis,
        organ_failures=organs.failed,
        window_d=aligned.window_d,
        rule=aligned.rule,
        notes=_notes(patient, aligned, organs, chronic),
        clinical_stage=clinical_stage(patient, aligned, decided.cirrhosis),
        apasl=apasl_aclf(patient, aligned, decided.cirrhosis),
        steatotic=steatotic_of(patient, aligned),
    )


def _notes(patient: Patient, aligned: Aligned, organs: OrganFailures, chronic: str) -> tuple[str, ...]:
    rows = [say("{text_}: not used", text_=text) for text in aligned.stale.values()]
    if patient.takes(*_RAISE_INR) and "inr" in aligned.given:
        rows.append(
            say("the INR is raised by a vitamin K antagonist: MELD, Child-Pugh and ACLF are graded too high by it")
        )
    if chronic:
        rows.append(say("an acute kidney failure is not shown: {chronic}", chronic=chronic))
    if organs.failed and organs.unknown:
        rows.append(
            say("not in the record, taken as not failing: {unknown}", unknown=", ".join(map(say, organs.unknown)))
        )
    return tuple(rows)


def _severity(patient: Patient, aligned: Aligned) -> dict[str, float]:
    if not alcoholic_hepatitis(patient, aligned):
        return {}
    rows = {n: _compute(registry()[n], aligned, False) for n in ("meld", "maddrey_df")}
    return {n: row.value for n, row in rows.items() if isinstance(row, Score)}


def _one(spec: ScoreSpec, patient: Patient, aligned: Aligned, members: frozenset[str], spans: bool) -> Score | Missing:
    if spec.only_for and not members & set(spec.only_for):
        why = say(
            "only for {only_for}, which this record does not show", only_for=either([say(n) for n in spec.only_for])
        )
        return Missing(spec.name, (), why)
    if spec.name != "lille":
        return _compute(spec, aligned, spans)
    at_start, why = steroid_course(patient, aligned)
    row = _compute(spec, at_start, spans)
    return row if isinstance(row, Score) else replace(row, why=f"{why}; {row.why}")


def _compute(spec: ScoreSpec, aligned: Aligned, spans: bool) -> Score | Missing:
    given = {n: aligned.given[n] for n in spec.all_inputs if n in aligned.given}
    need = lacking(spec, given)
    reason = spec.refuse(given) if spec.refuse else None
    if reason:
        return Missing(spec.name, (), reason)
    taken = {n: aligned.used[n] for n in given}
    at = latest(row.time for row in taken.values())
    for group in spec.one_of:
        for spare in [n for n in group if n in taken][1:]:
            del taken[spare]
    if not need:
        return finish(spec, given, taken, at=at)
    span, classes, example = interval(spec, given, aligned.bounds) if spans or spec.criteria else (None, (), {})
    if spec.criteria and span is not None and span[0] == span[1]:
        note = say("decided whatever the value of {need}", need=", ".join(need))
        return finish(spec, example, taken, at=at, notes=(note,))
    old = [aligned.stale[n] for part in need for n in part.split(" or ") if n in aligned.stale]
    return Missing(spec.name, need, "; ".join([say("missing: {need}", need=", ".join(need)), *old]), span, classes)
