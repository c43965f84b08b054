"""Fit the twin to one record: draw people who show these labs, and weigh them by how they got there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hepatica.patient import Patient
from hepatica.staging import Staging

from ._body import table
from ._build import twin
from ._initial import ASCITES_L
from ._pareto import pareto_k
from ._population import COURSES, Known, draw_labs, noise, stream
from ._posterior import calibrated, draw_hyper
from ._virtual import Context, Virtual, assemble, doses, draw_latent, kind

Array = NDArray[np.float64]
Status = Literal["fitted", "tempered", "not fitted"]
LAB_NAMES = {
    "albumin": "albumin_g_l",
    "bilirubin": "bilirubin_umol_l",
    "inr": "inr",
    "creatinine": "creatinine_umol_l",
    "sodium": "sodium_mmol_l",
    "platelets": "platelets_e9_l",
    "alt": "alt_u_l",
    "ast": "ast_u_l",
    "ammonia": "ammonia_umol_l",
    "hvpg": "hvpg_mmhg",
}
HISTORY = ("albumin_g_l", "bilirubin_umol_l", "inr", "creatinine_umol_l")
LEAST_ESS = 400.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Virtual patients that stand for one person, and how well they do."""

    virtual: Virtual
    course: str
    status: Status
    ess: float
    pareto_k: float | None
    draws: int
    notes: tuple[str, ...]
    check: tuple[dict[str, Any], ...]
    fixed: Mapping[str, float] = field(default_factory=dict)


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


def fit(patient: Patient, staging: Staging, *, draws: int = 1000, seed: int = 1) -> Fit:
    """Return virtual patients of this person: current labs by conditioning, earlier ones by weight.

    Args:
        patient: the record.
        staging: its stage; the course chooses the population.
        draws: virtual patients to return (at least 100).
        seed: keyed by purpose.
    """
    course = population_of(staging)
    notes = []
    if not calibrated(course):
        notes.append(f"the population '{course}' is not calibrated: its priors are assumptions, wide")
    context = _context(patient, staging)
    notes += _taken_for_granted(patient, staging, context)
    known = _known(staging)
    if not known:
        notes.append("no laboratory value was usable: every forecast is that of the population, not of this person")
    history = _history(patient, staging, course)
    pool = max(4000, 4 * draws) if history else draws
    ess, k, status, rows = float(draws), None, "fitted", np.arange(draws)
    hyper = draw_hyper(course, pool, seed)
    latent = draw_latent(course, hyper, context, pool, seed)
    if history:
        log_w, spread = _log_weights(course, hyper, latent, context, history, seed)
        rows, ess, k, status, note = _resample(log_w, draws, seed)
        notes.append(f"{len(history) - 1} earlier dates over {history[-1][0] - history[0][0]:.0f} days weigh the draws")
        notes += [note] if note else []
        latent = _carry(course, latent, spread, seed)
    latent = {key: x[rows] for key, x in latent.items()}
    hyper = {key: x[rows] for key, x in hyper.items()}
    labs = draw_labs(course, known, draws, seed)
    virtual = assemble(course, labs, latent, hyper, context, seed, 3650.0)
    check = _check(labs, staging)
    notes += [f"{row['analyte']} lies outside the 90 % band of its own fit" for row in check if not row["inside"]]
    return Fit(virtual, course, status, ess, k, draws, tuple(notes), check, _fixed(patient, staging))


def _context(patient: Patient, staging: Staging) -> Context:
    age = patient.age_years(staging.at)
    treated = {"HBV": "antiviral_hbv", "HCV": "antiviral_hcv", "PBC": "udca"}
    removed = patient.alcohol_active is False if "alcohol" in staging.causes else False
    removed = removed or any(c in staging.causes and patient.takes(kind) for c, kind in treated.items())
    weight = patient.weight_kg or (70.0 if age is None or age >= 16 else max(3.5, 3.0 * age + 7.0))
    return Context(
        weight_kg=float(weight),
        age_y=55.0 if age is None else float(age),
        ascites_l=None if staging.ascites is None else ASCITES_L[staging.ascites] * min(1.0, weight / 70),
        anticoagulated=patient.takes("anticoagulant", "warfarin"),
        cause_removed=removed,
        urea_cycle=staging.course == "urea_cycle" or "urea_cycle" in staging.causes,
    )


def _taken_for_granted(patient: Patient, staging: Staging, context: Context) -> list[str]:
    """Return a note for everything the forecast needs and the record does not say."""
    notes = []
    if patient.age_years(staging.at) is None:
        notes.append(f"age is not in the record: {context.age_y:.0f} years taken")
    if patient.weight_kg is None:
        notes.append(f"weight is not in the record: {context.weight_kg:.0f} kg taken")
    if staging.ascites is None:
        notes.append("ascites is not in the record: drawn as in people of the same course")
    if staging.encephalopathy_grade is None:
        notes.append("encephalopathy is not in the record: none taken in the forecast of Child-Pugh")
    return notes


def _fixed(patient: Patient, staging: Staging) -> dict[str, float]:
    return {
        "encephalopathy_grade": float(staging.encephalopathy_grade or 0),
        "female": float(patient.sex == "female"),
        "dialysis": float(bool(staging.dialysis)),
        "cholestatic": float(bool({"PBC", "PSC"} & set(staging.causes))),
    }


def _known(staging: Staging) -> dict[str, Known]:
    known = {}
    for analyte, name in LAB_NAMES.items():
        lab = staging.labs.get(analyte)
        if lab is None or not isinstance(lab.value, int | float) or lab.value <= 0:
            continue
        stale = 0.0 if lab.age_d is None else max(lab.age_d, 0.0) / 365.0
        known[name] = Known(float(lab.value), float(np.hypot(noise(name), 0.3 * stale)))
    return known


def _history(patient: Patient, staging: Staging, course: str) -> list[tuple[float, dict[str, float]]]:
    """Return (day, labs) of earlier dates with bilirubin or INR in the window, oldest first, day 0 the oldest."""
    if staging.at is None:
        return []
    window = kind(course)["history_d"]
    by_day: dict[float, dict[str, float]] = {}
    for analyte, name in LAB_NAMES.items():
        if name not in HISTORY:
            continue
        for o in patient.at(analyte):
            if o.time is None or o.comparator:
                continue
            ago = _days(staging.at, o.time)
            if 0 <= ago <= window:
                by_day.setdefault(round(-ago, 1), {})[name] = o.value
    rows = [(day, labs) for day, labs in sorted(by_day.items()) if len(labs) >= 2]
    if len(rows) < 2 or rows[-1][0] - rows[0][0] < 1:
        return []
    first = rows[0][0]
    return [(day - first, labs) for day, labs in rows]


def _days(late: datetime, early: datetime) -> float:
    return (late.replace(tzinfo=None) - early.replace(tzinfo=None)).total_seconds() / 86400


def _log_weights(
    course: str,
    hyper: Mapping[str, Array],
    latent: Mapping[str, Array],
    context: Context,
    history: list[tuple[float, dict[str, float]]],
    seed: int,
) -> tuple[Array, dict[str, Array]]:
    """Return log weights of the draws by the later dates (Student-t), and their insult and cause at the last date."""
    from hepatica.engine import simulate

    n = len(latent["acute_insult"])
    known = {k: Known(v) for k, v in history[0][1].items()}
    labs = draw_labs(course, known, n, seed + 1)
    virtual = assemble(course, labs, latent, hyper, context, seed, 0.0)
    times = [day for day, _ in history]
    names = list(HISTORY)
    result = simulate(
        twin(),
        times,
        n=n,
        parameters=virtual.parameters,
        initial=virtual.initial,
        doses=doses(virtual),
        observables=[*names, "acute_insult", "alive_untransplanted"],
        precision="f32",
    )
    log_w = np.log(np.clip(np.asarray(result.values["alive_untransplanted"])[-1], 1e-6, 1))
    for i, (_, seen) in enumerate(history[1:], start=1):
        for name, value in seen.items():
            scale = np.hypot(noise(name), table("kinds")["history"]["discrepancy"])
            z = (np.log(np.maximum(np.asarray(result.values[name])[i], 1e-6)) - np.log(value)) / scale
            log_w += -2.5 * np.log1p(z**2 / 4)
    log_w[np.asarray(result.code) != 0] = -np.inf
    return np.nan_to_num(log_w, nan=-np.inf), {"acute_insult": np.asarray(result.values["acute_insult"])[-1]}


def _carry(course: str, latent: dict[str, Array], now: Mapping[str, Array], seed: int) -> dict[str, Array]:
    """Return the latent state today; of a past trend only a part persists (assumed): an insult that rose may fall."""
    kept = float(kind(course)["persistence"])
    fresh = stream("persistence", seed).permutation(latent["acute_resolution_1_d"])
    turned = {
        "acute_resolution_1_d": kept * latent["acute_resolution_1_d"] + (1 - kept) * fresh,
        "bilirubin_trend": kept * latent["bilirubin_trend"],
    }
    return {**latent, **{k: np.nan_to_num(v) for k, v in now.items()}, **turned}


def _resample(log_w: Array, draws: int, seed: int) -> tuple[NDArray[np.int64], float, float | None, Status, str]:
    rng = stream("resample", seed)
    for temper in (1.0, 0.7, 0.5, 0.35, 0.25):
        w = np.exp(temper * (log_w - log_w.max()))
        w /= w.sum()
        ess = float(1 / (w**2).sum())
        if ess >= LEAST_ESS:
            k = pareto_k(temper * log_w)
            note = (
                ""
                if temper == 1.0
                else f"the record's course is rare in its population: likelihood tempered to {temper}"
            )
            pick = rng.choice(len(w), draws, p=w)
            return pick, ess, k, "fitted" if temper == 1.0 else "tempered", note
    pick = rng.integers(0, len(log_w), draws)
    note = "earlier dates contradict the model or each other: they were not used"
    return pick, ess, pareto_k(log_w), "not fitted", note


def _check(labs: Mapping[str, Array], staging: Staging) -> tuple[dict[str, Any], ...]:
    rows = []
    for analyte, name in LAB_NAMES.items():
        lab = staging.labs.get(analyte)
        if lab is None or name not in labs or not isinstance(lab.value, int | float):
            continue
        p05, p50, p95 = (float(x) for x in np.quantile(labs[name], (0.05, 0.5, 0.95)))
        row = {"analyte": analyte, "observed": float(lab.value), "p05": p05, "p50": p50, "p95": p95}
        rows.append(row | {"inside": bool(p05 <= lab.value <= p95)})
    return tuple(rows)
