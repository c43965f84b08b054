"""The summary of findings as the page shows it: outcomes down, times across, what each means in people, certainty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.report._review import effects
from hepatica.report.numbers import number, span


def summary(review: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row an outcome, or one for outcomes of a group that have nothing at any time."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for f in review["findings"]:
        rows.setdefault(f["outcome"], []).append(f)
    groups = {o["outcome"]: o["group"] for o in review["outcomes"]}
    out: list[dict[str, Any]] = []
    for outcome, cells in rows.items():
        empty = not any(c["k"] or c["published"] or c["wider"] for c in cells)
        last = out[-1] if out else None
        if empty and last and last["empty"] and last["group"] == groups[outcome]:
            last["names"].append(cells[0]["name"])
            continue
        out.append({
            "group": groups[outcome], "unit": cells[0]["unit"], "names": [cells[0]["name"]], "empty": empty,
            "cells": [_cell(c) for c in cells], "published": [_published(c) for c in cells],
            "any_published": any(c["published"] for c in cells), "wider": [_wider(c["wider"]) for c in cells],
            "any_wider": any(c["wider"] for c in cells),
        })  # fmt: skip
    return out


def _cell(f: Mapping[str, Any]) -> dict[str, Any]:
    if not f["k"]:
        return {"k": 0, "could": f["could"], "when": f["when"]}
    ratio = f["measure"] in effects.RATIOS
    text = effects.printed(f["estimate"], f["ci"], ratio)
    told = f["people"]
    return {
        "k": f["k"], "could": f["could"], "when": f["when"], "text": text, "patients": f["patients"],
        "wanted": f["wanted"], "certainty": f["certainty"], "people": told and _people(told),
        "who": f["baseline"]["who"] if f["baseline"] else "", "range": _range(f["baseline"]), "says": f["says"],
        "event": f["event"],
    }  # fmt: skip


def _range(risk: Mapping[str, Any] | None) -> str:
    """Return the range of a baseline risk in people of a thousand, where it has one."""
    if not risk or risk["lo"] is None:
        return ""
    return f" ({number(1000 * risk['lo'], decimals=0)} to {number(1000 * risk['hi'], decimals=0)})"


def _wider(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not found:
        return None
    text = effects.printed(found["estimate"], found["ci"], found["measure"] in effects.RATIOS)
    return {**found, "text": text}


def _people(told: Mapping[str, Any]) -> dict[str, str]:
    change, (low, high) = told["difference"], told["difference_ci"]
    words = "fewer" if change < 0 else "more"
    ends = [f"{number(abs(b), decimals=0)} {'fewer' if b < 0 else 'more'}" for b in (low, high)]
    return {
        "control": number(told["control"], decimals=0), "treated": number(told["treated"], decimals=0),
        "difference": f"{number(abs(change), decimals=0)} {words}", "range": f"{ends[0]} to {ends[1]}",
    }  # fmt: skip


def _published(f: Mapping[str, Any]) -> list[dict[str, Any]]:
    out = []
    for p in f["published"]:
        ratio = p["measure"] in effects.RATIOS
        effect = effects.printed(p["value"], (p["lo"], p["hi"]), ratio)
        out.append({
            **p, "text": f"{p['measure']}{effects.of(p['outcome'])} {effect}", "when": span(p["day"]),
            "region": (p["region"] or "").replace("_", " "), "people": p["people"] and _people(p["people"]),
        })  # fmt: skip
    return out
