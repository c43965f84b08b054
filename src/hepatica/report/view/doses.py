"""Which dose: the curve of net benefit and harm, its table, and what cannot be told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.language import say, say_many
from hepatica.report import numbers, words
from hepatica.report.figures import dose_curve
from hepatica.report.view.book import Book


def doses(book: Book) -> list[dict[str, Any]]:
    """Return every dose curve of the plan; empty where no cell product was forecast over a range."""
    return [_curve(book, i, c) for i, c in enumerate(book.plan.get("dose_finding") or [])]


def _curve(book: Book, index: int, curve: Mapping[str, Any]) -> dict[str, Any]:
    base = f"$.dose_finding[{index}]"
    rows = [_row(book, f"{base}.doses[{k}]", row) for k, row in enumerate(curve["doses"])]
    route = words.plain(str(curve.get("route") or ""))
    infusions = len(curve.get("schedule_days") or [])
    name = str(curve.get("name") or "")
    unit = say(str(curve.get("unit") or ""))
    title = say("Net benefit of {name} by dose", name=name)
    first, last, best = rows[0], rows[-1], max(rows, key=lambda r: r["net"]["mean"].value)
    desc = say(
        "Mean {first} at {low} cells, {best} at {at}, {last} at {high}.",
        first=first["net"]["mean"].text, low=first["at"].text, best=best["net"]["mean"].text, at=best["at"].text,
        last=last["net"]["mean"].text, high=last["at"].text,
    )  # fmt: skip
    return {
        "name": name,
        "given": say_many("{route}, {n} infusion", "{route}, {n} infusions", infusions, route=route),
        "day": numbers.span(curve.get("judged_on_day") or 0),
        "unit": unit,
        "svg": dose_curve(curve["doses"], unit=unit, css=words.family("cells").css, title=title, desc=desc),
        "rows": rows,
        "harm": any(row["harm"]["mean"] for row in rows),
        "text": [str(t) for t in curve.get("text") or []],
        "method": str(curve.get("method") or ""),
        "draws": book.num(f"{base}.draws"),
        "p_none": book.num(f"{base}.p_none", "percent"),
    }


def _row(book: Book, base: str, row: Mapping[str, Any]) -> dict[str, Any]:
    def spread(key: str) -> dict[str, Any]:
        keys = ("mean", "p05", "p95")
        return {k: book.num(f"{base}.{key}.{k}", decimals=1, signed=key == "net") for k in keys}

    return {
        "at": book.num(f"{base}.dose_cells", "dose"),
        "net": spread("net"),
        "harm": spread("harm"),
        "p_best": book.num(f"{base}.p_best", "percent"),
        "alike": bool(row.get("like_best")),
    }
