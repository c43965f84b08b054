"""This engine, measured as the others are; compiled from nothing, so that its compile time is true."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import numpy as np

from hepatica.engine.compare.peers.task import Peer, Solve, Solved, Task
from hepatica.engine.generate.compiled import compile_model
from hepatica.engine.solve.compiler import lanes, library
from hepatica.engine.solve.gpu import compile_for_gpu
from hepatica.engine.solve.run import simulate


def build(task: Task, peer: Peer) -> Solve:
    """Generate and compile the model in an empty cache."""
    with tempfile.TemporaryDirectory() as empty:
        os.environ["HEPATICA_CACHE"] = empty
        precision: Any = peer.precision
        if peer.device == "gpu":
            compile_for_gpu(compile_model(task.model).source, precision)
        else:
            library(compile_model(task.model).source, precision, lanes(precision))
    call = task.arguments() | {"precision": precision, "device": peer.device}

    def solve(patients: range, threads: int) -> Solved:
        r = simulate(task.model, n=len(patients), threads=threads, **call, **task.take(patients))
        return Solved(np.stack([r[name] for name in task.observables]), r.steps.astype(np.float64))

    return solve
