"""The model language: states, parameters, named intermediates and rates, written as sympy expressions."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise
from typing import Any

import sympy
from sympy.core.relational import Ge, Gt, Le, Lt, Relational
from sympy.logic.boolalg import BooleanFunction

from hepatica.engine.language.layout import Event, Forcing, Layout, Output, Parameter, State
from hepatica.engine.language.units import Empirical, check_units, parse_unit
from hepatica.errors import InputError

Number = int | float
FUNCTIONS: tuple[Any, ...] = (
    sympy.exp, sympy.log, sympy.Min, sympy.Max, sympy.Piecewise, sympy.tanh, sympy.Abs, sympy.Pow, sympy.sign,
    sympy.Add, sympy.Mul, sympy.functions.elementary.piecewise.ExprCondPair,
)  # fmt: skip
RESERVED = {
    "t", "time", "pi", "e", "inf", "nan", "true", "false", "avogadro", "exponentiale", "exp", "log", "ln", "sqrt",
    "tanh", "abs", "min", "max", "sign", "piecewise", "pow", "math", *keyword.kwlist,
}  # fmt: skip


def hill(x: Any, k: Any, n: Any) -> Any:
    """Return the saturating fraction x^n / (k^n + x^n); a negative x counts as zero."""
    power = sympy.Max(x, 0) ** n
    return power / (sympy.sympify(k) ** n + power)


def step_on(t: Any, t0: Any) -> Any:
    """Return 0 before t0 and 1 from t0 on."""
    return sympy.Piecewise((0, t < t0), (1, True))


def between(t: Any, t0: Any, t1: Any) -> Any:
    """Return 1 in t0 <= t < t1 and 0 elsewhere."""
    return sympy.Piecewise((1, sympy.And(t >= t0, t < t1)), (0, True))


class Model:
    """A system of ordinary differential equations under construction; frozen by its first run.

    With `check_units` freezing fails on the first term whose unit does not fit its equation.
    """

    def __init__(self, name: str, *, time_unit: str = "d", check_units: bool = False) -> None:
        if not re.fullmatch(r"[A-Za-z]\w*", name):
            raise InputError(f"{name!r} cannot name a model", mend="letters, digits and underscores, a letter first")
        self.name, self.time_unit = name, time_unit
        self.time = sympy.Symbol("t", real=True)
        self._parameters: dict[str, Parameter] = {}
        self._states: dict[str, State] = {}
        self._outputs: dict[str, Output] = {}
        self._events: dict[str, Event] = {}
        self._forcings: dict[str, Forcing] = {}
        self.symbols: dict[str, Any] = {"t": self.time}
        self.definitions: dict[str, Any] = {}
        self.rates: dict[str, list[Any]] = {}
        self.initials: dict[str, Any] = {}
        self.triggers: dict[str, Any] = {}
        self.actions: dict[str, dict[str, Any]] = {}
        self._declared: list[tuple[str, str, str, Any]] = []
        self._check_units = check_units
        self._frozen = False

    def parameter(
        self, name: str, value: Number, *, unit: str = "1", source: str = "", grade: str = "", text: str = ""
    ) -> Any:
        """Add a constant that each patient may have their own value of; return its symbol."""
        if not math.isfinite(value):
            raise InputError(f"parameter {name!r} has the value {value}", where=f"model {self.name}")
        symbol = self._new(name)
        self._parameters[name] = Parameter(name, float(value), unit, source, grade, text)
        return symbol

    def state(
        self,
        name: str,
        initial: Any,
        *,
        unit: str = "1",
        source: str = "",
        grade: str = "",
        text: str = "",
        atol_scale: float = 1.0,
        nonnegative: bool = False,
    ) -> Any:
        """Add a quantity to integrate; return its symbol.

        `initial` is a number or an expression of parameters. `atol_scale` is the size of a value that is
        negligible in units of the run's `atol`. A `nonnegative` state is held at zero from below.
        """
        if not atol_scale > 0:
            raise InputError(f"state {name!r} has atol_scale {atol_scale}", mend="give a positive scale")
        symbol = self._new(name)
        value = self._take(f"initial value of {name}", name, "initial", initial)
        shown: float | str = float(value) if value.is_number else str(value)
        self._states[name] = State(name, shown, unit, source, grade, text, float(atol_scale), nonnegative)
        self.initials[name] = value
        self.rates[name] = []
        return symbol

    def assign(
        self, name: str, expr: Any, *, unit: str = "1", source: str = "", grade: str = "", text: str = ""
    ) -> Any:
        """Name an intermediate quantity, usable in later expressions and as an observable; return its symbol."""
        symbol = self._new(name)
        self._outputs[name] = Output(name, "assign", unit, source, grade, text)
        self.definitions[name] = self._take(f"assign {name}", name, "assign", expr)
        return symbol

    def observe(
        self, name: str, expr: Any, *, unit: str = "1", source: str = "", grade: str = "", text: str = ""
    ) -> None:
        """Name a quantity to be looked at only; equations cannot use it."""
        self._new(name)
        del self.symbols[name]
        self._outputs[name] = Output(name, "observe", unit, source, grade, text)
        self.definitions[name] = self._take(f"observe {name}", name, "observe", expr)

    def rate(self, state: Any, expr: Any) -> None:
        """Add a contribution to the time derivative of a state; several add up."""
        self._open()
        if str(state) not in self._states or self.symbols[str(state)] != state:
            raise InputError(f"{state} is not a state", where=f"model {self.name}", mend="use what m.state() returned")
        number = len(self.rates[str(state)]) + 1
        self.rates[str(state)].append(self._take(f"rate of {state}, term {number}", str(state), "rate", expr))

    def switch(self, name: str, initial: Any = 0, *, source: str = "", grade: str = "", text: str = "") -> Any:
        """Add a state that stays as it is until an event sets it; return its symbol."""
        symbol = self.state(name, initial, source=source, grade=grade, text=text)
        self.rate(symbol, 0)
        return symbol

    def forcing(
        self,
        name: str,
        times: Sequence[float],
        values: Sequence[float],
        *,
        kind: str = "linear",
        unit: str = "1",
        source: str = "",
        grade: str = "",
        text: str = "",
    ) -> Any:
        """Add a quantity known in time: lines between knots, or steps held until the next; return its symbol.

        Before the first and after the last knot it is constant. A run may give other knots and values, one course for
        all patients or one for each: `simulate(..., forcing={name: (times, values)})`.
        """
        where = f"model {self.name}, forcing {name}"
        knots, heights = tuple(float(t) for t in times), tuple(float(v) for v in values)
        if kind not in ("linear", "step"):
            raise InputError(f"kind {kind!r}", where=where, mend='choose "linear" or "step"')
        if len(knots) != len(heights) or not knots:
            raise InputError(f"{len(knots)} times for {len(heights)} values", where=where)
        if not all(map(math.isfinite, (*knots, *heights))) or any(b <= a for a, b in pairwise(knots)):
            raise InputError("the knots must rise and everything be finite", where=where)
        symbol = self._new(name)
        self._forcings[name] = Forcing(name, knots, heights, kind, unit, source, grade, text)
        return symbol

    def event(
        self,
        name: str,
        when: Any,
        *,
        set: Mapping[Any, Any] | None = None,
        stop: bool = False,
        source: str = "",
        grade: str = "",
        text: str = "",
    ) -> None:
        """Let something happen each time a condition becomes true: states are set, or the patient's run stops.

        `when` compares two expressions (`hvpg >= 12`, `m.time > onset`). What is true at the start does not happen
        then. `set` maps states to expressions of the values just before. A run reports when each event came first.
        """
        self.add_event(Event(name, (), stop, False, source, grade, text), when, set or {})

    def hazard(
        self,
        name: str,
        rate: Any,
        *,
        set: Mapping[Any, Any] | None = None,
        stop: bool = False,
        source: str = "",
        grade: str = "",
        text: str = "",
    ) -> Any:
        """Add an event that comes by chance at a rate per time (0 or more); return its cumulative hazard.

        The event happens when the cumulative hazard, the state NAME_hazard, reaches the parameter NAME_threshold,
        which a run draws from the unit exponential distribution by (seed, event, patient) unless it is given.
        """
        level = self.state(f"{name}_hazard", 0, text=f"cumulative hazard of {name}", source=source, grade=grade)
        threshold = self.parameter(f"{name}_threshold", math.log(2), text=f"cumulative hazard at which {name} happens")
        self.rate(level, rate)
        self.add_event(Event(name, (), stop, True, source, grade, text), level >= threshold, set or {})
        return level

    def include(self, part: Model, prefix: str = "", **inputs: Any) -> dict[str, Any]:
        """Add all of another model, its names behind a prefix; return its symbols by their own names.

        `inputs` gives parameters of the part an expression of this model instead.
        """
        from hepatica.engine.language.compose import include

        return include(self, part, prefix, inputs)

    def empirical(self, expr: Any, unit: str) -> Any:
        """Return an expression or a number that has the unit said here, whatever its parts: a fitted law."""
        parse_unit(unit)
        return Empirical(sympy.sympify(expr), sympy.Symbol(unit or "1"))

    def freeze(self) -> Model:
        """Check the whole model and close it; raise InputError with the place of the first fault."""
        if not self._frozen:
            self._validate()
            self._frozen = True
            if self._check_units:
                try:
                    check_units(self)
                except InputError:
                    self._frozen = False
                    raise
        return self

    @cached_property
    def layout(self) -> Layout:
        """Names, units and values of the frozen model."""
        self.freeze()
        return Layout(
            self.name,
            self.time_unit,
            tuple(self._states.values()),
            tuple(self._parameters.values()),
            tuple(self._outputs.values()),
            tuple(self._events.values()),
            tuple(self._forcings.values()),
        )

    def equations(self) -> Iterator[tuple[str, Any]]:
        """Yield (place, expression) for everything that was written."""
        for name, expr in self.initials.items():
            yield f"initial value of {name}", expr
        for name, expr in self.definitions.items():
            yield f"{self._outputs[name].kind} {name}", expr
        for name, terms in self.rates.items():
            for i, expr in enumerate(terms, 1):
                yield f"rate of {name}" + (f", term {i}" if len(terms) > 1 else ""), expr
        for name, expr in self.triggers.items():
            yield f"event {name}", expr
        for name, action in self.actions.items():
            for state, expr in action.items():
                yield f"event {name}, new {state}", expr

    def declared(self) -> Iterator[tuple[str, str, str, Any]]:
        """Yield (place, quantity, kind, expression as written) with the units that were declared in it."""
        yield from self._declared

    def lineage(self, name: str) -> list[str]:
        """Return the names that a quantity depends on, nearest first, each once; constants of nature excluded."""
        known = set(self._states) | set(self.definitions)
        if name not in known:
            near = get_close_matches(name, known, n=3)
            raise InputError(f"unknown quantity {name!r}", where=f"model {self.name}", mend=f"near: {', '.join(near)}")
        seen: dict[str, None] = {}
        queue = [name]
        while queue:
            here = queue.pop(0)
            exprs = [self.definitions[here]] if here in self.definitions else self.rates.get(here, [])
            below = {s.name for e in exprs for s in e.free_symbols} | {
                s.name for s in (self.initials[here].free_symbols if here in self.initials else ())
            }
            for child in sorted(below - {"t", name} - set(seen)):
                seen[child] = None
                queue.append(child)
        return list(seen)

    def table(self) -> str:
        """Return states, equations, events and parameters as text."""
        from hepatica.engine.language.describe import table

        return table(self)

    def diagram(self) -> str:
        """Return which state drives which as a Mermaid flow chart."""
        from hepatica.engine.language.describe import diagram

        return diagram(self)

    def add_event(self, event: Event, when: Any, set: Mapping[Any, Any]) -> None:
        """Add an event that is described already."""
        name, where = event.name, f"model {self.name}, event {event.name}"
        self._open()
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or name in self._events or name in self._states:
            raise InputError(f"{name!r} cannot name an event here", where=where, mend="choose another name")
        if not isinstance(when, Ge | Gt | Le | Lt):
            raise InputError(
                f"{when} is no comparison", where=where, mend="write a >= b or a <= b; join several through a switch"
            )
        low, high = (when.rhs, when.lhs) if isinstance(when, Ge | Gt) else (when.lhs, when.rhs)
        names = [str(state) for state in set]
        for given in names:
            if given not in self._states:
                near = get_close_matches(given, self._states, n=3)
                raise InputError(f"{given} is not a state", where=where, mend=f"near: {', '.join(near) or 'none'}")
        self.triggers[name] = self._take(f"event {name}", name, "trigger", high - low)
        self.actions[name] = {
            given: self._take(f"event {name}, new {given}", given, "set", expr)
            for given, expr in zip(names, set.values(), strict=True)
        }
        self._events[name] = replace(event, sets=tuple(names))

    def _take(self, place: str, name: str, kind: str, expr: Any) -> Any:
        written = sympy.sympify(expr)
        self._declared.append((place, name, kind, written))
        return written.replace(lambda e: isinstance(e, Empirical), lambda e: e.args[0])

    def _open(self) -> None:
        if self._frozen:
            raise InputError(f"model {self.name} is frozen", mend="add everything before the first run")

    def _new(self, name: str) -> Any:
        self._open()
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or name in RESERVED:
            raise InputError(f"{name!r} cannot be a name here", where=f"model {self.name}", mend="choose another name")
        if name in self.symbols or name in self._outputs:
            raise InputError(f"{name!r} is defined twice", where=f"model {self.name}", mend="choose another name")
        self.symbols[name] = sympy.Symbol(name, real=True)
        return self.symbols[name]

    def _validate(self) -> None:
        if not self._states:
            raise InputError(f"model {self.name} has no state")
        used: set[str] = set()
        for place, expr in self.equations():
            self._check(place, expr)
            used |= {s.name for s in expr.free_symbols}
        for name, expr in self.initials.items():
            wrong = {s.name for s in expr.free_symbols} - set(self._parameters)
            if wrong:
                raise InputError(
                    f"the initial value of {name} uses {', '.join(sorted(wrong))}",
                    where=f"model {self.name}",
                    mend="only parameters are known before the start",
                )
        for name, terms in self.rates.items():
            if not terms:
                raise InputError(
                    f"state {name!r} has no rate",
                    where=f"model {self.name}",
                    mend=f"m.rate({name}, …), or 0 if it stays",
                )
        unused = [name for name in self._parameters if name not in used]
        if unused:
            raise InputError(
                f"unused parameter {', '.join(unused)}",
                where=f"model {self.name}",
                mend="use it in an equation or remove it",
            )

    def _check(self, place: str, expr: Any) -> None:
        where = f"model {self.name}, {place}"
        own = set(self.symbols.values())
        for symbol in sorted(expr.free_symbols, key=str):
            if symbol not in own:
                near = get_close_matches(symbol.name, self.symbols, n=3)
                mend = f"did you mean {', '.join(near)}? " if near else ""
                raise InputError(
                    f"unknown symbol {symbol}", where=where, mend=mend + "use the symbols the model returned"
                )
        for node in sympy.preorder_traversal(expr):
            if node.is_Atom:
                bad = node in (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo) or node == sympy.I
            else:
                bad = not isinstance(node, (*FUNCTIONS, Relational, BooleanFunction))
            if bad:
                raise InputError(
                    f"cannot compute {node}", where=where, mend="see FUNCTIONS in hepatica.engine.language.model"
                )
