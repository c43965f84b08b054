"""What a score is: its inputs with units, formula, source, population, range, classes and function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["number", "flag", "level", "sex"]


@dataclass(frozen=True, slots=True)
class Input:
    """One input: contract name, keyword of the formula, canonical unit, unit of a bare number, plausible range."""

    name: str
    param: str
    unit: str
    customary: str
    low: float
    high: float
    text: str
    kind: Kind = "number"
    analyte: str = ""

    def candidates(self, n: int) -> list[float]:
        """Return plausible values that span the input's range, geometrically where it is wide."""
        if self.kind in ("flag", "sex", "level"):
            return [float(k) for k in range(int(self.low), int(self.high) + 1)]
        if self.low > 0 and self.high / self.low > 10:
            ratio = (self.high / self.low) ** (1 / (n - 1))
            return [self.low * ratio**k for k in range(n - 1)] + [self.high]
        return [self.low + (self.high - self.low) * k / (n - 1) for k in range(n)]


@dataclass(frozen=True, slots=True)
class ScoreSpec:
    """One score of the registry; `needs` are required, `one_of` groups need one member, `optional` have defaults."""

    name: str
    title: str
    version: str
    needs: tuple[str, ...]
    formula: str
    rules: str
    source: str
    population: str
    valid_range: str
    predicts: str
    compute: Callable[..., Any]
    one_of: tuple[tuple[str, ...], ...] = ()
    optional: Mapping[str, Any] = field(default_factory=dict)
    classes: tuple[tuple[str, str], ...] = ()
    classify: Callable[[float, Mapping[str, Any]], str | None] | None = None
    refuse: Callable[[Mapping[str, Any]], str | None] | None = None
    digits: int = 3
    verified: bool = True
    criteria: bool = False  # a yes/no or graded rule: it may be decided before every input is known
    only_for: tuple[str, ...] = ()  # who the score is for; empty: anyone

    @property
    def all_inputs(self) -> tuple[str, ...]:
        """Return every input name: required, alternative, optional."""
        return (*self.needs, *(n for group in self.one_of for n in group), *self.optional)


def adults_only(inputs: Mapping[str, Any]) -> str | None:
    """Return the refusal of a score that was derived in adults, or None."""
    age = inputs.get("age")
    return "not valid under 18 years" if age is not None and age < 18 else None


def yes_no(value: float, inputs: Mapping[str, Any]) -> str:
    """Return met or not met."""
    return "met" if value else "not met"


def bands(*cuts: tuple[float, str], last: str, closed: str = "low") -> Callable[[float, Mapping[str, Any]], str]:
    """Return a classifier: the first label whose cut exceeds the value ('low': value < cut, 'high': value <= cut)."""

    def classify(value: float, inputs: Mapping[str, Any]) -> str:
        for cut, label in cuts:
            if value < cut or (closed == "high" and value == cut):
                return label
        return last

    return classify
