"""Events, hazards, switches and forcing tables: the compiled run, scipy and exact solutions agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hepatica.engine import Dose, Model, reference, simulate
from hepatica.engine.crowd.streams import uniforms

RUNS = [
    {"solver": "rodas5p", "rtol": 1e-7},
    {"solver": "rodas4", "rtol": 1e-7},
    {"solver": "rodas4p2", "rtol": 1e-7},
    {"solver": "dopri5", "rtol": 1e-7},
    {"precision": "f32", "rtol": 1e-5},
]
GRAVITY = np.array([9.81, 5.5])
EACH_RUN = pytest.mark.parametrize("how", RUNS, ids=lambda how: "-".join(map(str, how.values())))


def tank(**event: Any) -> Model:
    """Return what fills at a constant rate, with one event at a level of 2."""
    m = Model("tank")
    k = m.parameter("k", 0.5)
    x = m.state("level", 0.0)
    m.rate(x, k)
    m.event("full", x >= 2, **event)
    return m


@EACH_RUN
def test_a_ball_bounces_when_it_meets_the_floor(how: dict[str, Any]) -> None:
    m = Model("ball")
    g = m.parameter("gravity", 9.81)
    h, v = m.state("height", 10.0), m.state("speed", 0.0)
    m.rate(h, v)
    m.rate(v, -g)
    m.event("bounce", h <= 0, set={v: -0.8 * v, h: 0})
    r = simulate(m, [0, 1, 2, 4], parameters={"gravity": GRAVITY}, observables=["height"], atol=1e-8, **how)
    fall = np.sqrt(20 / GRAVITY)
    np.testing.assert_allclose(r.events["bounce"], fall, rtol=how["rtol"])
    # Upwards at 0.8 of the speed: the next meeting is 1.6 fall times later.
    assert (r.counts["bounce"] == 1 + (fall * 2.6 < 4) + (fall * (2.6 + 1.28) < 4)).all()
    since = 2 - fall
    np.testing.assert_allclose(r["height"][2], 0.8 * GRAVITY * fall * since - GRAVITY / 2 * since**2, rtol=1e-4)


@EACH_RUN
def test_a_stopped_patient_keeps_what_came_before(how: dict[str, Any]) -> None:
    m = tank(stop=True)
    r = simulate(m, [0, 1, 4, 5], parameters={"k": [0.1, 0.5, 1.0]}, observables=["level"], **how)
    assert r.code.tolist() == [0, 6, 6] and r.ok.all() and r.failures() == {}
    np.testing.assert_allclose(r.events["full"], [np.nan, 4.0, 2.0], rtol=how["rtol"])
    np.testing.assert_allclose(r.reached, [5, 4, 2], rtol=how["rtol"])
    np.testing.assert_allclose(r["level"][:, 2], [0, 1, np.nan, np.nan], rtol=1e-5, atol=1e-9)
    assert np.isnan(r["level"][3, 1]) and np.isfinite(r["level"][:, 0]).all()


def test_what_is_true_at_the_start_does_not_happen_then() -> None:
    r = simulate(tank(stop=True), [0, 1, 9], initial={"level": [2.0, 3.0, 1.9]}, observables=["level"])
    np.testing.assert_allclose(r.events["full"], [np.nan, np.nan, 0.2], rtol=1e-6)


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_a_dose_sets_an_event_off_at_once_and_one_event_another(precision: str) -> None:
    m = Model("chain")
    x, a, b = m.state("x1", 0.0), m.switch("first"), m.switch("second")
    m.rate(x, 0)
    m.event("filled", x >= 2, set={a: 1})
    m.event("then", a >= 1, set={b: 5, x: 0})
    doses = [Dose(0.0, "x1", [0.0, 2.0]), Dose(3.0, "x1", [2.0, 0.0]), Dose(3.0, "x1", [1.0, 1.0])]
    r = simulate(m, [0, 3, 4], doses=doses, observables=["x1", "second"], precision=precision)
    assert r.events["filled"].tolist() == r.events["then"].tolist() == [3.0, 0.0]
    # Outputs at the moment of a dose are taken before it.
    assert r["second"].tolist() == [[0, 0], [0, 5], [5, 5]]
    assert r["x1"].tolist() == [[0, 0], [0, 0], [0, 1]]


def test_events_that_set_each_other_off_for_ever_are_told() -> None:
    m = Model("quarrel")
    x, y = m.state("x1", 0.0), m.switch("y1")
    m.rate(x, 1)
    m.event("up", x >= 1 + y, set={y: x + 1})
    m.event("down", y >= x, set={y: x - 2})
    r = simulate(m, [0, 5], observables=["x1"])
    assert r.failures() == {"events without end": 1} and not r.ok.any()
    assert reference(m, [0, 5], observables=["x1"]).code.tolist() == [7]


def test_a_level_that_is_not_a_number_is_told() -> None:
    import sympy

    m = Model("unknown_level")
    x = m.state("x1", 1.0)
    m.rate(x, -1)
    m.event("low", sympy.log(x) <= -50)
    r = simulate(m, [0, 3], observables=["x1"])
    assert r.failures() == {"not finite": 1}


def test_a_level_that_rises_and_falls_within_a_step_is_seen_in_its_middle() -> None:
    m = Model("bump")
    x = m.state("x1", 0.0)
    m.rate(x, 1 - m.time)  # a parabola, which a step of any length follows exactly
    m.event("top", x >= 0.3)
    r = simulate(m, [0, 2], observables=["x1"], rtol=1e-3)
    np.testing.assert_allclose(r.events["top"], 1 - np.sqrt(0.4), rtol=1e-6)
    assert r.counts["top"] == 1


@EACH_RUN
def test_chance_events_follow_their_hazard(how: dict[str, Any]) -> None:
    m = Model("chance")
    k = m.parameter("k", 0.2)
    m.hazard("death", k * m.time, stop=True)
    n = 4000
    r = simulate(m, [0, 1, 20], n=n, observables=["death_hazard"], seed=7, **how)
    threshold = -np.log(uniforms(7, "event death", 0, n))
    np.testing.assert_allclose(r.events["death"], np.sqrt(2 * threshold / 0.2), rtol=2e-4, atol=2e-3)
    np.testing.assert_allclose((r.events["death"] > 3).mean(), np.exp(-0.9), atol=0.025)
    part = simulate(m, [0, 1, 20], n=100, observables=["death_hazard"], seed=7, first_patient=900, **how)
    assert (part.events["death"] == r.events["death"][900:1000]).all()
    other = simulate(m, [0, 1, 20], n=n, observables=["death_hazard"], seed=8, **how)
    assert abs(np.corrcoef(other.events["death"], r.events["death"])[0, 1]) < 0.06


def course() -> Model:
    m = Model("course")
    k = m.parameter("k", 0.5)
    drive = m.forcing("drive", [0, 1, 2, 4], [0, 1, 1, 0])
    held = m.forcing("held", [1, 3], [2, 5], kind="step")
    x, ill = m.state("x1", 1.0, nonnegative=True), m.switch("ill")
    m.rate(x, drive + held / 10 - k * x * (1 + ill))
    m.hazard("death", 0.3 * x, stop=True)
    m.hazard("attack", 0.2 * x, set={ill: 2, x: x / 2})
    m.event("sick", x >= 1.2, set={ill: 1})
    m.event("late", m.time > 3.25, set={x: x + 1})
    m.observe("seen", drive + held + x)
    return m


@EACH_RUN
def test_everything_together_agrees_with_scipy(how: dict[str, Any]) -> None:
    n, times = 9, np.linspace(0, 6, 13)
    rng = np.random.default_rng(2)
    own = (np.array([-1.0, 0.5, 2.5]), rng.random((3, n)))
    given: dict[str, Any] = {
        "parameters": {"k": np.linspace(0.1, 2, n)},
        "observables": ["x1", "seen", "death_hazard", "ill"],
        "doses": [Dose(3.0, "x1", rng.random(n)), Dose(1.0, "x1", 0.5, duration=0.75)],
        "seed": 3,
    }
    for forcing in ({}, {"drive": own}):
        ours = simulate(course(), times, **given, forcing=forcing, atol=1e-9, **how)
        slow = reference(course(), times, **given, forcing=forcing)
        assert ours.code.tolist() == slow.code.tolist()
        tolerance = 1e-3 if "precision" in how else 1e-5
        for name in slow.events:
            np.testing.assert_allclose(ours.events[name], slow.events[name], rtol=tolerance, err_msg=name)
            assert (ours.counts[name] == slow.counts[name]).all()
        for name in given["observables"]:
            np.testing.assert_allclose(ours[name], slow[name], rtol=tolerance, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_same_bits_with_events_for_any_threads_and_company(precision: str) -> None:
    n, times = 500, np.linspace(0, 6, 13)
    k = np.random.default_rng(4).lognormal(-0.5, 0.8, n)

    def run(a: int, b: int, threads: int) -> np.ndarray:
        r = simulate(
            course(), times, parameters={"k": k[a:b]}, observables=["x1", "seen"], precision=precision,
            threads=threads, seed=1, first_patient=a,
        )  # fmt: skip
        return np.vstack([r["x1"], r["seen"], *r.events.values(), *r.counts.values(), r.code, r.steps])

    whole = run(0, n, 1)
    np.testing.assert_array_equal(run(0, n, 3), whole)
    np.testing.assert_array_equal(run(100, 177, 2), whole[:, 100:177])
    np.testing.assert_array_equal(run(499, 500, 1), whole[:, 499:])
