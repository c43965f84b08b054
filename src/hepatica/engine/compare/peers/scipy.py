"""scipy's LSODA with a Python right-hand side, patient by patient, absolute tolerances by state."""

from __future__ import annotations

import numpy as np

from hepatica.engine.compare.peers.task import Peer, Solve, Solved, Task
from hepatica.engine.language.flatten import compile_python
from hepatica.engine.solve.scipy_path import one_patient


def build(task: Task, peer: Peer) -> Solve:
    """Turn the equations into Python functions once."""
    problem = task.problem()
    functions = compile_python(task.model, list(task.observables))

    def solve(patients: range, threads: int) -> Solved:
        out = np.full((len(task.observables), problem.times.size, len(patients)), np.nan)
        for column, i in enumerate(patients):
            out[:, :, column] = one_patient(problem, functions, i)
        return Solved(out)

    return solve
