"""diffrax: Kvaerno5 over a vmapped batch in f64, one function that computes each intermediate once, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import sympy

from hepatica.engine.compare.peers.formulas import Printer, rates, refuse_events, statements
from hepatica.engine.compare.peers.task import Peer, Solve, Solved, Task, given, matrix, spans, starts
from hepatica.engine.language.flatten import compile_python
from hepatica.engine.language.model import Model

MAX_STEPS = 20_000


class _Jax(Printer):
    """Write sympy as Python over jax.numpy; roots, choices and real powers are called by names of ours."""

    POWER = "_power"

    def _print_Pow(self, expr: Any, **kept: Any) -> str:
        if expr.exp == sympy.Rational(1, 2):
            return f"_root({self._print(expr.base)})"
        return super()._print_Pow(expr, **kept)

    def _print_log(self, expr: Any) -> str:
        return f"log({self._print(expr.args[0])})"

    def _print_Relational(self, expr: Any) -> str:
        return f"({self._print(expr.lhs)} {expr.rel_op} {self._print(expr.rhs)})"

    def _print_And(self, expr: Any) -> str:
        return "(" + " & ".join(self._print(a) for a in expr.args) + ")"

    def _print_Or(self, expr: Any) -> str:
        return "(" + " | ".join(self._print(a) for a in expr.args) + ")"

    def _print_Not(self, expr: Any) -> str:
        return f"(~{self._print(expr.args[0])})"

    def _print_Piecewise(self, expr: Any) -> str:
        (value, condition), *others = expr.args
        if condition == sympy.true:
            return str(self._print(value))
        rest = self._print(sympy.Piecewise(*others, evaluate=False))
        return f"_where({self._print(condition)}, {self._print(value)}, {rest})"


def function(model: Model, names: Sequence[str], results: Sequence[Any]) -> Callable[..., Any]:
    """Return f(t, y, p) -> array of the results, which need the intermediates that `names` need."""
    jnp = import_module("jax.numpy")
    text = _Jax().doprint
    lines = [f"{s.name} = _y[{k}]" for k, s in enumerate(model.layout.states)]
    lines += [f"{p.name} = _p[{k}]" for k, p in enumerate(model.layout.parameters)]
    lines += [f"{name} = {text(expr)}" for name, expr in statements(model, names)]
    values = ", ".join(f"_array({text(expr)}, _f64)" for expr in results)
    source = "def _f(t, _y, _p):\n    " + "\n    ".join(lines) + f"\n    return _stack([{values}])\n"

    # Without these guards 0 to a power and the root of 0 have no finite slope in JAX, Newton's method never ends,
    # and the step falls to nothing: the twin's INR starts there in one patient of five.
    def power(x: Any, n: Any) -> Any:
        return jnp.where(x > 0, jnp.where(x > 0, x, 1.0) ** n, 0.0)

    def root(x: Any) -> Any:
        return jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0)

    known: dict[str, Any] = {  # no name of a model begins with an underscore
        "exp": jnp.exp, "log": jnp.log, "tanh": jnp.tanh, "sign": jnp.sign, "abs": jnp.abs, "max": jnp.maximum,
        "min": jnp.minimum, "_where": jnp.where, "_stack": jnp.stack, "_array": jnp.asarray, "_f64": jnp.float64,
        "_power": power, "_root": root,
    }  # fmt: skip
    exec(source, known)  # noqa: S102 - our own text
    made: Callable[..., Any] = known["_f"]
    return made


def build(task: Task, peer: Peer) -> Solve:
    """Compile one batch ahead of time; each dose is given between two runs of the same compiled function."""
    jax, jnp, diffrax = (import_module(name) for name in ("jax", "jax.numpy", "diffrax"))
    jax.config.update("jax_enable_x64", True)
    model, problem = task.model, task.problem()
    refuse_events(model, peer.engine)
    states = [s.name for s in model.layout.states]
    scale = jnp.asarray(problem.scale)
    slope = function(model, states, list(rates(model).values()))
    term = diffrax.ODETerm(lambda t, z, p: slope(t, z * scale, p) / scale)  # so that atol means what it does for others
    control = diffrax.PIDController(rtol=task.rtol, atol=task.atol, pcoeff=0.3, icoeff=0.4)
    look = function(model, task.observables, [model.symbols.get(n, model.definitions.get(n)) for n in task.observables])

    def run(y: Any, p: Any, begin: Any, end: Any, times: Any) -> Any:
        done = diffrax.diffeqsolve(
            term, diffrax.Kvaerno5(), begin, end, None, y / scale, p, saveat=diffrax.SaveAt(ts=times, t1=True),
            stepsize_controller=control, max_steps=MAX_STEPS, throw=False,
        )  # fmt: skip
        path = done.ys * scale
        seen = jax.vmap(look, (0, 0, None))(times, path[:-1], p)
        return path[-1], seen, done.stats["num_steps"], done.result == diffrax.RESULTS.successful

    parts = [(a, b, inside, given(problem, a)) for a, b, inside in spans(problem)]
    longest = max(inside.size for _, _, inside, _ in parts)
    p_all, y_all = matrix(problem), starts(problem, compile_python(model, []).initial)
    over = jax.vmap(run, in_axes=(0, 0, None, None, None))
    shapes = [jax.ShapeDtypeStruct(s, jnp.float64) for s in ((peer.batch, len(states)), (peer.batch, p_all.shape[1]))]
    one = jax.ShapeDtypeStruct((), jnp.float64)
    compiled = jax.jit(over).lower(*shapes, one, one, jax.ShapeDtypeStruct((longest,), jnp.float64)).compile()
    first = jax.jit(jax.vmap(look, (None, 0, 0))).lower(one, *shapes).compile()

    def solve(patients: range, threads: int) -> Solved:
        chosen = np.resize(np.asarray(patients), peer.batch)
        p, y = p_all[chosen], y_all[chosen].copy()
        columns = [np.asarray(first(problem.start, y, p))[:, None]] if problem.times[0] == problem.start else []
        steps, fine = np.zeros(peer.batch), np.ones(peer.batch, bool)
        for begin, end, inside, doses in parts:
            for state, amounts in doses:
                y[:, state] += amounts if amounts.size == 1 else amounts[chosen]
            padded = np.concatenate([inside, np.full(longest - inside.size, end)])
            last, seen, tried, ended = (np.asarray(x) for x in compiled(y, p, begin, end, padded))
            y, steps, fine = last.copy(), steps + tried, fine & ended
            columns.append(seen[:, : inside.size])
        values = np.where(fine[:, None, None], np.concatenate(columns, axis=1), np.nan)
        return Solved(values.transpose(2, 1, 0)[:, :, : len(patients)], steps[: len(patients)])

    return solve
