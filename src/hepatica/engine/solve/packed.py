"""A checked run as the kernel reads it (kernel/problem.h): arrays by address, on this machine or on a device."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hepatica.engine.solve.problem import INTERRUPTED, Course, Floats, Problem

Place = Callable[[NDArray[Any]], int]
"""Bring an array to where the kernel runs and keep it there; return its address."""

AT_ONCE, INFUSION, INFUSION_END, BREAKPOINT, KNOT = range(5)
EVENT = np.dtype(
    {
        "names": ["time", "duration", "kind", "state", "amount", "next", "stride"],
        "formats": ["f8", "f8", "i8", "i8", "u8", "u8", "i8"],
    }
)
INPUTS = (
    "parameters", "parameter_stride", "initial", "initial_stride", "scale", "times", "events", "observables",
)  # fmt: skip
COUNTS = ("n_patients", "n_times", "n_events", "n_observables", "max_steps", "infusions")
RESULTS = ("values", "code", "steps", "reached", "happened", "how_often")


class CProblem(ctypes.Structure):
    """`problem` of kernel/problem.h."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in INPUTS),
        *((name, ctypes.c_int64) for name in COUNTS),
        *((name, ctypes.c_double) for name in ("start", "rtol", "atol")),
        *((name, ctypes.c_void_p) for name in (*RESULTS, "stop")),
    )


class Raw(NamedTuple):
    """What the kernel fills, patients last: values by observable and time, happened and how_often by event."""

    values: Floats
    code: NDArray[np.int8]
    steps: NDArray[np.int32]
    reached: Floats
    happened: Floats
    how_often: NDArray[np.int32]

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """Return the arrays, in the order of RESULTS."""
        return tuple(self)

    @classmethod
    def empty(cls, problem: Problem) -> Raw:
        """Return room for a problem's results."""
        n, events = problem.n, len(problem.layout.events)
        return cls(
            np.full((len(problem.observables), problem.times.size, n), np.nan), np.full(n, INTERRUPTED, np.int8),
            np.zeros(n, np.int32), np.full(n, problem.start), np.full((events, n), np.nan),
            np.zeros((events, n), np.int32),
        )  # fmt: skip


class Host:
    """Arrays stay where they are."""

    def __init__(self) -> None:
        self.kept: list[NDArray[Any]] = []

    def __call__(self, array: NDArray[Any]) -> int:
        self.kept.append(array)
        return int(array.ctypes.data)


def pack(problem: Problem, raw: Raw, place: Place, max_steps: int, stop: int = 0) -> CProblem:
    """Return the kernel's view of a problem whose results go to `raw`; `stop` is the address of the flag to stop by."""
    index = problem.layout.observable_index
    events = _events(problem, place)

    def table(arrays: tuple[Floats | None, ...]) -> tuple[int, int]:
        given = arrays or (np.ones(1),)
        pointers = np.array([0 if a is None else place(a) for a in given], np.uint64)
        return place(pointers), place(np.array([0 if a is None or a.size == 1 else 1 for a in given], np.int64))

    parameters, parameter_stride = table(problem.parameters)
    initial, initial_stride = table(problem.initial)
    observables = np.array([index[name] for name in problem.observables], np.int64)
    return CProblem(
        parameters=parameters, parameter_stride=parameter_stride, initial=initial, initial_stride=initial_stride,
        scale=place(problem.scale), times=place(problem.times), events=place(events), observables=place(observables),
        n_patients=problem.n, n_times=problem.times.size, n_events=events.size, n_observables=observables.size,
        max_steps=max_steps, infusions=int((events["kind"] == INFUSION).any()), start=problem.start,
        rtol=problem.rtol, atol=problem.atol, stop=stop,
        **{name: place(array) for name, array in zip(RESULTS, raw.arrays(), strict=True)},
    )  # fmt: skip


def _events(problem: Problem, place: Place) -> NDArray[Any]:
    rows: list[tuple[float, float, int, int, int, int, int]] = []
    for t, duration, state, amount in problem.doses:
        where, stride = place(amount), int(amount.size > 1)
        rows.append((t, duration, INFUSION if duration > 0 else AT_ONCE, state, where, 0, stride))
        if duration > 0:
            rows.append((t + duration, 0.0, INFUSION_END, state, where, 0, stride))
    rows += [(float(t), 0.0, BREAKPOINT, -1, 0, 0, 0) for t in problem.breakpoints if t > problem.start]
    for number, course in enumerate(problem.forcings):
        rows += _knots(course, number, problem.start, place)
    rows.sort(key=lambda row: row[0])
    return np.array(rows, EVENT)


def _knots(
    course: Course, number: int, start: float, place: Place
) -> list[tuple[float, float, int, int, int, int, int]]:
    """Return the segments of a forcing table from the start on; what lies before its first knot is as that knot."""
    times, values = course.times, course.values
    first, row, stride = place(values), values.strides[0], int(values.shape[1] > 1)
    rows = []
    for k, t in enumerate(times):
        last = k + 1 == times.size
        if not last and times[k + 1] <= start:
            continue
        leads = not last and course.kind == "linear"
        span, following = (float(times[k + 1] - t), first + (k + 1) * row) if leads else (0.0, 0)
        rows.append((float(t), span, KNOT, number, first + k * row, following, stride))
    if rows[0][0] > start:
        rows.insert(0, (start, 0.0, KNOT, number, first, 0, stride))
    return rows
