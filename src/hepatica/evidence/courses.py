"""A time course pooled as one: several days of a study share patients, so their errors and true effects correlate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.extract import LeftOut, Row, answers
from hepatica.evidence.question import SURVIVAL, Question, ask
from hepatica.evidence.statistics.multilevel import Multilevel, multilevel, sampling_covariance

Array = NDArray[np.floating[Any]]
MONTH = 365.25 / 12
WITHIN = 0.5  # correlation of a study's means on two days (ours: nobody prints it; varied in `sensitivity`)
VARIED = (0.2, 0.8)


@dataclass(frozen=True, slots=True)
class Course:
    """The pooled course of a question: the days that any study reports, the model over them, and what went in."""

    question: Question
    days: tuple[float, ...]
    fit: Multilevel
    points: tuple[tuple[float, Row], ...]
    left_out: tuple[LeftOut, ...]
    empty: tuple[float, ...]
    within: str
    sensitivity: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the course as plain JSON values; ratios also back on their scale."""
        ratio = self.question.measure in ("OR", "RR", "HR")
        rows = []
        for i, day in enumerate(self.days):
            k = sum(d == day for d, _ in self.points)
            wide = self.fit.prediction_interval[i] if self.fit.studies > 1 else None
            row = {"day": day, "k": k, "estimate": self.fit.estimate[i], "se": self.fit.se[i], "p": self.fit.p[i],
                   "ci": list(self.fit.ci[i]), "prediction_interval": list(wide) if wide else None}  # fmt: skip
            row["back_transformed"] = (
                {"estimate": math.exp(row["estimate"]), "ci": [math.exp(x) for x in row["ci"]]} if ratio else None
            )
            rows.append(row)
        return {
            "outcome": self.question.outcome, "question": self.question.text(), "measure": self.question.measure,
            "days": rows, "not_estimable_days": list(self.empty), "studies": self.fit.studies, "effects": self.fit.k,
            "tau2": self.fit.tau2, "rho_per_month": self.fit.rho, "structure": self.fit.structure,
            "method": self.fit.method, "df": None if math.isinf(self.fit.df) else self.fit.df, "q": self.fit.q,
            "q_df": self.fit.q_df, "q_p": self.fit.q_p, "covariance": [list(r) for r in self.fit.covariance],
            "within_study_correlation": self.within, "sensitivity": list(self.sensitivity),
            "points": [
                {"study": r.study.id, "day": d, "reported_day": r.day, "yi": r.effect.yi, "vi": r.effect.vi}
                for d, r in self.points
            ],
            "left_out": [{"study": x.study.id, "reason": x.reason} for x in self.left_out],
            "warnings": list(self.fit.warnings),
        }  # fmt: skip


def pool_course(
    outcome: str,
    days: Sequence[float],
    condition: str | None = None,
    intervention: str | None = None,
    region: str | None = None,
    measure: str | None = None,
    design: str = "randomised",
    structure: str = "car",
    within: float = WITHIN,
    ci: str = "t",
    medians: bool = False,
    window: float = 0.1,
    level: float = 0.95,
) -> Course:
    """Pool a question at several days at once, one mean a day, REML.

    Between two days of a study the errors correlate: for odds ratios from counts by the counts themselves (the dead of
    the first day are among those of the second), for everything else by `within`, alike for any two days and varied in
    `sensitivity`. True effects correlate by `structure`: "car" (per month), "cs" or "study". A day without studies is
    named in `empty`. Raises CannotAnswer where no day has a study.
    """
    asked = tuple(sorted({float(d) for d in days}))
    if not asked:
        raise InputError("no day asked", mend="days from the start of treatment, 30 90 180 365")
    if not 0 <= within < 1:
        raise InputError(f"a within-study correlation of {within:g}", mend="0 up to, not including, 1")
    q = ask(outcome, asked[0], condition, intervention, region, measure, design, window, False, medians)
    points, out = _points(q, asked)
    if not points:
        where = "; ".join(f"{x.study.id}: {x.reason}" for x in out[:3])
        raise CannotAnswer(f"k=0 in this base on every day asked: {q.text()}", where=where, mend="other days")
    held = tuple(d for d in asked if any(d == p for p, _ in points))
    fit, told = _fit(q, points, held, structure, within, ci, level)
    varied = []
    if "stated" in told and fit.k > fit.studies:
        for r in VARIED:
            other, _ = _fit(q, points, held, structure, r, ci, level)
            varied.append({"within": r, "estimate": list(other.estimate), "se": list(other.se), "tau2": other.tau2})
    empty = tuple(d for d in asked if d not in held)
    return Course(q.but(day=None), held, fit, tuple(points), tuple(out), empty, told, tuple(varied))


def _points(q: Question, days: tuple[float, ...]) -> tuple[list[tuple[float, Row]], list[LeftOut]]:
    """Return (day asked, row), each reported day of a cohort once, at the asked day it is nearest to."""
    best: dict[tuple[str, float], tuple[float, Row]] = {}
    out: dict[str, LeftOut] = {}
    for day in days:
        rows, left = answers(q.but(day=day))
        for r in rows:
            key = (r.study.cohort, r.day)
            if key not in best or abs(r.day - day) < abs(r.day - best[key][0]):
                best[key] = (day, r)
        for x in left:
            out.setdefault(x.study.id, x)
    used = {cohort for cohort, _ in best}
    points = sorted(best.values(), key=lambda p: (p[1].study.cohort, p[0]))
    return points, [x for x in out.values() if x.study.cohort not in used]


def _fit(
    q: Question, points: list[tuple[float, Row]], days: tuple[float, ...], structure: str, within: float, ci: str,
    level: float,
) -> tuple[Multilevel, str]:  # fmt: skip
    cohorts = [r.study.cohort for _, r in points]
    y, v = [r.effect.yi or 0.0 for _, r in points], [r.effect.vi or 0.0 for _, r in points]
    x = np.array([[float(d == day) for day in days] for d, _ in points])
    counted = q.outcome in SURVIVAL and q.measure == "OR"
    errors = _by_counts(points, cohorts) if counted else sampling_covariance(cohorts, v, rho=within)
    told = (
        "from the counts: those who died by the first day are among the dead of the second"
        if counted
        else f"{within:g} between any two days of a study, stated by us and varied"
    )
    months = [d / MONTH for d, _ in points]
    names = [f"day {d:g}" for d in days]
    return multilevel(cohorts, y, errors, x, names, structure, months, "REML", ci, level), told


def _by_counts(points: list[tuple[float, Row]], cohorts: list[str]) -> Array:
    """Return error covariances of log odds: of one arm on days s < t, 1 / (n times share alive on s, dead on t)."""
    k = len(points)
    out = np.diag([r.effect.vi or 0.0 for _, r in points])
    for i in range(k):
        for j in range(i):
            if cohorts[i] != cohorts[j]:
                continue
            one, two = (dict(points[x][1].numbers) for x in (i, j))
            total = 0.0
            for side in ("", "control_"):
                n = (one[f"{side}n"] + two[f"{side}n"]) / 2
                s, t = (_kept(x[f"{side}events"], x[f"{side}n"]) for x in (one, two))
                first, last = max(s, t), min(s, t)
                total += 1 / (n * first * (1 - last))
            most = 0.999 * math.sqrt(out[i, i] * out[j, j])
            out[i, j] = out[j, i] = min(total, most)
    return out


def _kept(events: float, n: float) -> float:
    """Return the larger-first share, kept off 0 and 1 as a zero cell is."""
    return (events + 0.5) / (n + 1) if events in (0, n) else events / n
