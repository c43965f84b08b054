"""Do stated chances hold among people drawn from the twin itself? `python -m hepatica.planning._consistency` tells.

Self-consistency, not validation: it can show that the fit and the forecast fit each other, never that either is true.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepatica import staging, twin
from hepatica.planning.horizon import horizon

Array = NDArray[np.float64]
COURSES = ("compensated", "decompensated", "aclf")
BINS = 5
EVENTS = ("survival", "decompensation")


@dataclass(frozen=True, slots=True)
class Checked:
    """Stated and true chances of one event by one day, a value a person (arrays [n])."""

    course: str
    event: str
    day: float
    stated: Array
    true: Array

    @property
    def gap(self) -> float:
        """Return the mean of stated less true."""
        return float((self.stated - self.true).mean())

    @property
    def error(self) -> float:
        """Return the standard error of the gap."""
        return float((self.stated - self.true).std(ddof=1) / np.sqrt(self.stated.size))

    @property
    def slope(self) -> float:
        """Return the slope of true on stated chances: 1 where they agree, less where they are told too far apart."""
        spread = self.stated - self.stated.mean()
        return float((spread * self.true).sum() / (spread**2).sum()) if spread.any() else float("nan")

    def bins(self, count: int = BINS) -> list[tuple[int, float, float, float]]:
        """Return people, mean stated, mean true and its standard error, by fifths of the stated chance."""
        parts = np.array_split(np.argsort(self.stated, kind="stable"), count)
        return [
            (p.size, float(self.stated[p].mean()), float(self.true[p].mean()),
             float(self.true[p].std(ddof=1) / np.sqrt(p.size)))
            for p in parts if p.size > 1
        ]  # fmt: skip


def check(course: str, people: int, draws: int, seed: int) -> Iterator[Checked]:
    """Yield the stated and true chances of people of a course whose record shows day 0 alone."""
    judged = horizon(course)[2]
    days = (0.0, float(min(90, judged)), float(judged)) if judged > 90 else (0.0, 28.0, float(judged))
    records = twin.cohort(people, course=course, seed=seed)
    truths = twin.cohort(people, course=course, seed=seed, days=days)
    stated: dict[tuple[str, float], list[float]] = {}
    true: dict[tuple[str, float], list[float]] = {}
    for shown, known in zip(records, truths, strict=True):
        staged = staging.stage(shown.patient)
        if staged.course != course:
            continue
        fit = twin.fit(shown.patient, staged, draws=draws, seed=seed)
        told = twin.forecast(fit, [twin.Option("standard_care", actions=("standard_care",))], list(days))
        found = told["standard_care"]
        for day, alive, ill in known.chances[1:]:
            for event, truth in zip(EVENTS, (alive, ill), strict=True):
                points = found.survival if event == "survival" else found.decompensation
                stated.setdefault((event, day), []).append(next(p["mean"] for p in points if p["day"] == day))
                true.setdefault((event, day), []).append(truth)
    for event, day in stated:
        if event == "decompensation" and course != "compensated":
            continue
        yield Checked(course, event, day, np.array(stated[event, day]), np.array(true[event, day]))


def page(rows: Sequence[Checked], people: int, draws: int, seed: int) -> str:
    """Return the page as Markdown."""
    lines = [
        "# What the plan states, checked against the twin itself",
        "",
        "**Self-consistency, not validation.** People are drawn from the twin's own population with a known truth. "
        "Each record shows the first day alone, and a plan's fit and forecast state chances from it. If they disagree "
        "with the truth, the fit is wrong; if they agree, nothing is learned about real people: that is the page "
        "[credibility.md](credibility.md).",
        "",
        f"Made by `python -m hepatica.planning._consistency --people {people} --draws {draws} --seed {seed}`.",
        "",
        "| course | chance of | by day | people | stated | true | gap (95 % interval) | slope |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        wide = 1.96 * r.error
        lines.append(
            f"| {r.course} | {r.event} | {r.day:.0f} | {r.stated.size} | {r.stated.mean():.3f} | {r.true.mean():.3f} | "
            f"{r.gap:+.3f} ({r.gap - wide:+.3f} to {r.gap + wide:+.3f}) | {r.slope:.2f} |"
        )
    lines += ["", "By fifths of the stated chance (true: mean, standard error):", ""]
    for r in rows:
        told = ", ".join(f"{stated:.2f} → {true:.2f} ({se:.2f})" for _, stated, true, se in r.bins())
        lines.append(f"- {r.course}, {r.event} by day {r.day:.0f}: {told}")
    return "\n".join([*lines, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the page."""
    parser = argparse.ArgumentParser(prog="hepatica.planning._consistency", description=__doc__)
    parser.add_argument("--people", type=int, default=150, help="virtual people a course")
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    rows = [r for c in COURSES for r in check(c, given.people, given.draws, given.seed)]
    print(page(rows, given.people, given.draws, given.seed), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
