"""What the model language refuses, and that it says where and how to mend it."""

from __future__ import annotations

import pytest
import sympy

from hepatica.engine import Model, between, hill, step_on
from hepatica.errors import InputError


def decay() -> Model:
    m = Model("decay")
    k = m.parameter("k", 0.5, unit="1/d", source="test")
    x = m.state("amount_g", 2.0, unit="g")
    c = m.assign("conc_g_l", x / 3, unit="g/L")
    m.rate(x, -k * x)
    m.observe("twice", 2 * c, unit="g/L")
    return m


def test_layout_numbers_states_first_then_outputs() -> None:
    assert decay().layout.observable_index == {"amount_g": 0, "conc_g_l": 1, "twice": 2}


def test_lineage_lists_everything_behind_an_observable() -> None:
    assert decay().lineage("twice") == ["conc_g_l", "amount_g", "k"]


def test_table_shows_equation_parameter_and_source() -> None:
    text = decay().table()
    assert "d/dt = -amount_g*k" in text
    assert "k = 0.5 1/d" in text
    assert "(test;" in text


def test_rates_add_up() -> None:
    m = Model("two_terms")
    x = m.state("x1", 0.0)
    m.rate(x, 1)
    m.rate(x, 2)
    assert m.freeze().rates == {"x1": [1, 2]}


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (lambda m, x: m.rate(x, -sympy.Symbol("kk") * x), "unknown symbol kk"),
        (lambda m, x: m.rate(x, sympy.gamma(x)), "cannot compute gamma"),
        (lambda m, x: m.rate(sympy.Symbol("y1"), x), "y1 is not a state"),
        (lambda m, x: (m.rate(x, 1), m.parameter("spare", 1.0)), "unused parameter spare"),
        (lambda m, x: m.state("x1", 0.0), "'x1' is defined twice"),
        (lambda m, x: m.state("no good", 0.0), "'no good' cannot be a name"),
        (lambda m, x: m.parameter("p1", float("nan")), "parameter 'p1' has the value nan"),
        (lambda m, x: None, "state 'x1' has no rate"),
        (lambda m, x: (m.rate(x, 1), m.rate(m.state("x2", x), 1)), "initial value of x2 uses x1"),
        (lambda m, x: (m.rate(x, 1), m.freeze(), m.rate(x, 1)), "is frozen"),
    ],
)
def test_fault_is_named(fault: object, message: str) -> None:
    m = Model("faulty")
    x = m.state("x1", 0.0)
    with pytest.raises(InputError, match=message):
        fault(m, x)  # type: ignore[operator]
        m.freeze()


def test_helpers() -> None:
    x, t = sympy.symbols("x t", real=True)
    assert hill(x, 2, 3).subs(x, 2) == sympy.Rational(1, 2)
    assert hill(x, 2, 3).subs(x, -5) == 0
    assert [step_on(t, 3).subs(t, v) for v in (2, 3, 4)] == [0, 1, 1]
    assert [between(t, 1, 2).subs(t, v) for v in (0, 1, 1.5, 2)] == [0, 1, 1, 0]
