"""What a run refuses, by name; and what fails along the run, by code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy

from hepatica.engine import Dose, Model, simulate
from hepatica.errors import InputError


def model() -> Model:
    m = Model("small")
    k = m.parameter("k_loss", 0.5)
    x = m.state("amount", 1.0)
    m.rate(x, -k * x)
    return m


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parameters": {"k_los": 1.0}}, r"unknown parameter 'k_los'[\s\S]*did you mean k_loss"),
        ({"parameters": {"k_loss": [1.0, np.nan]}}, "parameter k_loss is nan for 1 of 2 patients, the first number 1"),
        ({"parameters": {"k_loss": "fast"}}, "parameter k_loss is not a number"),
        ({"parameters": {"k_loss": [[1.0]]}}, "shape"),
        ({"initial": {"amont": 1.0}}, "unknown state 'amont'"),
        ({"observables": ["amunt"]}, r"unknown observable 'amunt'[\s\S]*amount"),
        ({"observables": []}, "no observables"),
        ({"n": 0}, "0 patients"),
        ({"parameters": {"k_loss": []}}, "0 patients"),
        ({"n": 3, "parameters": {"k_loss": [1.0, 2.0]}}, "k_loss has 2 values for 3 patients"),
        ({"times": [1.0, 0.0]}, "output times must rise"),
        ({"times": []}, "at least one"),
        ({"start": 5.0}, "output at 0 lies before the start 5"),
        ({"doses": [Dose(-1.0, "amount", 1.0)]}, "a dose at -1 lies before the start"),
        ({"doses": [Dose(1.0, "amont", 1.0)]}, "unknown state 'amont'"),
        ({"doses": [Dose(1.0, "amount", 1.0, duration=-1.0)]}, "cannot last -1"),
        ({"doses": [Dose(1.0, "amount", np.inf)]}, "dose 0 amount is inf"),
        ({"rtol": 0.0}, "rtol=0.0"),
        ({"precision": "f16"}, "precision 'f16'"),
        ({"threads": 0}, "0 threads"),
    ],
)
def test_wrong_input_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulate(model(), **({"times": [0.0, 1.0], "observables": ["amount"]} | change))


def failing(rate: Callable[[Any, Any], Any], **state: Any) -> Model:
    m = Model("failing")
    p = m.parameter("p1", 1.0)
    x = m.state("x1", 1.0, **state)
    m.rate(x, rate(x, p))
    return m


def test_one_bad_patient_never_sinks_the_rest() -> None:
    m = failing(lambda x, p: -sympy.sqrt(p) * x)
    r = simulate(m, [0, 1], parameters={"p1": np.where(np.arange(40) == 17, -1.0, 1.0)}, observables=["x1"])
    assert r.failures() == {"not finite": 1}
    assert np.isnan(r["x1"][1, 17])
    np.testing.assert_allclose(np.delete(r["x1"][1], 17), np.exp(-1), rtol=1e-4)


def test_division_by_zero_at_the_start() -> None:
    r = simulate(failing(lambda x, p: p / (x - 1)), [0, 1], observables=["x1"])
    assert r.failures() == {"not finite": 1}
    assert r.reached[0] == 0


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_blow_up_in_finite_time_is_told(precision: str) -> None:
    r = simulate(failing(lambda x, p: p * x**2), [0, 0.5, 2.0], observables=["x1"], precision=precision)
    assert r.code[0] != 0
    assert r.reached[0] == pytest.approx(1.0, abs=1e-3)
    assert r["x1"][1, 0] == pytest.approx(2.0, rel=1e-3)
    assert np.isnan(r["x1"][2, 0])


def test_a_state_driven_below_its_zero_is_not_quietly_held() -> None:
    r = simulate(failing(lambda x, p: -p, nonnegative=True), [0, 2.0], observables=["x1"], max_steps=2000)
    assert r.failures() == {"step limit": 1}


def test_steps_are_limited() -> None:
    m = failing(lambda x, p: sympy.Piecewise((p, x < 0), (-p, True)))
    r = simulate(m, [0, 10.0], observables=["x1"], max_steps=50)
    assert r.failures() == {"step limit": 1}


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_a_singular_jacobian_is_no_obstacle(precision: str) -> None:
    m = Model("singular")
    k = m.parameter("k", 30.0)
    x, y = m.state("x1", 1.0), m.state("y1", 0.0)
    m.rate(x, -k * (x + y))
    m.rate(y, -k * (x + y))
    r = simulate(
        m, [0, 0.01, 1], parameters={"k": [30.0, 3e4]}, observables=["x1", "y1"], precision=precision, rtol=1e-6
    )
    assert r.ok.all()
    left = np.exp(-2 * np.array([0.0, 0.01, 1])[:, None] * np.array([30.0, 3e4]))
    np.testing.assert_allclose(r["x1"], (1 + left) / 2, rtol=1e-5)
    np.testing.assert_allclose(r["x1"] - r["y1"], 1, rtol=1e-5)
