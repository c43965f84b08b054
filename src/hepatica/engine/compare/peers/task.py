"""What every engine is asked, and how one answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from hepatica.engine.language.model import Model
from hepatica.engine.solve.problem import Dose, Floats, Problem, prepare


class Solved(NamedTuple):
    """Values [observable, time, patient], NaN where the engine gave up, and steps tried where it tells."""

    values: Floats
    steps: Floats | None = None


Solve = Callable[[range, int], Solved]
"""Solve some patients of the task on so many threads (1, unless the engine has threads of its own)."""


@dataclass(frozen=True)
class Peer:
    """One engine in the comparison: `module.build(task, peer)` returns its Solve in a process of its own."""

    engine: str
    method: str
    precision: str
    module: str
    needs: tuple[str, ...] = ()
    batch: int = 8
    """Patients at once; where another number would be compiled anew, always as many."""
    device: str = "cpu"
    """Where this engine itself computes: "cpu" or "gpu"."""
    own_threads: bool = False
    """Uses all cores from one process; the others get a process for each core."""


@dataclass(frozen=True)
class Task:
    """A model, output times, doses of one regimen, and a population: {"parameters" or "initial": {name: values}}."""

    model: Model
    times: Floats
    doses: tuple[Dose, ...]
    observables: tuple[str, ...]
    population: dict[str, dict[str, Any]]
    rtol: float
    atol: float
    breakpoints: tuple[float, ...] = ()
    n: int = field(default=1)

    def arguments(self) -> dict[str, Any]:
        """Return what `simulate` and `reference` take."""
        return {
            "times": self.times, "doses": self.doses, "observables": self.observables, "rtol": self.rtol,
            "atol": self.atol, "breakpoints": self.breakpoints,
        }  # fmt: skip

    def problem(self) -> Problem:
        """Return the whole population as a checked problem."""
        everything: dict[str, Any] = self.arguments() | self.population
        return prepare(self.model.layout, n=self.n, **everything)

    def take(self, patients: range) -> dict[str, Any]:
        """Return the population's arguments for some patients."""
        span = slice(patients.start, patients.stop)
        return {
            kind: {name: value[span] if np.size(value) > 1 else value for name, value in values.items()}
            for kind, values in self.population.items()
        }


def stops(problem: Problem) -> list[float]:
    """Return the times between which a run is smooth: start, doses, breakpoints, end."""
    last = float(problem.times[-1])
    inner = {t for t, *_ in problem.doses} | set(problem.breakpoints.tolist())
    return sorted({t for t in inner if problem.start < t < last} | {problem.start, last})


def spans(problem: Problem) -> list[tuple[float, float, Floats]]:
    """Return (begin, end, output times after begin) of each smooth part."""
    times = problem.times
    return [(a, b, times[(times > a) & (times <= b)]) for a, b in pairwise(stops(problem))]


def given(problem: Problem, time: float) -> list[tuple[int, Floats]]:
    """Return (state, amounts) of the doses at a time."""
    return [(state, amount) for t, _, state, amount in problem.doses if t == time]


def matrix(problem: Problem) -> Floats:
    """Return the parameters as [patient, parameter]."""
    return np.stack([np.broadcast_to(a, problem.n) for a in problem.parameters], axis=1)


def starts(problem: Problem, initial: Callable[[Sequence[float]], Sequence[float]]) -> Floats:
    """Return the states at the start as [patient, state]; `initial` computes those that were not given."""
    p = matrix(problem)
    rows = np.array([initial(list(row)) for row in p], dtype=np.float64)
    for k, values in enumerate(problem.initial):
        if values is not None:
            rows[:, k] = values
    return rows


def supported(doses: Sequence[Dose]) -> bool:
    """Tell if every peer can give these doses: at once, the same for all."""
    return all(d.duration == 0 and np.ndim(d.amount) == 0 for d in doses)
