"""Risk of bias of a study by the domains of RoB 2 and ROBINS-I: judged by us from what the base holds, with the reason.

These are judgements of this project from abstracts and tables, not of the trials' reviewers; "no information" is an
answer. Domains: RoB 2 (BMJ 2019;366:l4898) and ROBINS-I (BMJ 2016;355:i4919).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hepatica.evidence.base import study
from hepatica.evidence.model import Study
from hepatica.evidence.question import SURVIVAL

LOW, SOME, HIGH, NONE = "low", "some concerns", "high", "no information"


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain with its judgement and reason."""

    name: str
    judgement: str
    why: str


def risk_of_bias(id: str, outcome: str = "survival") -> dict[str, Any]:
    """Return the domains, the overall judgement and the tool for one study and outcome (marked as ours)."""
    s = study(id)
    domains = [_allocation(s), _deviation(s), _missing(s), _measurement(s, outcome), _selection(s)]
    order = (LOW, NONE, SOME, HIGH)
    worst = max((d.judgement for d in domains), key=order.index)
    overall = SOME if worst == NONE else worst
    return {
        "study": id, "outcome": outcome, "tool": "RoB 2" if s.randomised else "ROBINS-I", "overall": overall,
        "domains": [{"domain": d.name, "judgement": d.judgement, "why": d.why} for d in domains],
        "by": "ours, from the fields of this base", "read": s.confidence,
    }  # fmt: skip


def _allocation(s: Study) -> Domain:
    if s.randomised:
        return Domain("allocation", SOME, "randomised; concealment is not among the fields of this base")
    if s.randomised is None:
        return Domain("allocation", HIGH, "randomisation not stated")
    return Domain("confounding", HIGH, "not randomised" if s.controlled else "no control group")


def _deviation(s: Study) -> Domain:
    if s.blinded:
        return Domain("deviations from intended treatment", LOW, "blinded")
    why = "open label" if s.blinded is False else "blinding not stated"
    return Domain("deviations from intended treatment", SOME, why)


def _missing(s: Study) -> Domain:
    rows = [(r.n, a.n) for r in s.survival if (a := s.arm(r.arm)) and r.n and a.n]
    if not rows:
        return Domain("missing outcomes", NONE, "numbers analysed are not in the base")
    lost = 1 - min(n / whole for n, whole in rows)
    judgement = LOW if lost <= 0.05 else SOME if lost <= 0.2 else HIGH
    return Domain("missing outcomes", judgement, f"at most {100 * lost:.0f} % of an arm missing from survival")


def _measurement(s: Study, outcome: str) -> Domain:
    if outcome in SURVIVAL:
        return Domain("measurement", LOW, "death is counted the same whoever counts it")
    if s.blinded:
        return Domain("measurement", LOW, "blinded")
    return Domain("measurement", SOME, "laboratory value or score, not blinded")


def _selection(s: Study) -> Domain:
    if s.registry:
        return Domain("selective reporting", SOME, f"registered ({s.registry[0]}); the protocol was not compared")
    return Domain("selective reporting", NONE, "no registration in the base")
