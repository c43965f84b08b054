"""Harms of an option with their intervals and sources, and the quality-adjusted days they cost a draw."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import evidence, therapy
from hepatica.language import by_language, say, say_many
from hepatica.planning import sources, words
from hepatica.planning.option import Option

Array = NDArray[np.float64]
OF_A_ROUTE = ("portal_vein_thrombosis", "bleeding", "injection_site", "contrast_nephropathy")
OF_A_DONOR = ("alloantibody", "donor_specific_antibody")
DEEP_PUNCTURE = ("hepatocyte_allogeneic", "portal_vein")
MIN_PEOPLE = 8
MIN_PEOPLE_OF_CLASS = 20
A_PROCEDURE = (
    "portal_vein_thrombosis",
    "bleeding",
    "injection_site",
    "contrast_nephropathy",
    "fever",
    "infusion_reaction",
)


@by_language
def _file() -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    raw = sources.read("harms.toml")
    for row in raw["harm"]:
        where = f"harms.toml: {row['treatment']}, {row['event']}"
        sources.check([row["source"]], where)
        if row["event"] not in raw["event"]:
            raise ValueError(f"{where}: unknown event")
    return raw["event"], raw["harm"]


def harms(option: Option) -> list[dict[str, Any]]:
    """Return the harms of an option, the likeliest first: event, probability with lo and hi (0..1), source, note."""
    rows = [] if option.regimen is None else _of_regimen(option)
    for action in option.actions:
        if action == "g_csf":
            rows += [_counted(r, "") for r in evidence.harms("g_csf") if _shown(r)]
        else:
            rows += published(action)
    return sorted(rows, key=lambda r: -(r["probability"] or 0.0))


def published(treatment: str) -> list[dict[str, Any]]:
    """Return the harms of a treatment without cells, as published, the likeliest first."""
    rows = [_published(r) for r in _file()[1] if r["treatment"] == treatment]
    return sorted(rows, key=lambda r: -(r["probability"] or 0.0))


def days_lost(rows: list[dict[str, Any]], n: int, seed: int) -> Array:
    """Return the quality-adjusted days lost to harms, one value a draw; only what exceeds the control arms counts."""
    rng = np.random.default_rng([seed, 21])
    total = np.zeros(n)
    for row in rows:
        weight = _file()[0][row["id"]]["days_lost"]
        if row["probability"] is None:
            continue
        if row["lo"] is not None and row["hi"] is not None and row["hi"] > row["lo"]:
            mean, half = row["probability"], (row["hi"] - row["lo"]) / 2.0
            draws = np.clip(mean + half / 1.96 * rng.standard_normal(n), 0.0, 1.0)
        else:
            draws = np.full(n, row["probability"])
        total += weight * np.clip(draws - (row["control"] or 0.0), 0.0, None)
    return total


@by_language
def _counts(product: str, route: str) -> tuple[dict[str, Any], ...]:
    return tuple(evidence.harms(product, route))


def _of_regimen(option: Option) -> list[dict[str, Any]]:
    """Return harms of a regimen; a deep puncture whose bleeding nobody counted borrows the portal vein's counts."""
    assert option.regimen is not None
    product, route = option.regimen.product, option.regimen.route
    own = therapy.products()[product].donor == "autologous"
    rows = [
        _cells(r, option)
        for r in _counts(product, route)
        if _shown(r)
        and not (own and r["event"] in OF_A_DONOR)
        and not (r["event"] in OF_A_ROUTE and r["basis"] in ("product", "class"))
    ]
    if therapy.routes()[route].bleeding == "high" and not any(r["id"] == "bleeding" for r in rows):
        for r in _counts(*DEEP_PUNCTURE):
            if _shown(r) and r["event"] in OF_A_ROUTE and r["event"] not in {row["id"] for row in rows}:
                row = _cells(r, option)
                note = say("{note}; counted at the portal vein in other patients", note=row["note"])
                rows.append(row | {"note": note})
    return rows


def _shown(r: dict[str, Any]) -> bool:
    least = MIN_PEOPLE if r["basis"] in ("product and route", "product") else MIN_PEOPLE_OF_CLASS
    return r["event"] in _file()[0] and r["n"] >= least


def _cells(r: dict[str, Any], option: Option) -> dict[str, Any]:
    """Return one row, carried from the studied number of procedures and cells to this regimen's."""
    assert option.regimen is not None
    row = _counted(r, "")
    times, notes = len(option.regimen.days), []
    if r["event"] in A_PROCEDURE and times > 1 and r["basis"] not in ("product and route", "product"):
        for k in ("probability", "lo", "hi"):
            row[k] = 1.0 - (1.0 - row[k]) ** times
        notes.append(say("counted for {times} procedures", times=times))
    top = _studied_total(option)
    total = option.regimen.dose_cells * times
    if top and total > top:
        for k in ("probability", "lo", "hi"):
            odds = row[k] / max(1.0 - row[k], 1e-9) * total / top
            row[k] = odds / (1.0 + odds)
        notes.append(say("more cells than were studied: odds raised in proportion (assumption)"))
    row["note"] = "; ".join([row["note"], *notes]).strip("; ")
    return row


def _studied_total(option: Option) -> float | None:
    assert option.regimen is not None
    product = therapy.products()[option.regimen.product]
    weight = option.notes.get("weight_kg")
    totals = [len(r.days) * r.dose_cells for s in product.regimens if (r := s.for_weight(weight)) is not None]
    return max(totals, default=None)


def _counted(r: dict[str, Any], note: str) -> dict[str, Any]:
    event = _file()[0][r["event"]]
    control = r.get("control")
    studies, events, people = r["k"], r["events"], r["n"]
    populations = "; ".join(map(say, r["populations"][:2]))
    where = say_many(
        "{events} of {people} people in {n} study ({populations})",
        "{events} of {people} people in {n} studies ({populations})",
        studies,
        events=events,
        people=people,
        populations=populations,
    )
    return {
        "id": r["event"],
        "event": event["label"],
        "said": event.get("said", event["label"]),
        "probability": r["probability"],
        "lo": r["lo"],
        "hi": r["hi"],
        "control": control["events"] / control["n"] if control and control["n"] else None,
        "source": r["source"],
        "sources": list(r["sources"]),
        "basis": r["basis"],
        "watch": event["watch"],
        "note": words.mended(where) + (f"; {note}" if note else ""),
    }


def _published(r: dict[str, Any]) -> dict[str, Any]:
    event = _file()[0][r["event"]]
    lo, hi = r.get("lo"), r.get("hi")
    middle = r.get("probability")
    if middle is None and lo is not None and hi is not None:
        middle = math.sqrt(lo * hi)
    return {
        "id": r["event"],
        "event": event["label"],
        "said": event.get("said", event["label"]),
        "probability": middle,
        "lo": lo,
        "hi": hi,
        "control": r.get("control"),
        "source": r["source"],
        "sources": [r["source"]],
        "basis": "published",
        "watch": event["watch"],
        "note": r.get("note", ""),
    }
