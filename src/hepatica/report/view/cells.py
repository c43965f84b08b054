"""Where the cells go and what the liver looks like: pictures drawn from the forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.language import say
from hepatica.report import numbers, words
from hepatica.report.figures import body_map, lobule, route_map
from hepatica.report.view.book import Book, name_of, nearest
from hepatica.report.view.options import option_head

_MOMENTS = 4
_AFTER_D = 120.0


def bodies(book: Book) -> list[dict[str, Any]]:
    """Return, for each cell option, its route and the body at a few moments."""
    rows = []
    for i, option in book.live:
        moments = [m for m in option.get("cells") or [] if isinstance(m, Mapping) and _given(m)]
        if not moments and not option.get("route"):
            continue
        first = float((option.get("schedule_days") or [0.0])[0])
        shown = _pick(moments, first)
        share = option.get("share_paracrine")
        rows.append(
            {
                **option_head(book, i, option),
                "route": route_map(str(option["route"])) if option.get("route") else "",
                "route_name": words.plain(str(option.get("route") or "")),
                "moments": [{"when": (when := _since(m["day"], first)), "svg": body_map(m, when)} for m in shown],
                "table": [
                    {
                        "when": _since(m["day"], first),
                        "cells": [book.num(f"$.options[{i}].cells[{k}].{organ}", decimals=1) for organ in ORGANS],
                    }
                    for k, m in enumerate(option.get("cells") or [])
                    if _given(m)
                ],
                "paracrine": {
                    k: book.num(f"$.options[{i}].share_paracrine.{k}", "percent") for k in ("p05", "p50", "p95")
                }
                if isinstance(share, Mapping)
                else None,
            }
        )
    return rows


ORGANS = ("blood", "lung", "liver", "spleen", "rest")


def lobules(book: Book) -> list[dict[str, Any]]:
    """Return the lobule today, on standard care at the last horizon, and on the option compared."""
    standard = book.standard or (book.live[0] if book.live else None)
    if not standard or not (standard[1].get("forecast") or {}).get("hepatocytes_fraction"):
        return []
    day = book.main_day
    chosen = book.chosen
    other = chosen if chosen and chosen[1].get("id") != standard[1].get("id") and chosen[1].get("forecast") else None
    other = other or next((r for r in book.live if r[1].get("family") == "cells"), None)
    views = [(standard, 0.0, say("today")), (standard, day, f"{numbers.span(day)}, {name_of(standard[1])}")]
    if other:
        views.append((other, day, f"{numbers.span(day)}, {name_of(other[1])}"))
    return [row for option, when, label in views if (row := _lobule(book, option, when, label))]


def _lobule(book: Book, row: tuple[int, Mapping[str, Any]], day: float, label: str) -> dict[str, Any] | None:
    i, option = row
    forecast = option.get("forecast") or {}
    at = nearest(forecast.get("hepatocytes_fraction"), day)
    if at is None:
        return None

    def middle(name: str) -> float | None:
        k = nearest(forecast.get(name), day)
        return forecast[name][k].get("p50", forecast[name][k].get("mean")) if k is not None else None

    numbers_shown = []
    for name in ("hepatocytes_fraction", "collagen_percent", "macrophages_inflammatory"):
        k = nearest(forecast.get(name), day)
        if k is None:
            continue
        base = f"$.options[{i}].forecast.{name}[{k}]"
        numbers_shown.append(
            {
                "label": words.variable(name).label,
                "value": book.of(name, f"{base}.p50"),
                "low": book.of(name, f"{base}.p05"),
                "high": book.of(name, f"{base}.p95"),
            }
        )
    fraction = middle("hepatocytes_fraction")
    if fraction is None:
        return None
    return {
        "label": label,
        "numbers": numbers_shown,
        "svg": lobule(fraction, middle("collagen_percent"), middle("macrophages_inflammatory"), when=label),
    }


def _given(moment: Mapping[str, Any]) -> bool:
    return moment.get("day") is not None and sum(moment.get(organ) or 0.0 for organ in ORGANS) > 0


def _since(day: float, first: float) -> str:
    """Say when, counted from the first dose where that is not today."""
    span = numbers.span(day - first)
    return say("{time} after the first dose", time=span) if first else span


def _pick(moments: list[Mapping[str, Any]], first: float) -> list[Mapping[str, Any]]:
    """Return at most four moments, spread over the logarithm of time since the first dose, first and last kept."""
    if moments:
        moments = [m for m in moments if m["day"] <= moments[0]["day"] + _AFTER_D]
    if len(moments) <= _MOMENTS:
        return moments
    targets = (0.1, 1.0, 7.0, moments[-1]["day"] - first)
    later = [m for m in moments if m["day"] > first] or moments
    picked = [min(later, key=lambda m, t=t: abs(m["day"] - first - t)) for t in targets]  # type: ignore[misc]
    return [m for k, m in enumerate(picked) if m not in picked[:k]]
