"""What the command line and other rooms list, show and check: plain dictionaries."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.base import TABLES, bibliography, findings, reference, studies, table
from hepatica.evidence.contrasts import contrast, has, interventions
from hepatica.evidence.model import Study
from hepatica.evidence.question import ask

_STATES = ("utility", "toll")


def list_rows(
    condition: str | None = None,
    intervention: str | None = None,
    region: str | None = None,
    design: str | None = None,
    text: str | None = None,
) -> list[dict[str, Any]]:
    """Return one short row a study, filtered; `numbers` counts what the base holds of it."""
    q = ask("survival", None, condition, intervention, region)
    if design not in (None, "randomised", "controlled", "any"):
        raise InputError(f"design {design!r} is not known", mend="randomised, controlled or any")
    out = []
    for s in studies().values():
        if condition and s.condition not in q.conditions:
            continue
        if q.region and s.region != q.region:
            continue
        if q.intervention and not any(has(a, q.intervention) for a in s.arms):
            continue
        if (design == "randomised" and s.randomised is not True) or (design == "controlled" and not s.controlled):
            continue
        if text and text.lower() not in f"{s.id} {s.citation} {s.condition_text}".lower():
            continue
        out.append(_short(s))
    return sorted(out, key=lambda r: (r["year"] or 0, r["id"]))


def show(id: str) -> dict[str, Any]:
    """Return a study with every number, its checks, contrasts and source; or a published pool; or a reference."""
    base = studies()
    if id in base:
        s = base[id]
        found = [asdict(f) for f in findings() if f.study == id]
        return {"kind": "study", **read_at(s), "source": reference(id), "findings": found, "contrasts": _contrasts(s),
                "same_patients": [x.id for x in base.values() if x.cohort == s.cohort and x.id != id]}  # fmt: skip
    for row in table("published_pools"):
        if row["id"] == id:
            return {"kind": "published pool", **row, "reference": reference(row["source"])}
    try:
        return {"kind": "reference", **reference(id), "rows": _citing(id)}
    except CannotAnswer:
        near = [k for k in (*base, *bibliography()) if id.lower() in k.lower()][:5]
        mend = f"near: {', '.join(near)}" if near else "see `evidence list`"
        raise CannotAnswer(f"nothing in this base is called {id!r}", mend=mend) from None


def read_at(s: Study) -> dict[str, Any]:
    """Return a study as plain values, each number's row with `read_at`: the source and place it was read in.

    Where no provenance row names the kind of number, the first source is given and `named` is False.
    """
    out = asdict(s)
    kinds = {"baseline": "baseline", "outcome": "outcomes", "change": "changes"}
    for name in ("measures", "survival", "hazard_ratios", "adverse_events", "quality_of_life"):
        for row in out[name]:
            kind = kinds.get(row.get("kind", ""), name) if name == "measures" else name
            row["read_at"] = _place(s, kind)
    return out


def _place(s: Study, kind: str) -> dict[str, Any]:
    if not s.provenance:
        return {"source": s.id, "where": "", "named": False}
    own = [p for p in s.provenance if any(kind[:6] in f or f in ("all", kind) for f in p.fields)]
    best = own[0] if own else s.provenance[0]
    return {"source": best.source, "where": best.where, "named": bool(own) or len(s.provenance) == 1}


def check() -> dict[str, Any]:
    """Return the state of the base: counts, every error and doubt, rows not used, references unknown or unverified."""
    book = bibliography()
    cited = Counter(r["source"] for name in TABLES for r in table(name))
    broken = sorted(k for k in cited if k not in book)
    rows = [asdict(f) for f in findings()]
    return {
        "ok": not broken and all(r["level"] != "error" for r in rows),
        "studies": len(studies()),
        "cohorts": len({s.cohort for s in studies().values()}),
        "rows": {name: len(table(name)) for name in TABLES},
        "references": len(book),
        "unverified_references": sorted(k for k, v in book.items() if v.get("verified") is False),
        "unknown_references": broken,
        "rows_not_used": [
            {
                "table": n,
                "what": r.get("what", ""),
                "source": r["source"],
                "why": r.get("note") or "value outside its interval",
            }
            for n in TABLES
            for r in table(n)
            if r.get("usable") is False
        ],
        "errors": [r for r in rows if r["level"] == "error"],
        "doubts": [r for r in rows if r["level"] == "doubt"],
    }


def comparator_facts(id: str) -> list[dict[str, Any]]:
    """Return what is known of a comparator treatment: outcome, arm (treated | control | contrast), measure, value, lo,
    hi, unit, n, population, condition, day, source, where; raises CannotAnswer where the base has none."""
    wanted = "transplant" if id == "transplant_referral" else id
    rows = [dict(r) for r in table("comparators") if r["comparator"] == wanted and r.get("usable", True)]
    if not rows:
        known = sorted({r["comparator"] for r in table("comparators")})
        raise CannotAnswer(
            f"no facts on comparator {id!r} in this base", mend=f"there are facts on: {', '.join(known)}"
        )
    return rows


def utilities(state: str | None = None) -> list[dict[str, Any]]:
    """Return health-state utilities and tolls, with instrument, kind of interval, population and source.

    kind "utility" is 0 to 1; kind "toll" is a percent taken from the utility of the state before.
    """
    return [dict(r) for r in table("utilities") if state is None or r["state"] == state]


def costs(state: str | None = None) -> list[dict[str, Any]]:
    """Return costs, prices, ratios and lengths of stay with currency, price year, per what, population and source."""
    return [dict(r) for r in table("costs") if state is None or r.get("state") == state]


def transitions() -> list[dict[str, Any]]:
    """Return published probabilities of moving between health states, with their period, range and source."""
    return [dict(r) for r in table("transitions")]


def patient_reported() -> list[dict[str, Any]]:
    """Return patient-reported scores and their smallest meaningful differences, with source."""
    return [dict(r) for r in table("patient_reported")]


def natural_history(condition: str | None = None, outcome: str | None = None) -> list[dict[str, Any]]:
    """Return natural-history rows (mortality, survival, laboratory courses) by condition and outcome, with source."""
    rows = [dict(r) for r in table("natural_history")]
    rows = [r for r in rows if condition is None or r["condition"] == condition]
    return [r for r in rows if outcome is None or r["outcome"] == outcome]


def standard_care_arms(condition: str | None = None) -> list[dict[str, Any]]:
    """Return every control arm of the base without cells or G-CSF: study, n, condition, baseline, courses, survival."""
    out = []
    for s in studies().values():
        if condition and s.condition != condition:
            continue
        for a in s.arms:
            if not a.control or a.cells or "g_csf" in a.treatments:
                continue
            out.append({
                "study": s.id, "cohort": s.cohort, "arm": a.name, "n": a.n, "condition": s.condition,
                "region": s.region, "treatments": list(a.treatments), "background": a.background,
                "measures": [asdict(m) for m in s.measures if m.arm == a.name],
                "survival": [asdict(r) for r in s.survival if r.arm == a.name],
                "source": s.id, "confidence": s.confidence,
            })  # fmt: skip
    return out


def ongoing() -> list[dict[str, Any]]:
    """Return trials that run, stopped or never reported, with source."""
    return [dict(r) for r in table("ongoing")]


def _short(s: Study) -> dict[str, Any]:
    given = [a.cells.type if a.cells else " + ".join(a.treatments) for a in s.arms]
    return {
        "id": s.id, "year": s.year, "citation": s.citation, "condition": s.condition, "country": s.country,
        "region": s.region, "randomised": s.randomised, "controlled": s.controlled,
        "n": sum(a.n or 0 for a in s.arms) or None, "given": [g for g in dict.fromkeys(given) if g],
        "numbers": {"laboratory": len(s.measures), "survival": len(s.survival), "events": len(s.adverse_events),
                    "quality_of_life": len(s.quality_of_life)},
        "confidence": s.confidence, "cohort": s.cohort,
    }  # fmt: skip


def _contrasts(s: Study) -> list[dict[str, Any]]:
    out = []
    for name in interventions([s]):
        pair, why = contrast(s, name)
        if pair:
            out.append({"intervention": name, "treated": [a.name for a in pair.treated],
                        "control": [a.name for a in pair.control], "with": list(pair.with_)})  # fmt: skip
        elif why != "no arm got it":
            out.append({"intervention": name, "none": why})
    return out


def _citing(id: str) -> list[dict[str, Any]]:
    return [{"table": name, **r} for name in TABLES for r in table(name) if r["source"] == id]
