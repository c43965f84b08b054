"""Criteria as frozen trees: leaves ask one thing of a record, branches join them by three-valued logic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number to be compared: `kind` is lab, normal (times its upper limit), rise, score, personal or episodes."""

    kind: str
    name: str
    window_d: float | None = None

    @property
    def key(self) -> str:
        """Return the name of its column in a table of patients."""
        return f"{self.kind}:{self.name}" + (f":{self.window_d:g}" if self.window_d is not None else "")


@dataclass(frozen=True, slots=True)
class Within:
    """A quantity lies in an interval; an open end excludes its limit. Limits are in the canonical unit."""

    quantity: Quantity
    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A yes-or-no question: `kind` is has, takes, cause, only_cause, course, sex, drinking or ask."""

    kind: str
    names: tuple[str, ...] = ()
    ever: bool = False
    within_d: float | None = None

    @property
    def key(self) -> str:
        """Return the name of its column in a table of patients."""
        window = "ever" if self.ever else "now" if self.within_d is None else f"{self.within_d:g}"
        return f"{self.kind}:{','.join(self.names)}:{window}"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a rule; unknown stays unknown."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of some rules: all of them is `and`, one of them is `or`."""

    count: int
    rules: tuple[Rule, ...]


Rule = Within | Fact | Not | AtLeast


def every(*rules: Rule) -> Rule:
    """Return the rule that all of these hold."""
    return rules[0] if len(rules) == 1 else AtLeast(len(rules), rules)


def some(*rules: Rule) -> Rule:
    """Return the rule that any of these holds."""
    return rules[0] if len(rules) == 1 else AtLeast(1, rules)


def leaves(rule: Rule) -> Iterator[Within | Fact]:
    """Yield every leaf of a rule."""
    if isinstance(rule, Not):
        yield from leaves(rule.rule)
    elif isinstance(rule, AtLeast):
        for inner in rule.rules:
            yield from leaves(inner)
    else:
        yield rule
