"""Units are read, compared with their scale, and a term that does not fit is named."""

from __future__ import annotations

import pytest
import sympy

from hepatica.engine import Model, hill, simulate, unit_faults
from hepatica.engine.language.units import parse_unit, show
from hepatica.errors import InputError


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "-"), ("d", "24 h"), ("g/L", "mg/mL"), ("umol/L/d", "umol/L/24h"), ("10*9/L", "1e9/L"),
        ("10^9/L", "1/nL"), ("mL/min", "1.44 L/d"), ("mL/min/1.73m2", "mL/1.73 m2.1/min"), ("1/d", "d^-1"),
        ("%", "0.01"), ("mmol/L", "mol/m^3.m^3/kL"), ("U/L", "IU/l"), ("m2", "m^2"),
    ],
)  # fmt: skip
def test_units_that_are_the_same(one: str, other: str) -> None:
    assert parse_unit(one) == parse_unit(other), (show(parse_unit(one)), show(parse_unit(other)))


@pytest.mark.parametrize(("one", "other"), [("g", "mg"), ("mmHg", "kPa"), ("d", "h"), ("1/d", "d"), ("g/L", "g.L")])
def test_units_that_differ(one: str, other: str) -> None:
    assert parse_unit(one) != parse_unit(other)


@pytest.mark.parametrize("text", ["g//L", "/d", "g/(L.d)", "$"])
def test_unreadable_units_are_named(text: str) -> None:
    with pytest.raises(InputError, match="cannot read the unit"):
        parse_unit(text)


def body(**change: str) -> Model:
    unit = {"k": "1/d", "x": "g", "ec": "g/L", "v": "L", "seen": "g/L"} | change
    m = Model("body", check_units=True)
    k, ec, n, v = (
        m.parameter("k1", 0.3, unit=unit["k"]), m.parameter("ec50", 2.0, unit=unit["ec"]), m.parameter("n1", 1.5),
        m.parameter("volume", 3.0, unit=unit["v"]),
    )  # fmt: skip
    x = m.state("amount", 5.0 * m.empirical(1, "g"), unit=unit["x"])
    seen = m.assign("seen", x / v, unit=unit["seen"])
    m.rate(x, -k * x * hill(seen, ec, n))
    m.rate(x, m.empirical(0.1 * sympy.exp(-seen / ec), "g/d"))
    m.rate(x, -sympy.Max(0, x - m.empirical(10, "g")) * k)
    return m


def test_a_sound_model_passes_and_runs() -> None:
    m = body()
    assert list(unit_faults(m.freeze())) == []
    assert simulate(m, [0, 1], observables=["seen"]).ok.all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": "1/h"}, r"rate of amount, term 1"),
        ({"ec": "mg/L"}, r"stands beside"),
        ({"v": "mL"}, r"assign seen"),
        ({"x": "mg"}, r"initial value of amount|assign seen"),
    ],
)
def test_a_wrong_unit_is_named_with_its_place(change: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message) as told:
        body(**change).freeze()
    assert "m.empirical" in str(told.value)


def test_a_logarithm_of_grams_is_refused() -> None:
    m = Model("logs", check_units=True)
    x = m.state("x1", 0.0, unit="g")
    m.rate(x, 0)
    m.observe("value", sympy.log(x))
    with pytest.raises(InputError, match="x1 must be a plain number but is in g"):
        m.freeze()
