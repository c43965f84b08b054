"""What would bring in a person who does not meet a criterion, and whether waiting or treatment might do it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from math import ceil, inf, isfinite
from typing import Any

from hepatica.eligibility.evaluate import Seen, evaluate, quantity
from hepatica.eligibility.questions import questions
from hepatica.eligibility.tree import Fact, Not, Rule, Within
from hepatica.language import by_language, date_text, decimal, either, mark, said_data, say
from hepatica.patient import Condition
from hepatica.therapy import Reading, Record, concepts, in_words

BY = ("waiting", "either", "treatment", "unclear", "nothing")
ACUTE = frozenset(("alf", "ali", "aclf", "alcoholic_hepatitis"))
_COST = {by: i for i, by in enumerate(BY)}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would have to be otherwise.

    by: waiting | treatment | either | unclear | nothing (it cannot change). on: the day on which time alone has done
    it, where the record tells.
    """

    text: str
    by: str
    why: str
    on: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the change as plain values."""
        return {"change": self.text, "by": self.by, "why": self.why, "on": self.on.isoformat() if self.on else None}


@by_language
def _ways() -> Mapping[str, Any]:
    text = files("hepatica.eligibility").joinpath("data", "ways.toml").read_text(encoding="utf-8")
    rows: Mapping[str, Any] = said_data("eligibility/data/ways.toml", tomllib.loads(text))
    for kind in ("number", "concept"):
        for name, ends in rows[kind].items():
            if not rows.get("source") or any(end["by"] not in BY or not end["why"] for end in ends.values()):
                raise ValueError(f"ways.toml: {name}: no source, reason, or known way")
    return rows


def way_in(
    rule: Rule, record: Record, answers: Mapping[str, bool] | None = None, seen: Seen | None = None
) -> tuple[Change, ...]:
    """Return the easiest changes after which an unmet rule would hold; empty where it is met or unknown.

    `answers` and `seen` are those of `evaluate`.
    """
    asked = _Asked(record, answers or {}, {} if seen is None else seen)
    return _way(rule, asked, True) if asked.truth(rule) is False else ()


@dataclass(frozen=True, slots=True)
class _Asked:
    record: Record
    answers: Mapping[str, bool]
    seen: Seen

    def truth(self, rule: Rule) -> bool | None:
        return evaluate(rule, self.record, self.answers, seen=self.seen).truth


def _way(rule: Rule, asked: _Asked, want: bool) -> tuple[Change, ...]:
    if isinstance(rule, Not):
        return _way(rule.rule, asked, not want)
    if isinstance(rule, Within):
        return (_number(rule, asked.record, want),)
    if isinstance(rule, Fact):
        return (_fact(rule, asked.record, want),)
    truths = [asked.truth(r) for r in rule.rules]
    count = rule.count if want else len(rule.rules) - rule.count + 1
    lacking = count - truths.count(want) - truths.count(None)
    offered = [_way(r, asked, want) for r, t in zip(rule.rules, truths, strict=True) if t is (not want)]
    chosen = sorted(offered, key=_cost)[:lacking]
    return tuple(dict.fromkeys(change for way in chosen for change in way))


def _cost(way: tuple[Change, ...]) -> tuple[int, int]:
    return max(_COST[c.by] for c in way), len(way)


_KINDS = (mark("cause"), mark("only cause"))
_COURSES = (
    mark("alf"), mark("ali"), mark("compensated"), mark("decompensated"), mark("chronic hepatitis"), mark("metabolic"),
    mark("undetermined"),
)  # fmt: skip
_WHERE = {
    (True, True): mark("below {limit}"), (False, True): mark("above {limit}"),
    (True, False): mark("to {limit}"), (False, False): mark("to {limit}"),
}  # fmt: skip
_MOVES = {
    (True, True): mark("{name} down by {amount}, {where}"), (False, True): mark("{name} up by {amount}, {where}"),
    (True, False): mark("{name} down, {where}"), (False, False): mark("{name} up, {where}"),
}  # fmt: skip


def _number(rule: Within, record: Record, want: bool) -> Change:
    found = quantity(rule.quantity, record)
    assert isinstance(found, Reading)  # what is unknown is not unmet
    falls, limit, gap, is_open = _target(rule, found, want)
    kind = rule.quantity.kind
    name, unit = either([in_words(n) for n in rule.quantity.name.split(",")]), _unit(rule.unit or found.unit)
    amount = say("{gap:.3g}{unit}", gap=gap, unit=unit) if 0 < gap < inf else ""
    where = say(_WHERE[falls, is_open], limit=decimal(f"{limit:.4g}{unit}"))
    said = _said("number", kind if kind == "episodes" else rule.quantity.name, "down" if falls else "up")
    on = _birthday(record, limit) if rule.quantity.name == "age" and not falls else None
    text = _MOVES[falls, bool(amount)]
    return Change(say(text, name=name, amount=amount, where=where), said["by"], said["why"], on)


def _target(rule: Within, found: Reading, want: bool) -> tuple[bool, float, float, bool]:
    """Return whether the number has to fall, its limit, how far off that is, and whether it must be passed."""
    if want:
        if found.low >= rule.high:
            return True, rule.high, found.high - rule.high, rule.high_open
        return False, rule.low, rule.low - found.low, rule.low_open
    down = (True, rule.low, found.high - rule.low, not rule.low_open)
    up = (False, rule.high, rule.high - found.low, not rule.high_open)
    ends = [end for end in (down, up) if isfinite(end[1])] or [down]
    return min(ends, key=lambda end: end[2])


def _unit(unit: str) -> str:
    return "" if unit in ("", "1") else f" {unit.replace('1e9/L', '× 10⁹/L')}"


def _said(kind: str, name: str, end: str) -> Mapping[str, str]:
    rows = _ways()[kind]
    found: Mapping[str, str] = rows.get(name, {}).get(end) or rows["default"][end]
    return found


def _birthday(record: Record, years: float) -> date | None:
    born = record.patient.birth_date
    if born is None or years % 1:
        return None
    is_leap_day = (born.month, born.day) == (2, 29)
    return date(born.year + int(years), 3 if is_leap_day else born.month, 1 if is_leap_day else born.day)


def _fact(leaf: Fact, record: Record, want: bool) -> Change:
    name = leaf.names[0] if leaf.names else "drinking"
    match leaf.kind:
        case "has" if leaf.ever:
            return Change(
                say("{name}: never in the past", name=_label(name)),
                "nothing",
                say("what has been stays in the history"),
            )
        case "has":
            return _condition(leaf, record, want)
        case "takes":
            medicine = in_words(name)
            if want:
                text = say("start {medicine}", medicine=medicine)
            elif leaf.within_d:
                text = say("stop {medicine}, then {days:.0f} days without", medicine=medicine, days=leaf.within_d)
            else:
                text = say("stop {medicine}", medicine=medicine)
            return Change(text, "treatment", say("a change of medicines, if it can be spared"))
        case "drinking":
            return Change(
                say("stop drinking") if not want else say("drinking"),
                "treatment" if not want else "nothing",
                say("abstinence"),
            )
        case "ask":
            return Change(
                questions()[name].text,
                "unclear",
                say("answered otherwise; {settled_by}", settled_by=questions()[name].settled_by),
            )
        case "course":
            return _course(leaf, record, want)
    text = mark("{kind} {names}") if want else mark("{kind} not {names}")
    kind, names = say(leaf.kind.replace("_", " ")), ", ".join(map(say, leaf.names))
    return Change(say(text, kind=kind, names=names), "nothing", say("it cannot change"))


def _course(leaf: Fact, record: Record, want: bool) -> Change:
    names = ", ".join(in_words(n) for n in leaf.names)
    text = say("course {names}", names=names) if want else say("course not {names}", names=names)
    if want and record.course in ACUTE and not ACUTE.intersection(leaf.names):
        return Change(text, "either", say("if the acute episode settles, the chronic disease remains"))
    return Change(text, "nothing", say("another stage of the disease, not to be sought"))


def _label(name: str) -> str:
    return concepts()[name].label


def _condition(leaf: Fact, record: Record, want: bool) -> Change:
    name = leaf.names[0]
    if want or leaf.within_d is None:
        said = _said("concept", name, "there" if want else "gone")
        text = mark("{name} there") if want else mark("{name} no longer there")
        return Change(say(text, name=_label(name)), said["by"], said["why"])
    last = max(_times_of(name, record), default=None)
    if last is None:
        days = say("{days:.0f} days", days=leaf.within_d)
        return Change(
            say("no {name} for {days}", name=_label(name), days=days),
            "waiting",
            say("the record does not say when the last was"),
        )
    on = last + timedelta(days=ceil(leaf.within_d) + 1)
    why = say("the last was {day}; another would start the time anew", day=date_text(last.isoformat()))
    return Change(say("no {name} until {day}", name=_label(name), day=date_text(on.isoformat())), "waiting", why, on)


def _times_of(name: str, record: Record) -> Iterator[date]:
    """Yield the days on which a condition began or ended, or a treatment that stands for it was given."""
    members = concepts()[name].members
    p = record.patient
    for item in (*p.conditions, *p.treatments):
        known = {item.name, "_".join(item.text.casefold().split())}
        ends = (item.onset, item.resolved) if isinstance(item, Condition) else (item.start, item.stop)
        if not known.isdisjoint(members) or getattr(item, "kind", "") in members:
            yield from (t.date() for t in ends if t is not None and (record.age_d(t) or 0.0) > -1)
