"""How many reports of the base remain at each step of a review, and why the others left, each named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hepatica.evidence.contrasts import contrast, has
from hepatica.evidence.extract import rank
from hepatica.evidence.model import Study
from hepatica.evidence.sentence import Asking, called, place

_NOT_PEOPLE = {"animal": "in animals", "not_liver": "not of the liver"}


def flow(a: Asking, base: Iterable[Study], used: dict[str, set[str]]) -> list[dict[str, Any]]:
    """Return the steps from the whole base to the studies with numbers.

    Each step: step, n, studies (ids), out (reason, n, studies of those that left after the step before). `used` holds
    by outcome name the ids that gave numbers.
    """
    every = list(base)
    q = a.question()
    people = [s for s in every if s.condition not in _NOT_PEOPLE]
    inside = [s for s in people if s.condition in q.conditions]
    given = [s for s in inside if any(has(arm, a.intervention) for arm in s.arms)]
    able, no_control = _controlled(a, given)
    first, doubled = _first_reports(able)
    fit = [s for s in first if a.design == "any" or s.randomised is True]
    not_random = {
        ("randomisation not stated" if s.randomised is None else "not randomised"): [
            t.id for t in first if t.randomised is s.randomised
        ]
        for s in first
        if s not in fit
    }
    numbers = {i for ids in used.values() for i in ids}
    return [
        _step("reports in this base", every, {}),
        _step("of people with liver disease", people, {
            word: [s.id for s in every if s.condition == code] for code, word in _NOT_PEOPLE.items()}),
        _step(f"in {place(a.condition)}", inside, {"another disease or stage": _gone(people, inside)}),
        _step(f"with an arm given {_given(a)}", given, {"another treatment": _gone(inside, given)}),
        _step("with a control arm that differs by it alone", able, no_control),
        _step("cohorts, each counted once", first, {"the same patients as a fuller report": doubled}),
        *([] if a.design == "any" else [_step("stated to be randomised", fit, not_random)]),
        _step("with numbers of both arms for an outcome and time asked", [s for s in fit if s.id in numbers], {
            "no numbers that can be pooled (reasons by study below)": [s.id for s in fit if s.id not in numbers]}),
    ]  # fmt: skip


def _gone(before: list[Study], kept: list[Study]) -> list[str]:
    return [s.id for s in before if s not in kept]


def _given(a: Asking) -> str:
    name = called(a.intervention)
    return name if name.isupper() or "-" in name else name.lower()


def _controlled(a: Asking, given: list[Study]) -> tuple[list[Study], dict[str, list[str]]]:
    able, out = [], {}
    for s in given:
        pair, why = contrast(s, a.intervention)
        if pair:
            able.append(s)
        else:
            out.setdefault("single arm" if why == "no control arm" else why, []).append(s.id)
    return able, out


def _first_reports(able: list[Study]) -> tuple[list[Study], list[str]]:
    seen: dict[str, Study] = {}
    for s in sorted(able, key=lambda s: (rank(s), s.id)):
        seen.setdefault(s.cohort, s)
    first = [s for s in able if seen[s.cohort] is s]
    return first, [s.id for s in able if s not in first]


def _step(words: str, kept: list[Study], out: dict[str, list[str]]) -> dict[str, Any]:
    reasons = [{"reason": r, "n": len(ids), "studies": ids} for r, ids in out.items() if ids]
    return {"step": words, "n": len(kept), "studies": [s.id for s in kept], "out": reasons}
