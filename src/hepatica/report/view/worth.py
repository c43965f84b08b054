"""What counts for the person, part by part, and what knowing more before choosing would be worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.language import mark, say
from hepatica.report import numbers
from hepatica.report.view.book import Book, Num
from hepatica.report.view.options import option_head

PARTS = (
    ("survival", mark("longer life"), "days", True),
    ("quality", mark("better life"), "days", True),
    ("harms", mark("lost to harms"), "days", False),
    ("burden", mark("spent on treatment"), "days", False),
)
SHARES = ("told_of_potency", "p_changes")


def worth(book: Book) -> dict[str, Any] | None:
    """Return the parts of each option's benefit with their weights, the race of regimens, the value of knowing more."""
    information = book.plan.get("information")
    if not isinstance(information, Mapping):
        return None
    weights = book.plan.get("weights") or {}
    rows = []
    names = {str(option.get("id")): str(option.get("name")) for _, option in book.options}
    for i, option in book.live:
        parts = [book.num(f"$.options[{i}].parts.{key}", decimals=1, signed=gain) for key, _, _, gain in PARTS]
        beaten = [names.get(o, o) for o in option.get("beaten_in_everything_by") or []]
        rows.append({**option_head(book, i, option), "parts": parts, "beaten": beaten})
    return {
        "heads": [{"label": say(label), "weight": _weight(weights.get(key))} for key, label, _, _ in PARTS],
        "rows": rows,
        "note": str(weights.get("note") or ""),
        "unit": say(str(information.get("unit") or "")),
        "day": numbers.span(information.get("judged_on_day") or 0),
        "method": str(information.get("method") or ""),
        "perfect": _value(book, "$.information.perfect"),
        "measurements": [
            {"name": str(row.get("test")), **_value(book, f"$.information.measurements[{k}]")}
            for k, row in enumerate(information.get("measurements") or [])
        ],
        "trials": [
            {"people": row.get("people_an_arm"), **_value(book, f"$.information.trials[{k}]")}
            for k, row in enumerate(information.get("trials") or [])
        ],
        "race": _race(book),
    }


def _weight(value: Any) -> str:
    return numbers.number(value) if isinstance(value, int | float) else ""


def _value(book: Book, path: str) -> dict[str, Num | None]:
    found = {key: book.num(f"{path}.{key}", decimals=1) for key in ("mean", "lo", "hi")}
    return found | {key: book.num(f"{path}.{key}", "percent") for key in SHARES}


def _race(book: Book) -> dict[str, Any] | None:
    race = (book.plan.get("screened") or {}).get("race") or {}
    rounds = race.get("rounds") or []
    if not rounds:
        return None
    first, last = rounds[0], rounds[-1]
    return {
        "method": str(race.get("method") or ""),
        "regimens": first.get("regimens"),
        "few": first.get("draws"),
        "kept": last.get("regimens"),
        "more": last.get("draws"),
        "not_told_apart": first.get("not_told_apart"),
    }
