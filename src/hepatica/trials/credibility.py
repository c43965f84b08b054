"""Write the page that says how far the twin can be believed (`python -m hepatica.trials.credibility FILE`)."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import numpy as np

from hepatica.twin import disagreement, posterior

from ._blind import section
from ._judge import summary
from ._validate import Case, cases, holdout_cases
from ._words import HEAD, NOT_JUDGED, TAIL, WHY


def page(rows: list[Case], held_out: list[Case]) -> str:
    """Return the page of these cases, and of the blind holdout, as Markdown."""
    parts = summary(rows)
    text = [HEAD, section(rows, held_out)]
    for name in ("not fitted", "fitted"):
        if name in parts:
            text.append(_part(name, parts[name]))
    text += [_potency(), _between(), _looks()]
    text.append(_table([r for r in rows if not r.fitted], "Every case that was not fitted"))
    text.append(_table(held_out, "Every case of the blind holdout"))
    text.append(TAIL)
    return "\n".join(text)


def _part(name: str, part: dict[str, Any]) -> str:
    low, high = part["coverage_interval"]
    holds = "which includes 90 %" if low <= 0.90 <= high else "**which does not include 90 %**"
    lines = [
        f"\n## Studies {name}\n",
        f"{part['cases']} cases in {part['arms']} arms of {part['cohorts']} cohorts. "
        f"The 90 % interval held {100 * part['coverage']:.0f} % of them "
        f"(90 % interval {100 * low:.0f} to {100 * high:.0f} %, clustered by cohort, {holds}).",
    ]
    if part["interval_score"] is not None:
        lines.append(
            f"Over the {part['paired_cases']} laboratory cases with a reported baseline the mean interval score is "
            f"{part['interval_score']:.2f}; carrying the baseline forward scores "
            f"{part['interval_score_carried_forward']:.2f}."
        )
    if part["interval_score_regression"] is not None:
        lines.append(_against_rule(part))
    lines += ["", *_by_variable(part), "", *_reasons(part)]
    return "\n".join(lines)


def _against_rule(part: dict[str, Any]) -> str:
    ours, rule = part["interval_score_of_ruled"], part["interval_score_regression"]
    low, high = part["difference_interval"]
    verdict = "the twin is better" if ours < rule else "**the twin does not beat it**"
    sure = "and surely so" if high < 0 or low > 0 else "but so few cohorts cannot settle it"
    return (
        f"For {part['ruled_cases']} of them, in {part['ruled_cohorts']} cohorts, standard care gives a rule "
        "(meta-regression of the log change on log day, on the fitted arms without cells): "
        f"the twin scores {ours:.2f}, the rule {rule:.2f}; {verdict}, {sure} "
        f"(difference {low:+.2f} to {high:+.2f}, clustered by cohort)."
    )


def _by_variable(part: dict[str, Any]) -> list[str]:
    lines = [
        "| variable | cases (cohorts) | held, interval by cohort | bias (predicted − seen) | score (rule) | "
        "median half-width | baseline told | 2 × SD between studies | narrow enough |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for variable, v in part["by_variable"].items():
        low, high = (100 * x for x in v["coverage_interval"])
        score = (
            "" if v["interval_score"] is None else f"{v['interval_score']:.2f} ({v['interval_score_regression']:.2f})"
        )
        told = "" if v["median_half_width_told"] is None else f"{v['median_half_width_told']:.2f}"
        limit = "" if v["between_sd"] is None else f"{2 * v['between_sd']:.2f}"
        lines.append(
            f"| {variable} | {v['cases']} ({v['cohorts']}) | {100 * v['coverage']:.0f} % ({low:.0f} to {high:.0f}) | "
            f"{v['bias']:+.2f} | {score} | {v['median_half_width']:.2f} | {told} | {limit} | {_narrow(v)} |"
        )
    return lines


def _narrow(v: dict[str, Any]) -> str:
    if v["between_sd"] is None or v["median_half_width_told"] is None:
        return "not judged"
    return "yes" if v["median_half_width_told"] <= 2 * v["between_sd"] else "**no**"


def _reasons(part: dict[str, Any]) -> list[str]:
    lines = ["Where it falls short, and why:", ""]
    for variable, v in part["by_variable"].items():
        found = []
        low, high = v["coverage_interval"]
        if v["cohorts"] > 1 and not low <= 0.90 <= high and v["coverage"] < 0.90:
            found.append(f"holds {100 * v['coverage']:.0f} %")
        if _narrow(v) == "**no**":
            found.append("too wide")
        if v["interval_score"] is not None and v["interval_score"] > v["interval_score_regression"]:
            found.append(
                f"the rule scores better ({v['interval_score_regression']:.2f} against {v['interval_score']:.2f})"
            )
        if found:
            lines.append(f"- {variable}: {'; '.join(found)}. {WHY.get(variable, NOT_JUDGED)}")
    worst = "; ".join(
        f"{r.study}, {r.variable} on day {r.day:g} (n = {r.n}): {r.seen:.3g} seen, {r.lo:.3g} to {r.hi:.3g} predicted"
        for _, r in part["worst"]
    )
    return [*lines, f"- Largest scores: {worst}."] if worst else lines


def _potency() -> str:
    fit = posterior()["potency"]
    lines = [
        "\n## Whether cells help\n",
        f"The probability that cells of a new trial do nothing or harm is {100 * fit['p_no_benefit']:.0f} %, and "
        f"{100 * fit['p_no_benefit_without_high_risk_of_bias']:.0f} % without the evidence at high risk of bias.\n",
        "| day | MELD against standard care, median | 5 to 95 % |",
        "|---|---|---|",
    ]
    for day, band in fit["meld_difference"].items():
        lines.append(f"| {day.removeprefix('day_')} | {band['p50']:+.2f} | {band['p05']:+.2f} to {band['p95']:+.2f} |")
    return "\n".join(lines)


def _between() -> str:
    found = disagreement()
    lines = [
        "\n## How much studies differ\n",
        "SDs between studies beyond their baselines (logs of laboratory values and of the hazard of death, points of "
        "scores), estimated by `python -m hepatica.trials.between` from the fitted arms without cells, that of death "
        "from published cohorts; the twin draws from their posterior. An unreported baseline lies "
        f"{found['illness']:.2f} SDs of a patient from its population.\n",
        "| quantity | SD, median (5 to 95 %) | residuals | studies |",
        "|---|---|---|---|",
    ]
    for name, draws in found["sd"].items():
        low, middle, high = np.quantile(draws, (0.05, 0.5, 0.95))
        studies = ", ".join(
            found["studies"].get(name, found["death_cohorts"] if name == "death_log" else ["prior only"])
        )
        count = found["residuals"].get(name, "")
        lines.append(f"| {name} | {middle:.3f} ({low:.3f} to {high:.3f}) | {count} | {studies} |")
    held, asked = (sum(n[i] for n in found["left_out"].values()) for i in (0, 1))
    lines.append(
        f"\nEach study left out in turn, the intervals that the others give hold {held} of {asked} of its residuals. "
        f"Set aside because their own paper contradicts them: {'; '.join(found['set_aside']) or 'none'}."
    )
    return "\n".join(lines)


def _looks() -> str:
    text = (resources.files("hepatica.trials") / "data" / "looks.toml").read_text("utf-8")
    lines = [
        "\n## How often the studies not fitted were looked at\n",
        "Every look at this page while the twin was changed makes it less of a test. What was seen, and what changed "
        "after it:\n",
        "| look | version | score (rule) | held | what changed after it |",
        "|---|---|---|---|---|",
    ]
    for i, row in enumerate(tomllib.loads(text)["look"], start=1):
        score = f"{row['score']:.2f} ({row['rule']:.2f})"
        lines.append(f"| {i} | {row['version']} | {score} | {row['held_percent']} % | {row['then']} |")
    return "\n".join(lines)


def _table(rows: list[Case], title: str) -> str:
    lines = [f"\n## {title}\n", "| study | arm | cells | variable | day | n | seen | predicted | held |"]
    lines.append("|---|---|---|---|---|---|---|---|---|")
    for r in sorted(rows, key=lambda r: (r.study, r.arm, r.variable, r.day)):
        arm = r.arm.replace("|", "/")
        lines.append(
            f"| {r.study} | {arm} | {'yes' if r.cells else ''} | {r.variable} | {r.day:g} | {r.n} | {r.seen:.3g} | "
            f"{r.mean:.3g} ({r.lo:.3g} to {r.hi:.3g}) | {'yes' if r.inside else '**no**'} |"
        )
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Write the page to a file, or print it."""
    from pathlib import Path

    text = page(cases(), holdout_cases())
    if arguments:
        Path(arguments[0]).write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
