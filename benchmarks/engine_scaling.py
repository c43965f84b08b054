"""Strong scaling on a Dask cluster of this machine: two workers of one thread against one, the same population.

Run as `python benchmarks/engine_scaling.py [PATIENTS] [--rounds N]` (extra [cluster]). Runs alternate, so that what
else the machine does falls on both; the ratio is of the medians, and of the best. All results are compared.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from distributed import Client, LocalCluster
from engine_million import THRESHOLDS, arguments

from hepatica.engine import Dask, summarise


def main() -> None:
    """Print each round, the ratios and the efficiency."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patients", nargs="?", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    run = arguments(asked.patients, "f32")
    took: dict[int, list[float]] = {1: [], 2: []}
    told = set()
    clusters = {
        k: LocalCluster(n_workers=k, threads_per_worker=1, dashboard_address=None, silence_logs=50) for k in took
    }
    clients = {k: Client(cluster) for k, cluster in clusters.items()}
    for client in clients.values():
        summarise(**(run | {"n": 16_384}), engine=Dask(client))
    for number in range(asked.rounds):
        for workers in (1, 2) if number % 2 else (2, 1):
            began = time.perf_counter()
            summary = summarise(**run, thresholds=THRESHOLDS, engine=Dask(clients[workers]))
            took[workers].append(time.perf_counter() - began)
            with tempfile.TemporaryDirectory() as folder:
                told.add(summary.save(Path(folder, "s.npz")).read_bytes())
        print(f"1 worker {took[1][-1]:.2f} s, 2 workers {took[2][-1]:.2f} s, load {os.getloadavg()[0]:.1f}", flush=True)
    for name, middle in (("median", statistics.median), ("best", min)):
        ratio = middle(took[1]) / middle(took[2])
        print(f"{name}: {ratio:.2f} times as fast with 2 workers, efficiency {ratio / 2:.0%}")
    print(f"{asked.patients} patients; different results: {len(told) - 1}")
    for client in clients.values():
        client.close()
    for cluster in clusters.values():
        cluster.close()


if __name__ == "__main__":
    main()
