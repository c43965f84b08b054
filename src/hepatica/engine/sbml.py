"""Exchange: any engine model as SBML Level 3 Version 2, and the run of it as SED-ML, for other simulators."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import sympy
from sympy.printing.str import StrPrinter

from hepatica.engine.model import Model
from hepatica.engine.problem import Dose
from hepatica.errors import CannotAnswer, InputError


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


def to_sbml(model: Model, doses: Sequence[Dose] = ()) -> str:
    """Return a model as SBML: states as parameters with rate rules, doses (one patient's) as events.

    Needs python-libsbml (the extra `[sbml]`). Units are written as notes in names only. Raises CannotAnswer without
    python-libsbml and InputError where libSBML's own checks find an error.
    """
    try:
        libsbml = import_module("libsbml")
    except ImportError:
        raise CannotAnswer("SBML needs python-libsbml", mend="pip install 'hepatica[sbml]'") from None
    layout = model.layout
    text = _Infix().doprint
    document = libsbml.SBMLDocument(3, 2)
    target = document.createModel()
    target.setId(layout.name)

    def math(formula: str) -> Any:
        tree = libsbml.parseL3Formula(formula)
        if tree is None:
            raise InputError(f"libSBML cannot read {formula}: {libsbml.getLastParseL3Error()}")
        return tree

    def quantity(name: str, value: float | None, label: str, constant: bool) -> None:
        parameter = target.createParameter()
        parameter.setId(name)
        parameter.setConstant(constant)
        if label:
            parameter.setName(label)
        if value is not None:
            parameter.setValue(value)

    for p in layout.parameters:
        quantity(p.name, p.value, f"{p.text} [{p.unit}]".strip(), True)
    for s in layout.states:
        fixed = isinstance(s.initial, float)
        quantity(s.name, s.initial if isinstance(s.initial, float) else None, f"{s.text} [{s.unit}]".strip(), False)
        if not fixed:
            start = target.createInitialAssignment()
            start.setSymbol(s.name)
            start.setMath(math(text(model.initials[s.name])))
    infused = {d.state for d in doses if d.duration > 0}
    for name in sorted(infused):
        quantity(f"inflow_into_{name}", 0.0, "", False)
    for o in layout.outputs:
        quantity(o.name, None, f"{o.text} [{o.unit}]".strip(), False)
        rule = target.createAssignmentRule()
        rule.setVariable(o.name)
        rule.setMath(math(text(model.definitions[o.name])))
    for name, terms in model.rates.items():
        rule = target.createRateRule()
        rule.setVariable(name)
        added = f" + inflow_into_{name}" if name in infused else ""
        rule.setMath(math(text(sympy.Add(*terms)) + added))
    for number, (time, name, amount) in enumerate(_changes(doses)):
        event = target.createEvent()
        event.setId(f"dose_{number}")
        event.setUseValuesFromTriggerTime(False)
        trigger = event.createTrigger()
        trigger.setInitialValue(False)
        trigger.setPersistent(True)
        trigger.setMath(math(f"time >= {time!r}"))
        change = event.createEventAssignment()
        change.setVariable(name)
        change.setMath(math(f"{name} + {amount!r}"))
    document.checkConsistency()
    errors = [document.getError(i) for i in range(document.getNumErrors())]
    severe = [e.getMessage().strip() for e in errors if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if severe:
        raise InputError(f"libSBML refuses the model: {severe[0]}", where=f"model {layout.name}")
    return str(libsbml.writeSBMLToString(document))


def _changes(doses: Sequence[Dose]) -> list[tuple[float, str, float]]:
    """Return doses as sudden changes of a state or of an inflow: (time, what, by how much)."""
    rows: list[tuple[float, str, float]] = []
    for d in doses:
        amount = float(d.amount)
        if d.duration > 0:
            rate = amount / d.duration
            rows.append((float(d.time), f"inflow_into_{d.state}", rate))
            rows.append((float(d.time + d.duration), f"inflow_into_{d.state}", -rate))
        else:
            rows.append((float(d.time), d.state, amount))
    return sorted(rows)


def to_sedml(
    model: Model, model_file: str, end: float, points: int, observables: Sequence[str], start: float = 0.0
) -> str:
    """Return the run of an SBML file as SED-ML Level 1 Version 4: a uniform time course and one report."""
    for name in observables:
        model.layout.find(name, model.layout.observable_index, "observable")

    def variable(name: str) -> str:
        where = f"/sbml:sbml/sbml:model/sbml:listOfParameters/sbml:parameter[@id='{name}']"
        source = f"target={quoteattr(where)}" if name != "time" else 'symbol="urn:sedml:symbol:time"'
        return f"""    <dataGenerator id="data_{name}"><listOfVariables>
      <variable id="variable_{name}" taskReference="task" {source}/>
    </listOfVariables>
      <math xmlns="http://www.w3.org/1998/Math/MathML"><ci> variable_{name} </ci></math>
    </dataGenerator>"""

    names = ["time", *observables]
    data = "\n".join(variable(name) for name in names)
    sets = "\n".join(f'      <dataSet id="set_{n}" label="{n}" dataReference="data_{n}"/>' for n in names)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<sedML xmlns="http://sed-ml.org/sed-ml/level1/version4" xmlns:sbml="http://www.sbml.org/sbml/level3/version2/core"
    level="1" version="4">
  <listOfModels>
    <model id="model" language="urn:sedml:language:sbml.level-3.version-2" source={quoteattr(model_file)}/>
  </listOfModels>
  <listOfSimulations>
    <uniformTimeCourse id="course" initialTime="{start!r}" outputStartTime="{start!r}" outputEndTime="{end!r}"
        numberOfSteps="{points}"><algorithm kisaoID="KISAO:0000019"/></uniformTimeCourse>
  </listOfSimulations>
  <listOfTasks><task id="task" modelReference="model" simulationReference="course"/></listOfTasks>
  <listOfDataGenerators>
{data}
  </listOfDataGenerators>
  <listOfOutputs>
    <report id="report"><listOfDataSets>
{sets}
    </listOfDataSets></report>
  </listOfOutputs>
</sedML>
"""


def write_exchange(
    model: Model, folder: str | Path, end: float, points: int, observables: Sequence[str], doses: Sequence[Dose] = ()
) -> tuple[Path, Path]:
    """Write NAME.xml (SBML) and NAME.sedml into a folder; return their paths."""
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    name = model.layout.name
    sbml, sedml = where / f"{name}.xml", where / f"{name}.sedml"
    sbml.write_text(to_sbml(model, doses), encoding="utf-8")
    sedml.write_text(to_sedml(model, sbml.name, end, points, observables), encoding="utf-8")
    return sbml, sedml
