"""What the answer turns on: the tornado of each option asked, with the table behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.language import say
from hepatica.report import numbers
from hepatica.report.figures.tornado import tornado
from hepatica.report.view.book import Book, name_of
from hepatica.report.view.options import option_head


def turns(book: Book) -> dict[str, Any] | None:
    """Return the section, or None for a plan without its field or without an option to ask."""
    found = book.plan.get("sensitivity")
    if not isinstance(found, Mapping) or not found.get("options"):
        return None
    heads = {str(o.get("id")): (i, o) for i, o in book.options}
    return {
        "day": numbers.span(found.get("judged_on_day") or 0),
        "unit": say(str(found.get("unit") or "")),
        "method": str(found.get("method") or ""),
        "cites": book.cite(found.get("sources")),
        "options": [_option(book, k, o, heads[str(o["option"])]) for k, o in enumerate(found["options"])],
    }


def _option(book: Book, k: int, told: Mapping[str, Any], at: tuple[int, Mapping[str, Any]]) -> dict[str, Any]:
    head = option_head(book, *at)
    base = f"$.sensitivity.options[{k}].rows"
    rows = [
        {
            "number": r + 1,
            "text": row["text"],
            "unit": "" if row.get("value_unit") == "1" else str(row.get("value_unit") or ""),
            "low": book.num(f"{base}[{r}].low.value"),
            "high": book.num(f"{base}[{r}].high.value"),
            "net_low": book.num(f"{base}[{r}].low.net", decimals=1, signed=True),
            "net_high": book.num(f"{base}[{r}].high.net", decimals=1, signed=True),
            "error": book.num(f"{base}[{r}].error", decimals=1),
        }
        for r, row in enumerate(told["rows"])
    ]
    title = say("What the net benefit of {option} turns on", option=name_of(at[1]))
    desc = "; ".join(f"{row['number']}: {row['net_low']} – {row['net_high']}" for row in rows)
    ends = [(row["low"]["net"], row["high"]["net"]) for row in told["rows"]]
    return {
        **head,
        "rows": rows,
        "less": int(told.get("less") or 0),
        "mean": book.num(f"$.sensitivity.options[{k}].mean", decimals=1, signed=True),
        "svg": tornado(ends, float(told["mean"]), css=head["css"], title=title, desc=desc) if ends else "",
    }
