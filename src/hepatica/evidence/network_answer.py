"""A network from the base: every arm a node by what it got, one report a cohort, and what was left out."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict
from typing import Any

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.additive import component_network
from hepatica.evidence.base import reference, studies
from hepatica.evidence.bias import risk_of_bias
from hepatica.evidence.extract import rank
from hepatica.evidence.inconsistency import design_by_treatment, node_splits
from hepatica.evidence.model import Study
from hepatica.evidence.networks import ArmEffect, Network, components, network
from hepatica.evidence.nodes import DETAILS, components_of, node
from hepatica.evidence.question import BETTER, SURVIVAL, Question, ask


def network_question(
    outcome: str,
    day: float,
    condition: str | None = None,
    design: str = "randomised",
    method: str = "REML",
    detail: str = "cell",
    parts: bool = False,
) -> dict[str, Any]:
    """Return the network of every treatment whose trials answer for an outcome on a day in a condition.

    detail: what tells two cell treatments apart, one of DETAILS. parts: also the additive model of their parts, over
    all trials, linked or not.

    Survival is compared by log odds from counts, laboratory values by mean on the day or change from baseline. Where
    the trials fall into parts that share no treatment, the largest is used and the others are named. Raises
    CannotAnswer where no trial, or only one comparison, is left.
    """
    q = ask(outcome, day, condition, None, design=design)
    if detail not in DETAILS:
        raise InputError(f"detail {detail!r} is not known", mend=f"one of: {', '.join(DETAILS)}")
    arms, used, left, stood = _arms(q, detail)
    if not arms:
        raise CannotAnswer(f"k=0 in this base: {q.text()}", where=_told(left), mend="another day, or --design any")
    by: dict[str, list[ArmEffect]] = {}
    for a in arms:
        by.setdefault(a.study, []).append(a)
    linked = components(list(by.values()))
    best = max(linked, key=lambda p: (sum({a.treatment for a in s} <= p for s in by.values()), len(p)))
    kept = [a for s in by.values() if {a.treatment for a in s} <= best for a in s]
    net = network(kept, method, BETTER.get(q.outcome))
    ids = {a.study for a in kept}
    return {
        "question": q.text(),
        "outcome": q.outcome,
        "day": q.day,
        "measure": "OR" if q.outcome in SURVIVAL else "MD",
        "detail": detail,
        **_plain(net, q, sorted(set(stood) & ids)),
        "used": [_study(used[i], [a for a in kept if a.study == i]) for i in sorted(ids)],
        "apart": [sorted(p) for p in linked if p != best],
        "left_out": left
        + [{"study": i, "reason": "shares no treatment with the network"} for i in sorted(set(by) - ids)],
        "transitivity": _transitivity([used[i] for i in sorted(ids)], kept),
        **_consistency(kept, method),
        **({"parts": _parts(arms, used, method, detail, q)} if parts else {}),
    }


def _consistency(arms: list[ArmEffect], method: str) -> dict[str, Any]:
    """Return the test of all designs at once and a split of every comparison with direct and indirect evidence."""
    whole = design_by_treatment(arms, method)
    return {"design_by_treatment": asdict(whole), "node_splits": [asdict(s) for s in node_splits(arms, method)]}


def _parts(arms: list[ArmEffect], used: dict[str, Study], method: str, detail: str, q: Question) -> dict[str, Any]:
    """Return the additive model of the parts of every treatment, or why there is none."""
    made = {node(a, detail): components_of(a, detail) for s in used.values() for a in s.arms}
    try:
        net = component_network(arms, made, method)
    except CannotAnswer as error:
        return {"none": error.what, "where": error.where}
    out = asdict(net)
    for c in out["components"]:
        c["ratio"] = (
            {"estimate": math.exp(c["estimate"]), "ci": [math.exp(b) for b in c["ci"]]}
            if q.outcome in SURVIVAL
            else None
        )
    return out


def _arms(q: Question, detail: str) -> tuple[list[ArmEffect], dict[str, Study], list[dict[str, str]], list[str]]:
    """Return the arms, their studies by id, the studies left out and those with transplant-free survival instead."""
    arms: list[ArmEffect] = []
    used: dict[str, Study] = {}
    left: list[dict[str, str]] = []
    cohorts: dict[str, str] = {}
    stood: list[str] = []
    for s in sorted(studies().values(), key=lambda s: (rank(s), s.id)):
        if s.condition not in q.conditions or len({node(a, detail) for a in s.arms}) < 2:
            continue
        if q.design == "randomised" and s.randomised is not True:
            left.append({"study": s.id, "reason": "not stated to be randomised"})
            continue
        if s.cohort in cohorts:
            left.append({"study": s.id, "reason": f"same patients as {cohorts[s.cohort]}"})
            continue
        found, instead = _counts(s, q, detail) if q.outcome in SURVIVAL else (_means(s, q, detail), False)
        if isinstance(found, str):
            left.append({"study": s.id, "reason": found})
            continue
        if instead:
            stood.append(s.id)
        cohorts[s.cohort], used[s.id] = s.id, s
        arms += found
    return arms, used, left, stood


def _counts(s: Study, q: Question, detail: str) -> tuple[list[ArmEffect] | str, bool]:
    """Return log odds by node, and whether transplant-free survival stands in for overall survival without counts."""
    if q.outcome == "transplant_free_survival":
        return _survival(s, q, "transplant_free", detail), False
    found = _survival(s, q, "overall", detail)
    if isinstance(found, str) and found.startswith("no counts"):
        other = _survival(s, q, "transplant_free", detail)
        return (found, False) if isinstance(other, str) else (other, True)
    return found, False


def _survival(s: Study, q: Question, endpoint: str, detail: str) -> list[ArmEffect] | str:
    per: dict[str, dict[float, list[int]]] = {}
    for r in s.survival:
        arm = s.arm(r.arm)
        if arm and r.endpoint == endpoint and r.day is not None and r.alive is not None and r.n:
            per.setdefault(r.arm, {})[r.day] = [r.alive, r.n]
    day = _day(list(per.values()), q)
    if day is None or len(per) < 2:
        return f"no counts of two arms between day {q.days[0]:g} and {q.days[1]:g}"
    nodes: dict[str, list[int]] = {}
    for name, days in per.items():
        arm = s.arm(name)
        if arm and day in days:
            at = nodes.setdefault(node(arm, detail), [0, 0])
            at[0], at[1] = at[0] + days[day][0], at[1] + days[day][1]
    if len(nodes) < 2:
        return "the arms got the same"
    alive, n = [x[0] for x in nodes.values()], [x[1] for x in nodes.values()]
    if sum(alive) in (0, sum(n)):
        return "every patient of all arms died" if sum(alive) == 0 else "no one died in any arm: no ratio"
    add = 0.5 if any(a in (0, m) for a, m in zip(alive, n, strict=True)) else 0.0
    sign = -1.0 if q.outcome == "mortality" else 1.0
    return [
        ArmEffect(s.id, t, sign * math.log((a + add) / (m - a + add)), 1 / (a + add) + 1 / (m - a + add))
        for t, (a, m) in nodes.items()
    ]


def _means(s: Study, q: Question, detail: str) -> list[ArmEffect] | str:
    for kind in ("change", "outcome"):
        per: dict[str, dict[float, tuple[float, float]]] = {}
        for r in s.measures:
            arm = s.arm(r.arm)
            n = r.n or (arm.n if arm else None) or 0
            if arm and r.variable == q.outcome and r.kind == kind and r.mean is not None and r.sd and r.day and n > 1:
                per.setdefault(r.arm, {})[r.day] = (r.mean, r.sd**2 / n)
        day = _day(list(per.values()), q)
        if day is None or len(per) < 2:
            continue
        held = [(node(a, detail), per[a.name][day]) for a in s.arms if day in per.get(a.name, {})]
        if len({t for t, _ in held}) == len(held) > 1:
            return [ArmEffect(s.id, t, m, v) for t, (m, v) in held]
    return f"no mean with an SD of two arms between day {q.days[0]:g} and {q.days[1]:g}"


def _day(per: list[Any], q: Question) -> float | None:
    """Return the day inside the window that most arms report, the nearest first."""
    first, last = q.days
    days = {d for p in per for d in p if first <= d <= last}
    able = [d for d in days if sum(d in p for p in per) > 1]
    return min(able, key=lambda d: (-sum(d in p for p in per), abs(d - (q.day or 0.0)))) if able else None


def _plain(net: Network, q: Question, stood: list[str]) -> dict[str, Any]:
    ratio = q.outcome in SURVIVAL
    league = []
    for e in net.league:
        row = asdict(e)
        row["ci"] = list(e.ci)
        row["prediction_interval"] = list(e.prediction_interval) if e.prediction_interval else None
        row["ratio"] = {"estimate": math.exp(e.estimate), "ci": [math.exp(b) for b in e.ci]} if ratio else None
        league.append(row)
    keys = ("treatments", "studies", "p_scores", "tau2", "method", "q", "q_df", "q_within", "q_within_df", "q_between",
            "q_between_df", "q_between_p", "designs")  # fmt: skip
    warnings = list(net.warnings)
    if net.studies < 10:
        warnings.append(f"trials: {net.studies}; P-scores rank chance as well as effect")
    if len(net.treatments) == 2:
        warnings.append("two treatments only: a plain pool, not a network")
    if stood:
        warnings.append(f"transplant-free survival stands in for overall survival: {', '.join(stood)}")
    warnings.append("certainty is not rated here: see `evidence pool` for each comparison")
    return {**{k: getattr(net, k) for k in keys}, "treatments": list(net.treatments), "league": league,
            "warnings": warnings}  # fmt: skip


def _study(s: Study, arms: list[ArmEffect]) -> dict[str, Any]:
    return {"study": s.id, "citation": s.citation, "arms": [asdict(a) for a in arms], "url": reference(s.id)["url"]}


def _transitivity(used: list[Study], arms: list[ArmEffect]) -> list[dict[str, Any]]:
    """Return by design what could differ between trials besides the treatments: place, blinding, year, condition."""
    rows: dict[str, list[Study]] = {}
    for s in used:
        rows.setdefault(" : ".join(sorted(a.treatment for a in arms if a.study == s.id)), []).append(s)
    return [
        {
            "design": d,
            "k": len(part),
            "regions": sorted({s.region or "not stated" for s in part}),
            "conditions": sorted({s.condition for s in part}),
            "blinded": sum(s.blinded is True for s in part),
            "years": [min((s.year or 0) for s in part), max((s.year or 0) for s in part)],
            "baseline_meld": _range([m for s in part for m in _baselines(s, "meld")]),
            "age": _range([float(s.age_mean_years) for s in part if s.age_mean_years]),
            "causes": sorted({c for s in part for c, share in s.etiology if share >= 0.5}) or ["not stated"],
            "risk_of_bias": dict(Counter(risk_of_bias(s.id)["overall"] for s in part)),
        }
        for d, part in rows.items()
    ]


def _baselines(s: Study, variable: str) -> list[float]:
    rows = [m for m in s.measures if m.kind == "baseline" and m.variable == variable]
    return [v for m in rows if (v := m.mean if m.mean is not None else m.median) is not None]


def _range(values: list[float]) -> list[float] | None:
    return [min(values), max(values)] if values else None


def _told(left: list[dict[str, str]]) -> str:
    shown = "; ".join(f"{x['study']}: {x['reason']}" for x in left[:3])
    return shown + (f"; and {len(left) - 3} more" if len(left) > 3 else "")
