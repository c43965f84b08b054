"""What is done, said and signed: do now, audit, the five questions, follow-up, consent, regulation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hepatica.report import numbers, words
from hepatica.report.view.book import Book, name_of

_URGENCY = {"now": 0, "today": 1, "soon": 2}
_STATUS = {"not met": 0, "unknown": 1, "met": 2, "not applicable": 3}


def do_now(book: Book) -> list[dict[str, Any]]:
    """Return what must be done before any option is weighed, the most urgent first."""
    rows = [
        {
            "text": str(r.get("text") or words.plain(str(r.get("id", "")))),
            "because": str(r.get("because") or ""),
            "urgency": str(r.get("urgency") or "now"),
            "cites": book.cite(r.get("source")),
            "named": book.named(r.get("source")),
        }
        for r in book.plan.get("do_now") or []
        if isinstance(r, Mapping)
    ]
    return sorted(rows, key=lambda r: _URGENCY.get(r["urgency"], 3))


def audit(book: Book) -> list[dict[str, Any]]:
    """Return the audit of standard care: what is not met first."""
    rows = [
        {
            "item": str(r.get("item") or words.plain(str(r.get("id", "")))),
            "status": str(r.get("status") or "unknown"),
            "because": str(r.get("because") or ""),
            "action": str(r.get("action") or ""),
            "cites": book.cite(r.get("source")),
            "named": book.named(r.get("source")),
        }
        for r in book.plan.get("audit") or []
        if isinstance(r, Mapping)
    ]
    return sorted(rows, key=lambda r: _STATUS.get(r["status"], 4))


def questions(book: Book) -> list[dict[str, Any]]:
    """Return the patient's questions with their answers and the numbers behind them."""
    rows = []
    for k, row in enumerate(book.plan.get("questions") or []):
        if not isinstance(row, Mapping):
            continue
        found = [
            n
            for n in (
                _number(book, v, f"$.questions[{k}].numbers[{j}]") for j, v in enumerate(row.get("numbers") or [])
            )
            if n
        ]
        rows.append(
            {
                "question": str(row.get("question") or words.question(str(row.get("id", "")))),
                "answer": str(row.get("answer") or ""),
                "certainty": row.get("certainty"),
                "numbers": found,
            }
        )
    return rows


def _number(book: Book, row: Any, base: str) -> dict[str, Any] | None:
    if not isinstance(row, Mapping):
        return None
    unit = str(row.get("unit") or "")
    style = "percent" if unit in ("probability", "fraction", "share") else ""
    shown = "" if style or unit in ("1",) else unit
    if unit == "days" and row.get("value") == 1 and row.get("lo") is None:
        shown = "day"
    value, low, high = (book.num(f"{base}.{key}", style, unit=shown) for key in ("value", "lo", "hi"))
    if value is None:
        return None
    return {
        "label": str(row.get("label") or ""),
        "value": value,
        "low": low,
        "high": high,
        "cites": book.cite(row.get("source")),
    }


def follow_up(book: Book) -> list[dict[str, Any]]:
    """Return the follow-up schedule in time order, with its dates."""
    rows = [r for r in book.plan.get("follow_up") or [] if isinstance(r, Mapping)]
    rows.sort(key=lambda r: r["day"] if isinstance(r.get("day"), int | float) else 1e9)
    return [
        {
            "when": numbers.span(r["day"]) if isinstance(r.get("day"), int | float) else "",
            "date": numbers.on_day(book.created, r["day"]) if isinstance(r.get("day"), int | float) else "",
            "what": str(r.get("what") or ""),
            "why": str(r.get("why") or ""),
            "cites": book.cite(r.get("source")),
        }
        for r in rows
    ]


def consent(book: Book) -> dict[str, Any] | None:
    """Return the consent elements and what is still missing from them."""
    found = book.plan.get("consent")
    if not isinstance(found, Mapping) or not (found.get("elements") or found.get("gaps")):
        return None
    option = next((o for _, o in book.options if o.get("id") == found.get("option")), None)
    elements = [
        {
            "title": str(e.get("title") or words.plain(str(e.get("id", "")))),
            "text": str(e.get("text") or ""),
            "cites": book.cite(e.get("source")),
        }
        for e in found.get("elements") or []
        if isinstance(e, Mapping)
    ]
    times = Counter(e["text"] for e in elements)
    alike = {t: [e["title"] for e in elements if e["text"] == t] for t, n in times.items() if n > 1}
    named = str((option or {}).get("name") or words.plain(str(found.get("option") or "")))
    return {
        "version": str(found.get("version") or ""),
        "option": named,
        "elements": [e for e in elements if e["text"] not in alike],
        "alike": [{"titles": titles, "text": text} for text, titles in alike.items()],
        "gaps": _texts(found.get("gaps")),
    }


def regulation(book: Book) -> dict[str, Any] | None:
    """Return the regulatory pathway and its checklist."""
    found = book.plan.get("regulation")
    if not isinstance(found, Mapping):
        return None
    items = [
        {
            "text": str(e.get("text") or ""),
            "status": str(e.get("status") or "").replace("_", " "),
            "cites": book.cite(e.get("source")),
            "named": book.named(e.get("source")),
        }
        for e in found.get("items") or []
        if isinstance(e, Mapping)
    ]
    return {
        "jurisdiction": str(found.get("jurisdiction") or ""),
        "product": _product(book, str(found.get("product") or "")),
        "pathway": str(found.get("pathway") or ""),
        "items": items,
        "gaps": _texts(found.get("gaps")),
    }


def _product(book: Book, identifier: str) -> str:
    """Return what a product is called: the name of an option that gives it alone, else its id in words."""
    given = [o for o in book.plan.get("options") or [] if isinstance(o, Mapping) and o.get("product") == identifier]
    alone = next((o for o in given if not o.get("parts_given")), None)
    return name_of(alone) if identifier and alone else words.plain(identifier)


def evidence(book: Book) -> list[dict[str, Any]]:
    """Return the statements of evidence behind the options that may be taken, each statement once."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for _, option in book.live:
        for e in option.get("evidence") or []:
            if not isinstance(e, Mapping):
                continue
            text, source = str(e.get("text") or ""), e.get("sources") or e.get("source")
            row = rows.setdefault(
                (text, str(source)),
                {
                    "options": [],
                    "text": text,
                    "certainty": e.get("certainty"),
                    "cites": book.cite(source),
                    "named": book.named(source),
                },
            )
            row["options"].append({"name": name_of(option), "css": words.family(option.get("family")).css})
    return list(rows.values())


def _texts(rows: Any) -> list[str]:
    return [str(r.get("text") or r.get("title") or r) if isinstance(r, Mapping) else str(r) for r in rows or []]
