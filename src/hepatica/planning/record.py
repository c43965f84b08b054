"""The parts of a plan that tell of the person: the record, the stage, and how well the model fits."""

from __future__ import annotations

from typing import Any

from hepatica.planning import words
from hepatica.planning.facts import Facts
from hepatica.planning.work import Workings

STAGE_TEXTS = ("why", "contradictions", "notes", "rule")


def patient(w: Workings) -> dict[str, Any]:
    """Return who the plan is for, with every dated value."""
    facts, p = w.facts, w.facts.patient
    age = p.age_years(facts.now)
    return {
        "id": p.id,
        "sex": p.sex,
        "age_years": None if age is None else round(age, 1),
        "weight_kg": p.weight_kg,
        "causes": list(facts.staging.causes),
        "labs": _labs(facts),
        "set_aside": [{"what": s.what, "where": s.where, "why": s.why} for s in p.set_aside],
    }


def stage(w: Workings) -> dict[str, Any]:
    """Return the stage with its scores."""
    full = w.facts.staging.to_json()
    joined = {**full["stage"], **{k: v for k, v in full.items() if k not in ("stage", "patient")}}
    told: dict[str, Any] = words.sentences(joined, STAGE_TEXTS)
    return told


def fit(w: Workings) -> dict[str, Any]:
    """Return how well virtual patients stand for this person."""
    found, staged = w.fit, w.facts.staging
    return {
        "status": found.status,
        "draws": w.asked.draws,
        "ess": None if found.ess is None else float(f"{found.ess:.7g}"),
        "pareto_k": None if found.pareto_k is None else float(f"{found.pareto_k:.4g}"),
        "notes": [words.mended(n.replace(f"'{staged.course}'", staged.label)) for n in found.notes],
        "check": [dict(row) for row in found.check or ()],
    }


def _labs(facts: Facts) -> list[dict[str, Any]]:
    """Return every dated value, an analyte's in time order; the newest one of each is its last row."""
    rows = []
    for o in _values(facts):
        age_d = (facts.now - o.time).total_seconds() / 86400 if facts.now and o.time else None
        rows.append(
            {
                "analyte": o.analyte,
                "value": o.value,
                "unit": o.unit,
                "time": o.time.date().isoformat() if o.time else None,
                "age_d": None if age_d is None else round(age_d, 1),
                "ref_low": o.ref_low,
                "ref_high": o.ref_high,
                "flag": _flag(o),
            }
        )
    return rows


def _values(facts: Facts) -> list[Any]:
    found = []
    for analyte in dict.fromkeys(o.analyte for o in facts.patient.observations):
        newest = facts.patient.latest(analyte, facts.now)
        if newest is not None:
            before = [o for o in facts.patient.at(analyte) if o.time and (facts.now is None or o.time <= facts.now)]
            found += [*(o for o in before if o is not newest), newest]
    return found


def _flag(o: Any) -> str:
    if o.ref_low is not None and o.value < o.ref_low:
        return "low"
    return "high" if o.ref_high is not None and o.value > o.ref_high else ""
