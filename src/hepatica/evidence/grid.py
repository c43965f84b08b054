"""The grid of a review: outcomes by time, as a whole and by route and source; each cell pooled or said to be empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hepatica.evidence.answer import scale, study_row
from hepatica.evidence.bias import risk_of_bias
from hepatica.evidence.certainty import LEVELS, control_risk, judge
from hepatica.evidence.contrasts import Contrast, contrast, is_cells
from hepatica.evidence.extract import LeftOut, Row, answers
from hepatica.evidence.model import Study
from hepatica.evidence.pooling import Pooled, pool_effects
from hepatica.evidence.published import published_pools
from hepatica.evidence.question import GROUPS, SURVIVAL, Question
from hepatica.evidence.spread import explained, funnel
from hepatica.therapy import products


def slices(by: tuple[str, ...], pairs: list[Contrast]) -> list[tuple[str, str, frozenset[str]]]:
    """Return (by, name, study ids): all studies first, then divided in each of the ways asked."""
    out = [("all", "all", frozenset(p.study.id for p in pairs))]
    for way in by:
        name_of = _WAYS[way]
        names = sorted({name_of(p) for p in pairs}, key=lambda n: (n == "not stated", n))
        out += [(way, n, frozenset(p.study.id for p in pairs if name_of(p) == n)) for n in names]
    return out


def route(pair: Contrast) -> str:
    """Return the route, or routes, of the treated arms in words."""
    return _words([(a.cells.route if a.cells else None) or "not stated" for a in pair.treated])


def source(pair: Contrast) -> str:
    """Return the cell product, or products, of the treated arms in words."""
    known = products()
    names = [(a.cells.product or a.cells.type) if a.cells else "not stated" for a in pair.treated]
    return _words([known[n].name if n in known else n for n in names])


def cell(q: Question, base: list[Study]) -> tuple[dict[str, Any], list[LeftOut]]:
    """Return one cell of the grid: k, and where k > 0 the pool with its studies and certainty."""
    rows, out = answers(q, base)
    if not rows:
        return {"k": 0, "status": "not estimable"}, out
    return pooled_cell(q, rows)[0], out


def pooled_cell(q: Question, rows: list[Row]) -> tuple[dict[str, Any], Pooled]:
    """Return the pool of rows as a cell shows it, and the pool itself."""
    p = pool_effects([r.effect.yi or 0.0 for r in rows], [r.effect.vi or 0.0 for r in rows])
    certainty = judge(q, rows, p, published_pools(q.outcome, q.day, q.condition or None, q.intervention))
    return {
        "status": "pooled" if p.k > 1 else "one study",
        "measure": q.measure,
        **p.to_json(),
        **scale(q.measure, p),
        "control_risk": control_risk(q, rows) if q.outcome in SURVIVAL else None,
        "studies": [study_row(r, w, q.outcome) for r, w in zip(rows, p.weights, strict=True)],
        "certainty": certainty,
    }, p


def leading(q: Question, base: list[Study], days: tuple[float, ...]) -> dict[str, Any] | None:
    """Return the funnel and the meta-regressions of the time with the most studies; None below 3 studies."""
    held = [(len(rows), -day, rows) for day in days for rows in [answers(q.but(day=day), base)[0]]]
    k, day, rows = max(held, key=lambda h: h[:2])
    if k < 3:
        return None
    found, p = pooled_cell(q.but(day=-day), rows)
    return {"day": -day, "k": k, "measure": q.measure, "funnel": funnel(found["studies"], p.estimate, q.measure),
            "explained": explained(rows, p.weights)}  # fmt: skip


def wider(q: Question) -> list[tuple[tuple[str, ...], Question]]:
    """Return ever wider questions, each with what sets it apart from the one asked."""
    steps: list[tuple[tuple[str, ...], Question]] = []
    differs: tuple[str, ...] = ()
    at = q
    medians = {} if q.outcome == "survival" else {"medians": True}
    changes: list[tuple[str, dict[str, Any]]] = []
    if q.design == "randomised":
        changes.append(("controlled studies that are not, or not stated to be, randomised", {"design": "any"}))
    if medians:
        changes.append(("means rebuilt from medians and quartiles", medians))
    if q.condition in GROUPS["cirrhosis"]:
        changes.append(("any cirrhosis", {"condition": "cirrhosis"}))
    if is_cells(q.intervention) and q.intervention != "cells":
        changes.append(("any cells", {"intervention": "cells"}))
    for what, change in changes:
        differs, at = (*differs, what), at.but(**change)
        steps.append((differs, at))
    return steps


def nearest(q: Question, base: list[Study]) -> dict[str, Any] | None:
    """Return the answer of the least wide question that has one; it counts as indirect, a step less certain."""
    for differs, other in wider(q):
        found, _ = cell(other, base)
        if found["k"]:
            told = _told(found, other, q)
            used = [d for d in differs if d in told]
            found["certainty"] = _lower(found["certainty"], "; ".join(used))
            return {"differs": used, "question": other.text(), **found}
    return None


def pairs_of(q: Question, base: list[Study]) -> tuple[list[Contrast], list[LeftOut]]:
    """Return the contrasts of a question's population whatever they report, and the studies without one."""
    pairs, out = [], []
    for s in base:
        if s.condition in q.conditions:
            pair, why = contrast(s, q.intervention)
            if pair:
                pairs.append(pair)
            elif why != "no arm got it":
                out.append(LeftOut(s, why))
    return pairs, out


def _told(found: dict[str, Any], other: Question, q: Question) -> set[str]:
    """Return which of the differences the studies found do make."""
    told = set()
    studies = found["studies"]
    if any(s["randomised"] is not True for s in studies):
        told.add("controlled studies that are not, or not stated to be, randomised")
    if any("median" in n for s in studies for n in s["notes"]):
        told.add("means rebuilt from medians and quartiles")
    if any(s["condition"] not in q.conditions for s in studies):
        told.add("any cirrhosis")
    if other.intervention != q.intervention:
        told.add("any cells")
    return told


def _lower(certainty: dict[str, Any], why: str) -> dict[str, Any]:
    level = LEVELS[max(0, LEVELS.index(certainty["level"]) - 1)]
    reason = {"domain": "indirectness", "down": 1, "why": f"not the question asked: {why}", "how": "computed"}
    return {**certainty, "level": level, "reasons": [*certainty["reasons"], reason]}


def _region(pair: Contrast) -> str:
    return (pair.study.region or "not stated").replace("_", " ")


def _donor(pair: Contrast) -> str:
    return _words([(a.cells.donor if a.cells else None) or "not stated" for a in pair.treated])


def _infusions(pair: Contrast) -> str:
    counts = {a.cells.infusions if a.cells else None for a in pair.treated}
    if counts == {1}:
        return "one infusion"
    return "not stated" if None in counts else "several infusions" if 1 not in counts else "one and several infusions"


def _bias(pair: Contrast) -> str:
    return risk_of_bias(pair.study.id)["overall"]


def _words(names: list[str]) -> str:
    return " + ".join(sorted({n.replace("_", " ") for n in names}))


_WAYS: dict[str, Callable[[Contrast], str]] = {
    "route": route, "source": source, "donor": _donor, "infusions": _infusions, "region": _region, "bias": _bias,
}  # fmt: skip
