"""The same run through scipy, patient by patient: the slow path that the fast one must agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hepatica.engine.language.flatten import PythonModel, compile_python
from hepatica.engine.language.model import Model
from hepatica.engine.solve.problem import Course, Dose, Floats, Problem, Result, prepare

NOT_FINITE, STOPPED, ENDLESS = 2, 6, 7


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
    forcing: Mapping[str, tuple[Any, Any]] | None = None,
    seed: int = 0,
    first_patient: int = 0,
    method: str = "LSODA",
) -> Result:
    """Run as `simulate` does, by scipy's `solve_ivp` with a Python right-hand side."""
    problem = prepare(
        model.layout, times, n=n, parameters=parameters, initial=initial, doses=doses, observables=observables,
        rtol=rtol, atol=atol, breakpoints=breakpoints, start=start, forcing=forcing, seed=seed,
        first_patient=first_patient,
    )  # fmt: skip
    functions = compile_python(model, list(problem.observables))
    runs = [_Patient(problem, functions, i, method) for i in range(problem.n)]
    code = np.array([run.go() for run in runs], np.int8)
    values = np.stack([run.out for run in runs], axis=-1)
    happened = {e.name: np.array([r.happened[k] for r in runs]) for k, e in enumerate(model.layout.events)}
    counts = {e.name: np.array([r.counts[k] for r in runs], np.int32) for k, e in enumerate(model.layout.events)}
    return Result(
        problem.times, dict(zip(problem.observables, values, strict=True)), code,
        np.array([run.steps for run in runs], np.int32), np.array([run.reached for run in runs]), happened, counts,
    )  # fmt: skip


def one_patient(problem: Problem, functions: PythonModel, i: int, method: str = "LSODA") -> Floats:
    """Return patient i's values [observable, time] by functions compiled before; NaN where it failed."""
    run = _Patient(problem, functions, i, method)
    run.go()
    return run.out


def at(array: Floats, i: int) -> float:
    """Return patient i's value of an array that may be shared."""
    return float(array[i if array.size > 1 else 0])


def forced_at(course: Course, i: int, t: float, begin: float) -> float:
    """Return patient i's value of a forcing table at a time in a segment that begins at `begin`."""
    heights = course.values[:, i if course.values.shape[1] > 1 else 0]
    if course.kind == "linear":
        return float(np.interp(t, course.times, heights))
    return float(heights[max(0, int(np.searchsorted(course.times, begin, "right")) - 1)])


class _Patient:
    """One patient's run: segments between known times, each cut again where an event happens."""

    def __init__(self, problem: Problem, functions: PythonModel, i: int, method: str) -> None:
        self.problem, self.functions, self.i, self.method = problem, functions, i, method
        self.p = [at(a, i) for a in problem.parameters]
        start = zip(functions.initial(self.p), problem.initial, strict=True)
        self.y = np.array([v if a is None else at(a, i) for v, a in start], dtype=np.float64)
        self.floor = np.array([0.0 if s.nonnegative else -np.inf for s in problem.layout.states])
        self.doses = [(t, d, s, at(a, i)) for t, d, s, a in problem.doses if at(a, i) != 0]
        self.out = np.full((len(problem.observables), problem.times.size), np.nan)
        self.steps, self.reached = 0, problem.start
        events = problem.layout.events
        self.happened, self.counts = np.full(len(events), np.nan), np.zeros(len(events), int)
        self.stopped = self.endless = False

    def go(self) -> int:
        """Run to the end; return the code."""
        self.begin = self.problem.start
        self.level = self._levels(self.begin)
        for begin, end in _segments(self.problem, self.doses):
            self.begin = begin
            told = self._segment(begin, end)
            if told:
                return told
            for t, d, s, a in self.doses:
                if d == 0 and t == end:
                    self.y[s] = max(self.y[s] + a, self.floor[s])
            self._settle(end)
            if self.endless or self.stopped:
                return ENDLESS if self.endless else STOPPED
        return 0

    def _forced(self, t: float) -> list[float]:
        return [forced_at(c, self.i, t, self.begin) for c in self.problem.forcings]

    def _levels(self, t: float, y: Floats | None = None) -> Floats:
        found = self.functions.level(t, self.y if y is None else y, self.p, self._forced(t))
        return np.asarray(found, dtype=np.float64)

    def _settle(self, t: float) -> None:
        """Let happen what has risen since the levels were last looked at, and all that this brings about."""
        for _ in range(2 * self.level.size + 2):
            level = self._levels(t)
            risen = np.flatnonzero((self.level < 0) & (level >= 0))
            self.level = level
            if not risen.size or self.stopped:
                return
            for k in risen:
                self._happen(int(k), t)
        self.endless = True

    def _happen(self, k: int, t: float) -> None:
        event = self.problem.layout.events[k]
        if not self.counts[k]:
            self.happened[k] = t
        self.counts[k] += 1
        new = self.functions.acts[k](t, self.y, self.p, self._forced(t))
        self.y = self.y.copy()
        for name, value in zip(event.sets, new, strict=True):
            s = self.problem.layout.state_index[name]
            self.y[s] = max(value, self.floor[s])
        self.stopped |= event.stops

    def _slope(self, begin: float) -> Callable[[float, Floats], Floats]:
        inflow = np.zeros(self.y.size)
        for t, d, s, a in self.doses:
            if d > 0 and t <= begin < t + d:
                inflow[s] += a / d

        def slope(t: float, y: Floats) -> Floats:
            try:
                return np.asarray(self.functions.rate(t, y, self.p, self._forced(t)), dtype=np.float64) + inflow
            except (OverflowError, ValueError, ZeroDivisionError, TypeError):
                return np.full(y.size, np.nan)

        return slope

    def _segment(self, begin: float, end: float) -> int:
        """Run to `end`, event by event; return the code of what went wrong, or 0."""
        self._note(begin, begin, np.array([begin]), self.y[:, None])
        while begin < end:
            inside = self.problem.times[(self.problem.times > begin) & (self.problem.times <= end)]
            asked = np.unique(np.append(inside, end))
            told, asked, path, now, y = self._stretch(begin, end, asked)
            if told:
                return told
            self._note(begin, now, asked, path)
            self.y, self.reached = y, now
            self._settle(now)
            if self.endless or self.stopped:
                return ENDLESS if self.endless else STOPPED
            begin = now
        return 0

    def _stretch(self, begin: float, end: float, asked: Floats) -> tuple[int, Floats, Floats, float, Floats]:
        """Run until an event happens or `end`: code, times and states asked for, the time come to, the state there."""
        from scipy.integrate import solve_ivp as integrate

        solve_ivp: Any = integrate
        crossings: list[Any] = []
        for k, known in enumerate(self.level):

            def crossing(t: float, y: Floats, k: int = k, known: float = float(known)) -> float:
                # What just happened stands within rounding of zero: let no search find it again.
                return (1.0 if known >= 0 else known) if t == begin else float(self._levels(t, y)[k])

            crossing.terminal, crossing.direction = True, 1  # type: ignore[attr-defined]
            crossings.append(crossing)
        with np.errstate(all="ignore"):
            run = solve_ivp(
                self._slope(begin), (begin, end), self.y, method=self.method, rtol=self.problem.rtol,
                atol=self.problem.atol * self.problem.scale, t_eval=asked, events=crossings or None,
            )  # fmt: skip
        self.steps += run.nfev
        if not run.success or not np.isfinite(run.y).all():
            return NOT_FINITE, asked, run.y, begin, self.y
        if run.status == 1:
            now, k = min((float(t[0]), k) for k, t in enumerate(run.t_events) if t.size)
            self.y = run.y_events[k][0]
            level = self._levels(now)
            self.level = np.where((self.level < 0) & (level >= 0), self.level, level)
            self.level[k] = 0.0
            self._happen(k, now)
            return 0, run.t, run.y, now, self.y
        return 0, run.t, run.y, end, run.y[:, -1]

    def _note(self, begin: float, now: float, asked: Floats, path: Floats) -> None:
        """Keep the observables at output times that were not yet met."""
        for column, t in enumerate(asked):
            for k in np.flatnonzero(self.problem.times == t):
                if np.isnan(self.out[:, k]).all() and (t <= now):
                    self.out[:, k] = self.functions.observe(t, path[:, column], self.p, self._forced(t))


def _segments(problem: Problem, doses: list[tuple[float, float, int, float]]) -> Iterator[tuple[float, float]]:
    last = float(problem.times[-1])
    cuts = {t for t, *_ in doses} | {t + d for t, d, *_ in doses} | set(problem.breakpoints.tolist())
    cuts |= {t for course in problem.forcings for t in course.times.tolist()}
    begin = problem.start
    yield begin, begin
    for end in sorted({c for c in cuts if begin < c < last} | {last}):
        if end > begin:
            yield begin, end
            begin = end
