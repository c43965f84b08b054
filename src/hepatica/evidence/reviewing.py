"""A whole review by one question: limitations, outcomes by time, route and source, published pools, studies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.base import reference, studies
from hepatica.evidence.bias import risk_of_bias
from hepatica.evidence.contrasts import Contrast, has, is_cells
from hepatica.evidence.extract import LeftOut
from hepatica.evidence.grid import DAYS, OUTCOMES, Asked, cell, nearest, pairs_of, route, slices, source
from hepatica.evidence.model import Study
from hepatica.evidence.published import published_pools
from hepatica.evidence.question import Question, ask

_COMPARED = ("OR", "RR", "HR", "MD", "SMD")


def review(
    condition: str, intervention: str, design: str = "randomised", base: Iterable[Study] | None = None
) -> dict[str, Any]:
    """Return the review of an intervention against control in a condition as plain JSON values.

    Keys: question, headline, limitations (first), flow (how many studies remain at each step), outcomes (each with its
    grid: `slices` by route and source or region, with cells by day, `nearest` answers of wider questions and the
    `published` pools, which are not ours), directions (published pools without numbers), studies, left_out, methods.
    A cell with k = 0 is "not estimable", which is an answer. Raises InputError for words that fit nothing and
    CannotAnswer where no study of the base gave the intervention in that condition.
    """
    if not condition or not intervention:
        raise InputError("a review needs a condition and an intervention", mend="--condition C --intervention I")
    every = list(studies().values() if base is None else base)
    q = ask("survival", None, condition, intervention, design=design)
    pairs, without = pairs_of(q, every)
    given = [s for s in every if s.condition in q.conditions and any(has(a, q.intervention) for a in s.arms)]
    if not given:
        raise CannotAnswer(f"no study of this base gave {q.intervention} in {q.condition.replace('_', ' ')}")
    parts = slices(q, pairs)
    outcomes = [_outcome(a, q, parts, every) for a in OUTCOMES]
    cells = [c for o in outcomes for c in o["slices"][0]["cells"]]
    answered = sum(c["k"] > 0 for c in cells)
    published = {p["id"]: p for o in outcomes for p in o["published"]}
    flow = _flow(q, every, given, pairs, outcomes)
    short = len(q.intervention) < 6
    title = q.intervention.replace("_", "-").upper() if short else q.intervention.replace("_", " ").capitalize()
    return {
        "question": f"{title} v. standard care in {q.condition.replace('_', ' ')}",
        "condition": q.condition,
        "intervention": q.intervention,
        "design": q.design,
        "days": [{"day": d, "name": n} for d, n in DAYS],
        "headline": _headline(answered, len(cells), len(pairs)),
        "limitations": _limitations(q, pairs, answered, len(cells), outcomes, list(published.values())),
        "flow": flow,
        "outcomes": outcomes,
        "directions": _directions(q),
        "studies": [_study(p, outcomes) for p in sorted(pairs, key=lambda p: (p.study.year or 0, p.study.id))],
        "without_control": [_name(x) for x in without],
        "methods": _methods(q),
    }


def _outcome(a: Asked, q: Question, parts: list[Any], every: list[Study]) -> dict[str, Any]:
    by_id = {s.id: s for s in every}
    table = []
    reasons: dict[str, str] = {}
    found: list[dict[str, Any]] = []
    for by, name, ids in parts:
        cells = []
        for day, label in DAYS:
            asked = ask(a.outcome, day, q.condition, q.intervention, design=q.design)
            got, out = cell(asked, [by_id[i] for i in ids])
            reasons |= {x.study.id: x.reason for x in out if by == "all"}
            cells.append({"day": day, "name": label, "could": len({by_id[i].cohort for i in ids}), **got})
        table.append({"by": by, "name": name, "studies": len(ids), "cells": cells})
    for day, label in DAYS:
        asked = ask(a.outcome, day, q.condition, q.intervention, design=q.design)
        if not table[0]["cells"][len(found)]["k"] and (near := nearest(asked, every)):
            found.append({"day": day, "name": label, **near})
        else:
            found.append({"day": day, "name": label, "k": 0})
    return {
        "outcome": a.outcome, "name": a.name, "group": a.group, "unit": a.unit, "better": a.better,
        "slices": table, "nearest": [n for n in found if n["k"]], "why_not": reasons,
        "published": _published(a, q),
    }  # fmt: skip


def _published(a: Asked, q: Question) -> list[dict[str, Any]]:
    rows = [
        p for p in published_pools(a.outcome, None, q.condition, q.intervention)
        if p["outcome"] != "several" and p.get("value") is not None
    ]  # fmt: skip
    return [_pool(p) for p in rows]


def _directions(q: Question) -> list[dict[str, Any]]:
    return [
        _pool(p)
        for p in published_pools(None, None, q.condition, q.intervention)
        if p.get("value") is None and (p["outcome"] == "several" or p["outcome"] in {a.outcome for a in OUTCOMES})
    ]


def _pool(p: dict[str, Any]) -> dict[str, Any]:
    keys = ("id", "study", "intervention", "condition", "outcome", "measure", "day", "time", "value", "lo", "hi",
            "unit", "k", "n", "region", "note", "doubts", "source", "where")  # fmt: skip
    row = {k: p.get(k) for k in keys}
    return {**row, "compares": p["measure"] in _COMPARED, "url": reference(p["source"])["url"]}


def _flow(
    q: Question, every: list[Study], given: list[Study], pairs: list[Contrast], outcomes: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    inside = [s for s in every if s.condition in q.conditions]
    randomised = [p for p in pairs if p.study.randomised is True]
    used = {s["study"] for o in outcomes for c in o["slices"][0]["cells"] for s in c.get("studies", ())}
    place = q.condition.replace("_", " ")
    steps = (
        ("studies in this base", len(every)),
        (f"in {place}", len(inside)),
        (f"with an arm given {q.intervention.replace('_', ' ')}", len(given)),
        ("with a control arm that differs by it alone", len(pairs)),
        ("of these, cohorts counted once", len({p.study.cohort for p in pairs})),
        ("stated to be randomised", len(randomised)),
        ("with numbers of both arms for an outcome and time asked", len(used)),
    )
    return [{"step": a, "n": b} for a, b in steps]


def _headline(answered: int, cells: int, controlled: int) -> str:
    if not answered:
        return (
            f"Not estimable: none of the {cells} outcomes and times asked can be pooled from the {controlled} "
            "controlled studies in this base, because none prints, in what could be read, the numbers of both arms."
        )
    return f"{answered} of the {cells} outcomes and times asked can be estimated; the others are not estimable."


def _limitations(
    q: Question, pairs: list[Contrast], answered: int, cells: int, outcomes: list[dict[str, Any]],
    published: list[dict[str, Any]],
) -> list[str]:  # fmt: skip
    k = len(pairs)
    said = []
    if answered < cells:
        said.append(
            f"{cells - answered} of {cells} outcomes and times have k = 0. Not estimable means unknown: neither that "
            "the treatment works nor that it does not."
        )
    if k:
        full = sum(p.study.confidence.startswith("primary full text") for p in pairs)
        said.append(
            f"{k - full} of the {k} controlled studies were read in abstracts or other reviews' tables, not in full "
            "text: their means, standard deviations and counts may exist and are not here."
        )
        blinded = sum(p.study.blinded is True for p in pairs)
        random = sum(p.study.randomised is True for p in pairs)
        said.append(f"{random} of {k} are stated to be randomised and {blinded} of {k} to be blinded.")
        places = sorted({(p.study.region or "").replace("_", " ") for p in pairs} - {""})
        if len(places) == 1:
            said.append(f"Every study with a stated place is from {places[0].title()}: it may not hold elsewhere.")
    overlap = sorted(p.study.id for p in pairs if p.study.may_overlap)
    if overlap:
        said.append(f"{', '.join(overlap)} may share patients with another study of this base; counted as their own.")
    life = [o for o in outcomes if o["group"] == "Quality of life"]
    reports = sorted({s["study"] for o in life for n in o["nearest"] for s in n["studies"]})
    if not any(c["k"] for o in life for c in o["slices"][0]["cells"]):
        rest = f"; the nearest numbers are of {', '.join(reports)}, which answers a wider question" if reports else ""
        said.append(f"Quality of life: no trial of this question prints a score of both arms{rest}.")
    marks = [o["name"] for o in outcomes if o["group"] == "Inflammation"]
    if not any(c["k"] for o in outcomes if o["group"] == "Inflammation" for c in o["slices"][0]["cells"]):
        said.append(f"Inflammation: no numbers of both arms for any of {', '.join(marks)}.")
    said.append(
        "Directions and p values without numbers are shown with each study and not pooled; results that could be "
        "printed with a p value are more often the favourable ones."
    )
    if published:
        doubts = list(dict.fromkeys(d for p in published for d in p["doubts"] or ()))
        said.append(
            "The published pools beside the grid are not ours and were not recomputed: " + "; ".join(doubts) + "."
        )
    said.append("This base was not made by a systematic search with two reviewers; risk of bias is judged by us.")
    return said


def _study(p: Contrast, outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    s = p.study
    reported = {}
    for o in outcomes:
        days = [c["name"] for c in o["slices"][0]["cells"] if s.id in {r["study"] for r in c.get("studies", ())}]
        reported[o["name"]] = ", ".join(days) or o["why_not"].get(s.id, "not used")
    bias = risk_of_bias(s.id)
    treated = sum(a.n or 0 for a in p.treated) or None
    control = sum(a.n or 0 for a in p.control) or None
    return {
        "id": s.id, "citation": s.citation, "year": s.year, "country": s.country, "cohort": s.cohort,
        "condition_text": s.condition_text, "randomised": s.randomised, "blinded": s.blinded,
        "treated": [a.name for a in p.treated], "control": [a.name for a in p.control],
        "n": treated, "control_n": control, "comparator": p.comparator, "with": list(p.with_),
        "route": route(p), "source_of_cells": source(p),
        "infusions": next((a.cells.infusions for a in p.treated if a.cells), None),
        "reported": reported, "risk_of_bias": bias, "may_overlap": list(s.may_overlap),
        "notes": s.notes, "confidence": s.confidence, "url": reference(s.id)["url"],
    }  # fmt: skip


def _name(x: LeftOut) -> dict[str, Any]:
    return {"study": x.study.id, "citation": x.study.citation, "reason": x.reason, "url": reference(x.study.id)["url"]}


def _methods(q: Question) -> list[str]:
    days = "; ".join(
        f"{name} is day {a:g} to {b:g}" for (d, name) in DAYS for a, b in [ask("survival", d, q.condition).days]
    )
    said = [
        "Random effects by restricted maximum likelihood, Knapp-Hartung interval (t with k − 1 degrees of freedom); "
        "one study gives its own normal interval. The prediction interval is for the effect in a next study.",
        days + "; the nearest day both arms report is used.",
        "Survival by odds ratio from counts, all else by difference of means "
        "(change from baseline before values on the day).",
        "A cohort is used once, from the report read most fully; only arms that differ by the intervention count.",
        "Where the question has no answer, the least wide question that has one is shown, marked as indirect and one "
        "step less certain.",
        "Certainty after GRADE: what can be computed is, the rest is judged by us, each with its reason.",
    ]
    if is_cells(q.intervention):
        said.append("Routes and sources are compared between studies, so any difference may be due to something else.")
    return said
