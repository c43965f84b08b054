"""The child process of one engine: build it, then solve what the parent asks for. `python -m … FILE_DESCRIPTOR`."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import time
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from hepatica.engine.compare.peers.task import Peer, Solve, Task


def main(descriptor: int) -> None:
    """Serve one parent until it hangs up; a failure of the engine is an answer."""
    with Connection(descriptor) as parent, contextlib.suppress(EOFError, BrokenPipeError):
        try:
            _serve(parent)
        except (EOFError, BrokenPipeError):
            raise
        except BaseException as fault:  # Rust's panics are no Exception
            parent.send({"note": f"{type(fault).__name__}: {fault}"[:300]})


def _serve(parent: Connection) -> None:
    task, peer = parent.recv()
    began = time.perf_counter()
    solve = import_module(peer.module).build(task, peer)
    parent.send({"compile_s": time.perf_counter() - began})
    while True:
        verb, *asked = parent.recv()
        answer = _solve if verb == "solve" else _run
        parent.send(answer(task, peer, solve, *asked))


def _solve(task: Task, peer: Peer, solve: Solve, *asked: Any) -> dict[str, Any]:
    patients, threads = asked
    n = min(max(patients, peer.batch), task.n)
    values, steps = solve(range(n), threads)
    return {
        "values": values[:, :, :patients],
        "steps": None if steps is None else round(float(steps.mean()), 1),
        "lost": int(np.isnan(values).any(axis=(0, 1)).sum()),
        "of": n,
    }


def _run(task: Task, peer: Peer, solve: Solve, *asked: Any) -> dict[str, Any]:
    """Solve batch after batch until the time is up; this process begins at its share of the population."""
    seconds, share, shares, threads = asked
    first, done = task.n * share // shares, 0
    began = time.perf_counter()
    while True:
        batch = range(first, min(first + peer.batch, task.n))
        solve(batch, threads)
        done, first = done + len(batch), batch.stop % task.n
        took = time.perf_counter() - began
        if took >= seconds:
            return {"patients": done, "seconds": took, "memory_mb": _peak_mb()}


def _peak_mb() -> float:
    """Return the most memory this process held; what its parent held before it is not counted."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    os.dup2(2, 1)  # an engine's chatter is not an answer
    main(int(sys.argv[1]))
