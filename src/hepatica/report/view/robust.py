"""Whether the choice stands: the front over all that counts, bias of the evidence, timing, and pairs left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hepatica.language import mark, say
from hepatica.report import numbers
from hepatica.report.figures.front import Axis, Course, front
from hepatica.report.view.book import Book, name_of
from hepatica.report.view.options import option_head

AXES = (
    ("survival", mark("longer life"), True),
    ("quality", mark("better life"), True),
    ("harms", mark("lost to harms"), False),
    ("burden", mark("on treatment"), False),
    ("cost", mark("cost"), False),
)
LEAST = 2
COST = mark(
    "Cost is drawn but beats nothing while it has no weight: prices that are not known count as none, "
    "and an early death makes care cheaper."
)


def robust(book: Book) -> dict[str, Any] | None:
    """Return the section, or None for a plan without its fields."""
    found = book.plan.get("robustness")
    if not isinstance(found, Mapping):
        return None
    heads = {str(o.get("id")): (i, o) for i, o in book.options}
    rows = []
    for k, row in enumerate(found.get("options") or []):
        i, option = heads[str(row["id"])]
        before = book.num(f"$.options[{i}].net_benefit.mean", decimals=1, signed=True)
        after = {q: book.num(f"$.robustness.options[{k}].net_benefit.{q}", decimals=1) for q in ("mean", "p05", "p95")}
        kept = book.num(f"$.robustness.options[{k}].gain_kept", "percent")
        rows.append({**option_head(book, i, option), "before": before, "after": after, "kept": kept})
    ratio = {q: book.num(f"$.robustness.ratio_of_odds_ratios.{q}", decimals=2) for q in ("mean", "p05", "p95")}
    return {
        "texts": list(found.get("text") or []),
        "method": str(found.get("method") or ""),
        "cites": book.cite(found.get("sources")),
        "ratio": ratio,
        "unit": say(str((found.get("options") or [{}])[0].get("net_benefit", {}).get("unit") or "")),
        "rows": rows,
        "timing": [{"text": t["text"], "why": t["why"], "cites": book.cite(t["sources"])} for t in _timing(book)],
        "left_out": [f"{r['name']}: {r['because']}" for r in _left_out(book)],
        "front": _front(book),
    }


def _timing(book: Book) -> list[Mapping[str, Any]]:
    return list(book.plan.get("timing") or [])


def _left_out(book: Book) -> list[Mapping[str, Any]]:
    pairs = (book.plan.get("screened") or {}).get("combinations") or {}
    return list(pairs.get("left_out") or [])


def _front(book: Book) -> dict[str, Any] | None:
    """Return the picture and the table behind it; the numbers of the options are those of the table."""
    live = [(i, o) for i, o in book.live if o.get("parts")]
    known = [a for a in AXES if any(o["parts"].get(a[0]) for _, o in live)]
    if len(live) < LEAST or len(known) < LEAST:
        return None
    currency = str(next((o["cost"].get("currency") for _, o in live if (o.get("cost") or {}).get("currency")), ""))
    axes = [Axis(say(label), currency if key == "cost" else say("days"), more) for key, label, more in known]
    courses, rows = [], []
    for number, (i, o) in enumerate(live, 1):
        head = option_head(book, i, o)
        beaten = bool(o.get("beaten_in_everything_by"))
        courses.append(Course(number, tuple(o["parts"].get(a[0]) for a in known), head["css"], beaten))
        cells = [book.num(f"$.options[{i}].parts.{a[0]}", decimals=0 if a[0] == "cost" else 1) for a in known]
        rows.append({**head, "number": number, "cells": cells, "beaten": beaten})
    best = [name_of(o) for _, o in live if not o.get("beaten_in_everything_by")]
    desc = say(
        "Beaten by no other in everything, {count} of {all}: {names}.",
        count=len(best), all=len(live), names="; ".join(best),
    )  # fmt: skip
    title = say("Options over all that counts, better is up")
    return {
        "svg": front(axes, courses, title=title, desc=desc),
        "desc": desc,
        "heads": [f"{a.label}, {a.unit}" if a.unit else a.label for a in axes],
        "rows": rows,
        "cost_note": say(COST) if _cost_beats_nothing(book, known) else "",
        "day": numbers.span(book.plan.get("judged_on_day") or 0),
    }


def _cost_beats_nothing(book: Book, known: Sequence[tuple[str, str, bool]]) -> bool:
    return any(key == "cost" for key, _, _ in known) and not (book.plan.get("weights") or {}).get("cost")
