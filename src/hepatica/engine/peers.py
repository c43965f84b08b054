"""Other solvers on the same model and patients: scipy, libRoadRunner, diffrax. Each answers a batch of patients."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module, util
from itertools import pairwise
from typing import Any

import numpy as np

from hepatica.engine.model import Model, flat_expressions
from hepatica.engine.problem import Dose, Floats, Problem, prepare, select
from hepatica.engine.scipy_path import at, reference

Solve = Callable[[int], Floats]
"""Solve the first n patients; return values [observable, time, patient]."""

_shared: dict[str, Callable[[range], Floats]] = {}


@dataclass(frozen=True)
class Peer:
    """One way to solve the same patients with another engine."""

    engine: str
    method: str
    precision: str
    threads: int
    solve: Solve
    batch: int | None = None
    """Patients at once where another number would be compiled anew."""


@dataclass(frozen=True)
class Task:
    """What every engine is asked: a model, output times, doses of one regimen, and a population."""

    model: Model
    times: Floats
    doses: tuple[Dose, ...]
    observables: tuple[str, ...]
    population: dict[str, Any]
    rtol: float
    atol: float
    breakpoints: tuple[float, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """Return what `simulate` and `reference` take."""
        return {
            "times": self.times, "doses": self.doses, "observables": self.observables, "rtol": self.rtol,
            "atol": self.atol, "breakpoints": self.breakpoints,
        }  # fmt: skip

    def problem(self) -> Problem:
        """Return the whole population as a checked problem."""
        return prepare(self.model.layout, **self.arguments(), **self.population)

    def take(self, patients: range) -> dict[str, Any]:
        """Return the population's arguments for some patients."""
        span = slice(patients.start, patients.stop)
        return {
            kind: {name: value[span] if np.ndim(value) else value for name, value in values.items()}
            for kind, values in self.population.items()
        }


def peers(task: Task, cores: int) -> Iterator[Peer]:
    """Yield every engine that this machine can import, on one core and, where it can, on all."""
    for threads in sorted({1, cores}):
        yield Peer("scipy", "LSODA, Python right-hand side", "f64", threads, _spread(_scipy(task), threads))
    if util.find_spec("roadrunner") and util.find_spec("libsbml"):
        for threads in sorted({1, cores}):
            yield Peer("libroadrunner", "CVODE, compiled SBML", "f64", threads, _spread(_roadrunner(task), threads))
    if util.find_spec("diffrax"):
        yield Peer("diffrax", "Kvaerno5, vmap", "f64", cores, _diffrax(task), batch=64)


def _spread(solve: Callable[[range], Floats], processes: int) -> Solve:
    """Return a solver that shares patients among forked processes; one process runs in place."""

    def run(n: int) -> Floats:
        if processes == 1:
            return solve(range(n))
        _shared["solve"] = solve
        edges = np.linspace(0, n, processes + 1).astype(int)
        spans = [range(a, b) for a, b in pairwise(edges) if b > a]
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
            return np.concatenate(list(pool.map(_forked, spans)), axis=2)

    return run


def _forked(span: range) -> Floats:
    return _shared["solve"](span)


def _scipy(task: Task) -> Callable[[range], Floats]:
    def solve(patients: range) -> Floats:
        r = reference(task.model, n=len(patients), **task.arguments(), **task.take(patients))
        return np.stack([r[name] for name in task.observables])

    return solve


def _roadrunner(task: Task) -> Callable[[range], Floats]:
    from hepatica.engine.sbml import to_sbml

    text = to_sbml(task.model)
    kept: list[Any] = []

    def solve(patients: range) -> Floats:
        if not kept:
            roadrunner = import_module("roadrunner")
            roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
            kept.append(roadrunner.RoadRunner(text))
        engine = kept[0]
        engine.integrator.relative_tolerance = task.rtol
        engine.integrator.absolute_tolerance = task.atol
        engine.timeCourseSelections = ["time", *task.observables]
        problem = task.problem()
        out = np.full((len(task.observables), task.times.size, len(patients)), np.nan)
        for column, i in enumerate(patients):
            with contextlib.suppress(RuntimeError):  # what CVODE gives up stays NaN and is counted
                out[:, :, column] = _replay(engine, problem, i)
        return out

    return solve


def _replay(engine: Any, problem: Problem, i: int) -> Floats:
    """Run one patient, each dose between two runs."""
    engine.resetToOrigin()
    for parameter, values in zip(problem.layout.parameters, problem.parameters, strict=True):
        if values.size > 1:
            engine.setValue(parameter.name, at(values, i))
    for state, start in zip(problem.layout.states, problem.initial, strict=True):
        if start is not None:
            engine.setValue(f"init({state.name})", at(start, i))
    engine.reset()
    rows: list[Any] = []
    for begin, end in pairwise(_cuts(problem)):
        for t, _, s, amount in problem.doses:
            if t == begin:
                name = problem.layout.states[s].name
                engine.setValue(name, engine.getValue(name) + at(amount, i))
        first = problem.times[0] == begin == problem.start
        inside = problem.times[(problem.times > begin) & (problem.times <= end)]
        asked = np.unique(np.concatenate([[begin], inside, [end]]))
        path = np.asarray(engine.simulate(times=asked.tolist()))
        rows.append(path[np.isin(asked, inside) | (first & (asked == begin)), 1:])
    found: Floats = np.concatenate(rows).T
    return found


def _cuts(problem: Problem) -> list[float]:
    last = float(problem.times[-1])
    inner = {t for t, *_ in problem.doses} | set(problem.breakpoints.tolist())
    return sorted({t for t in inner if problem.start < t < last} | {problem.start, last})


def _diffrax(task: Task) -> Solve:
    import sympy

    jax, diffrax, jnp = (import_module(name) for name in ("jax", "diffrax", "jax.numpy"))
    jax.config.update("jax_enable_x64", True)

    states, parameters, rates, wanted, initials = flat_expressions(task.model, list(task.observables))
    symbols = [task.model.time, states, parameters]
    rate = sympy.lambdify(symbols, rates, modules="jax", cse=True)
    observe = sympy.lambdify(symbols, wanted, modules="jax", cse=True)
    initial = sympy.lambdify([parameters], initials, modules="jax")
    term = diffrax.ODETerm(lambda t, y, p: jnp.stack([jnp.asarray(v, jnp.float64) for v in rate(t, y, p)]))
    plain = diffrax.PIDController(rtol=task.rtol, atol=task.atol)

    def segment(y: Any, p: Any, t0: Any, t1: Any, ts: Any) -> Any:
        saved = diffrax.SaveAt(ts=ts, t1=True)
        control = diffrax.ClipStepSizeController(plain, step_ts=ts)
        done = diffrax.diffeqsolve(
            term, diffrax.Kvaerno5(), t0, t1, None, y, p, saveat=saved, stepsize_controller=control, max_steps=100_000
        )
        return done.ys[-1], done.ys[:-1]

    over_patients = jax.jit(jax.vmap(segment, in_axes=(0, 0, None, None, None)))

    def look_once(t: Any, y: Any, p: Any) -> Any:
        return jnp.stack([jnp.asarray(v) for v in observe(t, y, p)])

    look = jax.jit(jax.vmap(jax.vmap(look_once, (0, 0, None)), (None, 0, 0)))

    def solve(n: int) -> Floats:
        problem = select(task.problem(), np.arange(n))
        p = jnp.stack([jnp.broadcast_to(jnp.asarray(a), n) for a in problem.parameters], axis=1)
        y = jnp.stack([jnp.broadcast_to(jnp.asarray(v, jnp.float64), n) for v in initial(list(p.T))], axis=1)
        for k, values in enumerate(problem.initial):
            if values is not None:
                y = y.at[:, k].set(values)
        cuts = _cuts(problem)
        spans = [(a, b, task.times[(task.times > a) & (task.times <= b)]) for a, b in pairwise(cuts)]
        longest = max(len(inside) for *_, inside in spans)
        columns = [look(jnp.asarray(task.times[:1]), y[:, None, :], p)] if task.times[0] == problem.start else []
        for a, b, inside in spans:
            for t, _, s, amount in problem.doses:
                if t == a:
                    y = y.at[:, s].add(jnp.asarray(amount))
            # One length for all spans: another would be compiled anew.
            padded = jnp.asarray(np.concatenate([inside, np.full(longest - len(inside), b)]))
            y, path = over_patients(y, p, a, b, padded)
            if len(inside):
                columns.append(look(jnp.asarray(inside), path[:, : len(inside)], p))
        return np.asarray(jnp.concatenate(columns, axis=1)).transpose(2, 1, 0)

    return solve


def supported(doses: Sequence[Dose]) -> bool:
    """Tell if every peer can give these doses: at once, the same for all."""
    return all(d.duration == 0 and np.ndim(d.amount) == 0 for d in doses)
