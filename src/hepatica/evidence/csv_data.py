"""Read a table that the user brings: effects, printed ratios, counts, means or rates, one line a study."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.effects import (
    Effect,
    from_counts,
    from_rates,
    from_ratio_interval,
    mean_difference,
    ratio_of_means,
    standardised_difference,
)
from hepatica.evidence.summaries import (
    MeanSd,
    from_five,
    from_quartiles,
    from_range,
    sd_from_interval,
    sd_from_se,
    sd_of_change,
)

# what each kind of table needs; the first that fits is taken
KINDS = {
    "effects": (("yi", "vi"), ("yi", "sei")),
    "ratios": (("ratio", "lo", "hi"), ("hr", "lo", "hi")),
    "counts": (("events", "n", "control_events", "control_n"),),
    "rates": (("events", "time", "control_events", "control_time"),),
    "means": (("n", "control_n"),),
    "proportion": (("events", "n"),),
    "rate": (("events", "time"),),
}
COLUMNS = (
    "study,yi,vi (or sei) | study,ratio,lo,hi | study,events,n,control_events,control_n | "
    "study,mean,sd,n,control_mean,control_sd,control_n (se, lo and hi, median with q1 and q3 or low and high, or "
    "before, sd_before and correlation may stand for a mean and SD) | study,events,time,control_events,control_time | "
    "study,events,n | study,events,time"
)
_MEANS = {"effects": "as given", "ratios": "log ratio", "counts": "OR", "rates": "IRR", "means": "MD"}
_NUMBERS = {
    "yi", "vi", "sei", "ratio", "hr", "lo", "hi", "events", "n", "time", "mean", "sd", "se", "median", "q1", "q3",
    "low", "high", "before", "sd_before", "correlation", "day",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its study, cohort, day, cells as text and numbers, its effect, and what was done to it."""

    number: int
    study: str
    cohort: str
    day: float | None
    cells: dict[str, str]
    numbers: dict[str, float]
    effect: Effect | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A file's lines, its kind and measure, and the lines left out with the reason."""

    path: str
    kind: str
    measure: str
    lines: tuple[Line, ...]
    left_out: tuple[tuple[str, str], ...]

    def column(self, name: str) -> list[float | str | None]:
        """Return a further column: numbers where every filled cell is one, else words; raises InputError if absent."""
        cells = [line.cells.get(name) for line in self.lines]
        if all(c is None for c in cells):
            raise InputError(f"no column {name!r}", where=self.path, mend="a column of the file")
        try:
            return [float(c) if c else None for c in cells]
        except ValueError:
            return [c or None for c in cells]


def read_table(path: str | Path, measure: str | None = None, correlation: float | None = None) -> Table:
    """Return the table of a CSV file (comma, semicolon or tab).

    measure: OR, RR or RD for counts; MD, SMD or ROM for means; IRR or IRD for rates. Impossible values raise InputError
    naming the line; a line that is possible and says nothing (no event in either arm, one patient, an SD of 0) is left
    out with the reason; so is a second line of a `cohort` on one day. Raises CannotAnswer where no line is left.
    """
    names, rows = _rows(path)
    kind = next((k for k, ways in KINDS.items() if any(set(w) <= set(names) for w in ways)), "")
    if not kind:
        raise InputError(f"columns are {', '.join(names)[:80]}", where=f"{path} line 1", mend=f"columns are: {COLUMNS}")
    what = _measure(kind, measure)
    lines: list[Line] = []
    out: list[tuple[str, str]] = []
    seen: dict[tuple[str, float | None], str] = {}
    for at, cells in rows:
        numbers = {c: _number(t, c, f"{path} line {at}") for c, t in cells.items() if t and _plain(c) in _NUMBERS}
        study = cells.get("study") or f"line {at}"
        if any(line.study == study and line.numbers == numbers for line in lines):
            twice = f"study {study!r} stands twice with the same numbers"
            raise InputError(twice, where=f"{path} line {at}", mend="one line an effect")
        cohort = cells.get("cohort") or study
        day = numbers.get("day")
        if cells.get("cohort") and (cohort, day) in seen:
            out.append((study, f"same patients as {seen[cohort, day]}"))
            continue
        effect, notes = _effect(kind, what, numbers, correlation, f"{path} line {at}")
        if effect is not None and effect.left_out:
            out.append((study, effect.left_out))
            continue
        seen.setdefault((cohort, day), study)
        lines.append(Line(at, study, cohort, day, cells, numbers, effect, notes))
    if not lines and out:
        told = "; ".join(f"{s}: {why}" for s, why in out[:3])
        raise CannotAnswer(f"k=0: {told}", where=str(path), mend="a study that says something, or --measure RD")
    if not lines:
        raise InputError("no rows under the header", where=str(path), mend="one line a study")
    return Table(str(path), kind, what, tuple(lines), tuple(out))


def read_effects(path: str | Path) -> tuple[list[str], list[float], list[float]]:
    """Return the studies, effects and variances of a table with effects of its own; raises as `read_table`."""
    table = read_table(path)
    kept = [line for line in table.lines if line.effect]
    if not kept:
        raise InputError("a table of one arm has no effects", where=str(path), mend="columns: study,yi,vi")
    return ([x.study for x in kept], [x.effect.yi or 0.0 for x in kept if x.effect],
            [x.effect.vi or 0.0 for x in kept if x.effect])  # fmt: skip


def _rows(path: str | Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path)) from error
    except (IsADirectoryError, PermissionError) as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text", where=str(path), mend="save the table as UTF-8 CSV") from error
    if not text.strip():
        raise InputError("the file is empty", where=str(path), mend="columns: study,yi,vi")
    head = text.splitlines()[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(f"not a table: {error}", where=str(path), mend="columns: study,yi,vi") from None
    names = [c.strip().lower() for c in rows[0]]
    out = [
        (at, dict(zip(names, (c.strip() for c in row), strict=False)))
        for at, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    return names, out


def _measure(kind: str, measure: str | None) -> str:
    allowed = {"counts": ("OR", "RR", "RD"), "means": ("MD", "SMD", "ROM"), "rates": ("IRR", "IRD")}.get(kind)
    if allowed is None:
        if measure:
            raise InputError(f"--measure {measure} has no use for a table of {kind}", mend="counts, means or rates")
        return _MEANS.get(kind, kind)
    what = (measure or allowed[0]).upper()
    if what not in allowed:
        raise InputError(f"measure {what} does not fit a table of {kind}", mend=f"one of: {', '.join(allowed)}")
    return what


def _effect(
    kind: str, what: str, x: dict[str, float], correlation: float | None, where: str
) -> tuple[Effect | None, tuple[str, ...]]:
    def need(*names: str) -> list[float]:
        for n in names:
            if n not in x:
                raise InputError(f"{n} is missing", where=where)
        return [x[n] for n in names]

    if kind in ("proportion", "rate"):
        need("events", "n" if kind == "proportion" else "time")
        return None, ()
    try:
        if kind == "effects":
            (y,) = need("yi")
            spread = "vi" if "vi" in x or "sei" not in x else "sei"
            (v,) = need(spread)
            if v <= 0:
                raise InputError(f"{spread} is {v:g}", mend="a variance is above 0")
            return Effect(y, v if spread == "vi" else v**2), ()
        if kind == "ratios":
            ratio, lo, hi = need("hr" if "hr" in x else "ratio", "lo", "hi")
            return from_ratio_interval(ratio, lo, hi), ()
        if kind == "counts":
            e = from_counts(*_whole(need("events", "n", "control_events", "control_n")), what)
            return e, ("a zero cell: 0.5 added to all four cells",) if e.added else ()
        if kind == "rates":
            a, t, c, u = need("events", "time", "control_events", "control_time")
            e = from_rates(*_whole([a]), t, *_whole([c]), u, what)
            return e, ("no event in one arm: 0.5 added to both counts",) if e.added else ()
        sides = [_side(x, s, correlation) for s in ("", "control_")]
    except InputError as error:
        if error.where:
            raise
        raise InputError(error.what, where=where, mend=error.mend) from error
    left = next((s for s in sides if isinstance(s, str)), None)
    if left:
        return Effect(None, None, 0.0, left), ()
    one, two = (s for s in sides if not isinstance(s, str))
    how = {"MD": mean_difference, "SMD": standardised_difference, "ROM": ratio_of_means}[what]
    notes = tuple(dict.fromkeys(s[0].how for s in (one, two) if s[0].how))
    return how(one[0].mean, one[0].sd, one[1], two[0].mean, two[0].sd, two[1]), notes


def _side(x: dict[str, float], side: str, correlation: float | None) -> tuple[MeanSd, int] | str:
    """Return mean, SD and n of one arm by what stands in the line, or why it says nothing."""

    def get(name: str) -> float | None:
        return x.get(side + name)

    (n,) = _whole([x[f"{side}n"]]) if f"{side}n" in x else (0,)
    arm = "the control arm" if side else "the treated arm"
    if n < 2:
        return f"{arm} has n = {n}: no spread"
    mean, median = get("mean"), get("median")
    if mean is None and median is None:
        return f"{arm} has no mean and no median"
    if mean is None and median is not None:
        return _from_median(x, side, median, n, arm)
    assert mean is not None
    sd, how = get("sd"), ""
    if sd is None and (se := get("se")) is not None:
        sd, how = sd_from_se(se, n), "SD from the standard error"
    lo, hi = get("lo"), get("hi")
    if sd is None and lo is not None and hi is not None:
        sd, how = sd_from_interval(lo, hi, n), "SD from the 95 % interval of the mean"
    if sd is None:
        return f"{arm} has a mean without an SD"
    if sd < 0:
        raise InputError(f"{side}sd is {sd:g}", mend="an SD is above 0")
    if sd == 0:
        return f"{arm} has an SD of 0: nobody differs, or it is not an SD"
    before, spread = get("before"), get("sd_before")
    if before is not None and spread is not None:
        r = x.get("correlation", correlation)
        if r is None:
            raise InputError("a change from baseline needs a correlation", mend="a correlation column or --correlation")
        return MeanSd(mean - before, sd_of_change(spread, sd, r), f"change with a stated correlation of {r:g}"), n
    return MeanSd(mean, sd, how), n


def _from_median(x: dict[str, float], side: str, median: float, n: int, arm: str) -> tuple[MeanSd, int] | str:
    q1, q3, low, high = (x.get(side + c) for c in ("q1", "q3", "low", "high"))
    if n < 4:
        return f"{arm} has a median of n = {n}: too few"
    if q1 is not None and q3 is not None and low is not None and high is not None:
        got = from_five(low, q1, median, q3, high, n)
    elif q1 is not None and q3 is not None:
        got = from_quartiles(median, q1, q3, n)
    elif low is not None and high is not None:
        got = from_range(median, low, high, n)
    else:
        return f"{arm} has a median without quartiles or range"
    return MeanSd(got.mean, got.sd, f"mean and SD from {got.how}" + (", skewed" if got.skewed else "")), n


def _whole(values: list[float]) -> list[int]:
    for v in values:
        if v != int(v):
            raise InputError(f"{v:g} is not a whole number", mend="counts of patients or events")
    return [int(v) for v in values]


def _plain(name: str) -> str:
    return name.removeprefix("control_")


def _number(text: str, column: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise InputError(f"{column} is {text!r}, not a number", where=where) from error
    if not math.isfinite(value):
        raise InputError(f"{column} is {text}", where=where)
    return value
