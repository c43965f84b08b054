"""The same runs on a Dask cluster: parts as tasks, the model sent once to each worker, results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import islice
from typing import Any

from hepatica.engine.crowd.ensemble import NOBODY, Ensemble, Span
from hepatica.engine.crowd.workers import Found, Progress, Task, Told
from hepatica.errors import CannotAnswer, InputError

AHEAD = 4
"""Parts sent out for each thread of the cluster, so that none waits for work."""


@dataclass(frozen=True)
class Dask:
    """Compute on the workers of a `distributed.Client`; a worker that dies costs only the parts it had in hand.

    `resources` are what a worker must have declared to get a part. A run with device="gpu" goes to the workers that
    declared GPU, where there are any. Worker threads compute one part each, so that a worker with two threads uses two
    processors.
    """

    client: Any
    resources: Mapping[str, float] = field(default_factory=dict)

    def each(self, task: Task, crowd: Ensemble, spans: Sequence[Span], progress: Progress = None) -> Found:
        """Yield what `task.collect` makes of each span, in their order; raise CannotAnswer if no worker survives."""
        distributed = distributed_module()
        self._check()
        common = replace(crowd, given=NOBODY)
        resources = self.resources or self._gpu(crowd)
        asked: dict[str, Any] = {"resources": dict(resources)} if resources else {}
        # A task, not scattered data: what the last worker took with it can be made again.
        model = self.client.submit(_held, (task, common), pure=False)
        todo = (self.client.submit(_part, model, span, crowd.cut(span).given, pure=False, **asked) for span in spans)
        flying: deque[Any] = deque()
        with Told(progress, sum(last - first for first, last in spans)) as told:
            try:
                flying.extend(islice(todo, AHEAD * max(1, sum(self.client.nthreads().values()))))
                for first, last in spans:
                    found = flying[0].result()
                    flying.popleft()
                    flying.extend(islice(todo, 1))
                    told.more(last - first)
                    yield found
            except (distributed.KilledWorker, distributed.CancelledError) as error:
                raise CannotAnswer(
                    f"workers died over and over: {error}", mend="look at their logs; give them more memory"
                ) from None
            finally:
                self.client.cancel([*flying, model])

    def _check(self) -> None:
        """Refuse resources that no worker has: the work would wait for ever."""
        for name, amount in self.resources.items():
            if self._most(name) < amount:
                raise InputError(
                    f"no worker has {name}: {amount:g}",
                    where="Dask resources",
                    mend=f'start workers with --resources "{name}={amount:g}"',
                )

    def _gpu(self, crowd: Ensemble) -> Mapping[str, float]:
        return {"GPU": 1} if crowd.options.get("device") == "gpu" and self._most("GPU") >= 1 else {}

    def _most(self, name: str) -> float:
        """Return the most of a resource that one worker declared."""
        workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        return max((worker.get("resources", {}).get(name, 0) for worker in workers), default=0)


def _held(value: Any) -> Any:
    return value


def _part(common: tuple[Task, Ensemble], span: Span, given: Mapping[str, Any]) -> Any:
    task, crowd = common
    return task(replace(crowd, first=span[0], n=span[1] - span[0], given=given))


def distributed_module() -> Any:
    """Return dask.distributed, or raise CannotAnswer naming the extra that brings it."""
    try:
        return import_module("distributed")
    except ImportError:
        raise CannotAnswer("a cluster needs dask", mend='pip install "hepatica[cluster]"') from None
