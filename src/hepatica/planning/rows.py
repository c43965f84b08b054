"""The options of a plan as rows: all that was considered, the ranked first, the ruled out last with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hepatica import therapy
from hepatica.language import say
from hepatica.planning import words
from hepatica.planning.compare import NO_DIFFERENCE
from hepatica.planning.front import front
from hepatica.planning.option import Option, cap
from hepatica.planning.work import Workings


def options(w: Workings) -> list[dict[str, Any]]:
    """Return a row for every option."""
    same = w.alike
    by_id = {c.option.id: c for c in w.compared}
    order = sorted(w.compared, key=lambda c: -float(c.net.mean()))
    rank = {c.option.id: i + 1 for i, c in enumerate(order)}
    beaten = front({c.option.id: c.parts for c in w.compared}, least=NO_DIFFERENCE, cost=bool(w.asked.weights.cost))
    rows = []
    for o in w.options:
        row = _row(o, rank.get(o.id), w.limit)
        if o.id in by_id:
            row |= by_id[o.id].rows
            row["cannot_be_told_from"] = list(same[o.id])
            row["beaten_in_everything_by"] = list(beaten[o.id])
            row |= _note(row, [by_id[i].option for i in same[o.id]])
        rows.append(row)
    live = [r for r in rows if r["status"] != "ruled out"]
    out = [r for r in rows if r["status"] == "ruled out"]
    live.sort(key=lambda r: (r["id"] != "standard_care", r["status"] != "offered", r["rank"]))
    return live + out


def _row(o: Option, rank: int | None, limit: str) -> dict[str, Any]:
    return {
        "id": o.id,
        "name": o.name,
        "treatment": o.treatment,
        "family": o.family,
        "product": o.product,
        "route": o.route,
        "dose_cells": o.regimen.dose_cells if o.regimen else None,
        "parts_given": list(o.parts),
        "schedule_days": list(o.regimen.days) if o.regimen else [],
        "status": o.status,
        "rank": rank,
        "because": o.because,
        "recommendable": o.recommendable,
        "trial": o.trial,
        "cautions": list(o.cautions),
        "certainty": cap(o.certainty, limit),
        "certainty_why": o.certainty_why,
        "basis": o.basis,
        "evidence": [{"certainty": o.certainty, **e} for e in o.evidence],
        "sources": list(o.sources),
        "harms": [],
        "benefit": {},
    }


def _note(row: dict[str, Any], alike: Sequence[Option]) -> dict[str, str]:
    said = [row["forecast_note"]] if row.get("forecast_note") else []
    if alike:
        others = words.listed([called(o) for o in alike])
        said.append(
            say(
                "cannot be told apart from {others}: they differ by less than the noise of the simulation",
                others=others,
            )
        )
    return {"forecast_note": words.capital("; ".join(said))} if said else {}


def called(o: Option) -> str:
    """Return an option's name, with the route where it is a cell regimen."""
    name = words.lower(o.name)
    return (
        say("{name} by {route}", name=name, route=therapy.routes()[o.route].name) if o.route and not o.parts else name
    )


def groups(w: Workings) -> list[str]:
    """Return a sentence on the cell regimens whose net benefits cannot be told apart."""
    same = w.alike
    by_id = {c.option.id: c.option for c in w.compared if c.option.regimen and not c.option.parts}
    found = {frozenset({i, *(j for j in same[i] if j in by_id)}) for i in by_id}
    largest = max(found, key=lambda g: (len(g), sorted(g)), default=frozenset())
    if len(largest) < 2:
        return []
    names = words.listed([called(by_id[i]) for i in by_id if i in largest])
    return [say("Which of these is better: {names}. Their forecasts cannot be told apart.", names=names)]
