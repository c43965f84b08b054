"""The lane versions of exp, log, pow, tanh and sqrt against numpy, at ordinary and extreme arguments."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from hepatica.engine import Model, simulate

SHAPES = {
    "exp": (sympy.exp, np.exp, lambda r: r.uniform(-80, 80, 4000)),
    "log": (sympy.log, np.log, lambda r: 10 ** r.uniform(-30, 30, 4000)),
    "tanh": (sympy.tanh, np.tanh, lambda r: r.normal(0, 2, 4000)),
    "sqrt": (sympy.sqrt, np.sqrt, lambda r: 10 ** r.uniform(-30, 30, 4000)),
    "power": (lambda x: x**1.7, lambda x: x**1.7, lambda r: 10 ** r.uniform(-8, 8, 4000)),
}


def evaluate(shape: object, x: np.ndarray, precision: str) -> np.ndarray:
    m = Model("maths")
    p, s = m.parameter("p1", 1.0), m.state("s1", 0.0)
    m.rate(s, 0 * p)
    m.observe("value", shape(p + 0 * s))  # type: ignore[operator]
    m.observe("same", p)
    return np.asarray(simulate(m, [0], parameters={"p1": x}, observables=["value"], precision=precision)["value"][0])


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize(("precision", "epsilon"), [("f64", 2.2e-16), ("f32", 1.2e-7)])
def test_error_is_a_few_units_in_the_last_place(name: str, precision: str, epsilon: float) -> None:
    shape, exact, sample = SHAPES[name]
    x = sample(np.random.default_rng(1)).astype(np.float32 if precision == "f32" else np.float64)
    wanted = exact(x.astype(np.float64))
    error = np.abs(evaluate(shape, x, precision) - wanted) / np.abs(wanted)
    assert error.max() < epsilon * (60 if name == "power" else 6)


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_extreme_arguments(precision: str) -> None:
    assert evaluate(sympy.exp, np.array([-1e4, 0.0, 1e4]), precision).tolist() == [0.0, 1.0, np.inf]
    log = evaluate(sympy.log, np.array([0.0, 1.0, -1.0]), precision)
    assert log[0] == -np.inf and log[1] == 0.0 and np.isnan(log[2])
    assert evaluate(sympy.tanh, np.array([-50.0, 0.0, 50.0]), precision).tolist() == [-1.0, 0.0, 1.0]
    power = evaluate(lambda x: x**1.5, np.array([0.0, 1.0, -1.0]), precision)
    assert power[:2].tolist() == [0.0, 1.0] and np.isnan(power[2])
