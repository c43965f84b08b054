"""The harms of a review as the page shows them: treated and controls on one axis, this disease before others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.report._review import effects
from hepatica.report.figures.shares import shares_axis, shares_row
from hepatica.report.numbers import percent


def harms(review: Mapping[str, Any]) -> dict[str, Any]:
    """Return rows of counted harms (here, elsewhere) and of published ratios."""
    here = [_row(e, "here") for e in review["harms"]["events"] if e["here"]]
    rest = [_row(e, "elsewhere") for e in review["harms"]["events"] if e["elsewhere"]]
    ratios = [
        {**p, "name": _name(p["event"]), "text": effects.printed(p["value"], (p["lo"], p["hi"]), True),
         "raised": (p["lo"] or 0) > 1}
        for p in review["harms"]["published"]
    ]  # fmt: skip
    return {
        "here": here, "elsewhere": rest, "raised": [p for p in ratios if p["raised"]],
        "others": [p for p in ratios if not p["raised"]], "axis": shares_axis(),
    }  # fmt: skip


def _row(e: Mapping[str, Any], where: str) -> dict[str, Any]:
    treated, control, alone = (e[where][side] for side in ("treated", "control", "alone"))
    name = _name(e["event"])
    text, other = _text(treated), _text(control) if control else "not stated"
    return {
        "name": name, "treated": text, "control": other, "alone": _text(alone) if alone else "",
        "sources": [s for s in e["sources"] if s["id"] in e[where]["sources"]],
        "svg": shares_row(_share(treated), _share(control) if control else None,
                          title=f"{name}: treated {text}, controls {other}"),
    }  # fmt: skip


def _text(side: Mapping[str, Any]) -> str:
    lo, hi = percent(side["lo"]), percent(side["hi"])
    return f"{side['events']} of {side['n']} ({percent(side['share'])} %, {lo} to {hi})"


def _share(side: Mapping[str, Any]) -> tuple[float, float, float]:
    return 100 * side["share"], 100 * side["lo"], 100 * side["hi"]


def _name(event: str) -> str:
    words = event.replace("_", " ")
    return {"hcc": "Hepatocellular carcinoma"}.get(event, words[:1].upper() + words[1:])
