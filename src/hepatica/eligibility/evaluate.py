"""One patient against one rule: true, false or unknown, why, what would settle it, and how far a limit is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from hepatica.eligibility.questions import questions
from hepatica.eligibility.tree import AtLeast, Fact, Not, Quantity, Rule, Within
from hepatica.language import decimal, mark, say
from hepatica.therapy import Finding, Reading, Record, concepts, in_words


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a value lies inside (positive) or outside (negative) a limit, in `unit`."""

    value: float
    unit: str
    limit: float
    text: str

    @property
    def relative(self) -> float:
        """Return the distance as a share of the limit."""
        return self.value / (abs(self.limit) or 1.0)

    def to_json(self) -> dict[str, float | str]:
        """Return the distance as plain values."""
        return {"value": round(self.value, 6), "unit": self.unit, "limit": self.limit, "text": self.text}


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one rule: why, what would settle an unknown, and how far the nearest limit is."""

    truth: bool | None
    because: tuple[str, ...]
    needs: tuple[str, ...] = ()
    distance: Distance | None = None


Seen = dict[int, tuple[Result, Result]]


def evaluate(
    rule: Rule,
    record: Record,
    answers: Mapping[str, bool] | None = None,
    *,
    silent_is_absent: bool = False,
    seen: Seen | None = None,
) -> Result:
    """Return what one record says of a rule; `answers` holds replies by question or concept name.

    With `silent_is_absent`, a condition or treatment that nobody wrote down counts as absent. `seen` keeps the answers
    of leaves between rules asked of one record with the same answers.
    """
    if isinstance(rule, AtLeast):
        return _count(
            rule, [evaluate(r, record, answers, silent_is_absent=silent_is_absent, seen=seen) for r in rule.rules]
        )
    if isinstance(rule, Not):
        inner = evaluate(rule.rule, record, answers, silent_is_absent=silent_is_absent, seen=seen)
        truth = None if inner.truth is None else not inner.truth
        return Result(truth, inner.because, inner.needs, _opposite(inner.distance))
    pair = seen.get(id(rule)) if seen is not None else None
    if pair is None:
        pair = _leaf(rule, record, answers or {})
        if seen is not None:
            seen[id(rule)] = pair
    return pair[silent_is_absent]


def _leaf(rule: Within | Fact, record: Record, answers: Mapping[str, bool]) -> tuple[Result, Result]:
    """Return the answer to a leaf, and the answer where silence counts as absence."""
    if isinstance(rule, Within):
        result = _within(rule, quantity(rule.quantity, record))
        return result, result
    found = fact(rule, record, answers)
    result = Result(found.truth, (found.because,), (found.needs,) if found.needs else ())
    if found.silent and found.truth is None:
        return result, Result(False, (say("{because}, taken as absent", because=found.because),))
    return result, result


def _count(rule: AtLeast, results: list[Result]) -> Result:
    yes = [r for r in results if r.truth]
    no = [r for r in results if r.truth is False]
    unknown = [r for r in results if r.truth is None]
    if len(yes) >= rule.count:
        return _joined(True, yes, max)
    if len(results) - len(no) < rule.count:
        return _joined(False, no, max if rule.count == 1 else min)
    return _joined(None, unknown, min)


def _joined(truth: bool | None, used: list[Result], pick: Callable[..., Distance]) -> Result:
    because = tuple(dict.fromkeys(b for r in used for b in r.because))
    needs = tuple(dict.fromkeys(n for r in used for n in r.needs)) if truth is None else ()
    distances = [r.distance for r in used if r.distance]
    distance = pick(distances, key=lambda d: d.relative) if distances else None
    return Result(truth, because, needs, distance)


def quantity(q: Quantity, record: Record) -> Reading | Finding:
    """Return the number a record gives for a quantity, or the unknown finding."""
    match q.kind:
        case "lab":
            return record.number(q.name, q.window_d)
        case "normal":
            return record.multiple_of_normal(q.name, q.window_d)
        case "rise":
            return record.rise_per_day(q.name, q.window_d or 0.0)
        case "score":
            return record.score(q.name)
        case "episodes":
            return record.episodes(tuple(q.name.split(",")), q.window_d or 0.0)
    return record.number(q.name)


def fact(leaf: Fact, record: Record, answers: Mapping[str, bool]) -> Finding:
    """Return the finding for a yes-or-no leaf."""
    match leaf.kind:
        case "has":
            found = record.condition(leaf.names[0], ever=leaf.ever, within_d=leaf.within_d)
            return _told(found, leaf.names[0], answers)
        case "takes":
            return _told(record.treatment(leaf.names[0], leaf.within_d), leaf.names[0], answers)
        case "drinking":
            return _told(record.drinking(), "drinking", answers)
        case "sex":
            sex = record.patient.sex
            return Finding(
                None if sex is None else sex == leaf.names[0],
                say(sex) if sex else say("sex is not recorded"),
                say("sex"),
            )
        case "course":
            return _course(leaf, record)
        case "ask":
            return _asked(leaf.names[0], answers)
    return _cause(leaf, record)


def _told(found: Finding, name: str, answers: Mapping[str, bool]) -> Finding:
    if found.truth is not None or name not in answers:
        return found
    return Finding(bool(answers[name]), _answered(in_words(name), answers[name]))


SEXES = {"male": mark("male"), "female": mark("female")}


def _answered(question: str, answer: bool) -> str:
    return (
        say("{question}: answered yes", question=question)
        if answer
        else say("{question}: answered no", question=question)
    )


def _cause(leaf: Fact, record: Record) -> Finding:
    if not record.causes:
        return Finding(
            None, say("no cause of the liver disease is recorded"), say("the cause: history, serology, imaging")
        )
    truth = set(record.causes) == set(leaf.names) if leaf.kind == "only_cause" else _any(record.causes, leaf.names)
    return Finding(truth, say("recorded cause: {causes}", causes=", ".join(map(say, record.causes))))


def _any(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return not set(some).isdisjoint(others)


def _course(leaf: Fact, record: Record) -> Finding:
    if record.course == "undetermined":
        return Finding(None, say("the course is undetermined"), say("a liver diagnosis and recent liver values"))
    return Finding(record.course in leaf.names, say("staged as {staging_label}", staging_label=record.staging.label))


def _asked(name: str, answers: Mapping[str, bool]) -> Finding:
    question = questions()[name]
    if name in answers:
        return Finding(bool(answers[name]), _answered(question.text, answers[name]))
    because = say("left to the investigator") if question.judged else say("no record answers this")
    return Finding(None, because, f"{question.text}: {question.settled_by}")


def _within(rule: Within, reading: Reading | Finding) -> Result:
    if isinstance(reading, Finding):
        return Result(None, (reading.because,), (reading.needs,))
    inside = _bound(reading.low, reading.high, rule.low, rule.low_open)
    above = _bound(-reading.high, -reading.low, -rule.high, rule.high_open)
    truth = False if False in (inside, above) else None if None in (inside, above) else True
    distance = _distance(rule, reading) if reading.low == reading.high else None
    needs = (say("an exact {test}", test=in_words(rule.quantity.name)),) if truth is None else ()
    if truth is None and rule.quantity.kind == "episodes":
        needs = (
            say(
                "hospital letters: {what}",
                what=", ".join(concepts()[n].label for n in rule.quantity.name.split(",")),
            ),
        )
    return Result(truth, (reading.what,), needs, distance)


def _bound(low: float, high: float, limit: float, is_open: bool) -> bool | None:
    if low > limit or (low == limit and not is_open):
        return True
    if high < limit or (high == limit and is_open):
        return False
    return None


def _distance(rule: Within, reading: Reading) -> Distance | None:
    ends = [(reading.low - rule.low, rule.low), (rule.high - reading.low, rule.high)]
    inside, limit = min(ends)
    if not isfinite(limit):
        return None
    unit = rule.unit or reading.unit
    shown = "" if unit in ("", "1") else " " + _unit_said(unit).replace("1e9/L", "× 10⁹/L")
    bound, amount = decimal(f"{limit:.4g}{shown}"), decimal(f"{abs(inside):.3g}{shown}")
    if reading.low == limit:
        text = say("{amount} at the limit of {limit}", amount=amount, limit=bound) if inside else None
        text = text or say("at the limit of {limit}", limit=bound)
    elif reading.low > limit:
        text = say("{amount} above the limit of {limit}", amount=amount, limit=bound)
    else:
        text = say("{amount} below the limit of {limit}", amount=amount, limit=bound)
    return Distance(inside, unit, limit, text)


def _unit_said(unit: str) -> str:
    amount, daily, _ = unit.partition(" a day")
    return say("{unit} a day", unit=amount) if daily else say(unit)


def _opposite(distance: Distance | None) -> Distance | None:
    return None if distance is None else Distance(-distance.value, distance.unit, distance.limit, distance.text)
