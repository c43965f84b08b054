"""Several effects of one study against R metafor's rma.mv (tests/reference/models.R), and what cannot be fitted."""

import json
from pathlib import Path

import numpy as np
import pytest

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.pooling import pool_effects
from hepatica.evidence.statistics.multilevel import multilevel, sampling_covariance

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "models.json").read_text())
TIMES = REFERENCE["times"]
FITS = {"fixed": ("fixed", "REML"), "cs": ("cs", "REML"), "car": ("car", "REML"), "car_ml": ("car", "ML"),
        "intercept": ("study", "REML")}  # fmt: skip


def by_time(data):
    return np.array([[t == u for u in sorted(set(data["time"]))] for t in data["time"]], dtype=float)


@pytest.mark.parametrize("errors", ["cs", "car"])
@pytest.mark.parametrize("name", FITS)
def test_a_time_course_agrees_with_metafor(name, errors):
    how = {"rho": 0.6} if errors == "cs" else {"phi": 0.9}
    v = sampling_covariance(TIMES["study"], TIMES["vi"], TIMES["time"], **how)
    structure, method = FITS[name]
    theirs = TIMES[errors][name]
    ours = multilevel(TIMES["study"], TIMES["yi"], v, by_time(TIMES), structure=structure, times=TIMES["time"],
                      method=method)  # fmt: skip
    assert ours.estimate == pytest.approx(theirs["b"], rel=1e-6, abs=1e-6)
    assert ours.se == pytest.approx(theirs["se"], rel=1e-6)
    assert ours.log_likelihood == pytest.approx(theirs["ll"], abs=1e-7)
    assert ours.q == pytest.approx(theirs["qe"], rel=1e-9)
    tau2 = theirs.get("tau2", theirs.get("sigma2", 0.0))
    assert ours.tau2 == pytest.approx(tau2, rel=1e-6)
    if "rho" in theirs:
        assert ours.rho == pytest.approx(theirs["rho"], abs=1e-6)


def test_nested_effects_agree_with_metafor():
    data = REFERENCE["nested"]
    ours = multilevel([str(d) for d in data["district"]], data["yi"], data["vi"], structure="nested")
    assert ours.estimate[0] == pytest.approx(data["fit"]["b"], rel=1e-6)
    assert ours.se[0] == pytest.approx(data["fit"]["se"], rel=1e-6)
    assert (ours.tau2, ours.sigma2) == pytest.approx(tuple(data["fit"]["sigma2"]), rel=1e-5)


def test_no_heterogeneity_in_a_course_agrees_with_metafor():
    data = REFERENCE["fine"]
    v = sampling_covariance(data["study"], data["vi"], data["time"], phi=0.95)
    ours = multilevel(data["study"], data["yi"], v, by_time(data), structure="car", times=data["time"])
    assert ours.tau2 == data["fit"]["tau2"] == 0
    assert ours.estimate == pytest.approx(data["fit"]["b"], rel=1e-9)
    assert ours.se == pytest.approx(data["fit"]["se"], rel=1e-9)


def test_one_effect_a_study_is_the_plain_pool():
    y, v = [0.1, 0.5, 0.9, -0.2], [0.04, 0.05, 0.02, 0.09]
    ours, plain = multilevel(list("abcd"), y, v), pool_effects(y, v, "REML", "wald")
    assert ours.estimate[0] == pytest.approx(plain.estimate, rel=1e-7)
    assert ours.se[0] == pytest.approx(plain.se, rel=1e-7)
    assert ours.tau2 == pytest.approx(plain.tau2, rel=1e-6)
    car = multilevel(list("abcd"), y, v, structure="car", times=[1, 2, 3, 4])
    assert car.structure == "study" and "cannot be told apart" in car.warnings[0]


def test_correlated_errors_of_two_days_by_hand():
    # one study, two days, variances 1, correlation 0.5: the mean of both has variance (1 + 1 + 2 * 0.5) / 4
    v = sampling_covariance(["a", "a"], [1.0, 1.0], rho=0.5)
    ours = multilevel(["a", "a"], [1.0, 2.0], v)
    assert ours.structure == "fixed" and ours.estimate[0] == pytest.approx(1.5)
    assert ours.se[0] == pytest.approx(0.75**0.5)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: sampling_covariance(["a"], [1.0]), InputError, "one of the two"),
        (lambda: sampling_covariance(["a"], [1.0], rho=1.0), InputError, "correlation of 1"),
        (lambda: sampling_covariance(["a"], [1.0], phi=0.5), InputError, "needs times"),
        (lambda: multilevel(["a"], [1.0], [1.0], structure="car"), InputError, "car needs times"),
        (lambda: multilevel(["a"], [1.0], [1.0], structure="web"), InputError, "'web'"),
        (lambda: multilevel(["a", "b"], [1.0], [1.0]), InputError, "1 effects, 2 study names"),
        (lambda: multilevel(["a"], [1.0], [0.0]), InputError, "variance is not above 0"),
        (lambda: multilevel(["a"], [1.0], [1.0], [[1.0, 1.0]]), CannotAnswer, "cannot carry"),
    ],
)
def test_what_cannot_be_fitted_is_said(call, error, words):
    with pytest.raises(error, match=words):
        call()
