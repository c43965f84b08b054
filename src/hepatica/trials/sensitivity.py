"""Write the page of what matters and what records can tell (`python -m hepatica.trials.sensitivity FILE`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hepatica import twin

from ._heat import heat

COMMAND = "python -m hepatica.trials.sensitivity docs/sensitivity.md"
COURSES = {
    "decompensated": "decompensated cirrhosis",
    "aclf": "acute-on-chronic failure",
    "cholestatic": "PBC without cirrhosis",
}
OUTPUTS = {"meld": "MELD", "albumin_g_l": "albumin", "bilirubin_log": "log bilirubin", "survival": "survival"}
SHORT = {"meld": "MELD", "albumin_g_l": "alb", "bilirubin_log": "bili", "survival": "alive"}
DAYS = (90, 365)
SHOWN, TOP, CONSTANTS, UNTOLD = 14, 4, 10, 0.10
PICTURE = "sensitivity.svg"
TITLE = "Total Sobol index of each quantity for MELD, albumin, bilirubin and survival at days 90 and 365, three courses"
HEAD = f"""# What matters for a forecast, and what a record can tell

This page is written by `{COMMAND}` (seeded); nothing in it is
typed by hand. Three courses, each for one person whose measured values are the medians of the population, 70 kg, 55
years, no ascites, standard care.

## Which quantities move the forecast

Variance of an output across people with that one record, split by Sobol's indices: *first* is the share a quantity
has by itself, *total* with everything it interacts with (estimators of Saltelli 2010 and Jansen 1999). Quantities are
drawn from the calibrated posterior and the population as in a fit, then made independent; chance is one of them. The
outermost half percent at either end is held at its edge, so that a few runaways do not carry the variance.

![{TITLE}](img/{PICTURE})

Percent of the variance (total index), rows in order of their largest; under {{least:.0f}} % not printed.
"""


def page(
    found: dict[str, list[Any]], effects: dict[str, list[Any]], told: dict[str, tuple[list[Any], int]], least: float
) -> str:
    """Return the page as Markdown."""
    return "\n".join([HEAD.format(least=100 * least), _indices(found), _constants(effects), _told(told)]) + "\n"


def picture(found: dict[str, list[Any]]) -> str:
    """Return the heat map of total indices."""
    total = {(c, r.group, r.output): r.total for c, rows in found.items() for r in rows}
    peak: dict[str, float] = {}
    for (_, group, _), value in total.items():
        peak[group] = max(peak.get(group, 0.0), value)
    names = sorted(peak, key=lambda g: -peak[g])[:SHOWN]
    keys = [(c, f"{o} {d}") for c in COURSES for o in OUTPUTS for d in DAYS]
    rows = {_label(g): [total.get((c, g, o), 0.0) for c, o in keys] for g in names}
    heads = [(SHORT[o], f"{d} d") for o in OUTPUTS for d in DAYS]
    return heat(rows, [(label, heads) for label in COURSES.values()], TITLE)


def _label(name: str) -> str:
    words = twin.meaning(name)
    return words if len(words) <= 52 else words.split(":")[0].split(",")[0][:52]


def _indices(found: dict[str, list[Any]]) -> str:
    lines = []
    for course, label in COURSES.items():
        lines += [f"\n### {label[0].upper()}{label[1:]}\n", "| output | day | what moves it: total % ± SE (first %) |"]
        lines.append("|---|---|---|")
        for output, word in OUTPUTS.items():
            for day in DAYS:
                rows = [r for r in found[course] if r.output == f"{output} {day}"]
                top = sorted(rows, key=lambda r: -r.total)[:TOP]
                lines.append(f"| {word} | {day} | {'; '.join(_share(r) for r in top)} |")
    return "\n".join(lines)


def _share(r: Any) -> str:
    return f"`{r.group}` {100 * r.total:.0f} ± {100 * r.total_se:.0f} ({100 * max(r.first, 0):.0f})"


def _constants(effects: dict[str, list[Any]]) -> str:
    lines = [
        "\n## Which constants move it\n",
        "Every constant of the equations raised a little, one at a time: 5, 10 or 20 % by support grade A, B or C. The "
        "size is the mean change over people in SDs of the output across people, the largest over the outputs.\n",
        "| course | constant | what it is | most moved | size |",
        "|---|---|---|---|---|",
    ]
    for course, label in COURSES.items():
        best: dict[str, Any] = {}
        for e in effects[course]:
            if e.parameter not in best or e.size > best[e.parameter].size:
                best[e.parameter] = e
        for e in sorted(best.values(), key=lambda e: -e.size)[:CONSTANTS]:
            output, day = e.output.rsplit(" ", 1)
            cells = (label, f"`{e.parameter}`", twin.meaning(e.parameter), f"{OUTPUTS[output]}, day {day}")
            lines.append(f"| {' | '.join(cells)} | {e.size:.2f} |")
    return "\n".join(lines)


def _told(told: dict[str, tuple[list[Any], int]]) -> str:
    narrowed = {c: {t.quantity: t for t in rows} for c, (rows, _) in told.items()}
    names = dict.fromkeys(name for c in COURSES for name in narrowed[c])
    order = sorted(names, key=lambda n: -max(narrowed[c][n].narrowed for c in COURSES if n in narrowed[c]))
    known = [n for n in order if any(narrowed[c].get(n) and narrowed[c][n].narrowed >= UNTOLD for c in COURSES)]
    unknown = [n for n in order if n not in known]
    counts = ", ".join(f"{COURSES[c]} {k}" for c, (_, k) in told.items())
    lines = [
        "\n## What a record can tell\n",
        "People of known truth are simulated, measured with noise and drift on five dates (chronic courses: over three "
        "years; acute-on-chronic failure: over three weeks; eight laboratory values each), and fitted. How much "
        "narrower each quantity becomes (1 less SD after over SD before, of its rank in the population), mean over the "
        f"records fitted ({counts}), least and most in brackets. One date tells nothing of these: it sets the labs, "
        "not what moves them.\n",
        f"| quantity | what it is | {' | '.join(COURSES.values())} |",
        "|---|---|" + "---|" * len(COURSES),
    ]
    for n in known:
        cells = [_narrowed(narrowed[c].get(n)) for c in COURSES]
        lines.append(f"| `{n}` | {twin.meaning(n)} | {' | '.join(cells)} |")
    lines.append(
        f"\n**What such records cannot tell** (narrowed by less than {100 * UNTOLD:.0f} % in every course): "
        f"{'; '.join(twin.meaning(n) for n in unknown)}. For these a plan shows the population's spread, not this "
        "person's."
    )
    return "\n".join(lines)


def _narrowed(t: Any) -> str:
    return "" if t is None else f"{100 * t.narrowed:.0f} % ({100 * t.least:.0f} to {100 * t.most:.0f})"


def main(arguments: Sequence[str]) -> None:
    """Write the page to a file and its picture into `img` beside it, or print the page."""
    from pathlib import Path

    from ._heat import LEAST_SHOWN

    found = {c: twin.sensitivity(c) for c in COURSES}
    effects = {c: twin.screen(c) for c in COURSES}
    told = {c: twin.identifiability(c) for c in COURSES}
    text = page(found, effects, told, LEAST_SHOWN)
    if arguments:
        target = Path(arguments[0])
        (target.parent / "img").mkdir(parents=True, exist_ok=True)
        (target.parent / "img" / PICTURE).write_text(picture(found), "utf-8")
        target.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
