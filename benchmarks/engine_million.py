"""A million virtual patients of the twin for one year: seconds, memory, failures; to a summary and to Parquet.

Run as `python benchmarks/engine_million.py [PATIENTS …] [--to summary parquet] [--precision f32 f64]`. Each row runs in
a process of its own, so that its peak memory is its own. Every positive parameter of every patient is drawn: log-normal
with 10 %, or, for a number between 0 and 1, which may be a share, its odds. Two doses of cells; five observables at
thirteen times.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from hepatica.engine import CompiledModel, Dose, load_model, normals, summarise, write_parquet

OBSERVABLES = ("bilirubin_umol_l", "inr", "albumin_g_l", "creatinine_umol_l", "alive_untransplanted")
DOSES = [Dose(0.0, "cells_venous", 100.0), Dose(28.0, "cells_venous", 100.0)]
TIMES = [365.0 * month / 12 for month in range(13)]
THRESHOLDS = {"bilirubin_umol_l": [34.0, 50.0], "inr": 1.5}


def twin() -> CompiledModel:
    """Return the twin as it is shipped."""
    with resources.as_file(resources.files("hepatica.twin") / "generated") as folder:
        return load_model(folder)


class People:
    """Draw every positive parameter of any span of patients."""

    def __init__(self, model: CompiledModel) -> None:
        self.values = {p.name: p.value for p in model.layout.parameters if p.value > 0}
        self.shares = {p.name for p in model.layout.parameters if 0 < p.value < 1 and p.unit == "1"}

    def __call__(self, first: int, last: int) -> Mapping[str, Any]:
        spread = np.exp(0.1 * normals(1, "parameters", first, last, len(self.values)))
        drawn = {name: v * row for (name, v), row in zip(self.values.items(), spread, strict=True)}
        for name in self.shares:
            drawn[name] /= 1 - self.values[name] + drawn[name]
        return {"parameters": drawn}


def arguments(patients: int, precision: str) -> dict[str, Any]:
    """Return the run that every benchmark of ensembles measures."""
    model = twin()
    return {
        "model": model, "times": TIMES, "n": patients, "draw": People(model), "doses": DOSES,
        "observables": OBSERVABLES, "precision": precision,
    }  # fmt: skip


def row(patients: int, to: str, precision: str) -> None:
    """Run once in this process and print the row."""
    run = arguments(patients, precision)
    summarise(**(run | {"n": 64}))
    began, busy = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        if to == "summary":
            failed, size = summarise(**run, thresholds=THRESHOLDS).failures(), 0.0
        else:
            written = write_parquet(**run, path=Path(folder, "courses"))
            failed = written.failed
            size = sum(p.stat().st_size for p in written.path.iterdir()) / 1e6
        took, busy = time.perf_counter() - began, time.process_time() - busy
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{patients:>9,} patients to {to:<7} {precision}: {took:6.1f} s ({busy:.1f} s of processor), "
        f"{patients / took:>7,.0f} a second, {memory:4.0f} MB resident at most, {size:.0f} MB written, "
        f"failed: {failed or 0}, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def main() -> None:
    """Print a row for each size, target and precision."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patients", nargs="*", type=int, default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--to", nargs="+", choices=("summary", "parquet"), default=["summary", "parquet"])
    parser.add_argument("--precision", nargs="+", choices=("f32", "f64"), default=["f32"])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    rows = [(n, to, precision) for precision in asked.precision for to in asked.to for n in asked.patients]
    for n, to, precision in rows:
        if asked.here:
            row(n, to, precision)
        else:
            own = [sys.executable, __file__, str(n), "--to", to, "--precision", precision, "--here"]
            subprocess.run(own, check=True)  # noqa: S603


if __name__ == "__main__":
    main()
