"""Who computes the blocks: threads of this process here; other engines keep the same contract.

An engine gets a task, an ensemble and spans of whole blocks. `Task.block` turns the patients of one block into a small
result, anywhere and in any order; `Task.collect` gets these results of one span in the order of the blocks.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from tqdm import tqdm

from hepatica.engine.crowd.ensemble import Check, Ensemble, Span
from hepatica.engine.solve.machine import available_cores
from hepatica.errors import InputError

Progress = Callable[[int, int], None] | bool | None
Found = Generator[Any, None, None]


@dataclass(frozen=True)
class Task:
    """Two steps of a computation over blocks; both can be sent to another process."""

    block: Callable[[Ensemble, Check], Any]
    collect: Callable[[Ensemble, Iterator[Any]], Any]

    def __call__(self, part: Ensemble) -> Any:
        """Do one span from start to end in this thread."""
        return self.collect(part, (self.block(part.cut(span), _nothing) for span in part.blocks()))


class Engine(Protocol):
    def each(self, task: Task, crowd: Ensemble, spans: Sequence[Span], progress: Progress = None) -> Found:
        """Yield what `task.collect` makes of each span, in their order."""
        ...


class Stopped(Exception):
    """The run was ended by the one who asked for it."""


@dataclass(frozen=True)
class Threads:
    """Compute blocks on threads of this process; at most `ahead` blocks are held before the caller takes them."""

    threads: int
    ahead: int = 0

    def each(self, task: Task, crowd: Ensemble, spans: Sequence[Span], progress: Progress = None) -> Found:
        with closing(self._blocks(task, crowd, spans, progress)) as found:
            for span in spans:
                part = crowd.cut(span)
                yield task.collect(part, islice(found, len(part.blocks())))

    def _blocks(self, task: Task, crowd: Ensemble, spans: Sequence[Span], progress: Progress) -> Found:
        ended = threading.Event()

        def check(*_: int) -> None:
            if ended.is_set():
                raise Stopped

        def work(part: Ensemble) -> tuple[Any, int]:
            check()
            return task.block(part, check), part.n

        todo = (crowd.cut(block) for span in spans for block in crowd.cut(span).blocks())
        flying: deque[Future[tuple[Any, int]]] = deque()
        # The pool is not a context: its end must not wait for work that nobody wants any more.
        pool = ThreadPoolExecutor(self.threads)
        with Told(progress, sum(last - first for first, last in spans)) as told:
            try:
                flying.extend(pool.submit(work, part) for part in islice(todo, self.ahead or 2 * self.threads))
                while flying:
                    result, patients = flying.popleft().result()
                    flying.extend(pool.submit(work, part) for part in islice(todo, 1))
                    told.more(patients)
                    yield result
            finally:
                ended.set()
                pool.shutdown(wait=True, cancel_futures=True)


class Told:
    """Progress, whichever way it is told."""

    def __init__(self, progress: Progress, patients: int) -> None:
        self.call = progress if callable(progress) else None
        self.bar = tqdm(total=patients, unit=" patients", unit_scale=True) if progress is True else None
        self.done, self.patients = 0, patients

    def __enter__(self) -> Told:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def more(self, patients: int) -> None:
        """Count patients as done."""
        self.done += patients
        if self.bar is not None:
            self.bar.update(patients)
        if self.call is not None:
            self.call(self.done, self.patients)


def chosen(engine: Engine | None, threads: int | None) -> Engine:
    """Return the engine asked for: an engine, or so many threads (default: all processors)."""
    if engine is not None:
        if threads is not None:
            raise InputError("both an engine and threads", mend="leave threads out; an engine has its own")
        return engine
    if threads is not None and threads < 1:
        raise InputError(f"{threads} threads", mend="give at least one, or leave it out")
    return Threads(threads or available_cores())


def _nothing(*_: int) -> None:
    """Let the work go on."""
