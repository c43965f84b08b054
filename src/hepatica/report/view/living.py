"""Days in hospital and at home, procedures, how the person would feel, and how long a response lasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.report import numbers
from hepatica.report.view.book import Book, Num
from hepatica.report.view.options import option_head

BAND = ("mean", "p05", "p95")
UNFELT, RARE = 0.05, 0.01


def living(book: Book) -> dict[str, Any] | None:
    """Return the section, or None where the plan tells neither hospital days nor symptoms."""
    rows = [_row(book, i, o) for i, o in book.live if isinstance(o.get("hospital"), Mapping)]
    if not rows:
        return None
    first = book.standard or book.live[0]
    hospital, energy = ((first[1].get(k) or {}) for k in ("hospital", "energy"))
    return {
        "day": numbers.span(book.plan.get("judged_on_day") or 0),
        "rows": rows,
        "felt": [r for r in rows if r["standard"] or not _unchanged(r)],
        "unfelt": [r["name"] for r in rows if not r["standard"] and _unchanged(r)],
        "saves": any(r["saved"]["mean"] for r in rows),
        "hospital_note": str(hospital.get("note") or hospital.get("reason") or ""),
        "hospital_cites": book.cite(hospital.get("sources")),
        "energy": {
            "what": str(energy.get("what") or ""),
            "note": str(energy.get("note") or energy.get("reason") or ""),
            "cites": book.cite(energy.get("sources")),
            "known": energy.get("mean") is not None,
        },
        "kinds": _kinds(book, *first),
        "procedures": [str(p.get("name") or "") for p in hospital.get("procedures") or []],
    }


def _row(book: Book, index: int, option: Mapping[str, Any]) -> dict[str, Any]:
    base = f"$.options[{index}]"
    lasts = f"{base}.time_to_response_days.lasts"
    return {
        **option_head(book, index, option),
        "days": _band(book, f"{base}.hospital.days"),
        "saved": _band(book, f"{base}.hospital.days_saved", signed=True),
        "home": _band(book, f"{base}.hospital.home_days"),
        "procedures": [
            {
                "own": book.num(f"{base}.hospital.procedures[{k}].mean", decimals=2),
                "avoided": book.num(f"{base}.hospital.procedures[{k}].avoided.mean", decimals=2, signed=True),
            }
            for k in range(len((option.get("hospital") or {}).get("procedures") or []))
        ],
        "feels": _band(book, f"{base}.energy"),
        "change": _band(book, f"{base}.energy.change", signed=True),
        "matters": book.num(f"{base}.energy.p_change_that_matters", "percent"),
        "lasts": {k: book.num(f"{lasts}.{k}", unit="days") for k in ("p05", "p50", "p95")},
        "kept": book.num(f"{lasts}.p_to_the_end", "percent"),
    }


def _unchanged(row: Mapping[str, Any]) -> bool:
    """Return whether an option changes how one feels by nothing that the table could show."""
    change, matters = row["change"]["mean"], row["matters"]
    return change is not None and abs(change.value) < UNFELT and (matters is None or matters.value < RARE)


def _kinds(book: Book, index: int, option: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for k, kind in enumerate((option.get("hospital") or {}).get("by_kind") or []):
        base = f"$.options[{index}].hospital.by_kind[{k}]"
        rows.append(
            {
                "kind": str(kind.get("kind") or ""),
                "chance": book.num(f"{base}.probability", "percent"),
                "days": book.num(f"{base}.days", decimals=1),
                "stay": {x: book.num(f"{base}.stay_days.{x}", decimals=1) for x in ("lo", "middle", "hi")},
                "cites": book.cite(kind.get("sources")),
            }
        )
    return rows


def _band(book: Book, path: str, *, signed: bool = False) -> dict[str, Num | None]:
    return {k: book.num(f"{path}.{k}", decimals=1, signed=signed) for k in BAND}
