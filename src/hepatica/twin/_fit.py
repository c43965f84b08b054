"""Fit the twin to one record: draw people who show these labs, weigh them by how they got there, move where few fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.language import say
from hepatica.patient import Patient
from hepatica.staging import Staging

from ._check import check_dates, check_one_date, remarks
from ._history import LAB_NAMES, error, history
from ._initial import ASCITES_L
from ._lived import Status, live
from ._organs import known_organs
from ._population import COURSES, Known, draw_labs
from ._posterior import calibrated, draw_hyper
from ._virtual import Context, Virtual, assemble, draw_latent, hyper_prior

Array = NDArray[np.float64]
POOL = 20_000
BUDGET = 100_000


@dataclass(frozen=True, slots=True)
class Fit:
    """Virtual patients that stand for one person, and how well they do.

    `check` holds a row for each kind of value: the newest one (`observed`) and its fitted 90 % band (`p05` to `p95`,
    `inside`), `values` over all dates, `p_value` (posterior predictive: of values at least this far from the model;
    None at one date) and `p_others` (at one date: of a value at least this far from what the others let expect).
    """

    virtual: Virtual
    course: str
    status: Status
    ess: float
    pareto_k: float | None
    draws: int
    notes: tuple[str, ...]
    check: tuple[dict[str, Any], ...]
    fixed: Mapping[str, float] = field(default_factory=dict)
    calibrated: bool = True


def population_of(staging: Staging) -> str:
    """Return the population that a stage belongs to."""
    course, causes = staging.course, set(staging.causes)
    if course == "alf" and "paracetamol" in causes:
        return "alf_paracetamol"
    if course == "aclf" and "HBV" in causes:
        return "aclf_hbv"
    if course == "metabolic":
        return "steatosis"
    return course if course in COURSES else "none"


def fit(
    patient: Patient, staging: Staging, *, draws: int = 1000, seed: int = 1, pool: int = POOL, learned: bool = True
) -> Fit:
    """Return virtual patients of this person: one date by conditioning, several by weight, then by tempered SMC.

    Args:
        patient: the record.
        staging: its stage; the course chooses the population.
        draws: virtual patients to return (at least 100).
        seed: keyed by purpose.
        pool: draws of the population that are weighed by a record of several dates.
        learned: whether the course's quantities come from the stored posterior (else from its prior, as a check on
            people who were among those it was fitted to needs).
    """
    course = population_of(staging)
    notes = []
    if not calibrated(course):
        notes.append(
            say("the population '{course}' is not calibrated: its priors are assumptions, wide", course=course)
        )
    context = _context(patient, staging)
    notes += _taken_for_granted(patient, staging, context)
    known = _known(course, staging)
    if not known:
        notes.append(
            say("no laboratory value was usable: every forecast is that of the population, not of this person")
        )
    status, ess, k, lived = "fitted", float(draws), None, None
    record = history(patient, staging, course)
    if record is not None:
        notes += record.notes
        lived = live(record, context, draws=draws, seed=seed, pool=pool, budget=BUDGET, learned=learned)
        if lived is None:
            status, ess = "not fitted", 0.0
            notes.append(say("earlier dates contradict the model or each other: they were not used"))
        else:
            span = record.days[-1]
            notes.append(
                say("{days} earlier dates over {span:.0f} days weigh the draws", days=len(record.days) - 1, span=span)
            )
            notes += lived.notes
    if lived is not None and record is not None:
        status, ess, k = lived.status, lived.ess, lived.pareto_k
        labs, latent, hyper = lived.labs, lived.latent, lived.hyper
        check = check_dates(record, lived, staging, seed)
    else:
        hyper = draw_hyper(course, draws, seed) if learned else hyper_prior(course, draws, seed)
        latent = draw_latent(course, hyper, context, draws, seed)
        labs = draw_labs(course, known, draws, seed)
        check = check_one_date(course, known, labs, staging, seed)
    virtual = assemble(course, labs, latent, hyper, context, seed, 3650.0)
    notes += remarks(check)
    fixed = _fixed(patient, staging)
    return Fit(virtual, course, status, ess, k, draws, tuple(notes), check, fixed, calibrated(course))


def _context(patient: Patient, staging: Staging) -> Context:
    age = patient.age_years(staging.at)
    drugs = {"HBV": "antiviral_hbv", "HCV": "antiviral_hcv", "PBC": "udca"}
    treated = [c for c, drug in drugs.items() if c in staging.causes and patient.takes(drug)]
    treated += ["alcohol"] if patient.alcohol_active is False and "alcohol" in staging.causes else []
    weight = patient.weight_kg or (70.0 if age is None or age >= 16 else max(3.5, 3.0 * age + 7.0))
    return Context(
        weight_kg=float(weight),
        age_y=55.0 if age is None else float(age),
        ascites_l=None if staging.ascites is None else ASCITES_L[staging.ascites] * min(1.0, weight / 70),
        anticoagulated=patient.takes("anticoagulant", "warfarin"),
        causes=tuple(staging.causes),
        treated=tuple(treated),
        kidney_chronic=patient.has("chronic_kidney_disease")
        or (staging.dialysis and "kidney" not in staging.organ_failures),
        organs=known_organs(staging),
        urea_cycle=staging.course == "urea_cycle" or "urea_cycle" in staging.causes,
    )


def _taken_for_granted(patient: Patient, staging: Staging, context: Context) -> list[str]:
    """Return a note for everything the forecast needs and the record does not say."""
    notes = []
    if patient.age_years(staging.at) is None:
        notes.append(say("age is not in the record: {age_y:.0f} years taken", age_y=context.age_y))
    if patient.weight_kg is None:
        notes.append(say("weight is not in the record: {weight_kg:.0f} kg taken", weight_kg=context.weight_kg))
    if staging.ascites is None:
        notes.append(say("ascites is not in the record: drawn as in people of the same course"))
    if staging.encephalopathy_grade is None:
        notes.append(say("encephalopathy is not in the record: none taken in the forecast of Child-Pugh"))
    return notes


def _fixed(patient: Patient, staging: Staging) -> dict[str, float]:
    return {
        "encephalopathy_grade": float(staging.encephalopathy_grade or 0),
        "female": float(patient.sex == "female"),
        "dialysis": float(bool(staging.dialysis)),
        "cholestatic": float(bool({"PBC", "PSC"} & set(staging.causes))),
    }


def _known(course: str, staging: Staging) -> dict[str, Known]:
    known = {}
    for analyte, name in LAB_NAMES.items():
        lab = staging.labs.get(analyte)
        if lab is None or not isinstance(lab.value, int | float) or lab.value <= 0:
            continue
        stale = 0.0 if lab.age_d is None else max(lab.age_d, 0.0) / 365.0
        known[name] = Known(float(lab.value), float(np.hypot(error(course, name), 0.3 * stale)))
    return known
