"""The model language: states, parameters, named intermediates and rates, written as sympy expressions."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from hepatica.engine.layout import Layout, Output, Parameter, State
from hepatica.engine.units import Empirical, check_units, parse_unit
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
        self.symbols: dict[str, Any] = {"t": self.time}
        self.definitions: dict[str, Any] = {}
        self.rates: dict[str, list[Any]] = {}
        self.initials: dict[str, Any] = {}
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
        """Return states, equations and parameters as text."""
        self.freeze()
        rows = [f"model {self.name} (time in {self.time_unit})", "", "states"]
        for s in self._states.values():
            rows.append(f"  {s.name} [{s.unit}]  {s.text}  ({s.source or 'no source'}; grade {s.grade or '-'})")
            rows.append(f"    at start {s.initial}")
            rows.append(f"    d/dt = {' + '.join(f'({e})' if e.is_Add else str(e) for e in self.rates[s.name])}")
        for kind in ("assign", "observe"):
            chosen = [o for o in self._outputs.values() if o.kind == kind]
            if chosen:
                rows += ["", "intermediates" if kind == "assign" else "observables"]
            for o in chosen:
                rows.append(f"  {o.name} [{o.unit}] = {self.definitions[o.name]}  {o.text}")
        rows += ["", "parameters"]
        for p in self._parameters.values():
            rows.append(
                f"  {p.name} = {p.value:g} {p.unit}  {p.text}  ({p.source or 'no source'}; grade {p.grade or '-'})"
            )
        return "\n".join(row.rstrip() for row in rows)

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
                raise InputError(f"cannot compute {node}", where=where, mend="see hepatica.engine.model.FUNCTIONS")


def flat_expressions(model: Model, names: list[str]) -> tuple[list[Any], list[Any], list[Any], list[Any], list[Any]]:
    """Return symbols of states and parameters, and rates, wanted observables and initial values in them alone."""
    model.freeze()
    definitions = {model.symbols[k]: v for k, v in model.definitions.items() if k in model.symbols}

    def flat(expr: Any) -> Any:
        while expr.free_symbols & definitions.keys():
            expr = expr.xreplace(definitions)
        return expr

    return (
        [model.symbols[s.name] for s in model.layout.states],
        [model.symbols[p.name] for p in model.layout.parameters],
        [flat(sympy.Add(*terms)) for terms in model.rates.values()],
        [flat(model.definitions.get(name, model.symbols.get(name))) for name in names],
        list(model.initials.values()),
    )


def compile_python(model: Model, names: list[str]) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """Return plain Python functions rate(t, y, p), observe(t, y, p) for `names`, and initial(p)."""
    states, parameters, rates, wanted, initials = flat_expressions(model, names)

    def build(args: list[Any], exprs: list[Any]) -> Callable[..., Any]:
        built: Callable[..., Any] = sympy.lambdify(args, exprs, modules="math", cse=True)
        return built

    t = model.time
    return (
        build([t, states, parameters], rates),
        build([t, states, parameters], wanted),
        build([parameters], initials),
    )
