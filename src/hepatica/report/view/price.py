"""What options cost and whether they are worth it: prices, ratio, the price they would be worth, who pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hepatica.language import say
from hepatica.report import numbers
from hepatica.report.figures.acceptability import Chance, acceptability
from hepatica.report.view.book import Book, Num, name_of
from hepatica.report.view.options import option_head

BAND = ("mean", "p05", "p95")
MOST = 5


def price(book: Book) -> dict[str, Any] | None:
    """Return the section, or None where the plan counts no money."""
    payment = book.plan.get("payment")
    rows = [_row(book, i, o) for i, o in book.live if isinstance(o.get("economics"), Mapping)]
    if not isinstance(payment, Mapping) or not rows:
        return None
    thresholds = payment.get("thresholds") or []
    return {
        "country": str(payment.get("country_name") or ""),
        "payer": str(payment.get("payer_name") or ""),
        "currency": str(payment.get("currency") or ""),
        "day": numbers.span(book.plan.get("judged_on_day") or 0),
        "rates": {
            **{k: book.num(f"$.payment.discount.{k}", "percent") for k in ("cost", "effect")},
            "note": str((payment.get("discount") or {}).get("note") or ""),
            "cites": book.cite((payment.get("discount") or {}).get("source")),
        },
        "thresholds": [
            {
                "pay": book.num(f"$.payment.thresholds[{k}].pay_a_qaly", unit=str(payment.get("currency") or "")),
                "what": str(t.get("what") or ""),
                "cites": book.cite(t.get("source")),
            }
            for k, t in enumerate(thresholds)
        ],
        "top": numbers.number(max((t["pay_a_qaly"] for t in thresholds), default=0.0)),
        "gaps": [str(g) for g in payment.get("gaps") or []],
        "people": payment.get("people"),
        "rows": rows,
        "priced": any(r["price"]["value"] or r["price"]["course"]["mean"] for r in rows),
        "ratios": any(r["icer"]["value"] or r["icer_reason"] for r in rows if r["price"]["value"]),
        "cared": any(r["care"]["mean"] for r in rows),
        "notes": [n[:1].upper() + n[1:] for n in dict.fromkeys(n for r in rows for n in r["notes"])],
        "pictures": [p for over in ("pay_a_qaly", "price") if (p := _picture(book, over, thresholds))],
        "coverage": _coverage(book),
    }


def _row(book: Book, index: int, option: Mapping[str, Any]) -> dict[str, Any]:
    told = option["economics"]
    base, unit = f"$.options[{index}].economics", str(told.get("currency") or "")
    price = told.get("price") or {}
    row = {
        **option_head(book, index, option),
        "reason": str(told.get("reason") or ""),
        "price": {
            "course": _band(book, f"{base}.price.course", str(price.get("currency") or "")),
            "value": book.num(f"{base}.price.value", unit=str(price.get("currency") or ""), decimals=0),
            "per": say(str(price.get("per") or "")),
            "year": price.get("year"),
            "own": bool(price.get("own")),
            "given": str(price.get("given_source") or ""),
            "reason": str(price.get("reason") or ""),
            "cites": book.cite(price.get("sources")),
        },
        "gain": _band(book, f"{base}.qaly_gain", "", decimals=3, signed=True),
        "care": _band(book, f"{base}.cost_of_care_added", unit, signed=True),
        "cost": _band(book, f"{base}.cost_added", unit, signed=True),
        "icer": {k: book.num(f"{base}.icer.{k}", unit=unit, decimals=0) for k in ("value", "lo", "hi")},
        "icer_reason": str((told.get("icer") or {}).get("reason") or ""),
        "plain": {
            "gain": book.num(f"{base}.undiscounted.qaly_gain.mean", decimals=3, signed=True),
            "cost": book.num(f"{base}.undiscounted.cost_added.mean", unit=unit, signed=True),
        },
        "shares": {k: book.num(f"{base}.shares.{k}", "percent") for k in told.get("shares") or {}},
        "budget": _band(book, f"{base}.budget", unit, signed=True),
        "notes": [str(n) for n in told.get("notes") or []],
    }
    top = f"{base}.price_worth[{len(told.get('price_worth') or [0]) - 1}]"
    row["worth"] = {**_band(book, top, unit), "chance": book.num(f"{top}.p_above_zero", "percent")}
    return row


def _band(book: Book, path: str, unit: str, **style: Any) -> dict[str, Num | None]:
    return {k: book.num(f"{path}.{k}", unit=unit, **{"decimals": 0, **style}) for k in BAND}


def _picture(book: Book, over: str, thresholds: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the curves of the leading options over one kind of money, and every other point of them as a table."""
    found = []
    for i, option in book.live:
        curve = (option.get("economics") or {}).get("acceptability") or {}
        if curve.get("over") == over and len(curve.get("points") or []) > 1:
            found.append((i, option, curve))
    if not found:
        return None
    drawn = sorted(found, key=lambda f: f[0] not in book.leading)[:MOST]
    unit = str(drawn[0][2].get("unit") or "")
    pay = drawn[0][2].get("pay_a_qaly")
    if over == "price":
        title = say("Chance that it is worth its price, by the price of a course")
        across = say("price of a course, {currency}", currency=unit)
    else:
        title = say("Chance that it is worth its cost, by what a QALY may cost")
        across = say("what a QALY may cost, {currency}", currency=unit)
    curves = [
        Chance(name_of(o), option_head(book, i, o)["css"], tuple((p["at"], p["p"]) for p in c["points"]))
        for i, o, c in drawn
    ]
    desc = "; ".join(
        say(
            "{name}: {first} % at {low}, {last} % at {high}",
            name=c.name,
            first=numbers.percent(c.points[0][1]),
            low=numbers.number(c.points[0][0]),
            last=numbers.percent(c.points[-1][1]),
            high=numbers.number(c.points[-1][0]),
        )
        for c in curves
    )
    marks = [] if over == "price" else [float(t["pay_a_qaly"]) for t in thresholds]
    svg = acceptability(curves, marks, across=across, up=say("chance, %"), title=title, desc=desc)
    return {"title": title, "svg": svg, "pay": None if pay is None else numbers.number(pay), "unit": unit,
            "rows": [_points(book, i, o, c) for i, o, c in drawn]}  # fmt: skip


def _points(book: Book, index: int, option: Mapping[str, Any], curve: Mapping[str, Any]) -> dict[str, Any]:
    base, every = f"$.options[{index}].economics.acceptability.points", range(0, len(curve["points"]), 2)
    return {
        **option_head(book, index, option),
        "points": [(numbers.number(curve["points"][k]["at"]), book.num(f"{base}[{k}].p", "percent")) for k in every],
    }


def _coverage(book: Book) -> dict[str, Any] | None:
    told = book.plan.get("coverage")
    if not isinstance(told, Mapping):
        return None
    about = {"cells": say("cells"), "trial": say("within a trial"), "care": say("usual care")}
    return {
        "said": str(told.get("said") or ""),
        "rules": [
            {
                "for": about.get(str(r.get("for")), ""),
                "who": str(r.get("who_name") or ""),
                "date": numbers.iso_date(r["date"]) if r.get("date") else "",
                "text": str(r.get("text") or ""),
                "cites": book.cite(r.get("source")),
            }
            for r in told.get("rules") or []
        ],
        "gaps": [str(g) for g in told.get("gaps") or []],
    }
