"""A million virtual patients of the twin for one year: seconds, memory, failures.

Run as `python benchmarks/engine_million.py [patients]`; every positive parameter that is drawn varies by 10 %.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from hepatica.engine import Dose, load_model, simulate


def main(patients: int) -> None:
    """Print one line for each precision."""
    from importlib import resources

    with resources.as_file(resources.files("hepatica.twin") / "generated") as folder:
        model = load_model(folder)
    rng = np.random.default_rng(1)
    varied = [p for p in model.layout.parameters if p.value > 0][:10]
    parameters = {p.name: p.value * np.exp(0.1 * rng.standard_normal(patients)) for p in varied}
    times = np.linspace(0, 364, 13)
    first = next(s.name for s in model.layout.states if s.unit == "Mcell")
    doses = [Dose(0.0, first, 100.0), Dose(28.0, first, 100.0)]
    observables = list(model.layout.observable_index)[-5:]
    for precision in ("f32", "f64"):
        began = time.perf_counter()
        r = simulate(model, times, parameters=parameters, doses=doses, observables=observables, precision=precision)
        took = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{precision}: {patients} patients, 13 times, 5 observables: {took:.1f} s, {patients / took:.0f} a second, "
            f"{r.steps.mean():.0f} steps, {memory:.0f} MB at most, not done: {r.failures() or 0}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
