"""libRoadRunner's CVODE on the SBML of the model, doses as its events, absolute tolerances by state."""

from __future__ import annotations

import contextlib
from importlib import import_module

import numpy as np

from hepatica.engine.compare.peers.task import Peer, Solve, Solved, Task
from hepatica.engine.exchange.sbml import to_sbml
from hepatica.engine.solve.scipy_path import at


def build(task: Task, peer: Peer) -> Solve:
    """Compile the SBML and find where parameters go."""
    roadrunner = import_module("roadrunner")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    engine = roadrunner.RoadRunner(to_sbml(task.model, task.doses, restarts=False))
    problem, layout = task.problem(), task.model.layout
    order = [engine.model.getStateVectorId(k) for k in range(len(layout.states))]
    scale = {s.name: s.atol_scale for s in layout.states}
    engine.integrator.relative_tolerance = task.rtol
    engine.integrator.absolute_tolerance = [task.atol * scale[name] for name in order]
    engine.timeCourseSelections = ["time", *task.observables]
    ids = list(engine.model.getGlobalParameterIds())
    varying = [(ids.index(p.name), a) for p, a in zip(layout.parameters, problem.parameters, strict=True) if a.size > 1]
    where = [k for k, _ in varying]
    given = [(f"init({s.name})", a) for s, a in zip(layout.states, problem.initial, strict=True) if a is not None]
    asked = sorted({problem.start, *problem.times.tolist()} | set(problem.breakpoints.tolist()))
    kept = np.isin(asked, problem.times)

    def solve(patients: range, threads: int) -> Solved:
        out = np.full((len(task.observables), problem.times.size, len(patients)), np.nan)
        for column, i in enumerate(patients):
            engine.resetAll()
            if given:
                for name, values in given:
                    engine.setValue(name, at(values, i))
                engine.reset()
            engine.model.setGlobalParameterValues(where, [at(a, i) for _, a in varying])
            with contextlib.suppress(RuntimeError):  # what CVODE gives up stays NaN and is counted
                out[:, :, column] = np.asarray(engine.simulate(times=asked))[kept, 1:].T
        return Solved(out)

    return solve
