"""The contract of plan.json as a compact checker: returns what is wrong, as sentences."""

from __future__ import annotations

import math
import re

CERTAINTY = {"high", "moderate", "low", "very low"}
TOP = {
    "patient": dict, "stage": dict, "do_now": list, "audit": list, "options": list, "recommendation": dict,
    "eligibility": list, "questions": list, "follow_up": list, "consent": dict, "regulation": dict, "lineage": dict,
    "hepatica_version": str, "created": str, "seed": int, "draws": int, "horizon_days": list, "fit": dict,
    "unknown": list, "sources": dict,
}  # fmt: skip
OPTION = {"id", "treatment", "product", "route", "dose_cells", "schedule_days", "status", "because", "benefit", "harms",
          "certainty", "basis", "name", "family", "rank", "evidence"}  # fmt: skip
LIVE = {"forecast", "difference", "share_paracrine", "cells", "time_to_response_days", "qaly", "cost",
        "procedures_avoided", "net_benefit"}  # fmt: skip
SNAKE = re.compile(r"[a-z][a-z0-9_]*\Z")


def wrong(plan: dict) -> list[str]:
    found = [f"{k} is no {t.__name__}" for k, t in TOP.items() if not isinstance(plan.get(k), t)]
    options = plan["options"]
    ids = [o["id"] for o in options]
    if len(options) < 6:
        found.append("fewer than six options")
    if len(set(ids)) != len(ids):
        found.append(f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}")
    if ids[0] != "standard_care":
        found.append("standard care is not first")
    for o in options:
        found += [f"{o['id']}: {w}" for w in _option(o)]
    chosen = next((o for o in options if o["id"] == plan["recommendation"]["option"]), None)
    if chosen is None or chosen["status"] == "ruled out":
        found.append("the recommendation is not an option that may be recommended")
    elif chosen["product"] and not _fresh(chosen):
        found.append("an unlicensed product is recommended without a trial that was checked")
    found += _harmless_numbers(plan)
    return found + _sources(plan)


def _option(o: dict) -> list[str]:
    found = [f"lacks {k}" for k in OPTION - set(o)]
    if o["status"] not in ("offered", "trial only", "ruled out"):
        found.append(f"status {o['status']}")
    if not o["because"]:
        found.append("no reason")
    if o["certainty"] not in CERTAINTY or o["basis"] not in ("evidence", "calibrated model", "assumption"):
        found.append("certainty or basis is no word of ours")
    if (o["product"] is None) == (o["family"] == "cells"):
        found.append("a product without cells, or cells without a product")
    if o["status"] == "ruled out":
        return found + ["ruled out, yet ranked or forecast"] * (o["rank"] is not None or "forecast" in o)
    if o["product"] and o["status"] != "trial only":
        found.append("cells outside a trial")
    found += [f"lacks {k}" for k in LIVE - set(o)]
    for name in ("survival", "transplant_free_survival", "meld"):
        points = o["forecast"].get(name, [])
        if not points:
            found.append(f"no forecast of {name}")
        for p in points:
            if not {"day", "mean", "p05", "p25", "p50", "p75", "p95"} <= set(p):
                found.append(f"{name} lacks a band")
            elif not p["p05"] <= p["p25"] <= p["p50"] <= p["p75"] <= p["p95"]:
                found.append(f"{name} bands cross")
    found += [f"{k} = {v} is no probability" for k, v in o["benefit"].items() if k.startswith("p_") and not 0 <= v <= 1]
    for h in o["harms"]:
        if not {"event", "probability", "lo", "hi", "source"} <= set(h):
            found.append("a harm lacks a field")
        elif None not in (h["probability"], h["lo"], h["hi"]) and not 0 <= h["lo"] <= h["probability"] <= h["hi"] <= 1:
            found.append(f"the interval of {h['event']} misses it")
    return found


def _fresh(o: dict) -> bool:
    trial = o["trial"] or {}
    return trial.get("verdict") == "eligible" and trial.get("recruitment_status") != "historical criteria only"


def numbers(node, path=""):
    """Yield the path and value of every number below a node."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from numbers(value, f"{path}.{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from numbers(value, f"{path}[{i}]")
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield path, node


def _harmless_numbers(plan: dict) -> list[str]:
    found = []
    for path, value in numbers(plan):
        if not math.isfinite(value):
            found.append(f"{path} is {value}")
    keys = {
        k for o in plan["options"] for p, _ in numbers(o) for k in re.split(r"[.\[\]]+", p) if k and not k.isdigit()
    }
    return found + [f"the key {k} is not in snake case" for k in sorted(keys) if not SNAKE.match(k)]


def _sources(plan: dict) -> list[str]:
    named = [r["source"] for k in ("do_now", "audit", "follow_up") for r in plan[k]]
    named += [h["source"] for o in plan["options"] for h in o["harms"]]
    named += [e["source"] for o in plan["options"] for e in o["evidence"]]
    named += [e["source"] for e in plan["consent"]["elements"]]
    return [f"source {s} is not described" for s in set(named) if not plan["sources"].get(s, {}).get("citation")]
