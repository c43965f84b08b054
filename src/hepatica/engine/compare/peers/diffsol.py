"""pydiffsol (Rust, BDF): the model in its language DiffSL, compiled by LLVM; one absolute tolerance for all states."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy as np
import sympy

from hepatica.engine.compare.peers.formulas import Printer, rates, refuse_events, statements
from hepatica.engine.compare.peers.task import Peer, Solve, Solved, Task, given, matrix, spans, starts
from hepatica.engine.language.flatten import compile_python
from hepatica.engine.language.model import Model
from hepatica.engine.solve.scipy_path import forced_at

FIRST_STEP, SHORT = 1e-3, 1e-9
HAIR = sympy.Float(1e-200)
CONDITIONS = {">=": (0, 1, False), "<=": (1, 0, False), "<": (0, 1, True), ">": (1, 0, True)}


class _DiffSL(Printer):
    """Write sympy as DiffSL; conditions become products of steps, names become short ones without underscores."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        layout = model.layout
        names = [x.name for group in (layout.states, layout.parameters, layout.outputs, layout.forcings) for x in group]
        self.short = {"t": "t"} | {name: f"q{k}" for k, name in enumerate(names)}

    def _print_Symbol(self, expr: Any) -> str:
        return self.short[expr.name]

    def _print_log(self, expr: Any) -> str:
        return f"log({self._print(expr.args[0])})"

    def _print_tanh(self, expr: Any) -> str:
        return f"tanh({self._print(expr.args[0])})"

    def _print_sign(self, expr: Any) -> str:
        x = self._print(expr.args[0])
        return f"(heaviside({x}) - heaviside(-({x})))"

    def _print_Pow(self, expr: Any, **kept: Any) -> str:
        # 0 to a real power has no finite slope; held a hair above zero it has, and Newton's method can end.
        held = sympy.Pow(sympy.Max(expr.base, HAIR), expr.exp, evaluate=False) if not expr.exp.is_Integer else expr
        return super()._print_Pow(held, **kept)

    def _whole(self, base: str, n: int) -> str:
        return super()._whole(base, n) if n < 2 else f"pow({base}, {float(n)})"

    def _condition(self, expr: Any) -> str:
        if isinstance(expr, sympy.And):
            return "(" + " * ".join(self._condition(a) for a in expr.args) + ")"
        if isinstance(expr, sympy.Or):
            return "(1.0 - " + " * ".join(f"(1.0 - {self._condition(a)})" for a in expr.args) + ")"
        if isinstance(expr, sympy.Not):
            return f"(1.0 - {self._condition(expr.args[0])})"
        if expr.rel_op not in CONDITIONS:
            raise NotImplementedError(f"DiffSL has no {expr.rel_op}")
        first, second, inverse = CONDITIONS[expr.rel_op]
        step = f"heaviside({self._print(expr.args[first])} - {self._print(expr.args[second])})"
        return f"(1.0 - {step})" if inverse else step

    def _print_Piecewise(self, expr: Any) -> str:
        (value, condition), *others = expr.args
        if condition == sympy.true:
            return str(self._print(value))
        on = self._condition(condition)
        rest = self._print(sympy.Piecewise(*others, evaluate=False))
        return f"({on} * {self._print(value)} + (1.0 - {on}) * {rest})"


def diffsl(model: Model, observables: tuple[str, ...]) -> str:
    """Return a model as DiffSL: inputs are parameters and states at the start; outputs all states, then observables."""
    printer = _DiffSL(model)
    text, short = printer.doprint, printer.short
    states = [s.name for s in model.layout.states]

    def block(head: str, rows: list[str]) -> str:
        return head + " {\n  " + ",\n  ".join(rows) + "\n}\n"

    inputs = [f"{short[p.name]} = {p.value!r}" for p in model.layout.parameters]
    inputs += [f"start{k} = 0.0" for k in range(len(states))]
    return (
        block("in_i", inputs)
        + block("u_i", [f"{short[name]} = start{k}" for k, name in enumerate(states)])
        + "".join(f"{short[name]} {{ {text(e)} }}\n" for name, e in statements(model, [*states, *observables]))
        + block("F_i", [text(e) for e in rates(model).values()])
        + block("out_i", [short[name] for name in [*states, *observables]])
    )


def build(task: Task, peer: Peer) -> Solve:
    """Compile the DiffSL; each dose is given between two runs."""
    refuse_events(task.model, peer.engine)
    text, size = diffsl(task.model, task.observables), len(task.model.layout.states)
    engine = [_compile(text, task)]
    problem = task.problem()
    parameters = matrix(problem)
    python = compile_python(task.model, list(task.observables))
    states = starts(problem, python.initial)
    forced = [[forced_at(c, i, problem.start, problem.start) for c in problem.forcings] for i in range(problem.n)]
    parts = [(a, b, inside, given(problem, a)) for a, b, inside in spans(problem)]
    at_start = problem.times[0] == problem.start

    def one(i: int) -> Any:
        y = states[i].copy()
        columns = [np.array(python.observe(problem.start, y, parameters[i], forced[i]))[:, None]] if at_start else []
        for begin, end, inside, doses in parts:
            for state, amounts in doses:
                y[state] += amounts[i if amounts.size > 1 else 0]
            engine[0].t0, engine[0].h0 = begin, FIRST_STEP
            # A jump of the rates at the very end would stop it short of there, and it panics: end just before.
            asked = np.minimum(np.unique(np.append(inside, end)), end - SHORT * (end - begin))
            path = np.asarray(engine[0].solve_dense(np.concatenate([parameters[i], y]), asked).ys)
            columns.append(path[size:, : inside.size])
            y = path[:size, -1].copy()
        return np.concatenate(columns, axis=1)

    def solve(patients: range, threads: int) -> Solved:
        out = np.full((len(task.observables), problem.times.size, len(patients)), np.nan)
        for column, i in enumerate(patients):
            with suppress(RuntimeError):  # what it gives up stays NaN and is counted
                try:
                    out[:, :, column] = one(i)
                except BaseException as fault:
                    if type(fault).__name__ != "PanicException":
                        raise
                    engine[0] = _compile(text, task)  # a panic leaves it locked; this patient counts as given up
        return Solved(out)

    return solve


def _compile(text: str, task: Task) -> Any:
    pydiffsol = import_module("pydiffsol")
    engine = pydiffsol.Ode(text, matrix_type=pydiffsol.faer_sparse)
    engine.rtol, engine.atol = task.rtol, task.atol
    return engine
