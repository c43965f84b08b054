"""Treatments given together, and cells given later: which combinations may be considered for this person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hepatica.language import by_language, mark, say
from hepatica.planning import sources, words
from hepatica.planning.facts import Facts
from hepatica.planning.horizon import ACUTE
from hepatica.planning.option import CERTAINTIES, Option, cap
from hepatica.planning.rules import Group

MOST = 5
BASES = ("evidence", "calibrated model", "assumption")
INDEPENDENT = mark("no trial gave them together; their effects are added as if neither changed the other (assumption)")
METHOD = mark(
    "pairs from rules kept as data, where each part may be given; effects are added on their own scales "
    "as if neither changed the other"
)


@dataclass(frozen=True, slots=True)
class Combined:
    """The combinations that are options, those left out with the reason, and which options differ in time alone."""

    options: tuple[Option, ...] = ()
    left_out: tuple[dict[str, Any], ...] = ()
    later: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what was considered as plain values."""
        return {"method": say(METHOD), "sources": ["method"], "left_out": list(self.left_out)}


@by_language
def rules() -> tuple[tuple[dict[str, Any], Group], ...]:
    """Return the rules with their conditions, checked; raise ValueError on a row that cannot be read."""
    found = []
    for row in sources.read("combinations.toml")["combination"]:
        where = f"combinations.toml: {row['id']}"
        sources.check([e["source"] for e in row["evidence"]], where)
        if "wait" in row:
            sources.check(row["wait"]["sources"], where)
        if "tried" in row and row["tried"]["certainty"] not in CERTAINTIES:
            raise ValueError(f"{where}: '{row['tried']['certainty']}' is not a certainty")
        if ("cells" in row["parts"]) == ("name" in row):
            raise ValueError(f"{where}: a combination is named after its cells, or by its own name")
        found.append((row, Group.read(row["when"], where)))
    return tuple(found)


def combined(facts: Facts, options: Sequence[Option]) -> Combined:
    """Return the combinations of the options that may be given to this person; nothing is simulated."""
    if facts.staging.contradictions:
        return Combined()
    live = {o.id: o for o in options if o.live}
    found: list[Option] = []
    left_out: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    for row, group in rules():
        if group.ask(facts).value is not True:
            continue
        parts = [_part(p, row, facts, live) for p in row["parts"]]
        given = [p for p in parts if p is not None]
        if len(given) < len(parts):
            continue
        option = _together(row, given)
        reason = _apart(option)
        if not reason and len(found) >= MOST:
            reason = say("{most} other combinations come first", most=MOST)
        if reason:
            left_out.append({"id": option.id, "name": option.name, "parts": list(option.parts), "because": reason})
            continue
        found.append(option)
        if "wait" in row and len(found) < MOST:
            weeks = int(row["wait"]["acute_weeks" if facts.staging.course in ACUTE else "weeks"])
            second = _later(option, weeks)
            found.append(second)
            later.append({"now": option.id, "later": second.id, "weeks": weeks, **_reason(row["wait"])})
    return Combined(tuple(found), tuple(left_out), tuple(later))


def _reason(wait: dict[str, Any]) -> dict[str, Any]:
    return {"why": wait["why"], "sources": list(wait["sources"])}


def _part(name: str, row: dict[str, Any], facts: Facts, live: dict[str, Option]) -> Option | None:
    if name == "cells":
        wanted = row.get("products")
        return next((o for o in live.values() if o.product and (not wanted or o.product in wanted)), None)
    return live.get(facts.removable_cause or "" if name == "cause" else name)


def _together(row: dict[str, Any], parts: Sequence[Option]) -> Option:
    cells = next((p for p in parts if p.product), None)
    others = [p for p in parts if p is not cells]
    certainty = parts[0].certainty
    for p in parts[1:]:
        certainty = cap(certainty, p.certainty)
    tried = row.get("tried")
    text = words.capital(row["text"]) + "."
    base = cells or others[0]
    return replace(
        base,
        id="_".join([row["id"], cells.id]) if cells else row["id"],
        name=_name(row, cells, others),
        treatment=_name(row, cells, others),
        family="cells" if cells else "combination",
        status="trial only" if any(p.status == "trial only" for p in parts) else "offered",
        because=f"{cells.because} {text}" if cells else text,
        actions=tuple(a for p in others for a in p.actions),
        parts=tuple(p.id for p in parts),
        certainty=tried["certainty"] if tried else certainty,
        certainty_why=tried["why"] if tried else say(INDEPENDENT),
        basis=max((p.basis for p in parts), key=BASES.index),
        procedure="; ".join(p.procedure for p in parts if p.procedure),
        invasive_procedures=sum(p.invasive_procedures for p in parts),
        evidence=tuple(row["evidence"]),
        recommendable=bool(row.get("recommend")) and not cells and all(p.recommendable for p in parts),
        cautions=tuple(dict.fromkeys(c for p in parts for c in p.cautions)),
        sources=tuple(dict.fromkeys(s for p in parts for s in p.sources)),
        notes={k: v for k, v in base.notes.items() if k == "weight_kg"},
    )


def _name(row: dict[str, Any], cells: Option | None, others: Sequence[Option]) -> str:
    if cells is None:
        return str(row["name"])
    names = words.listed([words.lower(o.name) for o in others])
    return say("{cells}, with {others}", cells=cells.name, others=names)


def _later(now: Option, weeks: int) -> Option:
    """Return a combination with its cells so many weeks later and all else from the first day on."""
    assert now.regimen is not None
    regimen = replace(now.regimen, days=tuple(d + 7.0 * weeks for d in now.regimen.days))
    return replace(
        now,
        id=f"{now.id}_after_{weeks}w",
        name=say("{option}: the cells after {weeks} weeks", option=now.name, weeks=weeks),
        treatment=say("{option}: the cells after {weeks} weeks", option=now.name, weeks=weeks),
        regimen=regimen,
    )


def _apart(option: Option) -> str:
    from hepatica import twin

    reason = twin.apart(option.actions)
    return say("not forecast: {reason}", reason=say(reason)) if reason else ""
