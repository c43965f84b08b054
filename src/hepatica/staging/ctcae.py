"""CTCAE v5.0 grades of laboratory values, that know an abnormal baseline and what symptoms alone decide."""

from __future__ import annotations

import operator
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import product
from typing import Any, Literal

from hepatica.errors import InputError

from .times import iso

_OPS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_OF = ("value", "uln", "lln", "baseline", "uln_plus")
_WHEN = ("normal", "abnormal", "anticoagulant", "no_anticoagulant", "")


@dataclass(frozen=True, slots=True)
class Cut:
    """One cut: passed where `value op x * of`; `at_most` is the grade that symptoms can raise it to."""

    grade: int
    op: str
    x: float
    of: str
    when: str = ""
    at_most: int = 0


@dataclass(frozen=True, slots=True)
class Term:
    """One laboratory term with its cuts; `ungraded` says why a value cannot be graded."""

    name: str
    analyte: str
    unit: str
    side: Literal["high", "low"]
    cuts: tuple[Cut, ...] = ()
    note: str = ""
    ungraded: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """One graded value: `grade` 0 to 4, or None where `needs` or `why` says what is missing; `at_most` with symptoms.

    `worse_by` is the rise over the grade of the baseline itself, None where either is unknown.
    """

    term: str
    analyte: str
    value: float
    unit: str
    grade: int | None
    at_most: int | None
    baseline: float | None = None
    baseline_grade: int | None = None
    needs: tuple[str, ...] = ()
    why: str = ""
    note: str = ""
    version: str = ""
    at: datetime | None = None
    baseline_at: datetime | None = None

    @property
    def worse_by(self) -> int | None:
        """Return how many grades the value is above its baseline, never below 0."""
        if self.grade is None or self.baseline_grade is None:
            return None
        return max(self.grade - self.baseline_grade, 0)

    def to_json(self) -> dict[str, Any]:
        """Return the grade as plain values."""
        days = {"at": iso(self.at), "baseline_at": iso(self.baseline_at)}
        return {**asdict(self), "needs": list(self.needs), "worse_by": self.worse_by, **days}


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(resources.files("hepatica.staging").joinpath("data", "ctcae_v5.toml").read_text("utf-8"))


def ctcae_source() -> str:
    """Return where the criteria were read."""
    return str(_file()["source"])


@cache
def ctcae_terms() -> tuple[Term, ...]:
    """Return every term of the data file; raise ValueError where a row is not one."""
    return tuple(_term(row) for row in _file()["term"])


def _term(row: Mapping[str, Any]) -> Term:
    cuts = tuple(Cut(**c) for c in row.get("cuts", ()))
    sides = {"high": (">", ">="), "low": ("<", "<=")}
    for cut in cuts:
        if cut.op not in sides[row["side"]] or cut.of not in _OF or cut.when not in _WHEN or not 1 <= cut.grade <= 4:
            raise ValueError(f"ctcae_v5.toml: {row['name']}: {cut} is not a cut")
    if bool(cuts) == bool(row.get("ungraded")):
        raise ValueError(f"ctcae_v5.toml: {row['name']}: give cuts, or why there are none")
    return Term(**{**row, "cuts": cuts})


def ctcae(
    analyte: str,
    value: float,
    *,
    baseline: float | None = None,
    uln: float | None = None,
    lln: float | None = None,
    anticoagulant: bool = False,
) -> tuple[Grade, ...]:
    """Grade one value by every CTCAE v5.0 term of its analyte; all numbers in the unit of the term.

    The baseline is abnormal where it is beyond the limit of normal; ALT, AST, ALP, GGT and bilirubin then count in
    multiples of it. Creatinine takes the higher grade of its limit and its baseline. INR cuts are absolute, or
    multiples of the baseline on an anticoagulant. Raises InputError where no term grades the analyte.

    >>> [g.grade for g in ctcae("alt", 260, baseline=80, uln=40)]
    [2]
    >>> [g.grade for g in ctcae("alt", 260, baseline=30, uln=40)]
    [3]
    """
    found = [t for t in ctcae_terms() if t.analyte == analyte]
    if not found:
        names = ", ".join(dict.fromkeys(t.analyte for t in ctcae_terms()))
        raise InputError(f"CTCAE v5.0 has no laboratory term here for {analyte!r}", mend=f"one of {names}")
    scale = {"value": 1.0, "uln": uln, "lln": lln, "baseline": baseline}
    rows = [_grade(term, value, scale, anticoagulant) for term in found]
    beyond = any(row.grade for row in rows)
    return tuple(replace(r, grade=0, at_most=0, needs=(), why="") if beyond and r.needs else r for r in rows)


def _grade(term: Term, value: float, scale: Mapping[str, float | None], anticoagulant: bool) -> Grade:
    baseline = scale["baseline"]
    possible, unknown = _possible(term, value, scale, anticoagulant)
    low, high = min(possible), max(possible)
    decided = not term.ungraded and low[0] == high[0]
    needs = () if decided else unknown
    why = "" if decided else term.ungraded or f"grade {low[0]} to {high[0]}, by {' and '.join(needs)}"
    start = _possible(term, baseline, scale, anticoagulant)[0] if baseline is not None and decided else set()
    return Grade(
        term.name, term.analyte, value, term.unit,
        grade=low[0] if decided else None,
        at_most=None if term.ungraded else max(top for _, top in possible),
        baseline=baseline,
        baseline_grade=min(start)[0] if len(start) == 1 else None,
        needs=needs, why=why, note=term.note, version=_file()["version"],
    )  # fmt: skip


def _possible(
    term: Term, value: float, scale: Mapping[str, float | None], anticoagulant: bool
) -> tuple[set[tuple[int, int]], tuple[str, ...]]:
    """Return every (grade, grade with symptoms) the value can have, and which unknown numbers it hangs on.

    A grade changes only where an unknown number passes value / x of a cut or meets the other one, so a number on
    each side of every such place stands for all there are.
    """
    used = {cut.of.removesuffix("_plus") for cut in term.cuts if _applies(cut, anticoagulant)}
    if any(cut.when in ("normal", "abnormal") for cut in term.cuts):
        used |= {"baseline", _limit_of(term)}
    unknown = tuple(sorted(name for name in used if scale[name] is None))
    known = [number for number in (value, *(scale[name] for name in used)) if number is not None]
    places = {n / cut.x for n in known for cut in term.cuts if cut.x} | {n - cut.x for n in known for cut in term.cuts}
    tries = sorted({p * side for p in (*places, *known, 1e-9, 1e9) if p > 0 for side in (1 - 1e-6, 1.0, 1 + 1e-6)})
    found = {
        _of_value(term, value, {**scale, **dict(zip(unknown, numbers, strict=True))}, anticoagulant)
        for numbers in product(tries, repeat=len(unknown))
    }
    return found, unknown


def _of_value(term: Term, value: float, scale: Mapping[str, float | None], anticoagulant: bool) -> tuple[int, int]:
    baseline, limit = scale["baseline"], scale[_limit_of(term)]
    state = ""
    if baseline is not None and limit is not None:
        state = "abnormal" if (baseline > limit if term.side == "high" else baseline < limit) else "normal"
    passed = [
        cut
        for cut in term.cuts
        if _applies(cut, anticoagulant) and cut.when in ("", "anticoagulant", "no_anticoagulant", state)
        if _passed(cut, value, scale)
    ]
    grade = max((cut.grade for cut in passed), default=0)
    return grade, max((max(cut.grade, cut.at_most) for cut in passed), default=0)


def _limit_of(term: Term) -> str:
    return "uln" if term.side == "high" else "lln"


def _applies(cut: Cut, anticoagulant: bool) -> bool:
    return cut.when != ("no_anticoagulant" if anticoagulant else "anticoagulant")


def _passed(cut: Cut, value: float, scale: Mapping[str, float | None]) -> bool:
    against: Any = scale[cut.of.removesuffix("_plus")]
    limit = against + cut.x if cut.of == "uln_plus" else cut.x * against
    # nine significant digits on both sides, so that 3.0 x 33.3 is 99.9 and a value on a cut stays on it
    return bool(_OPS[cut.op](float(f"{value:.9g}"), float(f"{limit:.9g}")))
