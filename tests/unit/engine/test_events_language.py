"""What the language of events, forcing tables and parts refuses, and how a model shows itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hepatica.engine import Model, generate_c, load_model, simulate, with_sensitivities, write_generated
from hepatica.errors import InputError


def model(**options: Any) -> Model:
    m = Model("ward", **options)
    k = m.parameter("k", 0.5, unit="1/d")
    inflow = m.forcing("inflow_g_d", [0, 2], [1, 3], unit="g/d")
    x = m.state("amount_g", 1.0, unit="g")
    m.rate(x, inflow - k * x)
    limit = m.parameter("limit_g", 2.0, unit="g")
    m.event("over", x >= limit, set={x: x / 2}, source="test", text="too much")
    m.hazard("death", k / 10, stop=True)
    return m


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda m: m.event("e1", m.symbols["amount_g"] + 1), r"is no comparison[\s\S]*a >= b"),
        (lambda m: m.event("over", m.symbols["amount_g"] >= 1), "'over' cannot name an event here"),
        (lambda m: m.event("e1", m.symbols["amount_g"] >= 1, set={"amnt_g": 0}), r"is not a state[\s\S]*amount_g"),
        (lambda m: m.forcing("f1", [0, 1], [1]), "2 times for 1 values"),
        (lambda m: m.forcing("f1", [1, 1], [1, 2]), "knots must rise"),
        (lambda m: m.forcing("f1", [0, 1], [1, np.nan]), "finite"),
        (lambda m: m.forcing("f1", [0, 1], [1, 2], kind="cubic"), r"kind 'cubic'[\s\S]*linear"),
        (lambda m: m.hazard("over", 1), "'over_hazard'|'over' cannot name"),
        (lambda m: m.include(model(), limt_g=1), r"unknown parameter 'limt_g'[\s\S]*limit_g"),
        (lambda m: m.include(model(time_unit="h"), "b_"), "counts time in h, ward in d"),
    ],
)  # fmt: skip
def test_the_place_and_the_cure_are_named(write: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        write(model())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"forcing": {"inflw": ([0], [1])}}, r"unknown forcing 'inflw'[\s\S]*inflow_g_d"),
        ({"forcing": {"inflow_g_d": ([0, 1], [1])}}, "2 times for values of shape"),
        ({"forcing": {"inflow_g_d": ([1, 0], [1, 2])}}, "knots must rise"),
        ({"forcing": {"inflow_g_d": 3}}, "is no table"),
        ({"n": 3, "forcing": {"inflow_g_d": ([0, 1], np.ones((2, 2)))}}, "inflow_g_d has 2 values for 3 patients"),
        ({"solver": "euler"}, r"solver 'euler'[\s\S]*dopri5"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_a_run_refuses_what_does_not_fit(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulate(model(), [0, 1], **{"observables": ["amount_g"]} | change)


def test_units_of_triggers_and_of_what_is_set_are_checked() -> None:
    model(check_units=True).freeze()
    for write, message in (
        (lambda m, x: m.event("e1", x >= 3), "stands beside[\\s\\S]*event e1"),
        (lambda m, x: m.event("e1", x >= m.symbols["limit_g"], set={x: 3 * m.symbols["k"]}), "event e1, new amount_g"),
        (lambda m, x: m.hazard("h1", x), "rate of h1_hazard"),
    ):
        m = model(check_units=True)
        write(m, m.symbols["amount_g"])
        with pytest.raises(InputError, match=message):
            m.freeze()


def test_a_loaded_model_keeps_its_events_and_tables(tmp_path: Any) -> None:
    write_generated(model(), tmp_path)
    loaded = load_model(tmp_path)
    assert loaded.layout == model().layout
    call: dict[str, Any] = {"times": [0, 1, 5], "n": 5, "observables": ["amount_g"], "seed": 2}
    a, b = simulate(loaded, **call), simulate(model(), **call)
    np.testing.assert_array_equal(a.events["death"], b.events["death"])
    assert (a.counts["over"] == b.counts["over"]).all() and a.counts["death"].any()


def test_sensitivities_of_a_model_with_events_are_refused() -> None:
    with pytest.raises(InputError, match=r"has events[\s\S]*finite differences"):
        with_sensitivities(model(), ["k"])


def test_a_part_runs_in_a_whole_as_it_runs_alone() -> None:
    whole = Model("hospital")
    rate = whole.parameter("rate", 0.4, unit="1/d")
    first, second = whole.include(model(), "a_"), whole.include(model(), "b_", k=rate * 2)
    whole.observe("both_g", first["amount_g"] + second["amount_g"], unit="g")
    times = np.linspace(0, 4, 5)
    wanted = [simulate(model(), times, parameters={"k": k, "death_threshold": 9.0}, observables=["amount_g"], rtol=1e-8)
              for k in (0.5, 0.8)]  # fmt: skip
    given = {"a_death_threshold": 9.0, "b_death_threshold": 9.0}
    r = simulate(whole, times, parameters=given, observables=["both_g"], rtol=1e-8)
    np.testing.assert_allclose(r["both_g"], wanted[0]["amount_g"] + wanted[1]["amount_g"], rtol=1e-6)
    assert r.counts["a_over"] == wanted[0].counts["over"] and r.counts["b_over"] == wanted[1].counts["over"]
    assert "b_k" not in whole.layout.parameter_index


def test_the_table_and_the_diagram_show_events_and_forcings() -> None:
    text = model().table()
    assert "over  when amount_g - limit_g rises through 0  too much  (test; grade -)" in text
    assert "amount_g becomes amount_g/2" in text and "the run stops" in text and "2 knots, linear" in text
    drawn = model().diagram()
    assert drawn.startswith("flowchart LR\n")
    for arrow in ("inflow_g_d --> amount_g", "amount_g -.-> over", "over ==> amount_g", "death ==> stop((stop))"):
        assert f"\n  {arrow}" in drawn


def test_generated_c_of_events_can_be_read() -> None:
    c = generate_c(model())
    assert "e[0] = x_amount_g - p_limit_g; /* over */" in c
    assert "void act_over(" in c
