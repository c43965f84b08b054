"""Benefit and harm in the same hundred people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.language import say
from hepatica.report import words
from hepatica.report.figures import icon_array
from hepatica.report.view.book import Book, name_of, nearest
from hepatica.report.view.decision import at_day, said_interval
from hepatica.report.view.options import option_head


def balance(book: Book) -> dict[str, Any]:
    """Return, for each option, who is alive of 100 and who is harmed of 100, each with its interval and source."""
    day = book.main_day
    rows = []
    for i, option in book.live:
        rows.append(
            {**option_head(book, i, option), "alive": _alive(book, i, option, day), "harms": _harms(book, i, option)}
        )
    return {"when": at_day(day), "rows": rows}


def _alive(book: Book, index: int, option: Mapping[str, Any], day: float) -> dict[str, Any] | None:
    points = (option.get("forecast") or {}).get("survival")
    at = nearest(points, day)
    if points is None or at is None:
        return None
    point = points[at]
    middle = words.middle("survival", point)
    base = f"$.options[{index}].forecast.survival[{at}]"
    value, low, high = (book.num(f"{base}.{k}", "percent") for k in (middle, "p05", "p95"))
    if value is None:
        return None
    css = words.family(option.get("family")).css
    title = say(
        "{option}, alive {when}: {count} of 100, 90 % interval {interval}",
        option=name_of(option),
        when=at_day(day),
        count=value.text,
        interval=said_interval(low, high),
    )
    return {
        "value": value,
        "low": low,
        "high": high,
        "svg": icon_array(value.value, point.get("p05"), point.get("p95"), css=css, title=title),
    }


def _harms(book: Book, index: int, option: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for k, harm in enumerate(option.get("harms") or []):
        base = f"$.options[{index}].harms[{k}]"
        value = book.num(f"{base}.probability", "percent")
        low, high = book.num(f"{base}.lo", "percent"), book.num(f"{base}.hi", "percent")
        event = words.plain(str(harm.get("event", "")))
        svg = ""
        if value:
            title = say(
                "{event}: {count} of 100, interval {interval}",
                event=event,
                count=value.text,
                interval=said_interval(low, high),
            )
            svg = icon_array(value.value, harm.get("lo"), harm.get("hi"), css="harm", title=title)
        rows.append(
            {
                "event": event,
                "value": value,
                "low": low,
                "high": high,
                "svg": svg,
                "cites": book.cite(harm.get("sources") or harm.get("source")),
                "control": book.num(f"{base}.control", "percent"),
                "named": book.named(harm.get("source")),
                "note": harm.get("note") or harm.get("because") or "",
                "order": value.value if value else -1.0,
            }
        )
    return sorted(rows, key=lambda r: -r["order"])
