"""One run as a checked value: patients, parameters, doses, output times; and its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.engine.crowd.streams import uniforms
from hepatica.engine.language.layout import Forcing, Layout
from hepatica.errors import InputError

Floats = NDArray[np.float64]
CODES = {
    0: "done", 1: "step limit", 2: "not finite", 3: "step too small", 4: "interrupted", 5: "lost digits",
    6: "stopped by an event", 7: "events without end",
}  # fmt: skip
INTERRUPTED = 4
FINE = (0, 6)
"""The codes of patients whose numbers hold: run to the end, or to the event that ends their course."""


@dataclass(frozen=True, slots=True)
class Dose:
    """An amount given into a state at a time, at once or spread evenly over `duration`.

    `amount` is in the state's unit, one number or one for each patient; an output at the time of a dose is
    taken just before it. A negative amount removes; a non-negative state stops at zero.
    """

    time: float
    state: str
    amount: Any
    duration: float = 0.0


@dataclass(frozen=True)
class Result:
    """What was asked for: `values[name]` is [n_times, n_patients]; `code` 0 means done (see CODES).

    `steps` counts steps tried and `reached` is the time the run came to, for each patient; what was not reached is NaN.
    `events[name]` is when an event of the model first came to each patient (NaN: never), `counts[name]` how often.
    """

    times: Floats
    values: Mapping[str, Floats]
    code: NDArray[np.int8]
    steps: NDArray[np.int32]
    reached: Floats
    events: Mapping[str, Floats] = field(default_factory=dict)
    counts: Mapping[str, NDArray[np.int32]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]

    @property
    def ok(self) -> NDArray[np.bool_]:
        """Which patients were computed to the end, or to the event that stops them."""
        done: NDArray[np.bool_] = np.isin(self.code, FINE)
        return done

    def failures(self) -> dict[str, int]:
        """Count the patients that were not computed to the end, by reason."""
        found = {text: int((self.code == c).sum()) for c, text in CODES.items() if c not in FINE}
        return {text: count for text, count in found.items() if count}


@dataclass(frozen=True)
class Course:
    """The knots of one forcing table in a run: `values` is [n_knots, 1 or n_patients]."""

    times: Floats
    values: Floats
    kind: str


@dataclass(frozen=True)
class Problem:
    """A run, checked: arrays are float64 of length 1 (shared) or n; doses of zero for everybody are gone."""

    layout: Layout
    n: int
    start: float
    times: Floats
    parameters: tuple[Floats, ...]
    initial: tuple[Floats | None, ...]
    doses: tuple[tuple[float, float, int, Floats], ...]
    breakpoints: Floats
    observables: tuple[str, ...]
    rtol: float
    atol: float
    scale: Floats = field(repr=False)
    forcings: tuple[Course, ...] = ()


def prepare(
    layout: Layout,
    times: Any,
    *,
    n: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    doses: Sequence[Dose] = (),
    observables: Sequence[str] = (),
    rtol: float = 1e-4,
    atol: float = 1e-6,
    breakpoints: Sequence[float] = (),
    start: float | None = None,
    forcing: Mapping[str, tuple[Any, Any]] | None = None,
    seed: int = 0,
    first_patient: int = 0,
) -> Problem:
    """Check everything that a caller can get wrong and return the problem; raise InputError naming the place."""
    where = f"model {layout.name}"
    when = _times(times, start, where)
    given = {k: _values(f"parameter {k}", v, where) for k, v in (parameters or {}).items()}
    begin = {k: _values(f"initial {k}", v, where) for k, v in (initial or {}).items()}
    for name in given:
        layout.find(name, layout.parameter_index, "parameter")
    for name in begin:
        layout.find(name, layout.state_index, "state")
    for name in observables:
        layout.find(name, layout.observable_index, "observable")
    if not observables:
        raise InputError(
            "no observables asked for", where=where, mend="give observables=[…] of states, assigns or observes"
        )
    amounts = [_values(f"dose {i} amount", d.amount, where) for i, d in enumerate(doses)]
    courses = tuple(_course(layout, f, (forcing or {}).get(f.name), where) for f in layout.forcings)
    for name in forcing or {}:
        layout.find(name, {f.name: i for i, f in enumerate(layout.forcings)}, "forcing")
    tables = {f"forcing {f.name}": c.values[0] for f, c in zip(layout.forcings, courses, strict=True)}
    size = _size(n, {**tables, **given, **begin, **{f"dose {i}": a for i, a in enumerate(amounts)}}, where)
    first = float(when[0]) if start is None else float(start)
    given_doses = [_dose(layout, d, a, first) for d, a in zip(doses, amounts, strict=True)]
    for event in layout.events:
        threshold = f"{event.name}_threshold"
        if event.hazard and threshold not in given:
            drawn = uniforms(seed, f"event {event.name}", first_patient, first_patient + size)
            given[threshold] = -np.log(drawn)
    if not (rtol > 0 and atol > 0):
        raise InputError(f"rtol={rtol}, atol={atol}: both must be above zero", where=where)
    return Problem(
        layout=layout,
        n=size,
        start=first,
        times=when,
        parameters=tuple(given.get(p.name, np.array([p.value])) for p in layout.parameters),
        initial=tuple(begin.get(s.name) for s in layout.states),
        doses=tuple(row for row in given_doses if row[3].any()),
        breakpoints=_breakpoints(breakpoints, where),
        observables=tuple(dict.fromkeys(observables)),
        rtol=float(rtol),
        atol=float(atol),
        scale=np.array([s.atol_scale for s in layout.states]),
        forcings=courses,
    )


def _times(times: Any, start: float | None, where: str) -> Floats:
    when = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if when.ndim != 1 or when.size == 0 or not np.isfinite(when).all():
        raise InputError("output times must be finite numbers, at least one", where=where)
    if (np.diff(when) <= 0).any():
        raise InputError("output times must rise", where=where, mend="sort them and remove doubles")
    if start is not None and not (np.isfinite(start) and when[0] >= start):
        raise InputError(f"output at {when[0]:g} lies before the start {start:g}", where=where, mend="start earlier")
    return when


def _values(what: str, value: Any, where: str) -> Floats:
    try:
        array = np.ascontiguousarray(np.atleast_1d(np.asarray(value, dtype=np.float64)))
    except (TypeError, ValueError):
        raise InputError(f"{what} is not a number", where=where) from None
    if array.ndim != 1:
        raise InputError(f"{what} has shape {array.shape}", where=where, mend="give a number or one for each patient")
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise InputError(
            f"{what} is {array[bad[0]]} for {bad.size} of {array.size} patients, the first number {bad[0]}", where=where
        )
    return array


def _size(n: int | None, arrays: Mapping[str, Floats], where: str) -> int:
    sizes = {name: a.size for name, a in arrays.items() if a.size != 1}
    size = n if n is not None else next(iter(sizes.values()), 1)
    if size < 1:
        raise InputError("0 patients", where=where, mend="give at least one")
    for name, found in sizes.items():
        if found != size:
            raise InputError(f"{name} has {found} values for {size} patients", where=where)
    return size


def _dose(layout: Layout, dose: Dose, amount: Floats, start: float) -> tuple[float, float, int, Floats]:
    where = f"model {layout.name}, dose into {dose.state} at {dose.time}"
    index = layout.find(dose.state, layout.state_index, "state")
    if not (np.isfinite(dose.time) and dose.time >= start):
        raise InputError(f"a dose at {dose.time:g} lies before the start {start:g}", where=where)
    if not (np.isfinite(dose.duration) and dose.duration >= 0):
        raise InputError(f"a dose cannot last {dose.duration:g}", where=where, mend="give a duration of 0 or more")
    return float(dose.time), float(dose.duration), index, amount


def _course(layout: Layout, table: Forcing, given: tuple[Any, Any] | None, where: str) -> Course:
    if given is None:
        return Course(np.array(table.times), np.array(table.values)[:, None], table.kind)
    where += f", forcing {table.name}"
    try:
        knots = np.atleast_1d(np.asarray(given[0], dtype=np.float64))
        values = np.asarray(given[1], dtype=np.float64)
    except (TypeError, ValueError, IndexError):
        raise InputError("is no table", where=where, mend="give (times, values)") from None
    values = np.ascontiguousarray(values[:, None] if values.ndim == 1 else values)
    if knots.ndim != 1 or values.ndim != 2 or values.shape[0] != knots.size or not values.size:
        raise InputError(
            f"{knots.size} times for values of shape {values.shape}", where=where,
            mend="give one value for each time, or [times, patients]",
        )  # fmt: skip
    if not (np.isfinite(knots).all() and np.isfinite(values).all() and (np.diff(knots) > 0).all()):
        raise InputError("the knots must rise and everything be finite", where=where)
    return Course(knots, values, table.kind)


def _breakpoints(points: Sequence[float], where: str) -> Floats:
    array = np.unique(np.asarray(points, dtype=np.float64))
    if not np.isfinite(array).all():
        raise InputError("breakpoints must be finite numbers", where=where)
    return array


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
