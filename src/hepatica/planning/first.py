"""What must be done before any option, and standard care checked beside the options."""

from __future__ import annotations

from typing import Any

from hepatica.language import by_language, say
from hepatica.planning import sources, words
from hepatica.planning.facts import Facts
from hepatica.planning.rules import Group, ask

URGENCY = ("now", "today", "soon")


@by_language
def _rules() -> tuple[tuple[dict[str, Any], Group], ...]:
    rows = []
    for row in sources.read("do_now.toml")["rule"]:
        where = f"do_now.toml: {row.get('id')}"
        sources.check(row.get("sources", ()), where)
        if row.get("urgency") not in URGENCY:
            raise ValueError(f"{where}: urgency must be one of {URGENCY}")
        rows.append((row, Group.read(row, where)))
    return tuple(rows)


@by_language
def _items() -> tuple[tuple[dict[str, Any], Group, Group, Group | None], ...]:
    rows = []
    for row in sources.read("audit.toml")["item"]:
        where = f"audit.toml: {row.get('id')}"
        sources.check(row.get("sources", ()), where)
        not_met = Group.read(row["not_met"], where) if "not_met" in row else None
        rows.append((row, Group.read(row["applies"], where), Group.read(row["met"], where), not_met))
    return tuple(rows)


def do_now(facts: Facts) -> list[dict[str, Any]]:
    """Return what must be done before any option is weighed, most urgent first."""
    found = []
    if facts.staging.contradictions:
        found.append(
            {
                "id": "measure_again",
                "text": say("Measure again before you decide: the record contradicts itself."),
                "because": words.mended("; ".join(facts.staging.contradictions)),
                "source": "record",
                "sources": ["record"],
                "urgency": "today",
            }
        )
    for row, group in _rules():
        answer = group.ask(facts)
        if answer.value is not True:
            continue
        text = row["text"]
        if "already" in row and ask(row["already"], facts).value is True:
            text = row["text_already"]
        found.append(
            {
                "id": row["id"],
                "text": text,
                "because": answer.because,
                "source": row["sources"][0],
                "sources": list(row["sources"]),
                "urgency": row["urgency"],
            }
        )
    return sorted(found, key=lambda r: URGENCY.index(r["urgency"]))


def audit(facts: Facts) -> list[dict[str, Any]]:
    """Return each item of standard care as met, not met, unknown or not applicable, with what to do."""
    rows = []
    for row, applies, met, not_met in _items():
        status, because = _status(row, applies, met, not_met, facts)
        act = status in ("not met", "unknown")
        open_yet = status == "unknown" and applies.ask(facts).value is None
        rows.append(
            {
                "id": row["id"],
                "item": row["item"],
                "status": status,
                "because": because,
                "action": (row.get("action_unsettled", row["action"]) if open_yet else row["action"]) if act else "",
                "needs": _needs(row, facts) if status == "unknown" else "",
                "decides": row.get("decides", "") if status == "unknown" else "",
                "source": row["sources"][0],
                "sources": list(row["sources"]),
            }
        )
    order = ("not met", "unknown", "met", "not applicable")
    return sorted(rows, key=lambda r: order.index(r["status"]))


def _needs(row: dict[str, Any], facts: Facts) -> str:
    """Return what would settle an item: less where part of it is in the record."""
    known = row.get("needs_known")
    if known is not None and ask(known["term"], facts).value is True:
        return str(known["needs"])
    return str(row.get("needs", ""))


def _status(row: dict[str, Any], applies: Group, met: Group, not_met: Group | None, facts: Facts) -> tuple[str, str]:
    use = applies.ask(facts)
    if use.value is False:
        return "not applicable", use.because
    if use.value is None:
        return "unknown", use.because
    if not_met is not None:
        bad = not_met.ask(facts)
        if bad.value is True:
            return "not met", bad.because
    done = met.ask(facts) if (met.all or met.any) else None
    if done is None:
        return "unknown", say("{get} not in the record", get=row.get("needs", "it"))
    if done.value is True:
        return "met", done.because
    if done.value is False and not_met is None and not row.get("never_not_met"):
        return "not met", f"{done.because}; {use.because}"
    if done.value is False and not_met is not None and not row.get("never_not_met") and met.all:
        return "not met", done.because
    return "unknown", say("not in the record: {get}", get=row.get("needs", "it"))
