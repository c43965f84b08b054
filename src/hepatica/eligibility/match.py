"""Who may: one patient against the protocols, with reasons, open questions and near misses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hepatica.eligibility.evaluate import Distance, evaluate
from hepatica.eligibility.protocols import Arm, Criterion, Protocol, protocols
from hepatica.errors import InputError
from hepatica.patient import Patient
from hepatica.therapy import Record, Source

FRESH_D = 90
ASK = "ask the patient"
HISTORICAL = "historical criteria only"
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
    def settles_most(self) -> tuple[str, int] | None:
        """Return the one test that bears on most unknown criteria, and on how many; None where none is open."""
        tests = [{n.rsplit(": ", 1)[-1] for n in c.needs} for c in self.criteria if c.verdict == "unknown"]
        counted = Counter(t for found in tests for t in sorted(found) if t != ASK)
        return counted.most_common(1)[0] if counted else None

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
            "sources": [s.id for s in self.sources],
            "note": self.note,
        }


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
    record, day = Record(patient, staging), today or date.today()
    found = [_match(p, record, day, answers or {}, (checked or {}).get(p.id)) for p in _chosen(protocol)]
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
    if protocol not in protocols():
        raise InputError(
            f"no protocol is called {protocol!r}", where="--protocol", mend=f"one of {', '.join(protocols())}"
        )
    return [protocols()[protocol]]


def _match(p: Protocol, record: Record, today: date, answers: Mapping[str, bool], check: StatusCheck | None) -> Match:
    results = tuple(_judge(c, record, answers) for c in p.criteria)
    if record.patient.deceased:
        results = (
            *results,
            CriterionResult("alive", "inclusion", "alive", "not met", "the record says deceased", (), None, "not met"),
        )
    status, as_of = (check.status, check.on) if check else (p.registry_status, p.status_as_of)
    fresh = as_of is not None and 0 <= (today - as_of).days <= FRESH_D
    verdict, because = _verdict([(r.text, r.verdict) for r in results], p.criteria_complete)
    assumed, _ = _verdict([(r.text, r.if_silent_is_absent) for r in results], p.criteria_complete)
    return Match(
        patient=record.patient.id,
        protocol=p.id,
        title=p.title,
        verdict=verdict,
        because=because,
        verdict_if_silent_is_absent=assumed,
        recruitment_status=status if fresh else HISTORICAL,
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


def _judge(criterion: Criterion, record: Record, answers: Mapping[str, bool]) -> CriterionResult:
    found = evaluate(criterion.rule, record, answers)
    assumed = found
    if found.truth is None:
        assumed = evaluate(criterion.rule, record, answers, silent_is_absent=True)
    return CriterionResult(
        id=criterion.id,
        kind=criterion.kind,
        text=criterion.text,
        verdict=WORDS[found.truth],
        because="; ".join(found.because),
        needs=found.needs if found.truth is None else (),
        distance=found.distance,
        if_silent_is_absent=WORDS[assumed.truth],
    )


def _verdict(judged: list[tuple[str, str]], complete: bool) -> tuple[str, str]:
    missed = [text for text, verdict in judged if verdict == "not met"]
    if missed:
        return "not eligible", f"not met: {'; '.join(missed)}"
    unknown = [text for text, verdict in judged if verdict == "unknown"]
    reasons = [] if complete else ["the list of criteria is incomplete"]
    reasons += [f"open: {'; '.join(unknown)}"] if unknown else []
    return ("unknown", "; ".join(reasons)) if reasons else ("eligible", "every criterion is met")
