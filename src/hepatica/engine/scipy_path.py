"""The same run through scipy, patient by patient: the slow path that the fast one must agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hepatica.engine.model import Model, compile_python
from hepatica.engine.problem import Dose, Floats, Problem, Result, prepare


def reference(
    model: Model,
    times: Any,
    *,
    n: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    doses: Sequence[Dose] = (),
    observables: Sequence[str] = (),
    rtol: float = 1e-9,
    atol: float = 1e-12,
    breakpoints: Sequence[float] = (),
    start: float | None = None,
    method: str = "LSODA",
) -> Result:
    """Run as `simulate` does, by scipy's `solve_ivp` with a Python right-hand side."""
    problem = prepare(
        model.layout, times, n=n, parameters=parameters, initial=initial, doses=doses, observables=observables,
        rtol=rtol, atol=atol, breakpoints=breakpoints, start=start,
    )  # fmt: skip
    names = list(problem.observables)
    functions = compile_python(model, names)
    values = np.full((len(names), problem.times.size, problem.n), np.nan)
    code = np.zeros(problem.n, np.int8)
    steps = np.zeros(problem.n, np.int32)
    for i in range(problem.n):
        code[i], steps[i] = _one(problem, functions, i, values[:, :, i], method)
    reached = np.where(code == 0, problem.times[-1], np.nan)
    return Result(problem.times, {name: values[k] for k, name in enumerate(names)}, code, steps, reached)


def at(array: Floats, i: int) -> float:
    """Return patient i's value of an array that may be shared."""
    return float(array[i if array.size > 1 else 0])


def _one(
    problem: Problem, functions: tuple[Callable[..., Any], ...], i: int, out: Floats, method: str
) -> tuple[int, int]:
    from scipy.integrate import solve_ivp as integrate

    solve_ivp: Any = integrate

    rate, observe, initial = functions
    p = [at(a, i) for a in problem.parameters]
    y = np.array([v if a is None else at(a, i) for v, a in zip(initial(p), problem.initial, strict=True)])
    floor = np.array([0.0 if s.nonnegative else -np.inf for s in problem.layout.states])
    doses = [(t, d, s, at(a, i)) for t, d, s, a in problem.doses if at(a, i) != 0]
    steps = 0
    for begin, end in _segments(problem, doses):
        inflow = np.zeros(y.size)
        for t, d, s, a in doses:
            if d > 0 and t <= begin < t + d:
                inflow[s] += a / d

        def slope(t: float, y: Floats, inflow: Floats = inflow) -> Floats:
            try:
                return np.asarray(rate(t, y, p), dtype=np.float64) + inflow
            except (OverflowError, ValueError, ZeroDivisionError, TypeError):
                return np.full(y.size, np.nan)

        inside = np.flatnonzero((problem.times >= begin) & (problem.times <= end))
        if end > begin:
            with np.errstate(all="ignore"):
                run = solve_ivp(
                    slope, (begin, end), y, method=method, rtol=problem.rtol, atol=problem.atol * problem.scale,
                    t_eval=np.unique(np.append(problem.times[inside], end)),
                )  # fmt: skip
            steps += run.nfev
            if not run.success or not np.isfinite(run.y).all():
                return 2, steps
            path, y = run.y, run.y[:, -1]
        else:
            path = y[:, None]
        for column, k in enumerate(inside):
            if np.isnan(out[:, k]).all():
                out[:, k] = observe(problem.times[k], path[:, column], p)
        for t, d, s, a in doses:
            if d == 0 and t == end:
                y[s] = max(y[s] + a, floor[s])
    return 0, steps


def _segments(problem: Problem, doses: list[tuple[float, float, int, float]]) -> Iterator[tuple[float, float]]:
    last = float(problem.times[-1])
    cuts = {t for t, *_ in doses} | {t + d for t, d, *_ in doses} | set(problem.breakpoints.tolist())
    begin = problem.start
    yield begin, begin
    for end in sorted({c for c in cuts if begin < c < last} | {last}):
        if end > begin:
            yield begin, end
            begin = end
