"""A whole review by one question: limitations, findings, harms, outcomes by time, published pools, studies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hepatica.errors import CannotAnswer
from hepatica.evidence.absolute import Baseline, baseline, findings
from hepatica.evidence.base import reference, studies
from hepatica.evidence.bias import risk_of_bias
from hepatica.evidence.contrasts import Contrast, has, is_cells
from hepatica.evidence.courses import pool_course
from hepatica.evidence.extract import LeftOut
from hepatica.evidence.flow import flow
from hepatica.evidence.grid import cell, leading, nearest, pairs_of, route, slices, source
from hepatica.evidence.harm_table import harm_table
from hepatica.evidence.limits import headline, limitations
from hepatica.evidence.model import Study
from hepatica.evidence.network_picture import network_picture
from hepatica.evidence.published import published_pools
from hepatica.evidence.sentence import Asked, Asking, asking, place, read_question
from hepatica.evidence.spread import between
from hepatica.therapy import products

_COMPARED = ("OR", "RR", "HR", "MD", "SMD")


def review(
    condition: str,
    intervention: str,
    design: str = "randomised",
    base: Iterable[Study] | None = None,
    *,
    outcomes: Iterable[str] = (),
    days: Iterable[float] = (),
    by: Iterable[str] = (),
    baseline_risk: str | Baseline | None = None,
) -> dict[str, Any]:
    """Return the review of an intervention against control in a condition as plain JSON values.

    baseline_risk: deaths without the treatment as "DAY:RISK,…" (0 to 1), or a Baseline; None takes the control arms.
    Keys: question, headline, limitations (first), findings (one row an outcome and time, with what it means in
    people and its certainty), harms, flow (how many reports remain at each step and why others left), outcomes (each
    with its grid: `slices` with cells by day, `nearest` answers of wider questions, `leading` funnel and regressions,
    and the `published` pools, which are not ours), directions (published pools without numbers), network, studies,
    without_control, methods. A cell with k = 0 is "not estimable", which is an answer. Raises InputError for words
    that fit nothing and CannotAnswer where no study of the base gave the intervention in that condition.
    """
    return answer_review(asking(condition, intervention, outcomes, days, by, design), base, baseline_risk)


def review_question(
    text: str, design: str = "randomised", baseline_risk: str | Baseline | None = None
) -> dict[str, Any]:
    """Return the review of a question written as a sentence (see `read_question`)."""
    return answer_review(read_question(text, design), None, baseline_risk)


def answer_review(
    a: Asking, base: Iterable[Study] | None = None, baseline_risk: str | Baseline | None = None
) -> dict[str, Any]:
    """Return the review of a question already read."""
    every = list(studies().values() if base is None else base)
    own = baseline(baseline_risk, a.days) if isinstance(baseline_risk, str) else baseline_risk
    q = a.question()
    if not any(s.condition in q.conditions and any(has(arm, q.intervention) for arm in s.arms) for s in every):
        raise _nothing(a)
    pairs, without = pairs_of(q, every)
    parts = slices(a.by, pairs)
    outcomes = [_outcome(a, o, parts, every, base is None) for o in a.outcomes]
    cells = [c for o in outcomes for c in o["slices"][0]["cells"]]
    answered = sum(c["k"] > 0 for c in cells)
    published = {p["id"]: p for o in outcomes for p in o["published"]}
    used = {o["name"]: {s["study"] for c in o["slices"][0]["cells"] for s in c.get("studies", ())} for o in outcomes}
    return {
        "question": a.title,
        "condition": a.condition,
        "place": place(a.condition),
        "intervention": a.intervention,
        "design": a.design,
        "by": list(a.by),
        "days": [{"day": d, "name": n} for d, n in a.times],
        "headline": headline(answered, len(cells), len(pairs)),
        "limitations": limitations(a, pairs, answered, len(cells), outcomes, list(published.values()), own),
        "findings": findings(a, outcomes, own),
        "baseline": own and {"who": own.who, "risks": [{"day": d, "risk": r} for d, r, _, _ in own.risks]},
        "harms": harm_table(a),
        "flow": flow(a, every, used),
        "outcomes": outcomes,
        "directions": _directions(a),
        "network": network_picture(a),
        "studies": [_study(p, outcomes) for p in sorted(pairs, key=lambda p: (p.study.year or 0, p.study.id))],
        "without_control": [_name(x) for x in without],
        "methods": _methods(a, own),
    }


def _nothing(a: Asking) -> CannotAnswer:
    """Return the error for a treatment no study of the base gave, naming what its product rests on."""
    what = a.intervention.replace("_", " ")
    known = [p for p in products().values() if a.intervention in (p.id, p.cell_type)]
    told = [s.id for p in known for s in p.sources]
    mend = f"known, not in this base: {', '.join(told)}" if told else "see `hepatica evidence list`"
    return CannotAnswer(f"k=0 in this base: no study gave {what} in {place(a.condition)}", mend=mend)


def _outcome(a: Asking, o: Asked, parts: list[Any], every: list[Study], whole: bool) -> dict[str, Any]:
    by_id = {s.id: s for s in every}
    table = []
    reasons: dict[str, str] = {}
    for by, name, ids in parts:
        cells = []
        for day, label in a.times:
            got, out = cell(a.question(o.outcome, day), [by_id[i] for i in ids])
            reasons |= {x.study.id: x.reason for x in out if by == "all"}
            cells.append({"day": day, "name": label, "could": len({by_id[i].cohort for i in ids}), **got})
        table.append({"by": by, "name": name, "studies": len(ids), "cells": cells})
    near = [
        {"day": c["day"], "name": c["name"], **found}
        for c in table[0]["cells"]
        if not c["k"] and (found := nearest(a.question(o.outcome, c["day"]), every))
    ]
    mine = [by_id[i] for i in parts[0][2]]
    cells = table[0]["cells"]
    return {
        "outcome": o.outcome, "name": o.name, "group": o.group, "unit": o.unit, "better": o.better,
        "slices": table, "nearest": near, "why_not": reasons,
        "between": between(cells, table), "leading": leading(a.question(o.outcome), mine, a.days),
        "course": _course(a, o) if whole and sum(c["k"] > 0 for c in cells) > 1 else None,
        "published": _published(o, a),
    }  # fmt: skip


def _course(a: Asking, o: Asked) -> dict[str, Any] | None:
    """Return the times of an outcome pooled as one, in the shape of `pool_course`; None where no model fits."""
    try:
        return pool_course(o.outcome, a.days, a.condition, a.intervention, design=a.design).to_json()
    except CannotAnswer:
        return None


def _published(o: Asked, a: Asking) -> list[dict[str, Any]]:
    rows = [
        p for p in published_pools(o.outcome, None, a.condition, a.intervention)
        if p["outcome"] != "several" and p.get("value") is not None
    ]  # fmt: skip
    return [_pool(p) for p in rows]


def _directions(a: Asking) -> list[dict[str, Any]]:
    return [
        _pool(p)
        for p in published_pools(None, None, a.condition, a.intervention)
        if p.get("value") is None and (p["outcome"] == "several" or p["outcome"] in {o.outcome for o in a.outcomes})
    ]


def _pool(p: dict[str, Any]) -> dict[str, Any]:
    keys = ("id", "study", "intervention", "condition", "outcome", "measure", "day", "time", "value", "lo", "hi",
            "unit", "k", "n", "region", "arm", "note", "doubts", "source", "where")  # fmt: skip
    row = {k: p.get(k) for k in keys}
    return {**row, "compares": p["measure"] in _COMPARED, "url": reference(p["source"])["url"]}


def _study(p: Contrast, outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    s = p.study
    reported = {}
    for o in outcomes:
        days = [c["name"] for c in o["slices"][0]["cells"] if s.id in {r["study"] for r in c.get("studies", ())}]
        reported[o["name"]] = ", ".join(days) or o["why_not"].get(s.id, "not used")
    treated = sum(arm.n or 0 for arm in p.treated) or None
    control = sum(arm.n or 0 for arm in p.control) or None
    return {
        "id": s.id, "citation": s.citation, "year": s.year, "country": s.country, "cohort": s.cohort,
        "condition_text": s.condition_text, "randomised": s.randomised, "blinded": s.blinded,
        "treated": [arm.name for arm in p.treated], "control": [arm.name for arm in p.control],
        "n": treated, "control_n": control, "comparator": p.comparator, "with": list(p.with_),
        "route": route(p), "source_of_cells": source(p),
        "infusions": next((arm.cells.infusions for arm in p.treated if arm.cells), None),
        "reported": reported, "risk_of_bias": risk_of_bias(s.id), "may_overlap": list(s.may_overlap),
        "notes": s.notes, "confidence": s.confidence, "url": reference(s.id)["url"],
    }  # fmt: skip


def _name(x: LeftOut) -> dict[str, Any]:
    return {"study": x.study.id, "citation": x.study.citation, "reason": x.reason, "url": reference(x.study.id)["url"]}


def _methods(a: Asking, own: Baseline | None) -> list[str]:
    days = "; ".join(f"{name} is day {lo:g} to {hi:g}" for d, name in a.times for lo, hi in [a.question(day=d).days])
    who = f"that is {own.who}" if own else "that is the risk of the control arms"
    said = [
        "Random effects by restricted maximum likelihood, Knapp-Hartung interval (t with k − 1 degrees of freedom); "
        "one study gives its own normal interval. The prediction interval is for the effect in a next study.",
        days + "; the nearest day both arms report is used.",
        "Survival by odds ratio from counts, all else by difference of means "
        "(change from baseline before values on the day).",
        "A cohort is used once, from the report read most fully; only arms that differ by the intervention count.",
        "Where the question has no answer, the least wide question that has one is shown, marked as indirect and one "
        "step less certain.",
        f"Deaths of 1000 are the odds ratio applied to a baseline risk; {who}; at another risk they are others.",
        "Certainty after GRADE: what can be computed is, the rest is judged by us, each with its reason.",
    ]
    if is_cells(a.intervention):
        said.append("Routes and sources are compared between studies, so any difference may be due to something else.")
    return said
