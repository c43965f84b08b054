"""SBML export: valid by libSBML, and replayed by libRoadRunner to the same numbers."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
import sympy

from hepatica.engine import Dose, Model, between, hill, simulate, to_sbml, to_sedml
from hepatica.errors import CannotAnswer


def model() -> Model:
    m = Model("exchange")
    k, n = m.parameter("k_out", 0.4, unit="1/d", text="loss"), m.parameter("n_hill", 1.6)
    x, y = m.state("x1", 2 * k, unit="g", nonnegative=True), m.state("y1", 0.5)
    level = m.assign("level", sympy.Min(x / 2, 3) + sympy.Abs(y))
    m.rate(x, -k * x * hill(level, 0.7, n) + between(m.time, 3, 4) * sympy.log(2 + y))
    m.rate(x, sympy.exp(-y) / 10)
    m.rate(y, sympy.Max(0, x - 1) - sympy.tanh(y) - y**2 / 3)
    m.observe("sign_of_y", sympy.sign(y - 0.2))
    return m


DOSES = [Dose(0.0, "x1", 2.0), Dose(5.0, "x1", 1.0), Dose(5.0, "x1", 0.5), Dose(6.0, "y1", 1.0, duration=2.0)]


def test_replay_in_libroadrunner() -> None:
    pytest.importorskip("libsbml")
    roadrunner = pytest.importorskip("roadrunner")
    engine = roadrunner.RoadRunner(to_sbml(model(), DOSES))
    engine.integrator.relative_tolerance, engine.integrator.absolute_tolerance = 1e-9, 1e-11
    engine.integrator.maximum_time_step = 0.05
    names = ["x1", "y1", "level"]
    engine.timeCourseSelections = names
    theirs = np.asarray(engine.simulate(0, 10, 41))
    times = np.linspace(0, 10, 41)
    ours = simulate(model(), times, doses=DOSES, observables=names, breakpoints=[3, 4], rtol=1e-8, atol=1e-9)
    after_dose = ~np.isin(times, [0.0, 5.0])
    for k, name in enumerate(names):
        np.testing.assert_allclose(ours[name][after_dose, 0], theirs[after_dose, k], rtol=1e-4, atol=1e-6)


def test_sbml_is_valid_and_names_everything() -> None:
    pytest.importorskip("libsbml")
    root = ElementTree.fromstring(to_sbml(model(), DOSES))
    ids = {e.get("id") for e in root.iter() if e.tag.endswith("}parameter")}
    assert {"k_out", "n_hill", "x1", "y1", "level", "sign_of_y"} <= ids
    assert sum(e.tag.endswith("}event") for e in root.iter()) == 5


def test_sedml_points_at_the_observables() -> None:
    root = ElementTree.fromstring(to_sedml(model(), "exchange.xml", end=10.0, points=40, observables=["x1", "level"]))
    labels = [e.get("label") for e in root.iter() if e.tag.endswith("}dataSet")]
    assert labels == ["time", "x1", "level"]


def test_without_libsbml_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "libsbml", None)
    with pytest.raises(CannotAnswer, match="python-libsbml"):
        to_sbml(model())
