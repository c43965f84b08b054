"""Every engine of `hepatica bench` answers as the exact solution does, on a model with all that the language has."""

from __future__ import annotations

import importlib.util
from importlib import import_module

import numpy as np
import pytest
import sympy

from hepatica.engine import Dose, Model, hill, reference
from hepatica.engine.compare.peers import OURS, PEERS, Peer, Task

NAMES = ("x1", "y1", "level", "seen")


def everything() -> Model:
    """Return a stiff model with each function and form that equations may have, and a power of zero at the start."""
    m = Model("everything")
    k, n, low = m.parameter("k_out", 40.0), m.parameter("n_hill", 0.7), m.parameter("p", 0.8)
    x, y, z = m.state("x1", 2 * low, atol_scale=0.1, nonnegative=True), m.state("y1", 0.5), m.state("y", 1.0)
    t = m.time
    level = m.assign("level", sympy.Min(x / 2, 3, 2 + y) + sympy.Abs(y) + sympy.Max(0, z - 1) ** low)
    m.assign("unused", level**2)
    m.rate(x, -k * x * hill(level, 0.7, n) + k * sympy.log(2 + y))
    m.rate(x, sympy.exp(-y) / 10 + sympy.Piecewise((0.5, sympy.And(t >= 103, t < 104)), (0.25, t >= 107), (0, True)))
    m.rate(y, sympy.sqrt(sympy.Max(0, x - 1)) - sympy.tanh(y) - y**2 / 3 + x**-2 / 50)
    m.rate(z, -sympy.Rational(1, 3) * z + sympy.Piecewise((0.1, sympy.Or(y > 0.2, x < 0.1)), (0.0, True)))
    m.observe("seen", sympy.sign(y + 0.1) + level / (1 + z))
    return m


@pytest.mark.parametrize("peer", [*OURS[1:], *PEERS], ids=lambda p: p.engine)
def test_agrees_with_the_exact_solution(peer: Peer) -> None:
    for name in peer.needs:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"needs {name}, of the extra [bench]")
    rng = np.random.default_rng(3)
    population = {"parameters": {"k_out": rng.uniform(20, 60, 8), "n_hill": rng.uniform(0.5, 1.5, 8)}}
    times = 100 + np.array([0, 0.5, 2, 3.5, 5, 8, 10.0])
    doses = (Dose(101.0, "x1", 2.0), Dose(106.0, "x1", 1.0), Dose(106.0, "y1", 0.5))
    task = Task(everything(), times, doses, NAMES, population, 1e-7, 1e-9, (103.0, 104.0, 107.0), 8)
    solve = import_module(peer.module).build(task, peer)
    found = solve(range(2, 7), 1).values
    exact = reference(task.model, n=8, **(task.arguments() | {"rtol": 1e-10, "atol": 1e-12}), **task.take(range(8)))
    assert found.shape == (len(NAMES), times.size, 5)
    for row, name in zip(found, NAMES, strict=True):
        np.testing.assert_allclose(row, exact[name][:, 2:7], rtol=1e-4, atol=1e-5, err_msg=name)
