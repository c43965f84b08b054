"""The harms of a review: each event in treated and control patients, in this disease and elsewhere, with sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hepatica.evidence.adverse import CLASS_OF, once, safety
from hepatica.evidence.base import reference, studies
from hepatica.evidence.contrasts import CELL_QUESTIONS
from hepatica.evidence.intervals import jeffreys
from hepatica.evidence.published import published_pools
from hepatica.evidence.sentence import Asking

_LEAD = ("serious_adverse_event", "related_serious_adverse_event", "treatment_emergent_serious", "any_adverse_event")
_POOLED = {"infection", "sepsis", "bleeding", "hepatorenal_syndrome", "encephalopathy", "hcc", "serious_adverse_event"}
_NOT_HARM = {"death", "graft_survival", "tissue_factor", "teratoma"}


def harm_table(a: Asking) -> dict[str, Any]:
    """Return {events, published}: events counted in patients who got the intervention, and published ratios.

    Each event: event, here (this condition) and elsewhere, each None or {treated, control, alone, populations,
    sources} with {events, n, k, share, lo, hi} a side. `treated` are the patients of studies whose control arms tell
    too, `alone` those of studies without; where no control arm tells, `treated` is all and `control` None. Counts of
    one cohort enter once.
    """
    kinds = _classes(a.intervention)
    rows = [r for r in safety() if not r["conditional"]]
    mine = [r for r in rows if _fits(r, a.intervention, kinds) and r["event"] not in _NOT_HARM]
    cohorts = {r["cohort"] for r in mine if r["arm"] == "treated"}
    counted = [r for r in rows if r["events"] is not None and r["n"] and r["cohort"] in cohorts]
    counted = [r for r in counted if r["arm"] == "control" or r in mine]
    events = []
    for event in dict.fromkeys(r["event"] for r in counted if r["arm"] == "treated"):
        part = [r for r in counted if r["event"] == event]
        here = [r for r in part if _condition(r) in a.question().conditions]
        rest = [r for r in part if r not in here]
        events.append({
            "event": event, "here": _sides(here), "elsewhere": _sides(rest),
            "sources": [_source(s) for s in dict.fromkeys(r["source"] for r in part)],
        })  # fmt: skip
    events.sort(key=lambda e: (e["event"] not in _LEAD, e["here"] is None, -_size(e)))
    return {"events": events, "published": [*_pools(a), *(_ratio(r) for r in mine if r["relative"])]}


def _pools(a: Asking) -> list[dict[str, Any]]:
    """Return published pools of harms in this condition, in the shape of the published ratios."""
    out = []
    for p in published_pools(None, None, a.condition, a.intervention):
        if p["outcome"] in _POOLED and p["measure"] in ("OR", "RR") and p.get("value") is not None:
            where = p["condition"].replace("_", " ")
            where += f", {p['region'].replace('_', ' ').capitalize()}" if p.get("region") else ""
            out.append({
                "event": p["outcome"], "measure": p["measure"], "value": p["value"], "lo": p.get("lo"),
                "hi": p.get("hi"), "population": f"{where}, {p['study']}", "note": p.get("note") or "", "routes": [],
                "source": _source(p["source"]),
            })  # fmt: skip
    return out


def stated(ids: Iterable[str]) -> list[str]:
    """Return which of the studies state any adverse event as a count in an arm."""
    base = studies()
    return [i for i in ids if i in base and any(e.count is not None for e in base[i].adverse_events)]


def _classes(intervention: str) -> set[str] | None:
    if intervention == "g_csf":
        return {"g_csf"}
    if intervention in CELL_QUESTIONS:
        return CELL_QUESTIONS[intervention]
    return {CLASS_OF[intervention]} if intervention in CLASS_OF else {intervention}


def _fits(r: dict[str, Any], intervention: str, kinds: set[str] | None) -> bool:
    if r["arm"] != "treated":
        return False
    if kinds is None:
        return r["cell_class"] not in (None, "g_csf", "islet")
    product = intervention in CLASS_OF and intervention not in CELL_QUESTIONS and intervention != "g_csf"
    if r["relative"] and r["cell_class"] == "autologous_unspecified" and intervention != "g_csf":
        return True
    return r["cell_class"] in kinds and (not product or intervention in r["products"])


def _condition(r: dict[str, Any]) -> str:
    base = studies()
    return base[r["source"]].condition if r["source"] in base else ""


def _sides(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the sums: like with like where control arms tell, and beside them the studies without a control arm."""
    mine = [r for r in rows if r["arm"] == "treated"]
    if not mine:
        return None
    both = {r["cohort"] for r in rows if r["arm"] == "control"} & {r["cohort"] for r in mine}
    alone = _sum([r for r in mine if r["cohort"] not in both])
    treated = _sum([r for r in mine if r["cohort"] in both])
    control = _sum([r for r in rows if r["arm"] == "control" and r["cohort"] in both])
    used = [*(treated["sources"] if treated else ()), *(alone["sources"] if alone else ())]
    return {
        "treated": treated or alone, "control": control, "alone": alone if treated else None, "sources": used,
        "populations": list(dict.fromkeys(r["population"] for r in rows if r["population"])),
    }  # fmt: skip


def _sum(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not rows:
        return None
    cohorts = dict.fromkeys(r["cohort"] for r in rows)
    used = [r for cohort in cohorts for r in once(rows, cohort)]
    events, n = sum(r["events"] for r in used), sum(r["n"] for r in used)
    lo, hi = jeffreys(events, n)
    return {"events": events, "n": n, "k": len(cohorts), "share": events / n, "lo": lo, "hi": hi,
            "sources": list(dict.fromkeys(r["source"] for r in used))}  # fmt: skip


def _size(e: dict[str, Any]) -> float:
    side = e["here"] or e["elsewhere"]
    return float(side["treated"]["share"]) if side else 0.0


def _source(id: str) -> dict[str, Any]:
    book = reference(id)
    return {"id": id, "citation": book["citation"], "url": book["url"]}


def _ratio(r: dict[str, Any]) -> dict[str, Any]:
    return {"event": r["event"], **r["relative"], "population": r["population"], "note": r["note"],
            "routes": r["routes"], "source": _source(r["source"])}  # fmt: skip
