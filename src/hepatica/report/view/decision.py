"""The first page: who, how ill, what to do with what certainty, what is not known, and the numbers that carry it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.language import mark, say
from hepatica.report import numbers, words
from hepatica.report.figures import Scale, axis_row, interval_row
from hepatica.report.view.book import Book, Num, name_of, nearest

MAIN_SCORES = ("meld_3", "meld_na", "meld", "peld", "child_pugh", "clif_c_aclf", "maddrey_df", "albi", "fib4")


_ADULT = {"male": mark("{age}-year-old man"), "female": mark("{age}-year-old woman")}
_CHILD = {"male": mark("{age}-year-old boy"), "female": mark("{age}-year-old girl")}
_BABY = {"male": mark("{age}-month-old boy"), "female": mark("{age}-month-old girl")}
_NO_SEX = (
    mark("{age}-year-old person of unknown sex"), mark("{age}-year-old child"), mark("{age}-month-old child"),
)  # fmt: skip
_AGE_UNKNOWN = {
    "male": mark("Man, age unknown"), "female": mark("Woman, age unknown"),
    "": mark("Person of unknown sex, age unknown"),
}  # fmt: skip


def decision(book: Book) -> dict[str, Any]:
    """Return the decision page's content."""
    plan = book.plan
    advice: Mapping[str, Any] = plan.get("recommendation") or {}
    chosen = book.chosen
    return {
        "who": who(plan.get("patient")),
        "patient_id": patient_id(plan),
        "ill": how_ill(book),
        "headline": advice.get("headline") or (name_of(chosen[1]) if chosen else say("No recommendation")),
        "why": _lines(advice.get("why")),
        "ties": _lines(advice.get("ties")),
        "regret": advice.get("regret") or "",
        "change": _lines(advice.get("would_change_if")),
        "option": name_of(chosen[1]) if chosen else "",
        "status": advice.get("status") or (chosen[1].get("status") if chosen else ""),
        "certainty": advice.get("certainty") or (chosen[1].get("certainty") if chosen else None),
        "unknown": _lines(plan.get("unknown")),
        "numbers": key_numbers(book),
        "do_now": [row for row in plan.get("do_now") or [] if isinstance(row, Mapping)],
    }


def patient_id(plan: Mapping[str, Any]) -> str:
    """Return the id under which the record names its patient."""
    patient = plan.get("patient")
    return str(patient.get("id", "")) if isinstance(patient, Mapping) else str(patient or "")


def who(patient: Any) -> str:
    """Say who in one line: age, sex, weight, causes; what is unknown is said."""
    if not isinstance(patient, Mapping):
        return say("age and sex unknown")
    age, sex = patient.get("age_years"), patient.get("sex")
    parts = [_person(age if isinstance(age, int | float) else None, str(sex))]
    weight = patient.get("weight_kg")
    if isinstance(weight, int | float):
        parts.append(f"{numbers.number(weight, decimals=1)}{numbers.NARROW}kg")
    causes = [words.plain(str(c)) for c in patient.get("causes") or []]
    parts.append(say("cause: {causes}", causes=", ".join(causes)) if causes else say("cause unknown"))
    return " · ".join(parts)


def _person(age: float | None, sex: str) -> str:
    if age is None:
        return say(_AGE_UNKNOWN.get(sex, "Person of unknown sex, age unknown"))
    text = (_ADULT if age >= 18 else _CHILD if age >= 1 else _BABY).get(sex)
    if text is None:
        text = _NO_SEX[0 if age >= 18 else 1 if age >= 1 else 2]
    return say(text, age=int(age) if age >= 1 else int(age * 12))


def how_ill(book: Book) -> dict[str, Any]:
    """Return the stage's label and the scores worth one line."""
    stage, scores, at = stage_parts(book.plan)
    shown = []
    meld_done = False
    for name in MAIN_SCORES:
        if name not in scores or (name.startswith("meld") and meld_done):
            continue
        meld_done = meld_done or name.startswith("meld")
        known = words.variable(name)
        row = scores[name]
        shown.append(
            {
                "label": score_label(name),
                "num": book.num(f"{at}.{name}.value", decimals=max(known.decimals, 1)),
                "grade": row.get("class") if isinstance(row, Mapping) else None,
            }
        )
    label = str(stage.get("label") or say("stage undetermined"))
    grade = stage.get("aclf_grade")
    return {"label": label, "grade": grade, "scores": shown[:3], "why": [str(w) for w in stage.get("why") or []]}


def stage_parts(plan: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any], str]:
    """Return the stage, its scores and the path of the scores, whichever way the plan nests them."""
    outer = plan.get("stage")
    if not isinstance(outer, Mapping):
        return {"label": str(outer or "")}, plan.get("scores") or {}, "$.scores"
    inner = outer.get("stage")
    stage = inner if isinstance(inner, Mapping) else outer
    if "scores" in outer:
        return stage, outer["scores"], "$.stage.scores"
    return stage, plan.get("scores") or {}, "$.scores"


def score_label(name: str) -> str:
    """Return a score's name as clinicians write it."""
    special = {
        "albi": "ALBI",
        "palbi": "PALBI",
        "fib4": "FIB-4",
        "apri": "APRI",
        "meld_na_kim": say("MELD-Na (Kim)"),
        "ukeld": "UKELD",
        "maddrey_df": say("Maddrey DF"),
        "clif_c_aclf": "CLIF-C ACLF",
        "clif_c_ad": "CLIF-C AD",
        "clif_c_of": "CLIF-C OF",
        "nafld_fs": say("NAFLD fibrosis score"),
        "de_ritis": say("De Ritis (AST/ALT)"),
        "gahs": "GAHS",
        "abic": "ABIC",
        "aarc": "AARC",
        "lille": "Lille",
        "globe": "GLOBE",
        "mayo_pbc": say("Mayo PBC"),
        "r_factor": say("R factor"),
        "hys_law": say("Hy's law"),
        "hys_law_baseline": say("Hy's law, raised baseline"),
        "kings_college_paracetamol": say("King's College, paracetamol"),
        "kings_college_other": say("King's College, other causes"),
        "baveno_five": say("Baveno VII, rule of five"),
        "baveno_spleen": say("Baveno VI with spleen stiffness"),
        "wilson_index": say("New Wilson index"),
        "baveno_vi": "Baveno VI",
        "baveno_vii": "Baveno VII",
        "wilson": say("Wilson index"),
    }
    return special.get(name) or words.variable(name).label


def key_numbers(book: Book) -> list[dict[str, Any]]:
    """Return the two or three numbers that carry the recommendation, each with its interval drawn."""
    day = book.main_day
    standard, chosen = book.standard, book.chosen
    rows = []
    if standard:
        rows.append(_survival_number(book, standard, day, say("Alive {when}, standard care", when=at_day(day))))
    others = [r for r in (chosen, _best(book, "cells"), _best(book, None)) if r and r[1].get("id") != "standard_care"]
    others = [row for k, row in enumerate(others) if row not in others[:k]]
    for other in others:
        rows.append(
            _gain_number(
                book,
                other,
                day,
                say("{option}: difference in survival {when}", option=name_of(other[1]), when=at_day(day)),
            )
        )
    if others:
        rows.append(_score_number(book, others[0], day, name_of(others[0][1])))
    return [r for r in rows if r][:3]


def _survival_number(
    book: Book, option: tuple[int, Mapping[str, Any]], day: float, label: str
) -> dict[str, Any] | None:
    i, o = option
    points = (o.get("forecast") or {}).get("survival")
    at = nearest(points, day)
    if points is None or at is None:
        return None
    base = f"$.options[{i}].forecast.survival[{at}]"
    return _drawn(book, points[at], base, "survival", label, Scale(0, 1), o, None)


def _gain_number(book: Book, option: tuple[int, Mapping[str, Any]], day: float, label: str) -> dict[str, Any] | None:
    i, o = option
    points = (o.get("difference") or {}).get("survival")
    at = nearest(points, day)
    if points is None or at is None:
        return None
    base = f"$.options[{i}].difference.survival[{at}]"
    edge = max(abs(points[at].get("p05") or 0), abs(points[at].get("p95") or 0), 0.02) * 1.1
    return _drawn(book, points[at], base, "survival", label, Scale(-edge, edge), o, 0.0, signed=True)


def _score_number(book: Book, option: tuple[int, Mapping[str, Any]], day: float, said: str) -> dict[str, Any] | None:
    i, o = option
    gaps = o.get("difference") or {}
    name = next((n for n in ("meld_3", "meld_na", "meld") if gaps.get(n)), None)
    at = nearest(gaps.get(name), day) if name else None
    if name is None or at is None:
        return None
    point = gaps[name][at]
    edge = max(abs(point.get("p05") or 0), abs(point.get("p95") or 0), 1.0) * 1.1
    label = say(
        "{option}: difference in {score} {when}", option=said, score=words.variable(name).label, when=at_day(day)
    )
    return _drawn(
        book, point, f"$.options[{i}].difference.{name}[{at}]", name, label, Scale(-edge, edge), o, 0.0, signed=True
    )


def _drawn(
    book: Book,
    point: Mapping[str, Any],
    base: str,
    name: str,
    label: str,
    scale: Scale,
    option: Mapping[str, Any],
    reference: float | None,
    *,
    signed: bool = False,
) -> dict[str, Any]:
    kind = words.family(option.get("family"))
    middle = words.middle(name, point)
    value = book.of(name, f"{base}.{middle}", signed=signed)
    low, high = book.of(name, f"{base}.p05", signed=signed), book.of(name, f"{base}.p95", signed=signed)
    return {
        "label": label,
        "value": value,
        "low": low,
        "high": high,
        "statistic": "median" if middle == "p50" else "mean",
        "axis": axis_row(scale, percent=name in words.names.FRACTIONS, signed=signed, title=say("Axis")),
        "svg": interval_row(
            words.drawn(name, point),
            scale,
            css=kind.css,
            marker=kind.marker,
            reference=reference,
            title=say(
                "{label}: {value}, 90 % interval {interval}",
                label=label,
                value=value,
                interval=said_interval(low, high),
            ),
        ),
    }


def said_interval(low: Num | None, high: Num | None) -> str:
    """Write an interval in words."""
    return say("{low} to {high}", low=low.text, high=high) if low and high else say("unknown")


def at_day(day: float) -> str:
    """Say when: `at day 90`, `at 1 year`."""
    if day == 0:
        return say("now")
    if 1 <= day <= 120:
        return say("at day {day}", day=numbers.number(day))
    return say("at {time}", time=numbers.span(day))


def _best(book: Book, family: str | None) -> tuple[int, Mapping[str, Any]] | None:
    """Return the best ranked option of a family; of cells the best given alone, so that no partner's gain is theirs.

    Without a family: the best that may be given outside trials.
    """
    if family is None:
        rows = [r for r in book.live if r[1].get("status") == "offered"]
    else:
        rows = [r for r in book.live if r[1].get("family") == family and not r[1].get("parts_given")]
    return min(rows, key=lambda r: r[1].get("rank") or 99, default=None)


def _lines(value: Any) -> list[str]:
    if not value:
        return []
    return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]
