"""Counted operations against a count by hand, and a peak that no run can beat."""

from __future__ import annotations

import time

import numpy as np
import pytest

from hepatica.engine import Model, compile_model, simulate
from hepatica.engine.solve.cost import peak_flops, step_flops


def model() -> Model:
    m = Model("by_hand")
    k = m.parameter("k", 0.5)
    x, y = m.state("x1", 1.0), m.state("y1", 0.0)
    m.rate(x, -k * x * x)
    m.rate(y, k * x * x - y)
    return m


def test_operations_are_those_counted_by_hand() -> None:
    found = step_flops(compile_model(model()).source)
    # k*x*x once (2), a sign, a difference; in each of the seven stages after the first.
    assert found["rates"] == 7 * 4
    # The two right sides (a product and a sum each), a product and a difference for the entry below, and a product
    # with each of two pivots.
    assert found["solves"] == 8 * 8
    assert found["total"] == sum(v for k, v in found.items() if k != "total")


@pytest.mark.parametrize("precision", ["f32", "f64"])
def test_no_run_beats_the_peak(precision: str) -> None:
    n = 4096
    simulate(model(), [0, 1], n=1, observables=["x1"], precision=precision)
    began = time.perf_counter()
    r = simulate(model(), [0, 50], parameters={"k": np.linspace(0.1, 9, n)}, observables=["x1"], precision=precision,
                 threads=1, rtol=1e-7)  # fmt: skip
    took = time.perf_counter() - began
    achieved = r.steps.sum() * step_flops(compile_model(model()).source)["total"] / took
    assert 0 < achieved < 1.5 * peak_flops(precision, 1)
