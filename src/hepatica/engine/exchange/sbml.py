"""Exchange: any engine model as SBML Level 3 Version 2, with doses and events, for other simulators."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.printing.str import StrPrinter

from hepatica.engine.language.flatten import as_piecewise
from hepatica.engine.language.layout import State
from hepatica.engine.language.model import Model
from hepatica.engine.solve.problem import Dose
from hepatica.errors import CannotAnswer, InputError

LEFTOVER = 1e-20
"""Of a state's `atol_scale`."""


class _Infix(StrPrinter):  # type: ignore[misc]
    """Write sympy as SBML's infix formula language."""

    def _print_Symbol(self, expr: Any) -> str:
        return "time" if expr.name == "t" else str(expr.name)

    def _print_Pow(self, expr: Any, **_: Any) -> str:
        return f"pow({self._print(expr.base)}, {self._print(expr.exp)})"

    def _print_log(self, expr: Any) -> str:
        return f"ln({self._print(expr.args[0])})"

    def _print_exp(self, expr: Any) -> str:
        return f"exp({self._print(expr.args[0])})"

    def _print_Abs(self, expr: Any) -> str:
        return f"abs({self._print(expr.args[0])})"

    def _print_sign(self, expr: Any) -> str:
        a = self._print(expr.args[0])
        return f"piecewise(1, {a} > 0, -1, {a} < 0, 0)"

    def _print_Max(self, expr: Any) -> str:
        return self._call("max", sorted(expr.args, key=sympy.default_sort_key))

    def _print_Min(self, expr: Any) -> str:
        return self._call("min", sorted(expr.args, key=sympy.default_sort_key))

    def _print_And(self, expr: Any) -> str:
        return "(" + " && ".join(self._print(a) for a in expr.args) + ")"

    def _print_Or(self, expr: Any) -> str:
        return "(" + " || ".join(self._print(a) for a in expr.args) + ")"

    def _print_Not(self, expr: Any) -> str:
        return f"!({self._print(expr.args[0])})"

    def _print_Relational(self, expr: Any) -> str:
        op = {"Eq": "==", "Ne": "!="}.get(type(expr).__name__.removesuffix("uality"), expr.rel_op)
        return f"({self._print(expr.lhs)} {op} {self._print(expr.rhs)})"

    def _print_Piecewise(self, expr: Any) -> str:
        parts: list[str] = []
        for value, condition in expr.args:
            parts += [self._print(value)] + ([] if condition == sympy.true else [self._print(condition)])
        return f"piecewise({', '.join(parts)})"

    def _print_Rational(self, expr: Any) -> str:
        return f"({expr.p} / {expr.q})"

    def _print_Float(self, expr: Any) -> str:
        return repr(float(expr))

    def _call(self, name: str, args: Sequence[Any]) -> str:
        return f"{name}({', '.join(self._print(a) for a in args)})"


def to_sbml(
    model: Model,
    doses: Sequence[Dose] = (),
    *,
    parameters: Mapping[str, float] | None = None,
    initial: Mapping[str, float] | None = None,
    breakpoints: Sequence[float] = (),
    restarts: bool = True,
) -> str:
    """Return a model as SBML for one patient: states as parameters with rate rules, doses and events as events.

    `parameters` and `initial` are this patient's. With `restarts`, an event that only counts stands at each of
    `breakpoints`, each knot of a forcing table and wherever a condition on time alone changes, so that no integrator
    steps over it. Doses at one time are one event, which also clears leftovers far below any tolerance: with them
    CVODE's difference quotients fail. SBML cannot end a run: after an event that does, the quantity `running` goes
    from 1 to 0, every state stays as it was and nothing more happens. Units stand as notes in names only. Needs
    python-libsbml (the extra `[sbml]`). Raises CannotAnswer without it and InputError where libSBML's own checks find
    an error.
    """
    try:
        libsbml = import_module("libsbml")
    except ImportError:
        raise CannotAnswer("SBML needs python-libsbml", mend="pip install 'hepatica[sbml]'") from None
    layout = model.layout
    for name in parameters or {}:
        layout.find(name, layout.parameter_index, "parameter")
    for name in initial or {}:
        layout.find(name, layout.state_index, "state")
    document = _Document(libsbml, layout.name)
    for p in layout.parameters:
        document.quantity(p.name, (parameters or {}).get(p.name, p.value), f"{p.text} [{p.unit}]".strip(), True)
    for s in layout.states:
        value = (initial or {}).get(s.name, s.initial)
        label = f"{s.text} [{s.unit}]".strip()
        document.quantity(s.name, value if isinstance(value, int | float) else None, label, False)
        if isinstance(value, str):
            document.start(s.name, model.initials[s.name])
    infused = {d.state for d in doses if d.duration > 0}
    for name in sorted(infused):
        document.quantity(f"inflow_into_{name}", 0.0, "", False)
    for f in layout.forcings:
        document.quantity(f.name, None, f"{f.text} [{f.unit}]".strip(), False)
        document.rule(f.name, as_piecewise(f, model.time))
    for o in layout.outputs:
        document.quantity(o.name, None, f"{o.text} [{o.unit}]".strip(), False)
        document.rule(o.name, model.definitions[o.name])
    ending = {event.name for event in layout.events if event.stops}
    running = _free(model, "running") if ending else ""
    if running:
        document.quantity(running, 1.0, "0 once an event has ended the run", False)
    for name, terms in model.rates.items():
        inflow = [sympy.Symbol(f"inflow_into_{name}", real=True)] if name in infused else []
        whole = sympy.Add(*terms, *inflow)
        document.rule(name, sympy.Symbol(running, real=True) * whole if running else whole, rate=True)
    while_running = f" && {running} > 0" if running else ""
    lowest = {s.name for s in layout.states if s.nonnegative}
    for number, (time, changes) in enumerate(_changes(doses)):
        new = {name: f"{name} + {amount!r}" for name, amount in changes.items()}
        given = {name: f"max(0, {text})" if name in lowest else text for name, text in new.items()}
        document.event(f"dose_{number}", f"time >= {time!r}{while_running}", _swept(layout.states) | given, True)
    passed = _free(model, "stops_passed")
    stops = list(_stops(model, breakpoints)) if restarts else []
    if stops:
        document.quantity(passed, 0.0, "jumps of the equations that time has passed", False)
        document.rule(passed, sympy.Integer(0), rate=True)
    for number, when in enumerate(stops):
        document.event(f"stop_{number}", f"time >= {when}", {passed: f"{passed} + 1"}, False)
    write = _Infix().doprint
    for name, level in model.triggers.items():
        acts = {state: write(expr) for state, expr in model.actions[name].items()}
        if name in ending:
            acts[running] = "0"
        document.event(f"event_{name}", f"{write(level)} >= 0{while_running}", acts, False)
    return document.checked()


class _Document:
    """One SBML document in the making."""

    def __init__(self, libsbml: Any, name: str) -> None:
        self.libsbml, self.name = libsbml, name
        self.document = libsbml.SBMLDocument(3, 2)
        self.model = self.document.createModel()
        self.model.setId(name)
        self.write = _Infix().doprint

    def math(self, formula: str) -> Any:
        tree = self.libsbml.parseL3Formula(formula)
        if tree is None:
            raise InputError(f"libSBML cannot read {formula}: {self.libsbml.getLastParseL3Error()}")
        return tree

    def quantity(self, name: str, value: float | None, label: str, constant: bool) -> None:
        parameter = self.model.createParameter()
        parameter.setId(name)
        parameter.setConstant(constant)
        if label:
            parameter.setName(label)
        if value is not None:
            # What lies below the smallest normal number is zero to this engine and unreadable to others.
            parameter.setValue(float(value) if abs(value) >= sys.float_info.min else 0.0)

    def start(self, name: str, expr: Any) -> None:
        assignment = self.model.createInitialAssignment()
        assignment.setSymbol(name)
        assignment.setMath(self.math(self.write(expr)))

    def rule(self, name: str, expr: Any, rate: bool = False) -> None:
        rule = self.model.createRateRule() if rate else self.model.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(self.math(self.write(expr)))

    def event(self, name: str, when: str, acts: Mapping[str, str], at_start: bool) -> None:
        """Add an event; one that is true from the start happens then only if `at_start`."""
        event = self.model.createEvent()
        event.setId(name)
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setInitialValue(not at_start)
        trigger.setPersistent(True)
        trigger.setMath(self.math(when))
        for variable, formula in acts.items():
            change = event.createEventAssignment()
            change.setVariable(variable)
            change.setMath(self.math(formula))

    def checked(self) -> str:
        """Return the text, or raise InputError with the first thing libSBML refuses."""
        self.document.checkConsistency()
        errors = [self.document.getError(i) for i in range(self.document.getNumErrors())]
        severe = [e.getMessage().strip() for e in errors if e.getSeverity() >= self.libsbml.LIBSBML_SEV_ERROR]
        if severe:
            raise InputError(f"libSBML refuses the model: {severe[0]}", where=f"model {self.name}")
        return str(self.libsbml.writeSBMLToString(self.document))


def _free(model: Model, name: str) -> str:
    """Return a name that the model has not taken."""
    while name in model.symbols or name in model.definitions:
        name += "_"
    return name


def _swept(states: Sequence[State]) -> dict[str, str]:
    """Return what sets states to zero that are far below any tolerance, and leaves the others."""
    return {s.name: f"piecewise({s.name}, abs({s.name}) > {LEFTOVER * s.atol_scale!r}, 0)" for s in states}


def _changes(doses: Sequence[Dose]) -> list[tuple[float, dict[str, float]]]:
    """Return doses as sudden changes at a time: {state or inflow: by how much}."""
    rows: dict[float, dict[str, float]] = {}

    def add(time: float, name: str, amount: float) -> None:
        changes = rows.setdefault(time, {})
        changes[name] = changes.get(name, 0.0) + amount

    for d in doses:
        amount, time = float(d.amount), float(d.time)
        if d.duration > 0:
            add(time, f"inflow_into_{d.state}", amount / d.duration)
            add(time + d.duration, f"inflow_into_{d.state}", -amount / d.duration)
        else:
            add(time, d.state, amount)
    return sorted(rows.items())


def _stops(model: Model, breakpoints: Sequence[float]) -> Iterator[str]:
    """Yield the times, as SBML formulas, at which the rates may jump: asked for, knots, conditions on time alone."""
    found: dict[str, None] = {repr(float(t)): None for t in breakpoints}
    found |= {repr(t): None for f in model.layout.forcings for t in f.times}
    moving = {*model.layout.state_index, *model.definitions, *(f.name for f in model.layout.forcings), "t"}
    write = _Infix().doprint
    for _, expr in model.equations():
        for relation in expr.atoms(Relational):
            for one, other in ((relation.lhs, relation.rhs), (relation.rhs, relation.lhs)):
                if one == model.time and not {s.name for s in other.free_symbols} & moving:
                    found[write(other)] = None
    yield from found
