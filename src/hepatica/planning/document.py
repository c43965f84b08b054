"""A plan as its JSON: each section a function of the workings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import metadata
from typing import Any

from hepatica import governance, therapy
from hepatica.language import mark, say, spoken
from hepatica.planning import after, lineage, own, record, rows, sources, words
from hepatica.planning.coverage import coverage
from hepatica.planning.dose import dose_finding, searched
from hepatica.planning.first import audit, do_now
from hepatica.planning.learning import information
from hepatica.planning.option import Option
from hepatica.planning.questions import questions
from hepatica.planning.recommend import recommendation
from hepatica.planning.robustness import robustness
from hepatica.planning.timing import timing
from hepatica.planning.tornado import tornado
from hepatica.planning.work import Workings

DISCLAIMER = mark("Research and decision support. Not a medical device; a clinician decides.")
TRIAL_TEXTS = ("because", "change", "note", "text", "what")


def document(w: Workings) -> dict[str, Any]:
    """Return the whole plan as plain values."""
    facts, asked, choice, matches = w.facts, w.asked, w.choice, w.screened.matches
    checks = after.follow_up(w.screened.course, choice.option)
    audited = audit(facts)
    unknown = after.unknown(
        facts, w.compared, matches, audited, w.fit, asked.today or date.today(), rows.groups(w)
    )  # fmt: skip
    unknown += own.unknown(asked.products)
    options = rows.options(w)
    curves = dose_finding(w)
    found: dict[str, Any] = {
        "hepatica_version": metadata.version("hepatica"),
        "language": spoken(),
        "created": asked.created,
        "seed": asked.seed,
        "draws": asked.draws,
        "disclaimer": say(DISCLAIMER),
        "horizon_days": list(w.screened.horizon_days),
        "judged_on_day": w.screened.judged_day,
        "patient": record.patient(w),
        "stage": record.stage(w),
        "fit": record.fit(w),
        "do_now": do_now(facts),
        "audit": audited,
        "screened": _screened(w, curves),
        "options": options,
        "timing": timing(w),
        "robustness": robustness(w),
        "dose_finding": curves,
        "products": own.section(asked.products),
        "weights": asked.weights.to_json(),
        "payment": asked.paid.to_json(),
        "coverage": coverage(asked.region),
        "sensitivity": tornado(w),
        "information": information(w.compared, facts.patient, w.screened.judged_day),
        "recommendation": recommendation(w, audited),
        "unknown": unknown,
        "eligibility": words.sentences([m.to_json() for m in matches], TRIAL_TEXTS),
        "questions": questions(facts, choice, w.compared, w.options, matches, checks, asked.paid, asked.region),
        "follow_up": checks,
        "consent": after.consent(facts, choice, w.chosen, w.options, checks, _unknown_to_consent(w, unknown)),
        "regulation": governance.regulation(asked.region, _product(choice.option, w.live)),
    }
    found["lineage"] = {"patterns": lineage.patterns(options, w.twin)}
    found["sources"] = _sources(found)
    return found


def _screened(w: Workings, curves: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    screen = w.screened.screen
    return {
        "options": len(w.options),
        "regimens": screen.regimens,
        "contraindicated": screen.contraindicated,
        "forecast": len(w.live),
        "race": {**w.raced.to_json(), "doses": searched(curves), "unit": w.choice.unit},
        "combinations": w.screened.combined.to_json(),
    }


def _unknown_to_consent(w: Workings, unknown: Sequence[str]) -> Sequence[str]:
    """Return what a consent says is not known: of cells and trials where they are chosen, else of usual care."""
    if w.choice.option.product or w.choice.option.status == "trial only":
        return unknown
    return after.unknown_of_care(w.facts, w.fit, w.asked.today or date.today())


def _product(chosen: Option, live: Sequence[Option]) -> therapy.Product | None:
    """Return the product whose pathway the plan shows: the recommended one, else the first that is forecast."""
    product = chosen.product or next((o.product for o in live if o.product), None)
    return therapy.products()[product] if product else None


def _sources(found: dict[str, Any]) -> dict[str, Any]:
    """Return every source the plan names, described once."""
    named: dict[str, None] = {}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "source" and isinstance(value, str):
                    named.setdefault(value)
                elif key == "sources" and isinstance(value, list):
                    named.update(dict.fromkeys(str(v) for v in value))
                else:
                    walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk({k: found[k] for k in found if k not in ("stage", "patient")})
    return {k: sources.describe(k) for k in named if k and not k.startswith("see ")}
