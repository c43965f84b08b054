"""Run a model for one patient or many: chunks of patients over threads, each in compiled C."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hepatica.engine.compiled import CompiledModel, compile_model
from hepatica.engine.compiler import METHOD, Precision, lanes, library
from hepatica.engine.machine import available_cores
from hepatica.engine.problem import FINE, Course, Dose, Floats, Problem, Result, prepare
from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.engine.model import Model

MAX_STEPS = 100_000
INTERRUPTED = 4
Solver = Literal["rodas5p", "rodas4", "rodas4p2", "dopri5"]
METHODS: dict[str, int] = {"rodas5p": METHOD, "rodas4": 4, "rodas4p2": 42, "dopri5": 54}
"""The METHOD of kernel/tableau.h by name."""
_Row = tuple[float, float, int, int, "int | None", "int | None", int]


class _Event(ctypes.Structure):
    _fields_ = (
        ("time", ctypes.c_double),
        ("duration", ctypes.c_double),
        ("kind", ctypes.c_int64),
        ("state", ctypes.c_int64),
        ("amount", ctypes.c_void_p),
        ("next", ctypes.c_void_p),
        ("stride", ctypes.c_int64),
    )


_POINTERS = (
    "parameters", "parameter_stride", "initial", "initial_stride", "scale", "times", "events", "observables",
)  # fmt: skip
_COUNTS = ("n_patients", "n_times", "n_events", "n_observables", "max_steps", "infusions")


class _Problem(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in _POINTERS),
        *((name, ctypes.c_int64) for name in _COUNTS),
        *((name, ctypes.c_double) for name in ("start", "rtol", "atol")),
        *((name, ctypes.c_void_p) for name in ("out", "code", "steps", "reached", "happened", "how_often", "stop")),
    )


def simulate(
    model: Model | CompiledModel,
    times: Any,
    *,
    n: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    doses: Sequence[Dose] = (),
    observables: Sequence[str] = (),
    precision: Precision = "f64",
    rtol: float = 1e-4,
    atol: float = 1e-6,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    breakpoints: Sequence[float] = (),
    start: float | None = None,
    max_steps: int = MAX_STEPS,
    forcing: Mapping[str, tuple[Any, Any]] | None = None,
    solver: Solver = "rodas5p",
    seed: int = 0,
    first_patient: int = 0,
) -> Result:
    """Integrate a model for n patients and return the observables at the output times.

    Parameters, initial values and dose amounts are one number for all or an array of n. The run begins at `start`
    (default: the first output). `atol` is multiplied by each state's `atol_scale`. At `breakpoints` the step is cut
    and restarted small. `forcing[name]` is (times, values) in place of a table of the model, values [times] or
    [times, n]. The chance events of patient i are drawn by (seed, event, first_patient + i). `solver` is a stiff
    Rosenbrock method ("rodas5p", "rodas4", "rodas4p2") or, for models that are not stiff, "dopri5". Patients that f32
    cannot hold are computed again in f64. `progress` is called with (patients done, patients). A patient's numbers
    never depend on the other patients, on threads or on chunks.
    Raises InputError for anything the caller got wrong; what fails along the run is told by `Result.code`.
    """
    compiled = compile_model(model)
    problem = prepare(
        compiled.layout, times, n=n, parameters=parameters, initial=initial, doses=doses, observables=observables,
        rtol=rtol, atol=atol, breakpoints=breakpoints, start=start, forcing=forcing, seed=seed,
        first_patient=first_patient,
    )  # fmt: skip
    where = f"model {compiled.name}"
    if precision not in ("f32", "f64"):
        raise InputError(f"precision {precision!r}", where=where, mend='choose "f32" or "f64"')
    if solver not in METHODS:
        raise InputError(f"solver {solver!r}", where=where, mend=f"choose one of {', '.join(METHODS)}")
    if threads is not None and threads < 1:
        raise InputError(f"{threads} threads", where=where, mend="give at least one, or leave it out")
    workers, method = threads or available_cores(), METHODS[solver]
    raw = run(compiled, problem, precision, workers, progress, max_steps, method)
    lost = np.flatnonzero(~np.isin(raw.code, (*FINE, INTERRUPTED)))
    if precision == "f32" and lost.size:
        again = run(compiled, select(problem, lost), "f64", workers, None, max_steps, method)
        for kept, new in zip(raw, again, strict=True):
            np.asarray(kept)[..., lost] = new
    names = [e.name for e in compiled.layout.events]
    return Result(
        problem.times, dict(zip(problem.observables, raw.values, strict=True)), raw.code, raw.steps, raw.reached,
        dict(zip(names, raw.happened, strict=True)), dict(zip(names, raw.how_often, strict=True)),
    )  # fmt: skip


def select(problem: Problem, patients: NDArray[np.intp]) -> Problem:
    """Return the same problem for some of its patients."""

    def take(a: Floats) -> Floats:
        return a if a.shape[-1] == 1 else np.ascontiguousarray(a[..., patients])

    return replace(
        problem,
        n=patients.size,
        parameters=tuple(take(a) for a in problem.parameters),
        initial=tuple(None if a is None else take(a) for a in problem.initial),
        doses=tuple((t, d, s, take(a)) for t, d, s, a in problem.doses),
        forcings=tuple(replace(c, values=take(c.values)) for c in problem.forcings),
    )


class Raw(NamedTuple):
    """What the kernel fills, patients last: values by observable and time, happened and how_often by event."""

    values: Floats
    code: NDArray[np.int8]
    steps: NDArray[np.int32]
    reached: Floats
    happened: Floats
    how_often: NDArray[np.int32]

    @classmethod
    def empty(cls, problem: Problem) -> Raw:
        """Return room for a problem's results."""
        n, events = problem.n, len(problem.layout.events)
        return cls(
            np.full((len(problem.observables), problem.times.size, n), np.nan), np.full(n, INTERRUPTED, np.int8),
            np.zeros(n, np.int32), np.full(n, problem.start), np.full((events, n), np.nan),
            np.zeros((events, n), np.int32),
        )  # fmt: skip


def run(
    compiled: CompiledModel,
    problem: Problem,
    precision: Precision,
    threads: int,
    progress: Callable[[int, int], None] | None,
    max_steps: int,
    method: int = METHOD,
) -> Raw:
    """Run a checked problem."""
    width = lanes(precision)
    built = library(compiled.source, precision, width, method)
    raw = Raw.empty(problem)
    stop = ctypes.c_int32(0)
    packed, kept = _pack(problem, raw, stop, max_steps)
    chunk = max(width * 16, min(4096, -(-problem.n // (threads * 8))))
    spans = [(a, min(a + chunk, problem.n)) for a in range(0, problem.n, chunk)]
    done = 0

    def work(span: tuple[int, int]) -> int:
        ran: int = built.run(ctypes.byref(packed), *span)
        return ran

    if len(spans) == 1 or threads == 1:
        for span in spans:
            done += work(span)
            if progress:
                progress(done, problem.n)
    else:
        with ThreadPoolExecutor(min(threads, len(spans))) as pool:
            try:
                for ran in pool.map(work, spans):
                    done += ran
                    if progress:
                        progress(done, problem.n)
            except BaseException:
                stop.value = 1
                raise
    del kept
    return raw


def _pack(problem: Problem, raw: Raw, stop: ctypes.c_int32, max_steps: int) -> tuple[_Problem, list[Any]]:
    """Return the C view of a problem, and what must stay alive while it is used."""
    index = problem.layout.observable_index
    events = _events(problem)

    def table(arrays: Sequence[Floats | None]) -> tuple[Any, NDArray[np.int64]]:
        pointers = (ctypes.c_void_p * max(1, len(arrays)))(*(None if a is None else a.ctypes.data for a in arrays))
        return pointers, np.array([0 if a is None or a.size == 1 else 1 for a in arrays] or [0], np.int64)

    parameters, parameter_stride = table(problem.parameters)
    initial, initial_stride = table(problem.initial)
    if not problem.parameters:
        one = np.ones(1)
        parameters[0] = one.ctypes.data
    else:
        one = problem.parameters[0]
    observables = np.array([index[name] for name in problem.observables], np.int64)
    packed = _Problem(
        parameters=ctypes.addressof(parameters), parameter_stride=parameter_stride.ctypes.data,
        initial=ctypes.addressof(initial), initial_stride=initial_stride.ctypes.data,
        scale=problem.scale.ctypes.data, times=problem.times.ctypes.data, events=ctypes.addressof(events),
        observables=observables.ctypes.data, n_patients=problem.n, n_times=problem.times.size, n_events=len(events),
        n_observables=observables.size, max_steps=max_steps, infusions=int(any(e.kind == 1 for e in events)),
        start=problem.start, rtol=problem.rtol, atol=problem.atol, out=raw.values.ctypes.data,
        code=raw.code.ctypes.data, steps=raw.steps.ctypes.data, reached=raw.reached.ctypes.data,
        happened=raw.happened.ctypes.data, how_often=raw.how_often.ctypes.data, stop=ctypes.addressof(stop),
    )  # fmt: skip
    return packed, [parameters, parameter_stride, initial, initial_stride, observables, events, one, problem, stop]


def _events(problem: Problem) -> Any:
    rows: list[_Row] = []
    for t, duration, state, amount in problem.doses:
        data, stride = amount.ctypes.data, int(amount.size > 1)
        rows.append((t, duration, 1 if duration > 0 else 0, state, data, None, stride))
        if duration > 0:
            rows.append((t + duration, 0.0, 2, state, data, None, stride))
    rows += [(float(t), 0.0, 3, -1, None, None, 0) for t in problem.breakpoints if t > problem.start]
    for number, course in enumerate(problem.forcings):
        rows += _knots(course, number, problem.start)
    rows.sort(key=lambda row: row[0])
    return (_Event * len(rows))(*(_Event(*row) for row in rows))


def _knots(course: Course, number: int, start: float) -> list[_Row]:
    """Return the segments of a forcing table from the start on; what lies before its first knot is as that knot."""
    times, values = course.times, course.values
    stride, where = int(values.shape[1] > 1), [row.ctypes.data for row in values]
    rows: list[_Row] = []
    for k, t in enumerate(times):
        if k + 1 < times.size and times[k + 1] <= start:
            continue
        leads = k + 1 < times.size and course.kind == "linear"
        span = float(times[k + 1] - t) if leads else 0.0
        rows.append((float(t), span, 4, number, where[k], where[k + 1] if leads else None, stride))
    if rows[0][0] > start:
        rows.insert(0, (start, 0.0, 4, number, where[0], None, stride))
    return rows
