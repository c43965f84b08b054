"""COPASI's LSODA on the SBML of the model, doses as its events; it takes one absolute tolerance for all states."""

from __future__ import annotations

from importlib import import_module

import numpy as np

from hepatica.engine.compare.peers.task import Peer, Solve, Solved, Task
from hepatica.engine.exchange.sbml import to_sbml
from hepatica.engine.solve.scipy_path import at


def build(task: Task, peer: Peer) -> Solve:
    """Import the SBML and set a time course up at the output times."""
    copasi = import_module("COPASI")
    data = copasi.CRootContainer.addDatamodel()
    if not data.importSBMLFromString(to_sbml(task.model, task.doses, restarts=False)):
        raise RuntimeError(copasi.CCopasiMessage.getAllMessageText())
    problem, layout, model = task.problem(), task.model.layout, data.getModel()
    course = data.getTask("Time-Course")
    method, setting = course.getMethod(), course.getProblem()
    method.getParameter("Relative Tolerance").setDblValue(task.rtol)
    method.getParameter("Absolute Tolerance").setDblValue(task.atol)
    model.setInitialTime(problem.start)
    setting.setAutomaticStepSize(False)
    setting.setUseValues(True)
    asked = sorted({problem.start, *problem.times.tolist()} | set(problem.breakpoints.tolist()))
    setting.setValues(" ".join(repr(t) for t in asked))
    setting.setTimeSeriesRequested(True)
    quantities = {q.getSBMLId(): q for q in (model.getModelValue(k) for k in range(model.getNumModelValues()))}
    named = [(quantities[p.name], a) for p, a in zip(layout.parameters, problem.parameters, strict=True) if a.size > 1]
    named += [(quantities[s.name], a) for s, a in zip(layout.states, problem.initial, strict=True) if a is not None]
    changed = copasi.ObjectStdVector()
    for quantity, _ in named:
        changed.append(quantity.getInitialValueReference())
    columns: list[int] = []

    def solve(patients: range, threads: int) -> Solved:
        out = np.full((len(task.observables), problem.times.size, len(patients)), np.nan)
        for place, i in enumerate(patients):
            for quantity, values in named:
                quantity.setInitialValue(at(values, i))
            model.updateInitialValues(changed)
            if not course.process(True):
                continue
            series = course.getTimeSeries()
            if not columns:
                found = {series.getSBMLId(k, data): k for k in range(series.getNumVariables())}
                columns.extend(found[name] for name in task.observables)
            # An event puts two rows at its time: the first holds what was just before.
            came = np.array([series.getData(r, 0) for r in range(series.getRecordedSteps())])
            rows = np.searchsorted(came, problem.times - 1e-9 * (1 + np.abs(problem.times)))
            if rows.max() < came.size:
                out[:, :, place] = [[series.getData(int(r), c) for r in rows] for c in columns]
        return Solved(out)

    return solve
