"""SBML and SED-ML: valid by libSBML and libSEDML, replayed by libRoadRunner and COPASI to this engine's numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy

from hepatica.engine import Dose, Model, between, hill, reference, to_sbml, to_sedml, write_exchange
from hepatica.errors import CannotAnswer, InputError


@dataclass(frozen=True)
class Case:
    """A run of one patient: 40 steps to `end`."""

    build: Callable[[], Model]
    names: tuple[str, ...]
    end: float
    doses: tuple[Dose, ...] = ()
    parameters: dict[str, float] = field(default_factory=dict)
    breakpoints: tuple[float, ...] = ()


def every_form() -> Model:
    m = Model("exchange")
    k, n = m.parameter("k_out", 0.4, unit="1/d", text="loss"), m.parameter("n_hill", 1.6)
    on = m.parameter("on_d", 3.0)
    x, y = m.state("x1", 2 * k, unit="g", nonnegative=True), m.state("y1", 0.5)
    level = m.assign("level", sympy.Min(x / 2, 3) + sympy.Abs(y))
    m.rate(x, -k * x * hill(level, 0.7, n) + between(m.time, on, on + 0.01) * 40 * sympy.log(2 + y))
    m.rate(x, sympy.exp(-y) / 10)
    m.rate(y, sympy.Max(0, x - 1) - sympy.tanh(y) - y**2 / 3)
    m.observe("sign_of_y", sympy.sign(y - 0.2))
    return m


def oscillator() -> Model:
    m = Model("oscillator")
    mu = m.parameter("mu", 5.0)
    x, v = m.state("x1", 2.0), m.state("v1", 0.0)
    m.rate(x, v)
    m.rate(v, mu * (1 - x**2) * v - x)
    return m


def two_compartments() -> Model:
    m = Model("two_compartments")
    out, there, back = (m.parameter(*row) for row in (("cl", 3.0), ("k12", 500.0), ("k21", 40.0)))
    a, b = m.state("a1", 0.0, nonnegative=True), m.state("a2", 0.0)
    m.rate(a, -(out + there) * a + back * b)
    m.rate(b, there * a - back * b)
    m.observe("total", a + b)
    return m


def with_events() -> Model:
    m = Model("with_events")
    fed = m.forcing("fed", [0, 2, 5], [0.0, 1.0, 0.2])
    night = m.forcing("night", [0, 4, 8], [1.0, 0.0, 1.0], kind="step")
    x, treated = m.state("x1", 0.0), m.switch("treated")
    m.rate(x, fed + night / 2 - (0.1 + treated) * x)
    m.event("crisis", x >= 2, set={treated: 1})
    m.event("halved", m.time >= 7.1, set={x: x / 2})
    return m


def ending() -> Model:
    """Return what bleeds at a drawn time and is over when it is full, whatever is still given."""
    m = Model("ending")
    running = m.parameter("running", 0.6, unit="1/d")
    x, y = m.state("x1", 0.2), m.state("y1", 1.0)
    m.rate(x, running)
    m.rate(y, -x * y)
    m.hazard("bleed", x / 4, set={y: y / 2})
    m.event("full", x >= 3, set={y: y + 1}, stop=True)
    m.observe("ratio", y / (1 + x))
    return m


def the_twin() -> Model:
    from hepatica.twin import build

    return build()


CASES = {
    "every form": Case(
        every_form, ("x1", "y1", "level"), 10.0,
        (Dose(0.0, "x1", 2.0), Dose(5.1, "x1", 1.0), Dose(5.1, "x1", 0.5), Dose(6.1, "y1", 1.0, duration=2.0),
         Dose(8.2, "x1", -50.0)), {"on_d": 3.33, "n_hill": 0.9}, (3.33, 3.34),
    ),
    "oscillator": Case(oscillator, ("x1", "v1"), 12.0),
    "two compartments": Case(
        two_compartments, ("a1", "a2", "total"), 8.0, tuple(Dose(0.1 + k, "a1", 10.0) for k in range(7))
    ),
    "events and forcing": Case(with_events, ("x1", "treated"), 10.0, breakpoints=(2.0, 5.0, 4.0, 8.0)),
    "an event that ends the run": Case(
        ending, ("x1", "y1", "ratio"), 10.0, (Dose(2.1, "x1", 0.5), Dose(1.1, "y1", 2.0, duration=8.0),
        Dose(6.1, "y1", 5.0)), {"bleed_threshold": 0.3},
    ),
    "the twin": Case(
        the_twin, ("cells_liver", "bilirubin_umol_l", "albumin_g_l", "inr", "alive_untransplanted"), 365.0,
        tuple(Dose(day, "cells_venous", 100.0) for day in (0.0, 28.0, 56.0, 200.0)),
        {"course_on_d": 30.0, "course_off_d": 90.0, "rx_acute_death": 0.5}, (30.0, 90.0),
    ),
}  # fmt: skip


@pytest.fixture(params=CASES)
def exported(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Case, Path, Path, np.ndarray]:
    """A case, its two files, and scipy's values [time, observable] of the same run."""
    pytest.importorskip("libsbml")
    case = CASES[request.param]
    model = case.build()
    extra: dict[str, Any] = {"parameters": case.parameters, "breakpoints": case.breakpoints}
    files = write_exchange(model, tmp_path, case.end, 40, case.names, case.doses, **extra)
    ours = reference(
        model, np.linspace(0, case.end, 41), observables=case.names, doses=case.doses, rtol=1e-8, atol=1e-10, **extra
    )
    return case, *files, np.stack([ours[name][:, 0] for name in case.names], axis=1)


def agree(case: Case, ours: np.ndarray, theirs: np.ndarray) -> None:
    """Compare at every output but those at a dose, which they give after it and we before; past the end they hold."""
    times = np.linspace(0, case.end, 41)
    kept = ~np.isin(times, [d.time for d in case.doses])
    ended = np.isnan(ours[:, 0])
    assert kept.sum() >= 38 and ended.any() == (case.build is ending)
    for k, name in enumerate(case.names):
        least = 1e-3 * np.nanmax(np.abs(ours[:, k]))
        now = kept & ~ended
        np.testing.assert_allclose(theirs[now, k], ours[now, k], rtol=1e-4, atol=1e-4 * least, err_msg=name)
        np.testing.assert_allclose(theirs[ended, k], theirs[-1, k], rtol=1e-12, err_msg=name)


def test_replay_in_libroadrunner_as_the_sedml_says(exported: tuple[Case, Path, Path, np.ndarray]) -> None:
    roadrunner = pytest.importorskip("roadrunner")
    libsedml = pytest.importorskip("libsedml")
    case, sbml, sedml, ours = exported
    run = libsedml.readSedMLFromFile(str(sedml))
    course, tolerances = run.getSimulation(0), run.getSimulation(0).getAlgorithm()
    engine = roadrunner.RoadRunner(str(sbml))
    told = {tolerances.getAlgorithmParameter(k).getKisaoID(): tolerances.getAlgorithmParameter(k) for k in range(2)}
    engine.integrator.relative_tolerance = float(told["KISAO:0000209"].getValue())
    engine.integrator.absolute_tolerance = float(told["KISAO:0000211"].getValue())
    wanted = [run.getDataGenerator(k).getVariable(0).getTarget() for k in range(1, run.getNumDataGenerators())]
    engine.timeCourseSelections = [target.split("'")[1] for target in wanted]
    theirs = engine.simulate(course.getInitialTime(), course.getOutputEndTime(), course.getNumberOfSteps() + 1)
    agree(case, ours, np.asarray(theirs))


def test_replay_in_copasi_from_the_sedml(exported: tuple[Case, Path, Path, np.ndarray]) -> None:
    copasi = pytest.importorskip("COPASI")
    case, _, sedml, ours = exported
    data = copasi.CRootContainer.addDatamodel()
    try:
        assert data.importSEDML(str(sedml)), copasi.CCopasiMessage.getAllMessageText()
        task = data.getTask("Time-Course")
        task.getProblem().setTimeSeriesRequested(True)
        assert task.process(True), copasi.CCopasiMessage.getAllMessageText()
        series = task.getTimeSeries()
        size = range(series.getRecordedSteps()), range(series.getNumVariables())
        table = np.array([[series.getData(r, k) for k in size[1]] for r in size[0]])
        columns = {series.getSBMLId(k, data): k for k in range(series.getNumVariables())}
        rows = [np.flatnonzero(np.isclose(table[:, 0], t, rtol=0, atol=1e-9))[0] for t in np.linspace(0, case.end, 41)]
        agree(case, ours, table[np.ix_(rows, [columns[name] for name in case.names])])
    finally:
        copasi.CRootContainer.removeDatamodel(data)


def test_libsbml_and_libsedml_find_no_fault(exported: tuple[Case, Path, Path, np.ndarray]) -> None:
    libsedml, libsbml = pytest.importorskip("libsedml"), import_module("libsbml")
    _, sbml, sedml, _ = exported
    document = libsbml.readSBMLFromFile(str(sbml))
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.checkConsistency()
    assert [document.getError(k).getMessage() for k in range(document.getNumErrors())] == []
    run = libsedml.readSedMLFromFile(str(sedml))
    assert [run.getError(k).getMessage() for k in range(run.getNumErrors())] == []
    assert run.getModel(0).getSource() == sbml.name


def test_sbml_names_everything() -> None:
    pytest.importorskip("libsbml")
    root = ElementTree.fromstring(to_sbml(every_form(), CASES["every form"].doses))
    ids = {e.get("id") for e in root.iter() if e.tag.endswith("}parameter")}
    assert {"k_out", "n_hill", "x1", "y1", "level", "sign_of_y"} <= ids
    events = [e.get("id") for e in root.iter() if e.tag.endswith("}event")]
    assert sum(e.startswith("dose") for e in events) == 5  # 0, 5.1 (two), 6.1 with its end, 8.2
    assert sum(e.startswith("stop") for e in events) == 2


def test_a_number_too_small_to_be_normal_is_written_as_zero() -> None:
    roadrunner = pytest.importorskip("roadrunner")
    m = Model("small")
    x = m.state("x1", 5e-324)
    m.rate(x, m.parameter("k", 3e-308) - x)
    assert roadrunner.RoadRunner(to_sbml(m)).getValue("x1") == 0
    assert roadrunner.RoadRunner(to_sbml(m)).getValue("k") == 3e-308


def test_sedml_points_at_the_observables() -> None:
    text = to_sedml(every_form(), "exchange.xml", end=10.0, points=40, observables=["x1", "level"])
    labels = [e.get("label") for e in ElementTree.fromstring(text).iter() if e.tag.endswith("}dataSet")]
    assert labels == ["time", "x1", "level"]
    with pytest.raises(InputError, match="no course"):
        to_sedml(every_form(), "exchange.xml", end=0.0, points=40, observables=["x1"])


def test_after_the_event_that_ends_a_run_its_values_stay_and_running_is_zero() -> None:
    roadrunner = pytest.importorskip("roadrunner")
    case = CASES["an event that ends the run"]
    given: dict[str, Any] = {"doses": case.doses, "parameters": case.parameters}
    engine = roadrunner.RoadRunner(to_sbml(ending(), case.doses, parameters=case.parameters))
    engine.integrator.relative_tolerance = 1e-10
    engine.timeCourseSelections = ["time", "x1", "y1", "running_"]
    theirs = np.asarray(engine.simulate(0, 10, 11))
    stop = reference(ending(), [0, 10], observables=["x1"], **given).reached[0]
    before = reference(ending(), [0, stop - 1e-6], observables=["y1"], rtol=1e-9, **given)["y1"][-1, 0]
    assert theirs[:, 3].tolist() == [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(theirs[4:, 1:3], np.tile([3, before + 1], (7, 1)), rtol=1e-4)


def test_without_libsbml_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "libsbml", None)
    with pytest.raises(CannotAnswer, match="python-libsbml"):
        to_sbml(every_form())
