"""One run as a checked value: patients, parameters, doses, output times; and its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.engine.layout import Layout
from hepatica.errors import InputError

Floats = NDArray[np.float64]
CODES = {0: "done", 1: "step limit", 2: "not finite", 3: "step too small", 4: "interrupted", 5: "lost digits"}


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
    """

    times: Floats
    values: Mapping[str, Floats]
    code: NDArray[np.int8]
    steps: NDArray[np.int32]
    reached: Floats

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]

    @property
    def ok(self) -> NDArray[np.bool_]:
        """Which patients were computed to the end."""
        done: NDArray[np.bool_] = self.code == 0
        return done

    def failures(self) -> dict[str, int]:
        """Count the patients that were not computed to the end, by reason."""
        return {text: int((self.code == c).sum()) for c, text in CODES.items() if c and (self.code == c).any()}


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
    size = _size(n, {**given, **begin, **{f"dose {i}": a for i, a in enumerate(amounts)}}, where)
    first = float(when[0]) if start is None else float(start)
    given_doses = [_dose(layout, d, a, first) for d, a in zip(doses, amounts, strict=True)]
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


def _breakpoints(points: Sequence[float], where: str) -> Floats:
    array = np.unique(np.asarray(points, dtype=np.float64))
    if not np.isfinite(array).all():
        raise InputError("breakpoints must be finite numbers", where=where)
    return array
