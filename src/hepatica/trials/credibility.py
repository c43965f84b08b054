"""Write the page that says how far the twin can be believed (`python -m hepatica.trials.credibility FILE`)."""

from __future__ import annotations

from typing import Any

from ._validate import Case, cases, summary

HEAD = """# How sure are we?

Every study of the base that reports an outcome is predicted from its population, baseline and arms, and held against
what it then saw. This page is written by `python -m hepatica.trials.credibility docs/credibility.md`; nothing in it is
typed by hand.

Studies whose outcomes were fitted (natural history, potency of cells, disagreement between studies) are named in
`src/hepatica/twin/data/targets.toml`, `pools.toml` and `between.toml`; all others are validation. The interval is for
the mean of an arm of that size: parameters, disagreement between studies and sampling. The interval score adds a
penalty for misses to the width (smaller is better) and is divided by the baseline value, so that variables can be
averaged. Two simpler rules are there to be beaten: the baseline carried forward with its sampling interval, and a
meta-regression on standard care.
"""
TAIL = """
## What this model cannot tell

- Whether cells help: the posterior of their potency holds the published pools and no effect at all, because the trials
  disagree more than chance and most are open.
- What a single person will do: the bands of a plan are wide because people are; a narrow one would be a bug.
- Fits of acute liver failure rest on one registry's survival and on assumed INR; recovery of INR is slower than seen.
- Trials that do not report a baseline are predicted from the population of their words, which may be another one:
  alcoholic hepatitis and non-viral cirrhosis without a baseline MELD are the largest misses.
- Kidney injury after large-volume paracentesis, sepsis and bleeding are in the hazards on average, not as events.
- Refractory ascites is no state of its own: its trials lost more patients than the twin expects of its labs.
- The baseline of Child-Pugh is anchored to what a trial reports; its encephalopathy does not move.
"""


def page(rows: list[Case]) -> str:
    """Return the page of these cases as Markdown."""
    parts = summary(rows)
    text = [HEAD]
    for name in ("not fitted", "fitted"):
        if name in parts:
            text.append(_part(name, parts[name]))
    text.append(_table([r for r in rows if not r.fitted], "Every case that was not fitted"))
    text.append(TAIL)
    return "\n".join(text)


def _part(name: str, part: dict[str, Any]) -> str:
    low, high = part["coverage_interval"]
    lines = [
        f"\n## Studies {name}\n",
        f"{part['cases']} cases in {part['arms']} arms of {part['cohorts']} cohorts. "
        f"The 90 % interval held {100 * part['coverage']:.0f} % of them "
        f"(90 % interval {100 * low:.0f} to {100 * high:.0f} %, clustered by cohort).",
    ]
    if part["interval_score"] is not None:
        lines.append(
            f"Over the {part['paired_cases']} laboratory cases with a reported baseline the mean interval score is "
            f"{part['interval_score']:.2f}; carrying the baseline forward scores "
            f"{part['interval_score_carried_forward']:.2f}."
        )
    if part["interval_score_regression"] is not None:
        ours, rule = part["interval_score_of_ruled"], part["interval_score_regression"]
        verdict = "the twin is better" if ours < rule else "**the twin does not beat it**"
        lines.append(
            f"For {part['ruled_cases']} of them standard care gives a rule (meta-regression of the log change on log "
            f"day, on the fitted arms without cells): the twin scores {ours:.2f}, the rule {rule:.2f}; {verdict}."
        )
    lines.append("\n| variable | cases | held | bias (predicted − seen) | median half-width |")
    lines.append("|---|---|---|---|---|")
    for variable, v in part["by_variable"].items():
        lines.append(
            f"| {variable} | {v['cases']} | {100 * v['coverage']:.0f} % | {v['bias']:+.2f} | "
            f"{v['median_half_width']:.2f} |"
        )
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

    text = page(cases())
    if arguments:
        Path(arguments[0]).write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
