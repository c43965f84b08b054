"""The patient's record as read: scores, laboratory results over time, what was set aside, how well the twin fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from hepatica.language import either, mark, say, say_as
from hepatica.report import numbers, words
from hepatica.report.figures import Scale, interval_row, lab_spark, range_bar
from hepatica.report.view.book import Book
from hepatica.report.view.decision import MAIN_SCORES, score_label, stage_parts

UNITS = {"umol/L": "µmol/L", "1e9/L": "10⁹/L", "1": "", "Cel": "°C", "1/min": "/min", "ug/L": "µg/L"}
_UPPER = {"inr", "alt", "ast", "alp", "ggt", "crp", "afp", "wbc", "hvpg", "bmi", "egfr", "ldh", "igg"}


def record(book: Book) -> dict[str, Any]:
    """Return scores, missing scores, labs, set-aside values and the fit."""
    stage, scores, at = stage_parts(book.plan)
    outer: Any = book.plan.get("stage")
    missing = outer.get("missing") if isinstance(outer, Mapping) else None
    patient: Any = book.plan.get("patient")
    patient = patient if isinstance(patient, Mapping) else {}
    return {
        "label": stage.get("label") or say("stage undetermined"),
        "why": [str(w) for w in stage.get("why") or []],
        "contradictions": [str(w) for w in stage.get("contradictions") or []],
        "scores": [
            _score(book, name, scores[name], f"{at}.{name}")
            for name in sorted(scores, key=_place)
            if isinstance(scores[name], Mapping)
        ],
        "missing": [_missing(m) for m in missing or [] if isinstance(m, Mapping)],
        "labs": (rows := labs(book, patient)),
        "ranged": any(r["flag"] or r["reference"] for r in rows),
        "set_aside": [
            {k: str(s.get(k, "")) for k in ("what", "where", "why")}
            for s in patient.get("set_aside") or []
            if isinstance(s, Mapping)
        ],
        "fit": fit(book),
    }


def analyte_label(name: str) -> str:
    """Return an analyte's name as a laboratory prints it."""
    if name.lower() in _UPPER:
        return name.upper()
    special = {
        "hvpg": "HVPG",
        "map": say("Mean arterial pressure"),
        "spo2": "SpO₂",
        "pao2": "PaO₂",
        "fio2": "FiO₂",
        "ph": "pH",
        "hba1c": "HbA1c",
        "hbv_dna": say("HBV DNA"),
        "hcv_rna": say("HCV RNA"),
        "pt_percent": say("Prothrombin"),
        "ast_uln": say("AST upper limit"),
        "alt_uln": say("ALT upper limit"),
        "alp_uln": say("ALP upper limit"),
        "pt_s": say("Prothrombin time"),
    }
    return special.get(name) or words.plain(name)[:1].upper() + words.plain(name)[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def labs(book: Book, patient: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row an analyte: newest value, range, flag, course."""
    groups: dict[str, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    for k, row in enumerate(patient.get("labs") or []):
        if isinstance(row, Mapping) and isinstance(row.get("value"), int | float):
            groups[str(row.get("analyte", ""))].append((k, row))
    rows = []
    for analyte, found in groups.items():
        found.sort(key=lambda r: (r[1].get("time") is not None, str(r[1].get("time") or "")))
        k, newest = found[-1]
        low, high = _limit(newest.get("ref_low")), _limit(newest.get("ref_high"))
        value = float(newest["value"])
        flag = _flag(newest.get("flag"), value, low, high)
        label = analyte_label(analyte)
        unit = UNITS.get(str(newest.get("unit") or ""), str(newest.get("unit") or ""))
        num = book.num(f"$.patient.labs[{k}].value", "exact", unit=unit)
        dated = [(d, float(r["value"])) for _, r in found if (d := _ordinal(r.get("time"))) is not None]
        reference = _reference(low, high)
        rows.append(
            {
                "label": label,
                "num": num,
                "reference": reference,
                "flag": flag,
                "count": len(found),
                "date": numbers.iso_date(newest.get("time")),
                "age": book.num(f"$.patient.labs[{k}].age_d", decimals=0, unit="d") if newest.get("age_d") else None,
                "bar": range_bar(
                    value,
                    low,
                    high,
                    flagged=flag in ("high", "low"),
                    title=say(
                        "{label} {num}, reference {range}", label=label, num=num, range=reference or say("not given")
                    ),
                )
                if low is not None or high is not None
                else "",
                "spark": lab_spark(
                    [d for d, _ in dated],
                    [v for _, v in dated],
                    low,
                    high,
                    title=f"{label}: "
                    + ", ".join(f"{date.fromordinal(int(d)).isoformat()} {numbers.exact(v)}" for d, v in dated),
                )
                if len(dated) > 1
                else "",
            }
        )
    return rows


def fit(book: Book) -> dict[str, Any] | None:
    """Return how the twin fits this patient: status, effective sample size, observed against predicted."""
    found = book.plan.get("fit")
    if not isinstance(found, Mapping):
        return None
    checks = []
    for k, row in enumerate(found.get("check") or []):
        base = f"$.fit.check[{k}]"
        observed, low, middle, high = (book.num(f"{base}.{key}") for key in ("observed", "p05", "p50", "p95"))
        if observed is None or low is None or high is None:
            continue
        label = analyte_label(str(row.get("analyte", "")).split("_umol")[0].split("_g_l")[0])
        scale = Scale.over([observed.value, low.value, high.value], pad=0.15)
        inside = low.value <= observed.value <= high.value
        checks.append(
            {
                "label": label,
                "observed": observed,
                "low": low,
                "middle": middle,
                "high": high,
                "inside": inside,
                "chance": book.num(f"{base}.p_value", "percent") or book.num(f"{base}.p_others", "percent"),
                "svg": interval_row(
                    row,
                    scale,
                    css="standard",
                    marker="circle",
                    reference=observed.value,
                    title=say(
                        "{label}: observed {observed}, fitted 90 % interval {low} to {high}",
                        label=label,
                        observed=observed,
                        low=low,
                        high=high,
                    ),
                ),
            }
        )
    return {
        "status": str(found.get("status") or "unknown"),
        "draws": book.num("$.fit.draws", "exact"),
        "ess": book.num("$.fit.ess"),
        "k": book.num("$.fit.pareto_k"),
        "notes": [str(n) for n in found.get("notes") or []],
        "checks": checks,
    }


def _score(book: Book, name: str, row: Mapping[str, Any], base: str) -> dict[str, Any]:
    inputs = [_input(book, key, value, f"{base}.inputs.{key}") for key, value in (row.get("inputs") or {}).items()]
    value = book.num(f"{base}.value", decimals=2)
    shown = (
        {True: say("yes"), False: say("no"), None: ""}.get(row.get("value"), str(row.get("value")))
        if value is None
        else ""
    )
    return {
        "label": _capital(score_label(name)),
        "value": value,
        "text": shown,
        "grade": row.get("class"),
        "inputs": ", ".join(filter(None, inputs)),
        "at": numbers.iso_date(row.get("at")),
        "cites": book.cite(row.get("source")),
        "named": book.named(row.get("source")),
    }


def _place(name: str) -> tuple[int, str]:
    return (MAIN_SCORES.index(name) if name in MAIN_SCORES else len(MAIN_SCORES), name)


def _input(book: Book, key: str, value: Any, base: str) -> str:
    """Write one input of a score: its name, value, unit, and the note where it was assumed."""
    note = ""
    if isinstance(value, Mapping):
        unit = UNITS.get(str(value.get("unit") or ""), str(value.get("unit") or ""))
        note, value, base = str(value.get("note") or ""), value.get("value"), f"{base}.value"
    else:
        unit = words.variable(key).unit if key in words.names.VARIABLES else ""
    name = words.variable(key).label if key in words.names.VARIABLES else analyte_label(key)
    if isinstance(value, bool):
        shown = say("{name}: yes", name=name) if value else say("{name}: no", name=name)
    elif value is None:
        shown = say("{name}: unknown", name=name)
    else:
        shown = f"{name} {book.num(base, 'exact', unit='years' if unit == 'a' else unit) or _word(key, value)}"
    return f"{shown} ({say(note)})" if note else shown


def _word(key: str, value: Any) -> str:
    return say_as("ascites", str(value)) if key == "ascites" else say(str(value))


def _missing(row: Mapping[str, Any]) -> dict[str, Any]:
    interval = row.get("interval")
    possible = ""
    if isinstance(interval, list | tuple) and len(interval) == 2:
        possible = say("{low} to {high}", low=numbers.number(interval[0]), high=numbers.number(interval[1]))
    needs = row.get("needs") or []
    needs = [needs] if isinstance(needs, str) else needs
    return {
        "label": _capital(score_label(str(row.get("score", "")))),
        "needs": ", ".join(either([analyte_label(part) for part in str(n).split(" or ")]) for n in needs),
        "possible": possible,
    }


def _flag(given: Any, value: float, low: float | None, high: float | None) -> str:
    if high is not None and value > high:
        return "high"
    if low is not None and value < low:
        return "low"
    if low is None and high is None:
        return str(given or "")
    return mark("in range")


def _reference(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return say("{low} to {high}", low=numbers.exact(low), high=numbers.exact(high))
    return f"≥ {numbers.exact(low)}" if low is not None else f"≤ {numbers.exact(high)}" if high is not None else ""


def _limit(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _ordinal(time: Any) -> float | None:
    try:
        return float(date.fromisoformat(str(time)[:10]).toordinal()) if time else None
    except ValueError:
        return None
