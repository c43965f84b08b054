"""The section of the credibility page on the blind holdout."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from ._judge import blind
from ._validate import Case
from ._words import BLIND, BLIND_CONCLUSION, BLIND_MISSES

FEW, MIN_COHORTS = 10, 3


def section(rows: list[Case], held_out: list[Case]) -> str:
    """Return the section: how well studies were predicted that nobody had looked at, in Markdown."""
    part = blind(rows, held_out)
    low, high = (100 * x for x in part["coverage_interval"])
    holds = "which includes 90 %" if low <= 90 <= high else "**which does not include 90 %**"
    lines = [
        BLIND,
        _first(),
        "",
        f"Now: {part['cases']} cases in {part['arms']} arms of {part['cohorts']} cohorts. The 90 % interval held "
        f"{100 * part['coverage']:.0f} % of them (90 % interval {low:.0f} to {high:.0f} %, clustered by cohort, "
        f"{holds}).",
        _scores(part),
        _survival(part["survival"]),
        "",
        *_by_variable(part),
        "",
        *_by_course(part),
        "",
        *_misses(part["missed"]),
        "",
        *_runs(),
        BLIND_CONCLUSION,
    ]
    return "\n".join(lines)


def _log() -> list[dict[str, Any]]:
    text = (resources.files("hepatica.trials") / "data" / "holdout_runs.toml").read_text("utf-8")
    log: list[dict[str, Any]] = tomllib.loads(text)["entry"]
    return log


def _first() -> str:
    """Return what the first prediction, the only blind one, came to."""
    row = next(row for row in _log() if "held" in row)
    return (
        f"**Predicted blind, the 90 % interval held {row['held']} of the cases**; survival scored {row['survival']}, "
        f"laboratory values with a baseline {row['laboratory']}, the rules' in brackets. What follows is the newest "
        "line of the log: a look, no longer blind."
    )


def _scores(part: dict[str, Any]) -> str:
    if not part["paired_cases"]:
        return "No laboratory case has a reported baseline."
    text = (
        f"Of the {part['paired_cases']} laboratory cases with a reported baseline {part['paired_held']} were held; the "
        "mean interval score is "
        f"{part['interval_score']:.2f}; carrying the baseline forward scores "
        f"{part['interval_score_carried_forward']:.2f}."
    )
    if part["ruled_cases"]:
        text += (
            f" For {part['ruled_cases']} of them, in {part['ruled_cohorts']} cohorts, the meta-regression has a rule: "
            f"the twin scores {part['interval_score_of_ruled']:.2f}, the rule {part['interval_score_regression']:.2f} "
            f"({_against(part['difference_interval'], part['ruled_cohorts'])})."
        )
    return text


def _survival(s: dict[str, Any]) -> str:
    return (
        f"Survival is {s['cases']} cases in {s['cohorts']} cohorts; carrying a baseline forward says nothing. Its rule "
        "is a regression of the log cumulative hazard on the log day, over all other arms of the base without "
        f"cells, by course. The twin's interval score is {s['interval_score']:.2f}, the rule's "
        f"{s['interval_score_regression']:.2f} ({_against(s['difference_interval'], s['cohorts'])}); the twin held "
        f"{100 * s['coverage']:.0f} %, the rule {100 * s['coverage_of_rule']:.0f} %; the mean error of the middle is "
        f"{100 * s['error']:.0f} points of survival for the twin and {100 * s['error_of_rule']:.0f} for the rule."
    )


def _against(difference: list[float], cohorts: int) -> str:
    low, high = difference
    sure = "better" if high < 0 else "**worse**" if low > 0 else "not settled"
    few = ", of few cohorts" if cohorts < FEW and sure != "not settled" else ""
    return f"difference {low:+.2f} to {high:+.2f}, clustered by cohort: {sure}{few}"


def _held(v: dict[str, Any]) -> str:
    """Return the share held, with its interval where cohorts are enough and differ."""
    low, high = (100 * x for x in v["coverage_interval"])
    band = f" ({low:.0f} to {high:.0f})" if v["cohorts"] >= MIN_COHORTS and low < high else ""
    return f"{100 * v['coverage']:.0f} %{band}"


def _by_variable(part: dict[str, Any]) -> list[str]:
    lines = [
        "| variable | cases (cohorts) | held, interval by cohort | bias (predicted − seen) | score (rule) |",
        "|---|---|---|---|---|",
    ]
    for variable, v in part["by_variable"].items():
        score = (
            "" if v["interval_score"] is None else f"{v['interval_score']:.2f} ({v['interval_score_regression']:.2f})"
        )
        lines.append(f"| {variable} | {v['cases']} ({v['cohorts']}) | {_held(v)} | {v['bias']:+.2f} | {score} |")
    return lines


def _by_course(part: dict[str, Any]) -> list[str]:
    lines = [
        "| predicted as | cases, arms (cohorts) | held, interval by cohort | bias of survival |",
        "|---|---|---|---|",
    ]
    for course, c in part["by_course"].items():
        bias = "" if c["survival_bias"] is None else f"{c['survival_bias']:+.2f}"
        lines.append(f"| {course} | {c['cases']}, {c['arms']} ({c['cohorts']}) | {_held(c)} | {bias} |")
    return lines


def _misses(missed: list[Case]) -> list[str]:
    if not missed:
        return ["Nothing was missed."]
    by_study: dict[str, list[Case]] = {}
    for r in missed:
        by_study.setdefault(r.study, []).append(r)
    lines = [f"{len(missed)} misses in {len(by_study)} studies, the farthest outside (in half-widths) first:", ""]
    for study, rows in by_study.items():
        r, more = rows[0], f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
        lines.append(
            f"- {study}, {r.arm}, {r.variable} on day {r.day:g} (n = {r.n}): {r.seen:.3g} seen, {r.lo:.3g} to "
            f"{r.hi:.3g} predicted{more}. {BLIND_MISSES.get(study, 'Not looked into.')}"
        )
    return lines


def _runs() -> list[str]:
    lines = [
        "### Its log\n",
        "Predicted once; a later line is a look, and what changed after it is no longer judged by it.\n",
        "| day | what | version | held | survival score (rule) | laboratory score (rule) |",
        "|---|---|---|---|---|---|",
    ]
    for row in _log():
        lines.append(
            f"| {row['day']} | {row['what']} | {row['version']} | {row.get('held', '')} | {row.get('survival', '')} | "
            f"{row.get('laboratory', '')} |"
        )
    return lines
