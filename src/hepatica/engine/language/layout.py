"""The shape of a model without its algebra: names, units, values and sources, as they stand in NAME.json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from hepatica.errors import InputError


@dataclass(frozen=True, slots=True)
class Parameter:
    """A constant of the model that each patient may have their own value of."""

    name: str
    value: float
    unit: str = "1"
    source: str = ""
    grade: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A quantity integrated in time; `initial` is its value at the start, as text where that is a formula."""

    name: str
    initial: float | str
    unit: str = "1"
    source: str = ""
    grade: str = ""
    text: str = ""
    atol_scale: float = 1.0
    nonnegative: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """A quantity computed from the states: `assign` may be used in equations, `observe` is only looked at."""

    name: str
    kind: str
    unit: str = "1"
    source: str = ""
    grade: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens when a level rises through zero, and what it sets; a `hazard` comes by chance."""

    name: str
    sets: tuple[str, ...] = ()
    stops: bool = False
    hazard: bool = False
    source: str = ""
    grade: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Forcing:
    """A quantity given in time from outside: straight lines or steps between knots, constant beyond them."""

    name: str
    times: tuple[float, ...]
    values: tuple[float, ...]
    kind: str = "linear"
    unit: str = "1"
    source: str = ""
    grade: str = ""
    text: str = ""


@dataclass(frozen=True)
class Layout:
    """Everything about a model that running it needs, apart from its equations."""

    name: str
    time_unit: str
    states: tuple[State, ...]
    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    events: tuple[Event, ...] = ()
    forcings: tuple[Forcing, ...] = ()

    @cached_property
    def state_index(self) -> dict[str, int]:
        return {s.name: i for i, s in enumerate(self.states)}

    @cached_property
    def parameter_index(self) -> dict[str, int]:
        return {p.name: i for i, p in enumerate(self.parameters)}

    @cached_property
    def observable_index(self) -> dict[str, int]:
        """Number what can be observed: the states first, then the outputs."""
        names = [s.name for s in self.states] + [o.name for o in self.outputs]
        return {name: i for i, name in enumerate(names)}

    def find(self, name: str, among: Mapping[str, int], what: str) -> int:
        """Return the number of a name, or raise InputError with the nearest names."""
        if name not in among:
            near = get_close_matches(name, among, n=3, cutoff=0.5)
            mend = f"did you mean {', '.join(near)}?" if near else f"there are: {_some(among)}"
            raise InputError(f"unknown {what} {name!r}", where=f"model {self.name}", mend=mend)
        return among[name]

    def to_json(self) -> dict[str, Any]:
        """Return the layout as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Layout:
        """Return the layout written by `to_json`."""
        return cls(
            name=data["name"],
            time_unit=data["time_unit"],
            states=tuple(State(**row) for row in data["states"]),
            parameters=tuple(Parameter(**row) for row in data["parameters"]),
            outputs=tuple(Output(**row) for row in data["outputs"]),
            events=tuple(Event(**row | {"sets": tuple(row["sets"])}) for row in data.get("events", ())),
            forcings=tuple(
                Forcing(**row | {"times": tuple(row["times"]), "values": tuple(row["values"])})
                for row in data.get("forcings", ())
            ),
        )


def _some(names: Iterable[str], most: int = 12) -> str:
    listed = list(names)
    return ", ".join(listed[:most]) + (f", … ({len(listed)} in all)" if len(listed) > most else "")
