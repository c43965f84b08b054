"""Take from each study the numbers that answer a question, or say why it cannot answer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.base import studies
from hepatica.evidence.checks import suspect_sd
from hepatica.evidence.contrasts import Contrast, contrast
from hepatica.evidence.effects import Effect, from_counts, mean_difference, standardised_difference
from hepatica.evidence.hazards import hazard
from hepatica.evidence.kaplan_meier import Curve, log_hazard_ratio, odds_from_percent
from hepatica.evidence.model import Arm, Measure, Study, Survival
from hepatica.evidence.question import SURVIVAL, Question
from hepatica.evidence.summaries import from_five, from_quartiles, from_range, sd_of_change

_RANK = ("primary full text", "primary abstract", "primary", "secondary")


@dataclass(frozen=True, slots=True)
class Row:
    """One study's answer: its effect, the numbers behind it, and what is odd about it."""

    study: Study
    contrast: Contrast
    effect: Effect
    day: float
    numbers: tuple[tuple[str, float], ...]
    endpoint: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A study that bears on the question and is not pooled, with the reason."""

    study: Study
    reason: str


def answers(q: Question, base: Iterable[Study] | None = None) -> tuple[list[Row], list[LeftOut]]:
    """Return the rows that answer a question, one a cohort, and the controlled studies left out with the reason."""
    rows: list[Row] = []
    out: list[LeftOut] = []
    for s in studies().values() if base is None else base:
        if s.condition not in q.conditions:
            continue
        pair, why = contrast(s, q.intervention)
        if pair is None:
            if why not in ("no arm got it", "no control arm"):
                out.append(LeftOut(s, why))
            continue
        if q.measure == "HR":
            found = _hazard(q, pair)
        else:
            found = _survival(q, pair) if q.outcome in SURVIVAL else _means(q, pair)
        if isinstance(found, str):
            out.append(LeftOut(s, found))
        elif found.effect.left_out:
            out.append(LeftOut(s, found.effect.left_out))
        elif q.region and s.region != q.region:
            out.append(LeftOut(s, f"region {s.region or 'not stated'}"))
        elif q.design == "randomised" and s.randomised is not True:
            out.append(LeftOut(s, "not randomised" if s.randomised is False else "randomisation not stated"))
        else:
            rows.append(found)
    return _one_a_cohort(rows, out)


def days_reported(q: Question) -> list[float]:
    """Return the days on which at least one study could answer, whatever the day asked."""
    wide = q.but(day=None)
    rows, _ = answers(wide)
    return sorted({r.day for r in rows})


def _one_a_cohort(rows: list[Row], out: list[LeftOut]) -> tuple[list[Row], list[LeftOut]]:
    kept: dict[str, Row] = {}
    for row in sorted(rows, key=lambda r: (rank(r.study), r.study.id)):
        first = kept.setdefault(row.study.cohort, row)
        if first is not row:
            out.append(LeftOut(row.study, f"same patients as {first.study.id}"))
    used = {r.study.cohort for r in kept.values()}
    seen: set[str] = set()
    clean = []
    for x in out:
        if x.study.cohort in used and not x.reason.startswith("same patients"):
            continue
        if x.study.id not in seen:
            seen.add(x.study.id)
            clean.append(x)
    return sorted(kept.values(), key=lambda r: (r.study.year or 0, r.study.id)), clean


def rank(s: Study) -> int:
    """Return how well a study was read, 0 for its own full text; the best report of a cohort is used."""
    return next((i for i, word in enumerate(_RANK) if s.confidence.startswith(word)), len(_RANK))


def _survival(q: Question, pair: Contrast) -> Row | str:
    wanted = "transplant_free" if q.outcome == "transplant_free_survival" else "overall"
    row = _counts(q, pair, wanted)
    if isinstance(row, Row) or q.strict_endpoint or wanted == "transplant_free":
        return row
    other = _counts(q, pair, "transplant_free")
    if isinstance(other, Row):
        return replace(other, notes=(*other.notes, "counts are alive without transplant"))
    return other if other.startswith("reported") and not row.startswith("reported") else row


def _counts(q: Question, pair: Contrast, endpoint: str) -> Row | str:
    s = pair.study
    arms = (*pair.treated, *pair.control)
    per = [{r.day: r for r in s.survival if r.arm == a.name and r.endpoint == endpoint} for a in arms]
    days = [d for d in set.intersection(*(set(p) for p in per)) if d is not None]
    full = [d for d in days if all(p[d].alive is not None and p[d].n for p in per)]
    if not full:
        if not days:
            return f"no {endpoint.replace('_', '-')} survival of both arms on one day"
        if q.curves:
            return _curves(q, pair, endpoint, per, days)
        return "survival in percent only, without the number of patients it stands for"
    day = _nearest(q, full)
    if day is None:
        return f"reported on day {', '.join(f'{d:g}' for d in sorted(full))} only"
    chosen = [p[day] for p in per]
    k = len(pair.treated)
    alive = [sum(r.alive or 0 for r in part) for part in (chosen[:k], chosen[k:])]
    n = [sum(r.n or 0 for r in part) for part in (chosen[:k], chosen[k:])]
    events = [m - a for a, m in zip(alive, n, strict=True)] if q.outcome == "mortality" else alive
    effect = from_counts(events[0], n[0], events[1], n[1], q.measure)
    if effect.left_out:
        return "no one died in either arm: no ratio" if sum(alive) else "every patient of both arms died: no ratio"
    notes = []
    if effect.added:
        notes.append("a zero cell: 0.5 added to all four cells")
    if any(r.count_from_percent for r in chosen):
        notes.append("counts from the printed percent, which they fit exactly")
    numbers = (("events", events[0]), ("n", n[0]), ("control_events", events[1]), ("control_n", n[1]))
    return Row(s, pair, effect, day, tuple((a, float(b)) for a, b in numbers), endpoint, (*notes, *_marks(pair)))


def _curves(
    q: Question, pair: Contrast, endpoint: str, per: list[dict[float | None, Survival]], days: list[float]
) -> Row | str:
    """Return the odds of two Kaplan-Meier percentages; the variance is of everybody followed to that day."""
    arms = (*pair.treated, *pair.control)
    known = [d for d in days if all(p[d].percent is not None and a.n for p, a in zip(per, arms, strict=True))]
    day = _nearest(q, known) if known else None
    if day is None:
        return "survival in percent only, on no day asked or of arms whose size is not printed"
    shares = [((p[day].percent or 0.0) / 100, float(a.n or 0)) for p, a in zip(per, arms, strict=True)]
    k = len(pair.treated)
    sides = []
    for part in (shares[:k], shares[k:]):
        n = sum(m for _, m in part)
        sides.append((sum(p * m for p, m in part) / n, n))
    try:
        effect = odds_from_percent(*sides[0], *sides[1])
    except CannotAnswer as error:
        return error.what
    if q.outcome == "mortality":
        effect = replace(effect, yi=-(effect.yi or 0.0))
        sides = [(1 - p, n) for p, n in sides]
    numbers = (("events", sides[0][0] * sides[0][1]), ("n", sides[0][1]),
               ("control_events", sides[1][0] * sides[1][1]), ("control_n", sides[1][1]))  # fmt: skip
    note = "survival read as a percentage of a curve: as if all were followed, so the interval is too narrow"
    return Row(pair.study, pair, effect, day, numbers, endpoint, (note, *_marks(pair)))


def _hazard(q: Question, pair: Contrast) -> Row | str:
    got = hazard(q, pair)
    if isinstance(got, str) and q.curves:
        drawn = _from_points(q, pair)
        got = got if isinstance(drawn, str) and drawn.startswith("no ") else drawn
    if isinstance(got, str):
        return got
    effect, endpoint, notes = got
    days = [r.day for r in pair.study.survival if r.day is not None]
    n = [float(sum(a.n or 0 for a in side)) for side in (pair.treated, pair.control)]
    numbers = (("n", n[0]), ("control_n", n[1]))
    return Row(pair.study, pair, effect, max(days, default=0.0), numbers, endpoint, (*notes, *_marks(pair)))


def _from_points(q: Question, pair: Contrast) -> tuple[Effect, str, tuple[str, ...]] | str:
    """Return a log hazard ratio from survival on the days that all arms report, or why there is none."""
    s = pair.study
    endpoints = ("transplant_free",) if q.outcome == "transplant_free_survival" else ("overall", "transplant_free")
    for endpoint in endpoints[:1] if q.strict_endpoint else endpoints:
        sides = [_joint_curve(s, side, endpoint) for side in (pair.treated, pair.control)]
        days = sorted(set(sides[0]) & set(sides[1]))
        if not days or not all(a.n for a in (*pair.treated, *pair.control)):
            continue
        try:
            one, two = (
                Curve.of([0.0, *days], [1.0, *(side[d] for d in days)], [float(sum(a.n or 0 for a in arms))])
                for side, arms in zip(sides, (pair.treated, pair.control), strict=True)
            )
            effect, told = log_hazard_ratio(one, two)
        except (InputError, CannotAnswer) as error:
            return f"its curve gives no hazard ratio: {error.what}"
        read = f"hazard ratio from survival on day {', '.join(f'{d:g}' for d in days)}"
        return effect, endpoint, (read, *told)
    return "no survival of both arms on one day"


def _joint_curve(s: Study, arms: tuple[Arm, ...], endpoint: str) -> dict[float, float]:
    """Return the share alive on each day that every one of some arms reports, arms weighted by their size."""
    per = []
    for a in arms:
        shares: dict[float, float] = {}
        for r in s.survival:
            if r.arm == a.name and r.endpoint == endpoint and r.day:
                if r.alive is not None and r.n:
                    shares[r.day] = r.alive / r.n
                elif r.percent is not None:
                    shares[r.day] = r.percent / 100
        per.append(shares)
    days = set.intersection(*(set(p) for p in per))
    n = [float(a.n or 1) for a in arms]
    return {d: sum(m * p[d] for m, p in zip(n, per, strict=True)) / sum(n) for d in days}


def _means(q: Question, pair: Contrast) -> Row | str:
    reasons = []
    for kind in ("change", "outcome") if q.correlation is None else ("change", "imputed", "outcome"):
        found = _mean_rows(q, pair, kind)
        if isinstance(found, Row):
            return found
        reasons.append(found)
    return next((r for r in reasons if not r.startswith("no ")), f"no mean of {q.outcome} with an SD in both arms")


def _mean_rows(q: Question, pair: Contrast, kind: str) -> Row | str:
    s = pair.study
    arms = (*pair.treated, *pair.control)
    read = "outcome" if kind == "imputed" else kind
    per = [
        {r.day: r for r in s.measures if r.arm == a.name and r.kind == read and r.variable == q.outcome} for a in arms
    ]
    days = [d for d in set.intersection(*(set(p) for p in per)) if d is not None and d > 0]
    if not days:
        return "no rows"
    held = {d: [_summary(q, p[d], a) for p, a in zip(per, arms, strict=True)] for d in days}
    if kind == "imputed":
        before = [_before(q, s, a) for a in arms]
        if not all(before):
            return "no rows"
        held = {d: [_change(q, g, b) for g, b in zip(now, before, strict=True)] for d, now in held.items()}
    full = [d for d in days if all(held[d])]
    if not full:
        medians = any(r.median is not None for p in per for r in p.values())
        return f"{q.outcome} {'as medians' if medians else 'without an SD'}"
    day = _nearest(q, full)
    if day is None:
        return f"reported on day {', '.join(f'{d:g}' for d in sorted(full))} only"
    chosen = [p[day] for p in per]
    if any(r.unit == "percent change" for r in chosen):
        return "change in percent only"
    if any(suspect_sd(r) for r in chosen):
        return "the SDs printed are so small that they may be standard errors"
    groups = [g for g in held[day] if g]
    k = len(pair.treated)
    sides = _join(groups[:k]), _join(groups[k:])
    effect = (mean_difference if q.measure == "MD" else standardised_difference)(*sides[0], *sides[1])
    names = ("mean", "sd", "n", "control_mean", "control_sd", "control_n")
    numbers = tuple((a, float(b)) for a, b in zip(names, (*sides[0], *sides[1]), strict=True))
    marks = [m for m in dict.fromkeys(g[3] for g in groups) if m]
    word = "value on that day" if kind == "outcome" else "change from baseline"
    if kind == "imputed":
        marks.append(f"SD of the change from a correlation of {q.correlation:g}, stated and not printed")
    return Row(s, pair, effect, day, numbers, word, (*marks, *_marks(pair)))


_Group = tuple[float, float, int, str]


def _summary(q: Question, row: Measure, arm: Arm) -> _Group | None:
    n = row.n or arm.n or 0
    if row.mean is not None and row.sd and n > 1:
        return row.mean, row.sd, n, ""
    if q.medians and row.median is not None and n >= 4:
        return _from_median(row, row.median, n)
    return None


def _before(q: Question, s: Study, arm: Arm) -> _Group | None:
    rows = [r for r in s.measures if r.kind == "baseline" and r.arm == arm.name and r.variable == q.outcome]
    return next((g for r in rows if (g := _summary(q, r, arm))), None)


def _change(q: Question, after: _Group | None, before: _Group | None) -> _Group | None:
    if after is None or before is None or q.correlation is None:
        return None
    sd = sd_of_change(before[1], after[1], q.correlation)
    return after[0] - before[0], sd, min(after[2], before[2]), after[3] or before[3]


def _from_median(row: Measure, median: float, n: int) -> _Group | None:
    try:
        if None not in (row.low, row.q1, row.q3, row.high):
            got = from_five(row.low or 0.0, row.q1 or 0.0, median, row.q3 or 0.0, row.high or 0.0, n)
        elif row.q1 is not None and row.q3 is not None:
            got = from_quartiles(median, row.q1, row.q3, n)
        elif row.low is not None and row.high is not None:
            got = from_range(median, row.low, row.high, n)
        else:
            return None
    except InputError:
        return None
    return got.mean, got.sd, n, f"mean and SD from {got.how}" + (", skewed" if got.skewed else "")


def _join(groups: list[_Group]) -> tuple[float, float, int]:
    """Return mean, SD and n of joined groups (Cochrane Handbook 6, table 6.5.a)."""
    n = sum(g[2] for g in groups)
    mean = sum(g[2] * g[0] for g in groups) / n
    within = sum((g[2] - 1) * g[1] ** 2 for g in groups)
    apart = sum(g[2] * (g[0] - mean) ** 2 for g in groups)
    return mean, math.sqrt((within + apart) / (n - 1)), n


def _nearest(q: Question, days: list[float]) -> float | None:
    wanted = q.day
    if wanted is None:
        return max(days)
    first, last = q.days
    near = [d for d in days if first <= d <= last]
    return min(near, key=lambda d: (abs(d - wanted), d)) if near else None


def _marks(pair: Contrast) -> tuple[str, ...]:
    marks = []
    if pair.with_:
        marks.append(f"the treated arm also had {', '.join(pair.with_)}")
    if len(pair.treated) > 1 or len(pair.control) > 1:
        names = " + ".join(a.name for a in pair.treated), " + ".join(a.name for a in pair.control)
        marks.append(f"arms joined: {names[0]} v. {names[1]}")
    return tuple(marks)
