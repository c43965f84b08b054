"""Who may: one patient against the protocols, with reasons, open questions and near misses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from hepatica.eligibility.evaluate import Distance, Seen, evaluate
from hepatica.eligibility.protocols import HISTORICAL, Arm, Criterion, Protocol, is_fresh, protocols
from hepatica.eligibility.protocols import protocol as known
from hepatica.eligibility.ways import Change, way_in
from hepatica.language import mark, say
from hepatica.patient import Patient
from hepatica.therapy import Record, Source

ASK = mark("ask the patient")
WORDS = {True: "met", False: "not met", None: "unknown"}


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion judged for one patient."""

    id: str
    kind: str
    text: str
    verdict: str  # met | not met | unknown
    because: str
    needs: tuple[str, ...]
    distance: Distance | None
    if_silent_is_absent: str  # the verdict where whatever nobody wrote down is taken as absent
    way_in: tuple[Change, ...] = ()  # what would have to be otherwise for an unmet criterion to be met

    def to_json(self) -> dict[str, Any]:
        """Return the contract's shape of a criterion."""
        return {
            "id": self.id,
            "kind": self.kind,
            "text": self.text,
            "verdict": self.verdict,
            "because": self.because,
            "needs": "; ".join(self.needs) or None,
            "distance": self.distance.to_json() if self.distance else None,
            "if_silent_is_absent": self.if_silent_is_absent,
            "way_in": [c.to_json() for c in self.way_in],
        }


DECEASED = CriterionResult("alive", "inclusion", "alive", "not met", "the record says deceased", (), None, "not met")


@dataclass(frozen=True, slots=True)
class Match:
    """One patient against one protocol, as the record stood at `as_of`."""

    patient: str
    protocol: str
    title: str
    verdict: str  # eligible | not eligible | unknown
    because: str
    verdict_if_silent_is_absent: str
    recruitment_status: str
    registry_status: str
    status_as_of: date | None
    criteria_complete: bool
    as_of: datetime | None
    record_age_days: int | None
    criteria: tuple[CriterionResult, ...]
    arms: tuple[Arm, ...]
    sources: tuple[Source, ...]
    note: str = ""

    @property
    def near_misses(self) -> tuple[CriterionResult, ...]:
        """Return the unmet criteria that a number decides, the nearest first."""
        missed = [c for c in self.criteria if c.verdict == "not met" and c.distance]
        return tuple(sorted(missed, key=lambda c: abs(c.distance.relative) if c.distance else 0.0))

    @property
    def open_tests(self) -> list[set[str]]:
        """Return the tests that each unknown criterion needs."""
        return [{n.rsplit(": ", 1)[-1] for n in c.needs} for c in self.criteria if c.verdict == "unknown"]

    @property
    def settles_most(self) -> tuple[str, int] | None:
        """Return the one test that bears on most unknown criteria, and on how many; None where none is open."""
        counted = Counter(t for found in self.open_tests for t in sorted(found) if t != say(ASK))
        return counted.most_common(1)[0] if counted else None

    @property
    def way_in(self) -> tuple[Change, ...]:
        """Return everything that would have to be otherwise for the unmet criteria to be met."""
        return tuple(dict.fromkeys(change for c in self.criteria for change in c.way_in))

    @property
    def could_become(self) -> str:
        """Return what might bring the person in (waiting, treatment, either, unclear, nothing); "" if none is unmet."""
        if self.verdict != "not eligible":
            return ""
        if not all(c.way_in for c in self.criteria if c.verdict == "not met"):
            return "nothing"
        by = {change.by for change in self.way_in}
        order = ("nothing", "unclear", "treatment", "either", "waiting")
        return next(word for word in order if word in by)

    @property
    def open_ids(self) -> tuple[str, ...]:
        """Return the criteria still unknown where whatever nobody wrote down is taken as absent."""
        return tuple(c.id for c in self.criteria if c.if_silent_is_absent == "unknown")

    def to_json(self) -> dict[str, Any]:
        """Return the contract's shape of a match."""
        most = self.settles_most
        return {
            "patient": self.patient,
            "protocol": self.protocol,
            "title": self.title,
            "verdict": self.verdict,
            "because": self.because,
            "verdict_if_silent_is_absent": self.verdict_if_silent_is_absent,
            "recruitment_status": self.recruitment_status,
            "registry_status": self.registry_status,
            "status_as_of": self.status_as_of.isoformat() if self.status_as_of else None,
            "criteria_complete": self.criteria_complete,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "record_age_days": self.record_age_days,
            "criteria": [c.to_json() for c in self.criteria],
            "settles_most": {"needs": most[0], "criteria": most[1]} if most else None,
            "open_if_silent_is_absent": list(self.open_ids),
            "near_misses": [c.id for c in self.near_misses],
            "could_become": self.could_become or None,
            "sources": [s.id for s in self.sources],
            "note": self.note,
        }


def settles_most(matches: Sequence[Match]) -> tuple[str, int, int] | None:
    """Return the one test that bears on most unknown criteria of all these, on how many, and in how many protocols.

    Criteria of protocols that the person cannot enter anyway are not counted, nor what only the patient can answer.
    """
    counted: Counter[str] = Counter()
    trials: Counter[str] = Counter()
    for m in matches:
        if m.verdict == "unknown":
            found = [t for tests in m.open_tests for t in sorted(tests) if t != say(ASK)]
            counted.update(found)
            trials.update(set(found))
    if not counted:
        return None
    best = min(counted, key=lambda t: (-trials[t], -counted[t], t))
    return best, counted[best], trials[best]


@dataclass(frozen=True, slots=True)
class StatusCheck:
    """A recruitment status somebody looked up, and the day it was."""

    status: str
    on: date


def match(
    patient: Patient,
    staging: Any = None,
    protocol: str | Protocol | None = None,
    today: date | None = None,
    *,
    answers: Mapping[str, bool] | None = None,
    checked: Mapping[str, StatusCheck] | None = None,
) -> list[Match]:
    """Return the patient's match with one protocol, or with all of them, the nearest to eligible first.

    `answers` holds replies to questions by name (see `questions`), `checked` recruitment statuses looked up since the
    package was made. Raises InputError for an unknown protocol.
    """
    if staging is None:
        from hepatica.staging import stage

        staging = stage(patient)
    asked = _Asked(Record(patient, staging), answers or {}, {})
    day = today or date.today()
    found = [_match(p, asked, day, (checked or {}).get(p.id)) for p in _chosen(protocol)]
    return sorted(found, key=_nearness)


def _nearness(m: Match) -> tuple[int, int, int, int, str]:
    order = ("eligible", "unknown", "not eligible")
    missed = sum(c.verdict == "not met" for c in m.criteria)
    return order.index(m.verdict), order.index(m.verdict_if_silent_is_absent), missed, len(m.open_ids), m.protocol


def _chosen(protocol: str | Protocol | None) -> list[Protocol]:
    if isinstance(protocol, Protocol):
        return [protocol]
    if protocol is None:
        return list(protocols().values())
    return [known(protocol)]


class _Asked(NamedTuple):
    """One record, the answers given, and the leaves already asked."""

    record: Record
    answers: Mapping[str, bool]
    seen: Seen


def _match(p: Protocol, asked: _Asked, today: date, check: StatusCheck | None) -> Match:
    record = asked.record
    results = tuple(_judge(c, asked) for c in p.criteria)
    if record.patient.deceased:
        results = (*results, DECEASED)
    status, as_of = (check.status, check.on) if check else (p.registry_status, p.status_as_of)
    verdict, because = _verdict([(r.text, r.verdict) for r in results], p.criteria_complete)
    assumed, _ = _verdict([(r.text, r.if_silent_is_absent) for r in results], p.criteria_complete)
    return Match(
        patient=record.patient.id,
        protocol=p.id,
        title=p.title,
        verdict=verdict,
        because=because,
        verdict_if_silent_is_absent=assumed,
        recruitment_status=status if is_fresh(as_of, today) else HISTORICAL,
        registry_status=status,
        status_as_of=as_of,
        criteria_complete=p.criteria_complete,
        as_of=record.at,
        record_age_days=(today - record.at.date()).days if record.at else None,
        criteria=results,
        arms=p.arms,
        sources=p.sources,
        note=p.note,
    )


def _judge(criterion: Criterion, asked: _Asked) -> CriterionResult:
    record, answers, seen = asked
    found = evaluate(criterion.rule, record, answers, seen=seen)
    assumed = found
    if found.truth is None:
        assumed = evaluate(criterion.rule, record, answers, silent_is_absent=True, seen=seen)
    return CriterionResult(
        id=criterion.id,
        kind=criterion.kind,
        text=criterion.text,
        verdict=WORDS[found.truth],
        because="; ".join(found.because),
        needs=found.needs if found.truth is None else (),
        distance=found.distance,
        if_silent_is_absent=WORDS[assumed.truth],
        way_in=way_in(criterion.rule, record, answers, seen) if found.truth is False else (),
    )


def _verdict(judged: list[tuple[str, str]], complete: bool) -> tuple[str, str]:
    missed = [text for text, verdict in judged if verdict == "not met"]
    if missed:
        return "not eligible", say("not met: {missed}", missed="; ".join(missed))
    unknown = [text for text, verdict in judged if verdict == "unknown"]
    reasons = [] if complete else [say("the list of criteria is incomplete")]
    reasons += [say("open: {unknown}", unknown="; ".join(unknown))] if unknown else []
    return ("unknown", "; ".join(reasons)) if reasons else ("eligible", say("every criterion is met"))
