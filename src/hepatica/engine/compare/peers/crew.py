"""The processes of one engine in a comparison, as the parent sees them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from importlib import util
from multiprocessing import Pipe
from typing import Any

from hepatica.engine.compare.peers.task import Peer, Task

ONE_THREAD = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NPROC": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}  # fmt: skip


class Refused(Exception):
    """An engine cannot take part, or no longer: the reason goes into its row."""


class Crew:
    """One engine ready to solve: a process for each core, or one that uses all cores itself."""

    def __init__(self, peer: Peer, task: Task, cores: int, patience_s: float) -> None:
        missing = [name for name in peer.needs if util.find_spec(name) is None]
        if missing:
            raise Refused(f"not installed: {', '.join(missing)}; pip install 'hepatica[bench]'")
        self.peer, self.cores = peer, cores
        self.members = [_Member(peer) for _ in range(1 if peer.own_threads else cores)]
        try:
            for member in self.members:
                member.pipe.send((task, peer))
            self.compile_s = max(answer["compile_s"] for answer in self._gather(self.members, patience_s))
        except BaseException:
            self.close()
            raise

    def solve(self, patients: int, patience_s: float) -> dict[str, Any]:
        """Return values [observable, time, patient] of the first patients, steps, and how many were given up."""
        self.members[0].pipe.send(("solve", patients, self.cores if self.peer.own_threads else 1))
        return self._gather(self.members[:1], patience_s)[0]

    def run(self, threads: int, seconds: float, patience_s: float) -> dict[str, Any]:
        """Return patients a second on so many threads, for about `seconds`, and the memory of their processes."""
        own = self.peer.own_threads
        shares = 1 if own else threads
        for share, member in enumerate(self.members[:shares]):
            member.pipe.send(("run", seconds, share, shares, threads if own else 1))
        answers = self._gather(self.members[:shares], patience_s)
        return {
            "rate": sum(a["patients"] / a["seconds"] for a in answers),
            "patients": sum(a["patients"] for a in answers),
            "seconds": max(a["seconds"] for a in answers),
            "memory_mb": sum(a["memory_mb"] for a in answers),
        }

    def close(self) -> None:
        """End the processes."""
        for member in self.members:
            member.end()

    def _gather(self, members: list[_Member], patience_s: float) -> list[dict[str, Any]]:
        until = time.monotonic() + patience_s
        answers = []
        for member in members:
            try:
                if not member.pipe.poll(max(0.0, until - time.monotonic())):
                    raise Refused(f"not done within {patience_s:.3g} s")
                answer = member.pipe.recv()
            except (EOFError, ConnectionError):
                raise Refused("it ended without an answer") from None
            if "note" in answer:
                raise Refused(answer["note"])
            answers.append(answer)
        return answers


class _Member:
    """One child process and the pipe to it."""

    def __init__(self, peer: Peer) -> None:
        self.pipe, theirs = Pipe()
        one = {} if peer.own_threads else ONE_THREAD
        environment = os.environ | one | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - this interpreter and our own module
                [sys.executable, "-m", "hepatica.engine.compare.peers.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def end(self) -> None:
        with suppress(OSError):
            self.pipe.close()
        self.process.kill()
        self.process.wait()
