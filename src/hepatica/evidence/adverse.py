"""Harms: what happened to how many, by product and route, with an interval and a source."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from hepatica.evidence.base import studies, table
from hepatica.evidence.intervals import clopper_pearson, jeffreys
from hepatica.evidence.model import Arm, Event, Study

CLASS_OF = {
    "uc_msc": "msc", "bm_msc_allogeneic": "msc", "bm_msc_autologous": "msc", "ad_msc": "msc", "ipsc_msc": "msc",
    "bm_mnc_autologous": "mnc", "pbmc_mobilised": "mnc", "cd34_autologous": "hsc", "cd133_autologous": "hsc",
    "liver_progenitor_adhlsc": "progenitor", "hepatocyte_allogeneic": "hepatocyte", "esc_hepatocyte": "pluripotent",
    "ipsc_hepatocyte": "pluripotent", "g_csf": "g_csf",
}  # fmt: skip
# words of a trial's own event name -> event id; the first that fits wins
_WORDS = (
    ("related_serious_adverse_event", r"serious.*related|related.*serious"),
    ("related_adverse_event", r"related|infusion-related|transplantation-related|trial-related"),
    ("serious_adverse_event", r"\bserious\b|\bSAE\b|major adverse"),
    ("any_adverse_event", r"^any (adverse|AE|side)|^adverse e"),
    ("infusion_reaction", r"infusion (cardio|reaction)"),
    ("fever", r"^fever|low-grade fever"),
    ("injection_site", r"puncture site|surgical site|injection complication"),
    ("portal_vein_thrombosis", r"portal (vein )?thromb"),
    ("hcc", r"\bHCC\b(?!,)|liver cancer"),
    ("malignancy", r"oncogenic|neoplasm|lymphoma|cancer"),
    ("donor_specific_antibody", r"donor.specific"),
    ("contrast_nephropathy", r"contrast neph"),
    ("hepatorenal_syndrome", r"^hepatorenal"),
    ("encephalopathy", r"^(hepatic )?encephalopathy"),
    ("sepsis", r"^sepsis"),
    ("infection", r"^(new )?infection$|^spontaneous bacterial"),
    ("acute_kidney_injury", r"acute kidney"),
    ("variceal_bleeding", r"variceal bleed"),
    ("bleeding", r"bleed|haemorrhage|hemorrhage"),
)


def event_id(text: str) -> str | None:
    """Return the event id that a trial's own wording stands for, or None where it fits none of ours."""
    return next((name for name, words in _WORDS if re.search(words, text, re.I)), None)


def safety(product: str | None = None, route: str | None = None, species: str = "human") -> list[dict[str, Any]]:
    """Return harm rows, most to least specific to a product and route.

    Each row: event, probability with lo and hi (0..1; None where only a ratio or a count of cases is known),
    `interval` (jeffreys | published | None), `exact` (Clopper-Pearson), events, n, `relative` {measure, value, lo, hi}
    or None, products, cell_class, routes, arm (treated | control), day, population, source, where, and `match`
    (product and route | product | class and route | class | route | any). Without arguments, every row.
    """
    rows = [dict(r) for r in _rows() if r["species"] == species]
    if product is None and route is None:
        return rows
    kept = []
    for row in rows:
        row["match"] = _match(row, product, route)
        if row["match"]:
            kept.append(row)
    return sorted(kept, key=lambda r: _ORDER.index(r["match"]))


def harms(product: str, route: str | None = None) -> list[dict[str, Any]]:
    """Return one row per event for a product and route: counts of its studies added, with a Jeffreys interval.

    The narrowest evidence wins: this product by this route (or its route not stated), then this product, then its
    class by this route, then its class; `basis` says which. Counts of one cohort are used once; adding counts ignores
    differences between studies, so `k` and `range` (lowest and highest arm) are given. `control` holds the same
    event in the control arms of these studies: much of what happens to a sick liver happens without the treatment.
    """
    everything = [r for r in _rows() if r["events"] is not None and r["n"] and not r["conditional"]]
    usable = [r for r in safety(product, route) if r["events"] is not None and r["n"] and not r["conditional"]]
    usable = [r for r in usable if r["arm"] == "treated"]
    out = []
    for event in dict.fromkeys(r["event"] for r in usable):
        rows = [r for r in usable if r["event"] == event]
        best = rows[0]["match"]
        if best != "any" and event not in _NOT_HARM:
            out.append(_added(event, [r for r in rows if r["match"] == best], best, everything))
    return sorted(out, key=lambda r: -r["probability"])


_ORDER = ("product and route", "product", "class and route", "class", "route", "any")
_SEPARATE = {"portal_vein_thrombosis"}  # each row is another patient
_NOT_HARM = {"graft_survival", "tissue_factor", "teratoma"}


def _added(event: str, rows: list[dict[str, Any]], basis: str, everything: list[dict[str, Any]]) -> dict[str, Any]:
    used = [r for cohort in dict.fromkeys(r["cohort"] for r in rows) for r in once(rows, cohort)]
    events, n = sum(r["events"] for r in used), sum(r["n"] for r in used)
    lo, hi = jeffreys(events, n)
    shares = [r["events"] / r["n"] for r in used]
    cohorts = {r["cohort"] for r in used}
    other = [r for r in everything if r["arm"] == "control" and r["event"] == event and r["cohort"] in cohorts]
    control = [r for cohort in cohorts for r in once(other, cohort)]
    return {
        "event": event, "probability": events / n, "lo": lo, "hi": hi, "interval": "jeffreys", "events": events,
        "n": n, "k": len(cohorts), "range": [min(shares), max(shares)], "basis": basis,
        "control": _sum(control),
        "source": used[0]["source"], "sources": sorted({r["source"] for r in used}),
        "populations": sorted({r["population"] for r in used}),
    }  # fmt: skip


def _sum(rows: list[dict[str, Any]]) -> dict[str, int] | None:
    return {"events": sum(r["events"] for r in rows), "n": sum(r["n"] for r in rows)} if rows else None


def once(rows: list[dict[str, Any]], cohort: str) -> list[dict[str, Any]]:
    """Return one row an arm of a cohort: its study's rows before published ones, one report, the highest count."""
    mine = [r for r in rows if r["cohort"] == cohort]
    if not mine:
        return []
    mine = [r for r in mine if r["kind"] == "study"] or mine
    mine = [r for r in mine if r["source"] == mine[0]["source"]]
    arms: dict[str, dict[str, Any]] = {}
    for row in mine:
        key = row["stratum"]
        if key not in arms:
            arms[key] = row
        elif row["event"] in _SEPARATE and row["n"] == arms[key]["n"] and row["text"] != arms[key]["text"]:
            arms[key] = row | {"events": min(row["n"], row["events"] + arms[key]["events"])}
        elif row["events"] > arms[key]["events"]:
            arms[key] = row
    whole = max(arms.values(), key=lambda r: r["n"])
    parts = sum(r["n"] for r in arms.values()) - whole["n"]
    return [whole] if len(arms) > 2 and parts == whole["n"] else list(arms.values())


def _match(row: dict[str, Any], product: str | None, route: str | None) -> str:
    kind = CLASS_OF.get(product or "", "")
    same = product is not None and product in row["products"]
    alike = product is not None and row["cell_class"] == kind
    here = route is not None and route in row["routes"]
    if product is None:
        return "route" if here else ""
    if same:
        return "product and route" if here or route is None or not row["routes"] else "product"
    if alike:
        return "class and route" if here else "class"
    if here and row["cell_class"] in (None, "islet"):
        return "route"
    return "any" if row["cell_class"] is None and not row["routes"] else ""


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    return (*(_published(r) for r in table("safety") if r.get("usable", True) and not r.get("modifier")), *_trials())


def _published(r: dict[str, Any]) -> dict[str, Any]:
    row = _blank(r["event"], r["source"]) | {
        "text": r["what"], "products": r["products"], "cell_class": r.get("cell_class"), "routes": r["routes"],
        "arm": r["arm"], "species": r["species"], "population": r.get("population", ""), "day": r.get("day"),
        "n": r.get("n"), "where": r.get("where", ""), "note": r.get("note", ""), "kind": "published",
        "conditional": r.get("conditional", ""), "stratum": r.get("stratum", "all"),
        "unit": r["unit"], "value": r.get("value"),
    }  # fmt: skip
    measure = r["measure"]
    if measure in ("RR", "OR", "IRR") and r.get("value") is not None:
        row["relative"] = {"measure": measure, "value": r["value"], "lo": r.get("lo"), "hi": r.get("hi")}
    elif measure == "percent" and r.get("value") is not None:
        row["probability"] = r["value"] / 100
        if r.get("lo") is not None:
            row |= {"lo": r["lo"] / 100, "hi": r["hi"] / 100, "interval": "published"}
    if r.get("events") is not None and r.get("n"):
        _count(row, r["events"], r["n"])
    return row


def _trials() -> list[dict[str, Any]]:
    rows = []
    for s in studies().values():
        if s.condition == "animal":
            continue
        for e in s.adverse_events:
            arm = s.arm(e.arm) or (s.arms[0] if len({_kind(a) for a in s.arms}) == 1 else None)
            name = event_id(e.event)
            if arm is None or name is None or e.count is None or not e.n:
                continue
            if arm.cells is None and "g_csf" not in arm.treatments and not _has_cells(s):
                continue
            rows.append(_trial_row(s, e, arm, name))
    return rows


def _trial_row(s: Study, e: Event, arm: Arm, name: str) -> dict[str, Any]:
    cells = arm.cells
    row = _blank(name, s.id) | {
        "text": e.event, "products": [cells.product] if cells and cells.product else [],
        "cell_class": cells.cell_class if cells else "g_csf" if "g_csf" in arm.treatments else None,
        "routes": [cells.route] if cells and cells.route else [],
        "arm": "treated" if cells or "g_csf" in arm.treatments else "control", "population": s.condition_text,
        "cohort": s.cohort, "stratum": arm.name, "kind": "study", "unit": "patients",
        "where": next((p.where for p in s.provenance if {"all", "adverse_events", "AE"} & set(p.fields)), ""),
    }  # fmt: skip
    if not cells and row["cell_class"] == "g_csf":
        row["products"] = ["g_csf"]
    _count(row, e.count or 0, e.n or 1)
    return row


def _count(row: dict[str, Any], events: int, n: int) -> None:
    lo, hi = jeffreys(events, n)
    row |= {"events": events, "n": n, "probability": events / n, "lo": lo, "hi": hi, "interval": "jeffreys",
            "exact": list(clopper_pearson(events, n))}  # fmt: skip


def _blank(event: str, source: str) -> dict[str, Any]:
    return {
        "event": event, "probability": None, "lo": None, "hi": None, "interval": None, "exact": None, "events": None,
        "n": None, "relative": None, "products": [], "cell_class": None, "routes": [], "arm": "treated",
        "species": "human", "day": None, "population": "", "source": source, "where": "", "note": "", "text": "",
        "cohort": source, "stratum": "all", "conditional": "", "unit": "", "value": None, "kind": "", "match": "",
    }  # fmt: skip


def _kind(a: Arm) -> str:
    return a.cells.cell_class if a.cells else ""


def _has_cells(s: Study) -> bool:
    return any(a.cells or "g_csf" in a.treatments for a in s.arms)
