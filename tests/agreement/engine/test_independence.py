"""A patient's numbers depend on that patient alone: not on threads, chunks, neighbours or order."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica.engine import Dose, Model, hill, simulate


def model() -> Model:
    m = Model("independence")
    k, n = m.parameter("k", 1.0), m.parameter("n", 2.0)
    x, y = m.state("x1", 1.0, nonnegative=True), m.state("y1", 0.0)
    m.rate(x, -k * hill(x, 0.3, n) * x)
    m.rate(y, 50 * (x - y))
    return m


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_same_bits_for_any_threads_order_and_company(precision: str) -> None:
    n, rng = 1000, np.random.default_rng(5)
    values = {"k": rng.lognormal(0, 1, n), "n": rng.uniform(0.5, 4, n)}
    amounts = rng.random(n)

    def run(chosen: np.ndarray, threads: int) -> np.ndarray:
        doses = [Dose(1.5, "x1", amounts[chosen])]
        r = simulate(
            model(), [0, 1, 2, 5], parameters={a: b[chosen] for a, b in values.items()}, doses=doses,
            observables=["x1", "y1"], precision=precision, threads=threads,
        )  # fmt: skip
        assert r.ok.all()
        return np.stack([r["x1"], r["y1"], np.broadcast_to(r.steps, (4, chosen.size))])

    everyone = np.arange(n)
    whole = run(everyone, 1)
    assert (run(everyone, 3) == whole).all()
    shuffled = rng.permutation(n)[:301]
    assert (run(shuffled, 2) == whole[:, :, shuffled]).all()
    assert (run(everyone[17:18], 1) == whole[:, :, 17:18]).all()
