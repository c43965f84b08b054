"""Forward sensitivities against the exact ones and against finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from hepatica.engine import Dose, Model, hill, simulate, with_sensitivities
from hepatica.errors import InputError

TIMES = np.array([0.0, 0.5, 2.0, 6.0])


def test_decay_has_the_exact_derivatives() -> None:
    m = Model("decay")
    k, a = m.parameter("k1", 0.7), m.parameter("a1", 3.0)
    x = m.state("x1", a)
    m.rate(x, -k * x)
    m.observe("square", x**2)
    r = simulate(
        with_sensitivities(m, ["k1", "a1"]),
        TIMES,
        observables=["x1__k1", "x1__a1", "square__k1"],
        rtol=1e-8,
        atol=1e-10,
    )
    e = np.exp(-0.7 * TIMES)
    np.testing.assert_allclose(r["x1__k1"][:, 0], -3 * TIMES * e, atol=1e-7)
    np.testing.assert_allclose(r["x1__a1"][:, 0], e, atol=1e-7)
    np.testing.assert_allclose(r["square__k1"][:, 0], -2 * 9 * TIMES * e**2, atol=1e-6)


def gland() -> Model:
    m = Model("gland")
    k, n, c, s = (m.parameter(name, v) for name, v in (("k1", 0.8), ("n1", 1.7), ("c1", 0.6), ("s1", 25.0)))
    x, y = m.state("x1", 2 * c, nonnegative=True), m.state("y1", 0.1)
    level = m.assign("level", sympy.Max(x, y / 2) + sympy.exp(-y))
    m.rate(x, -k * hill(x, c, n) + sympy.tanh(y))
    m.rate(y, s * (sympy.sqrt(x + 1) - y) + sympy.Piecewise((0.5, m.time < 3), (0.1, True)))
    m.observe("score", sympy.log(level + c))
    return m


@pytest.mark.parametrize("parameter", ["k1", "n1", "c1", "s1"])
def test_derivatives_are_those_of_finite_differences(parameter: str) -> None:
    m = gland()
    seen = ["x1", "y1", "level", "score"]
    call = {"times": TIMES, "doses": [Dose(1.0, "x1", 0.5)], "breakpoints": [3.0], "rtol": 1e-10, "atol": 1e-12}
    derived = simulate(with_sensitivities(m, [parameter]), observables=[f"{s}__{parameter}" for s in seen], **call)
    value = m.layout.parameters[m.layout.parameter_index[parameter]].value
    step = 1e-4 * value
    moved = simulate(m, parameters={parameter: [value - step, value + step]}, observables=seen, **call)
    assert derived.ok.all() and moved.ok.all()
    for name in seen:
        difference = (moved[name][:, 1] - moved[name][:, 0]) / (2 * step)
        np.testing.assert_allclose(derived[f"{name}__{parameter}"][:, 0], difference, rtol=2e-4, atol=2e-6)


def test_wrong_names_are_refused() -> None:
    with pytest.raises(InputError, match="unknown parameter 'k2'"):
        with_sensitivities(gland(), ["k2"])
    with pytest.raises(InputError, match="unknown output 'scores'"):
        with_sensitivities(gland(), ["k1"], outputs=["scores"])
