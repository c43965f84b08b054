"""The explicit method: its order, its dense output, and what it says of a stiff model."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica.engine import Model, reference, simulate


def orbit() -> Model:
    """Return a harmonic oscillator with a slowly growing drive: smooth, not stiff."""
    m = Model("orbit")
    w = m.parameter("w", 1.0)
    x, v = m.state("x1", 1.0), m.state("v1", 0.0)
    m.rate(x, v)
    m.rate(v, -(w**2) * x + m.time / 20)
    return m


@pytest.mark.parametrize("rtol", [1e-4, 1e-7, 1e-10])
def test_it_keeps_its_tolerance_at_and_between_steps(rtol: float) -> None:
    times = np.linspace(0, 12, 97)
    call = {"parameters": {"w": [0.5, 1.0, 3.0]}, "observables": ["x1", "v1"]}
    ours = simulate(orbit(), times, **call, rtol=rtol, atol=rtol, solver="dopri5")
    slow = reference(orbit(), times, **call, rtol=1e-12, atol=1e-13, method="DOP853")
    for name in ("x1", "v1"):
        assert np.abs(ours[name] - slow[name]).max() < 60 * rtol


def test_error_falls_with_the_fifth_power_of_the_steps() -> None:
    errors, steps = [], []
    for rtol in (1e-7, 1e-10):
        r = simulate(orbit(), [0, 40], observables=["x1"], rtol=rtol, atol=rtol, solver="dopri5")
        slow = reference(orbit(), [0, 40], observables=["x1"], rtol=1e-13, atol=1e-15, method="DOP853")
        errors.append(abs(r["x1"][1, 0] - slow["x1"][1, 0]))
        steps.append(r.steps[0])
    order = np.log(errors[0] / errors[1]) / np.log(steps[1] / steps[0])
    assert 4.5 < order < 5.8


def test_a_stiff_model_takes_it_too_many_steps_and_says_so() -> None:
    m = Model("stiff")
    x = m.state("x1", 1.0)
    m.rate(x, -1e7 * (x - 1 / (1 + m.time)))
    r = simulate(m, [0, 10], observables=["x1"], solver="dopri5", max_steps=2000)
    assert r.failures() == {"step limit": 1}
    assert simulate(m, [0, 10], observables=["x1"], max_steps=2000).ok.all()
