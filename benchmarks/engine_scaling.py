"""Strong scaling on a Dask cluster of this machine: two workers of one thread against one, the same population.

Run as `python benchmarks/engine_scaling.py [PATIENTS] [--rounds N] [--calm S]` (extra [cluster]). Runs alternate, and
each tells how much of two processors other programs took meanwhile: with more than a tenth its time says little. With
--calm each round first waits, S seconds at most, until the machine has nothing else to do. All results are compared.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from distributed import Client, LocalCluster
from engine_million import THRESHOLDS, arguments

from hepatica.engine import Dask, Summary, summarise


def busy() -> float:
    """Return the processor seconds that all programs used until now."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - times.iowait - times.guest - times.guest_nice


def ours(client: Client) -> tuple[float, float]:
    """Return the processor seconds that the workers of a client, and this program, used until now."""
    return sum(client.run(time.process_time).values()), time.process_time()


def calm(seconds: float) -> None:
    """Wait until the processors idle, or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and psutil.cpu_percent(interval=2.0) > 12:
        pass


def timed(run: dict, client: Client) -> tuple[Summary, float, float, float, float]:
    """Return the summary, its seconds, the share of two processors that others had, and seconds of workers and head."""
    (workers, head), all_before, began = ours(client), busy(), time.perf_counter()
    summary = summarise(**run, thresholds=THRESHOLDS, engine=Dask(client))
    took, all_after = time.perf_counter() - began, busy()
    after = ours(client)
    workers, head = after[0] - workers, after[1] - head
    return summary, took, max(0.0, all_after - all_before - workers - head) / took / 2, workers, head


def main() -> None:
    """Print each round, the ratios and the efficiency."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patients", nargs="?", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calm", type=float, default=0.0)
    asked = parser.parse_args()
    run = arguments(asked.patients, "f32")
    took: dict[int, list[float]] = {1: [], 2: []}
    used: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    told = set()
    clusters = {
        k: LocalCluster(n_workers=k, threads_per_worker=1, dashboard_address=":0", silence_logs=50) for k in took
    }
    clients = {k: Client(cluster) for k, cluster in clusters.items()}
    for client in clients.values():
        summarise(**(run | {"n": 16_384}), engine=Dask(client))
    for number in range(asked.rounds):
        for workers in (1, 2) if number % 2 else (2, 1):
            calm(asked.calm)
            summary, seconds, others, away, here = timed(run, clients[workers])
            took[workers].append(seconds)
            used[workers].append((away, here))
            print(
                f"{workers} worker{'s' * (workers > 1)}: {seconds:.2f} s, others took {others:.0%}; "
                f"processor seconds of workers {away:.2f}, of this program {here:.2f}",
                flush=True,
            )
            with tempfile.TemporaryDirectory() as folder:
                told.add(summary.save(Path(folder, "s.npz")).read_bytes())
    for name, middle in (("median", statistics.median), ("best", min)):
        ratio = middle(took[1]) / middle(took[2])
        print(f"{name}: {ratio:.2f} times as fast with 2 workers, efficiency {ratio / 2:.0%}")
    alone, shared = min(away for away, _ in used[1]), min(away + here for away, here in used[2])
    print(f"by processor seconds, 1 worker / (2 workers + this program): {alone / shared:.0%}")
    print(f"{asked.patients:,} patients, results that differ: {len(told) - 1}")
    for client in clients.values():
        client.close()
    for cluster in clusters.values():
        cluster.close()


if __name__ == "__main__":
    main()
