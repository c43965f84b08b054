"""The plan of one patient: what first, what could be done, what it would do, what is advised, what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import metadata
from typing import Any

from hepatica import eligibility, governance, staging, therapy
from hepatica.errors import InputError
from hepatica.patient import Patient
from hepatica.planning import after, cells, lineage, sources, words
from hepatica.planning.choose import Choice, choose
from hepatica.planning.compare import Compared, alike, compare
from hepatica.planning.facts import Facts
from hepatica.planning.first import audit, do_now
from hepatica.planning.forecasts import forecasts
from hepatica.planning.front import front
from hepatica.planning.horizon import horizon
from hepatica.planning.learning import information
from hepatica.planning.option import Option, cap
from hepatica.planning.questions import questions
from hepatica.planning.race import race
from hepatica.planning.treatments import without_cells
from hepatica.planning.weights import Weights

DISCLAIMER = "Research and decision support. Not a medical device; a clinician decides."
STAGE_TEXTS = ("why", "contradictions", "notes", "rule")
TRIAL_TEXTS = ("because", "change", "note", "text", "what")
FIT_LIMIT = {"fitted": "high", "tempered": "low", "not fitted": "very low"}


@dataclass(frozen=True, slots=True)
class Plan:
    """One patient's plan; `document` is its JSON."""

    document: dict[str, Any]

    @property
    def id(self) -> str:
        """Return the patient's id."""
        return str(self.document["patient"]["id"])

    @property
    def recommended(self) -> dict[str, Any]:
        """Return the recommended option."""
        wanted = self.document["recommendation"]["option"]
        return next(o for o in self.document["options"] if o["id"] == wanted)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        return self.document


def plan(
    patient: Patient,
    *,
    draws: int = 2000,
    seed: int = 1,
    today: date | None = None,
    jurisdiction: str = "EU",
    answers: Mapping[str, bool] | None = None,
    checked: Mapping[str, eligibility.StatusCheck] | None = None,
    twin: Any = None,
    weights: Weights | Mapping[str, float] | str | None = None,
) -> Plan:
    """Plan one patient; raises InputError for a wrong jurisdiction or number of draws.

    Args:
        patient: the record.
        draws: posterior draws, the same for every option.
        seed: seed of the random streams.
        today: the day on which recruitment is judged (default: today).
        jurisdiction: whose rules: US, EU, UK, JP, KR, CN.
        answers: replies to the questions of trial criteria, by name.
        checked: recruitment statuses looked up since the package was made, by trial.
        weights: what counts for this person, see `Weights` (default: quality-adjusted days less those lost to harms).
        twin: another model with `fit`, `forecast`, `lineage` and `Option` (default: hepatica.twin).
    """
    if draws < 2:
        raise InputError(f"{draws} draws are too few", where="draws", mend="use 2000")
    region = governance.jurisdiction_id(jurisdiction)
    counts = weights if isinstance(weights, Weights) else Weights.read(weights)
    if twin is None:
        from hepatica import twin as model

        twin = model
    staged = staging.stage(patient)
    facts = Facts(patient, staged)
    matches = eligibility.match(patient, staged, today=today, answers=answers, checked=checked)
    screen = cells.with_cells(facts, matches)
    options = [*without_cells(facts), *screen.options]
    horizon_days, days, judged = horizon(staged.course)
    fit = twin.fit(patient, staged, draws=draws, seed=seed)
    raced = race(twin, fit, screen.passing, [o.id for o in options], staged.course, judged, counts, seed)
    options += raced.winners
    live = [o for o in options if o.live]
    found = forecasts(twin, fit, live, days)
    compared = compare(live, found, staged.course, judged, region, seed, _modelled(twin, live, staged.course), counts)
    limit = FIT_LIMIT.get(fit.status, "very low")
    ess = float(fit.ess or draws)
    choice = choose(facts, compared, limit, ess)
    same = alike(compared, ess)
    checks = after.follow_up(staged.course, choice.option)
    audited = audit(facts)
    unknown = after.unknown(facts, compared, matches, audited, fit, today or date.today(), _groups(compared, same))
    chosen = next(c for c in compared if c.option.id == choice.option.id)
    rows = _options(options, compared, limit, same)
    document: dict[str, Any] = {
        "hepatica_version": metadata.version("hepatica"),
        "created": today.isoformat() if today else datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "draws": draws,
        "disclaimer": DISCLAIMER,
        "horizon_days": list(horizon_days),
        "judged_on_day": judged,
        "patient": _patient(facts),
        "stage": words.sentences(_stage(staged), STAGE_TEXTS),
        "fit": _fit(fit, draws, staged),
        "do_now": do_now(facts),
        "audit": audited,
        "screened": {
            "options": len(options),
            "regimens": screen.regimens,
            "contraindicated": screen.contraindicated,
            "forecast": len(live),
            "race": raced.to_json(),
        },
        "options": rows,
        "weights": counts.to_json(),
        "information": information(compared, facts.patient, judged),
        "recommendation": _recommendation(facts, choice, chosen, compared, matches, audited),
        "unknown": unknown,
        "eligibility": words.sentences([m.to_json() for m in matches], TRIAL_TEXTS),
        "questions": questions(facts, choice, compared, options, matches, checks),
        "follow_up": checks,
        "consent": after.consent(facts, choice, chosen, options, checks, unknown),
        "regulation": governance.regulation(region, _product(choice.option, live)),
    }
    document["lineage"] = {"patterns": lineage.patterns(rows, twin)}
    document["sources"] = _sources(document)
    return Plan(document)


def _modelled(twin: Any, live: Sequence[Option], course: str) -> dict[str, bool]:
    asks = getattr(twin, "applies", None)
    if asks is None:
        return {}
    return {
        o.id: o.regimen is not None or o.id == "standard_care" or any(asks(a, course) for a in o.actions) for o in live
    }


def _product(chosen: Option, live: Sequence[Option]) -> therapy.Product | None:
    """Return the product whose pathway the plan shows: the recommended one, else the first that is forecast."""
    product = chosen.product or next((o.product for o in live if o.product), None)
    return therapy.products()[product] if product else None


def _options(
    options: Sequence[Option], compared: Sequence[Compared], limit: str, same: Mapping[str, tuple[str, ...]]
) -> list[dict[str, Any]]:
    by_id = {c.option.id: c for c in compared}
    order = sorted(compared, key=lambda c: -float(c.net.mean()))
    rank = {c.option.id: i + 1 for i, c in enumerate(order)}
    beaten = front({c.option.id: c.parts for c in compared})
    rows = []
    for o in options:
        row: dict[str, Any] = {
            "id": o.id,
            "name": o.name,
            "treatment": o.treatment,
            "family": o.family,
            "product": o.product,
            "route": o.route,
            "dose_cells": o.regimen.dose_cells if o.regimen else None,
            "schedule_days": list(o.regimen.days) if o.regimen else [],
            "status": o.status,
            "rank": rank.get(o.id),
            "because": o.because,
            "recommendable": o.recommendable,
            "trial": o.trial,
            "cautions": list(o.cautions),
            "certainty": cap(o.certainty, limit),
            "certainty_why": o.certainty_why,
            "basis": o.basis,
            "evidence": [{"certainty": o.certainty, **e} for e in o.evidence],
            "sources": list(o.sources),
            "harms": [],
            "benefit": {},
        }
        if o.id in by_id:
            row |= by_id[o.id].rows
            row["cannot_be_told_from"] = list(same[o.id])
            row["beaten_in_everything_by"] = list(beaten[o.id])
            row |= _note(row, [by_id[i].option for i in same[o.id]])
        rows.append(row)
    live = [r for r in rows if r["status"] != "ruled out"]
    out = [r for r in rows if r["status"] == "ruled out"]
    live.sort(key=lambda r: (r["id"] != "standard_care", r["status"] != "offered", r["rank"]))
    return live + out


def _recommendation(
    facts: Facts, choice: Choice, chosen: Compared, compared: Sequence[Compared], matches: Any, audited: Any
) -> dict[str, Any]:
    unit = choice.unit
    return {
        "option": choice.option.id,
        "status": choice.option.status,
        "certainty": choice.certainty,
        "headline": choice.headline,
        "why": choice.why,
        "pathway": choice.pathway,
        "regret": f"If this choice is wrong, the expected loss is {_loss(choice.regret)} {unit} by day "
        f"{chosen.rows['qaly']['horizon_days']} (mean over draws, against the best allowed option in each).",
        "regret_value": {"mean": float(f"{choice.regret:.7g}"), "unit": unit},
        "p_best": choice.p_best,
        "ties": [_tied(c.option) for c in compared if c.option.id in choice.ties],
        "tied_options": list(choice.ties),
        "would_change_if": after.would_change(facts, choice, compared, matches, audited),
        "sources": list(choice.sources),
    }


def _loss(days: float) -> str:
    return words.number(float(f"{days:.2g}")) if days >= 0.01 else "less than 0.01"


def _tied(o: Option) -> str:
    return f"{words.capital(_regimen(o))} cannot be told apart from it in the forecast."


def _regimen(o: Option) -> str:
    """Return an option's name, with the route where it is a cell regimen."""
    name = words.lower(o.name)
    return f"{name} by {therapy.routes()[o.route].name}" if o.route else name


def _note(row: dict[str, Any], alike: Sequence[Option]) -> dict[str, str]:
    said = [row["forecast_note"]] if row.get("forecast_note") else []
    if alike:
        others = words.listed([_regimen(o) for o in alike])
        said.append(f"cannot be told apart from {others}: they differ by less than the noise of the simulation")
    return {"forecast_note": words.capital("; ".join(said))} if said else {}


def _groups(compared: Sequence[Compared], same: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return a sentence on the cell regimens whose net benefits cannot be told apart."""
    by_id = {c.option.id: c.option for c in compared if c.option.regimen}
    groups = {frozenset({i, *(j for j in same[i] if j in by_id)}) for i in by_id}
    largest = max(groups, key=lambda g: (len(g), sorted(g)), default=frozenset())
    if len(largest) < 2:
        return []
    names = words.listed([_regimen(by_id[i]) for i in by_id if i in largest])
    return [f"Which of these is better: {names}. Their forecasts cannot be told apart."]


def _patient(facts: Facts) -> dict[str, Any]:
    p = facts.patient
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


def _stage(staged: Any) -> dict[str, Any]:
    full = staged.to_json()
    return {**full["stage"], **{k: v for k, v in full.items() if k not in ("stage", "patient")}}


def _fit(fit: Any, draws: int, staged: Any) -> dict[str, Any]:
    return {
        "status": fit.status,
        "draws": draws,
        "ess": None if fit.ess is None else float(f"{fit.ess:.7g}"),
        "pareto_k": None if fit.pareto_k is None else float(f"{fit.pareto_k:.4g}"),
        "notes": [words.mended(n.replace(f"'{staged.course}'", staged.label)) for n in fit.notes],
        "check": [dict(row) for row in fit.check or ()],
    }


def _sources(document: dict[str, Any]) -> dict[str, Any]:
    """Return every source the plan names, described once."""
    found: dict[str, None] = {}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "source" and isinstance(value, str):
                    found.setdefault(value)
                elif key == "sources" and isinstance(value, list):
                    found.update(dict.fromkeys(str(v) for v in value))
                else:
                    walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk({k: document[k] for k in document if k not in ("stage", "patient")})
    return {k: sources.describe(k) for k in found if k and not k.startswith("see ")}
