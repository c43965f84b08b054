"""Checks of a study against itself: numbers that cannot both be true, and numbers that are seldom both true."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from hepatica.errors import InputError
from hepatica.evidence.model import Measure, Study
from hepatica.evidence.summaries import correlation_of_change

Said = tuple[Literal["error", "doubt"], str, str]
YEARS = (1950, 2100)
LAST_DAY = 7500.0
_KINDS = {"baseline": "baseline", "outcome": "outcomes", "change": "changes"}
_WHOLE = {"all", "results", "numbers", "tables", "full text"}


def contradictions(s: Study) -> Iterator[Said]:
    """Yield every contradiction of a study: level, where, what."""
    yield from _when(s)
    yield from _doses(s)
    yield from _rows(s)
    yield from _sizes(s)
    yield from _twice(s)
    yield from _endpoints(s)
    yield from _hazards(s)
    yield from _events(s)
    yield from _changes(s)
    yield from _errors_for_deviations(s)
    yield from _sources(s)


def _when(s: Study) -> Iterator[Said]:
    if s.year is not None and not YEARS[0] <= s.year <= YEARS[1]:
        yield "error", "year", f"{s.year}"
    days = [("survival", r.day) for r in s.survival] + [(r.kind, r.day) for r in (*s.measures, *s.quality_of_life)]
    for where, day in days:
        if day is not None and not 0 <= day <= LAST_DAY:
            yield "error", where, f"day {day:g} lies outside 0 to {LAST_DAY:g}"
    if s.age_mean_years is not None and not 0 <= s.age_mean_years <= 100:
        yield "error", "age_mean", f"{s.age_mean_years:g} years"
    if s.male_fraction is not None and not 0 <= s.male_fraction <= 1:
        yield "error", "male_fraction", f"{s.male_fraction:g}: a fraction, not percent"


def _doses(s: Study) -> Iterator[Said]:
    for a in s.arms:
        c = a.cells
        if c is None:
            continue
        if c.infusions is not None and c.infusions < 1:
            yield "error", f"arm {a.name}", f"{c.infusions} infusions"
        if c.infusions and len(c.days) > 1 and len(c.days) != c.infusions:
            yield "doubt", f"arm {a.name}", f"{c.infusions} infusions on {len(c.days)} days"
        known = [d for d in c.days if isinstance(d, int | float)]
        if any(y < x for x, y in pairwise(known)):
            yield "doubt", f"arm {a.name}", "days of infusion are not in order"
        if c.dose_cells_per_kg and not 1e3 <= c.dose_cells_per_kg <= 1e10:
            yield "doubt", f"arm {a.name}", f"dose of {c.dose_cells_per_kg:.3g} cells a kg"
        if c.dose_cells_per_kg and c.dose_cells_total:
            weight = c.dose_cells_total / c.dose_cells_per_kg
            if not 10 <= weight <= 400:
                yield "doubt", f"arm {a.name}", f"total and dose a kg give a weight of {weight:.3g} kg"


def _rows(s: Study) -> Iterator[Said]:
    for row in (*s.measures, *s.quality_of_life):
        where = _name(row)
        if row.n is not None and (row.n < 1 or row.n != int(row.n)):
            yield "error", where, f"n = {row.n}"
        for low, high, text in ((row.q1, row.q3, "quartiles"), (row.low, row.high, "range")):
            if low is not None and high is not None and row.median is not None and not low <= row.median <= high:
                yield "error", where, f"median {row.median:g} lies outside its {text} {low:g} to {high:g}"
        if (
            row.low is not None
            and row.high is not None
            and row.mean is not None
            and not row.low <= row.mean <= row.high
        ):
            yield "error", where, f"mean {row.mean:g} lies outside its range {row.low:g} to {row.high:g}"
        if row.sd == 0 and (row.n or 0) > 1:
            yield "doubt", where, "SD of 0: not pooled"
        if row.n == 1 and row.sd is not None:
            yield "doubt", where, "one patient has no SD: not pooled"


def _sizes(s: Study) -> Iterator[Said]:
    for arm in s.arms:
        n = [r.n for r in (*s.measures, *s.quality_of_life) if r.arm == arm.name and r.n and arm.n and r.n > arm.n]
        if n:
            yield (
                "doubt",
                f"arm {arm.name}",
                f"{len(n)} rows have more patients (up to {max(n)}) than the arm's {arm.n}",
            )


def _twice(s: Study) -> Iterator[Said]:
    seen: dict[tuple[object, ...], Measure] = {}
    again, other = [], []
    for row in s.measures:
        first = seen.setdefault((row.kind, row.arm, row.variable, row.day, row.unit), row)
        if first is not row:
            same = (first.mean, first.median, first.count) == (row.mean, row.median, row.count)
            (again if same else other).append(_name(row))
    if again:
        yield "doubt", again[0], f"stands twice; so do {len(again) - 1} other rows"
    if other:
        told = f"stands twice with other values, the last is used; so do {len(other) - 1} other rows"
        yield "doubt", other[0], told


def _endpoints(s: Study) -> Iterator[Said]:
    alive = {(r.arm, r.day, r.n): r.alive for r in s.survival if r.endpoint == "overall" and r.alive is not None}
    for r in s.survival:
        whole = alive.get((r.arm, r.day, r.n))
        if r.endpoint == "transplant_free" and r.alive is not None and whole is not None and r.alive > whole:
            where = f"survival {r.arm} day {r.day}"
            yield "error", where, f"{r.alive} alive without transplant, {whole} alive at all"
        if r.n is not None and (r.n < 1 or r.n != int(r.n)):
            yield "error", f"survival {r.arm} day {r.day}", f"n = {r.n}"


def _hazards(s: Study) -> Iterator[Said]:
    for h in s.hazard_ratios:
        where = f"hazard ratio {h.comparison}"
        if not h.hr > 0:
            yield "error", where, f"{h.hr:g}"
        elif h.lo is not None and h.hi is not None:
            if not 0 < h.lo <= h.hr <= h.hi:
                yield "error", where, f"{h.hr:g} lies outside {h.lo:g} to {h.hi:g}"
            elif h.p is not None and (h.p < 0.05) == (h.lo <= 1 <= h.hi) and abs(h.p - 0.05) > 0.02:
                yield "doubt", where, f"p = {h.p:g} and the interval {h.lo:g} to {h.hi:g} disagree"


def _events(s: Study) -> Iterator[Said]:
    for e in s.adverse_events:
        where = f"event {e.event}"
        if e.percent is not None and not 0 <= e.percent <= 100:
            yield "error", where, f"{e.percent:g} %"
        if e.count is not None and (e.count < 0 or e.count != int(e.count)):
            yield "error", where, f"a count of {e.count}"
        if e.count is not None and e.n and e.percent is not None and abs(100 * e.count / e.n - e.percent) > 100 / e.n:
            yield "doubt", where, f"{e.count}/{e.n} is {100 * e.count / e.n:.1f} %, printed {e.percent:g} %"


def _changes(s: Study) -> Iterator[Said]:
    at = {(m.kind, m.arm, m.variable, m.day): m for m in s.measures if m.mean is not None and not m.unit}
    before = {(m.arm, m.variable): m for m in s.measures if m.kind == "baseline" and m.mean is not None and not m.unit}
    for (kind, arm, variable, day), change in at.items():
        first, later = before.get((arm, variable)), at.get(("outcome", arm, variable, day))
        if kind != "change" or first is None or later is None:
            continue
        moved = (later.mean or 0.0) - (first.mean or 0.0)
        spread = later.sd or first.sd or abs(moved)
        if abs(moved - (change.mean or 0.0)) > max(0.25 * spread, 0.05 * abs(first.mean or 0.0)):
            yield "doubt", _name(change), f"{change.mean:g}, but the values differ by {moved:.3g}: other patients?"
        if first.sd and later.sd and change.sd:
            try:
                correlation_of_change(first.sd, later.sd, change.sd)
            except InputError as error:
                yield "doubt", _name(change), f"{error.what}: a standard error among them?"


def _errors_for_deviations(s: Study) -> Iterator[Said]:
    """Yield rows whose SD is the baseline's over about the root of n: likely a standard error printed as an SD."""
    before = {(m.arm, m.variable): m for m in s.measures if m.kind == "baseline" and m.sd}
    for m in s.measures:
        first = before.get((m.arm, m.variable))
        n = m.n or (s.arm(m.arm).n if s.arm(m.arm) else None) or 0  # type: ignore[union-attr]
        if m.kind != "outcome" or first is None or not m.sd or not first.sd or n < 8:
            continue
        if 0.8 < first.sd / m.sd / math.sqrt(n) < 1.25:
            yield "doubt", _name(m), f"SD {m.sd:g} is the baseline's {first.sd:g} over the root of n: a standard error?"


def _sources(s: Study) -> Iterator[Said]:
    named = {f for p in s.provenance for f in p.fields}
    if named & _WHOLE or len({p.source for p in s.provenance}) < 2:
        return
    held = {_KINDS[m.kind] for m in s.measures} | ({"survival"} if s.survival else set())
    for kind in sorted(held):
        if not any(kind[:6] in f or f in kind for f in named):
            yield "doubt", "provenance", f"which of the sources holds the numbers of {kind} is not stated"


def _name(row: Measure) -> str:
    return f"{row.kind} {row.arm} {row.variable}" + (f" day {row.day:g}" if row.day else "")
