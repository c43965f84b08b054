"""EQ-5D-5L: a utility from a national value set that the user supplies."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from hepatica.errors import InputError

DIMENSIONS = ("MO", "SC", "UA", "PD", "AD")  # mobility, self-care, usual activities, pain, anxiety
_SHAPE = (
    "give a CSV with two columns: 3,125 states and their values (11111,1), or the terms start, MO2 … AD5 and, where"
    " the set has them, intercept, N4 and N5, as they are added"
)


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The utility of every one of the 3,125 states, and where it was read."""

    values: Mapping[str, float]
    source: str


@dataclass(frozen=True, slots=True)
class Utility:
    """The utility of one state: 1 full health, 0 as good as dead, below 0 worse."""

    state: str
    value: float
    lowest: float
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return the utility as plain values."""
        return {"name": "eq5d", "state": self.state, "value": self.value, "lowest": self.lowest, "source": self.source}


def read_value_set(path: str | Path) -> ValueSet:
    """Read a value set from a CSV file; raise InputError saying what is missing.

    Either a row a state (`23245,0.247`) or a row a term, added to `start`: `MO2,-0.058`, `intercept` for any state
    but 11111, `N4` where a level is 4 or more, `N5` where one is 5. A first row of headers is skipped.
    """
    file = Path(path)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [[cell.strip() for cell in row] for row in csv.reader(lines) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file} cannot be read as a value set", where=str(error), mend=_SHAPE) from None
    table: dict[str, float] = {}
    for k, row in enumerate(rows):
        try:
            table[row[0]] = float(row[1])
        except (IndexError, ValueError):
            if k:
                raise InputError(f"row {k + 1} of {file.name} is not a name and a number", mend=_SHAPE) from None
    return ValueSet(_complete(table, file.name), file.name)


def _complete(table: Mapping[str, float], name: str) -> dict[str, float]:
    states = ["".join(levels) for levels in product("12345", repeat=5)]
    if all(state in table for state in states):
        return {state: table[state] for state in states}
    terms = ["start", *(f"{d}{level}" for d in DIMENSIONS for level in "2345")]
    known = {*terms, *(f"{d}1" for d in DIMENSIONS), "intercept", "N4", "N5"}
    lacking = [t for t in terms if t not in table]
    odd = [t for t in table if t not in known]
    if lacking or odd:
        what = f"lacks {', '.join(lacking[:3])}" if lacking else f"has a term this sum does not know: {odd[0]}"
        raise InputError(f"{name} {what}", mend=_SHAPE)
    return {state: round(_sum(table, state), 6) for state in states}


def _sum(table: Mapping[str, float], state: str) -> float:
    value = table["start"] + sum(table.get(d + level, 0.0) for d, level in zip(DIMENSIONS, state, strict=True))
    value += table.get("intercept", 0.0) if state != "11111" else 0.0
    value += table.get("N4", 0.0) if max(state) >= "4" else 0.0
    return value + (table.get("N5", 0.0) if "5" in state else 0.0)


def eq5d_utility(state: str, values: ValueSet) -> Utility:
    """Return the utility of a state of five levels (`23245`); raise InputError where it is not one."""
    if state not in values.values:
        raise InputError(f"{state!r} is no state of EQ-5D-5L", mend="give five digits from 1 to 5, such as 21232")
    return Utility(state, values.values[state], min(values.values.values()), f"value set {values.source}")
