"""Who may join which protocol: every criterion, what would settle the unknown ones, the near misses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.language import say
from hepatica.report import numbers, words
from hepatica.report.view.book import Book

_ORDER = {"eligible": 0, "unknown": 1, "not eligible": 2}
_RULE_ORDER = {"not met": 0, "unknown": 1, "met": 2}


def eligibility(book: Book) -> dict[str, Any]:
    """Return protocols (likeliest first), the tests that would settle unknown criteria, and the near misses."""
    rows = [
        _protocol(book, k, m) for k, m in enumerate(matches(book.plan.get("eligibility"))) if isinstance(m, Mapping)
    ]
    rows.sort(key=lambda r: (_ORDER.get(r["verdict"], 3), r["not_met"], r["unknown"]))
    settle: dict[str, list[str]] = {}
    for row in rows:
        if row["verdict"] == "unknown":
            for rule in row["criteria"]:
                for need in rule["needs"] if rule["verdict"] == "unknown" else []:
                    settle.setdefault(need, []).append(row["protocol"])
    tests = [{"test": t, "protocols": list(dict.fromkeys(p))} for t, p in settle.items()]
    tests.sort(key=lambda r: -len(r["protocols"]))
    near = [r for r in rows if r["verdict"] == "not eligible" and r["not_met"] == 1]
    return {"rows": rows, "settle": tests, "near": near}


def matches(found: Any) -> list[Any]:
    """Return the list of matches, however the plan wraps it."""
    if isinstance(found, Mapping):
        found = found.get("matches") or found.get("protocols") or []
    return list(found or [])


def _protocol(book: Book, index: int, match: Mapping[str, Any]) -> dict[str, Any]:
    criteria = [
        _rule(book, c, f"$.eligibility[{index}].criteria[{k}]") for k, c in enumerate(match.get("criteria") or [])
    ]
    criteria.sort(key=lambda c: _RULE_ORDER.get(c["verdict"], 3))
    counts = {v: sum(c["verdict"] == v for c in criteria) for v in _RULE_ORDER}
    return {
        "protocol": str(match.get("protocol", "")),
        "title": str(match.get("title") or match.get("name") or ""),
        "verdict": str(match.get("verdict") or "unknown"),
        "recruitment": str(match.get("recruitment_status") or "unknown"),
        "as_of": numbers.iso_date(match.get("status_as_of")),
        "complete": match.get("criteria_complete"),
        "criteria": criteria,
        "met": counts["met"],
        "not_met": counts["not met"],
        "unknown": counts["unknown"],
        "url": f"https://clinicaltrials.gov/study/{match.get('protocol')}"
        if str(match.get("protocol", "")).startswith("NCT")
        else "",
    }


def _rule(book: Book, rule: Mapping[str, Any], base: str) -> dict[str, Any]:
    needs = rule.get("needs") or []
    needs = needs.split("; ") if isinstance(needs, str) else [needs] if isinstance(needs, Mapping) else list(needs)
    return {
        "text": str(rule.get("text") or rule.get("id") or ""),
        "verdict": str(rule.get("verdict") or "unknown"),
        "because": str(rule.get("because") or ""),
        "needs": [_need(n) for n in needs],
        "distance": distance(rule.get("distance")),
        "num": book.num(f"{base}.distance"),
    }


def _need(need: Any) -> str:
    if isinstance(need, Mapping):
        need = need.get("test") or need.get("analyte") or need.get("text") or ""
    return words.plain(str(need))


def distance(value: Any) -> str:
    """Write how far a near miss is."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        return say("misses by {value}", value=numbers.number(abs(value)))
    if isinstance(value, Mapping):
        if value.get("text"):
            return str(value["text"])
        amount = next((value[k] for k in ("value", "by", "absolute") if isinstance(value.get(k), int | float)), None)
        if amount is not None:
            unit = value.get("unit") or ""
            return say("misses by {value}", value=f"{numbers.number(abs(amount))} {unit}".strip())
        return ", ".join(f"{words.plain(str(k))} {v}" for k, v in value.items() if v is not None)
    return str(value)
