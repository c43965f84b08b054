"""A cluster gives the bytes of this process, also when a worker is killed on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from distributed import Client, LocalCluster

from hepatica.engine import (
    CompiledModel,
    Dask,
    Model,
    blocks,
    compile_model,
    simulate,
    summarise,
    uniforms,
    write_parquet,
)
from hepatica.errors import InputError

RUN: dict[str, Any] = {"times": [0.0, 1.0, 4.0], "n": 20_000, "block": 256, "observables": ["amount"]}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Two workers, each a process of one thread."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, resources={"seats": 1}, dashboard_address=":0", silence_logs=50
        ) as cluster,
        Client(cluster) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def model() -> CompiledModel:
    m = Model("shared_out")
    loss = m.parameter("loss", 0.5)
    x = m.state("amount", 1.0)
    m.rate(x, -loss * x)
    compiled = compile_model(m)
    simulate(compiled, [0, 1], observables=["amount"])
    return compiled


def draw(first: int, last: int) -> Mapping[str, Any]:
    return {"parameters": {"loss": 0.1 + uniforms(1, "loss", first, last)}}


def data(summary: Any, folder: Path) -> bytes:
    return summary.save(folder / "s.npz").read_bytes()


def test_a_cluster_gives_the_same_bytes(model: CompiledModel, client: Client, tmp_path: Path) -> None:
    local = summarise(model, **RUN, draw=draw, thresholds={"amount": 0.5})
    away = summarise(model, **RUN, draw=draw, thresholds={"amount": 0.5}, engine=Dask(client, {"seats": 1}))
    assert data(away, tmp_path) == data(local, tmp_path)


def test_arrays_travel_with_their_part(model: CompiledModel, client: Client) -> None:
    given = {"parameters": draw(0, 20_000)["parameters"]}
    for (first, here), (number, there) in zip(
        blocks(model, **RUN, **given), blocks(model, **RUN, **given, engine=Dask(client)), strict=True
    ):
        assert first == number and (here["amount"] == there["amount"]).all()


def test_a_killed_worker_costs_nothing_but_time(model: CompiledModel, client: Client, tmp_path: Path) -> None:
    victim = next(iter(client.run(os.getpid).values()))
    done = []

    def kill(patients: int, _: int) -> None:
        done.append(patients)
        if len(done) == 4:
            os.kill(victim, signal.SIGKILL)

    away = summarise(model, **RUN, draw=draw, engine=Dask(client), progress=kill)
    assert data(away, tmp_path) == data(summarise(model, **RUN, draw=draw), tmp_path)
    client.wait_for_workers(2, timeout=30)
    assert victim not in client.run(os.getpid).values(), "nothing was killed"


def test_a_cluster_goes_on_from_a_folder_begun_here(model: CompiledModel, client: Client, tmp_path: Path) -> None:
    def interrupt(done: int, _: int) -> None:
        if done > 5000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_parquet(model, **RUN, draw=draw, path=tmp_path / "two", progress=interrupt)
    assert list((tmp_path / "two").glob("part-*"))
    write_parquet(model, **RUN, draw=draw, path=tmp_path / "two", engine=Dask(client))
    write_parquet(model, **RUN, draw=draw, path=tmp_path / "one")
    for file in (tmp_path / "one").iterdir():
        assert (tmp_path / "two" / file.name).read_bytes() == file.read_bytes()


def test_work_goes_only_where_its_resources_are(model: CompiledModel, client: Client) -> None:
    with pytest.raises(InputError, match="no worker has"):
        summarise(model, **RUN, draw=draw, engine=Dask(client, {"GPU": 1}))


class Sent(Exception):
    """The first task was sent out."""


class Elsewhere:
    """A client whose workers declared some resources, and that only takes note."""

    def __init__(self, resources: dict[str, float]) -> None:
        self.resources, self.asked = resources, []

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        return {"workers": {"a": {}, "b": {"resources": self.resources}}}

    def nthreads(self) -> dict[str, int]:
        return {"a": 1, "b": 1}

    def submit(self, *_: Any, **asked: Any) -> Any:
        self.asked.append(asked.get("resources"))
        return SimpleNamespace(result=self._sent)

    def cancel(self, _: Any) -> None:
        pass

    def _sent(self) -> None:
        raise Sent


@pytest.mark.parametrize(
    ("declared", "device", "asked"), [({"GPU": 1}, "gpu", {"GPU": 1}), ({}, "gpu", None), ({"GPU": 1}, "cpu", None)]
)
def test_runs_on_a_gpu_go_to_workers_that_declared_one(
    model: CompiledModel, declared: dict[str, float], device: str, asked: dict[str, float] | None
) -> None:
    client = Elsewhere(declared)
    with pytest.raises(Sent):
        summarise(model, **RUN, draw=draw, device=device, engine=Dask(client))
    assert client.asked[1] == asked


def test_a_mistake_found_on_a_worker_is_told_as_here(model: CompiledModel, client: Client) -> None:
    with pytest.raises(InputError, match=r"unknown parameter 'los'[\s\S]*patients 0 to 255"):
        summarise(model, **RUN, draw=lambda a, b: {"parameters": {"los": np.ones(b - a)}}, engine=Dask(client))
