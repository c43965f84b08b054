"""Meta-regression and Egger's test against R metafor; permutation tests against what they must do."""

import json
from pathlib import Path

import numpy as np
import pytest

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.regression import METHODS, egger, regress
from hepatica.evidence.tau2 import estimate

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "metafor.json").read_text())
BCG = REFERENCE["sets"]["bcg_rr"]
MODERATORS = REFERENCE["regression"]
MORE = json.loads((Path(__file__).parents[2] / "reference" / "models.json").read_text())
COLUMNS = {"ablat": ("ablat",), "ablat_year": ("ablat", "year")}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("model", COLUMNS)
def test_agrees_with_metafor(model, method):
    x = np.column_stack([MODERATORS[c] for c in COLUMNS[model]])
    for test in ("knha", "z"):
        theirs = MODERATORS["models"][model][method][test]
        ours = regress(BCG["yi"], BCG["vi"], x, COLUMNS[model], method, knapp_hartung=test == "knha")
        assert ours.names == ("intercept", *COLUMNS[model])
        for field in ("estimate", "se", "p"):
            assert getattr(ours, field) == pytest.approx(theirs[field], rel=1e-6, abs=1e-7), (test, field)
        for field in ("tau2", "i2", "qe", "qe_p"):
            assert getattr(ours, field) == pytest.approx(theirs[field], rel=1e-6, abs=1e-6), (test, field)


@pytest.mark.parametrize("name", REFERENCE["egger"])
def test_egger_agrees_with_metafor(name):
    data, theirs = REFERENCE["sets"][name], REFERENCE["egger"][name]
    ours = egger(data["yi"], data["vi"])
    assert ours["t"] == pytest.approx(theirs["t"], rel=1e-6)
    assert ours["p"] == pytest.approx(theirs["p"], rel=1e-6)
    assert (ours["limit"], *ours["limit_ci"]) == pytest.approx((theirs["limit"], *theirs["limit_ci"]), rel=1e-6)


def test_every_order_of_six_studies_agrees_with_metafor():
    six = MORE["moderators"]["six"]
    ours = regress(six["yi"], six["vi"], six["ablat"], method="DL", permutations=720)
    assert ours.permuted == "all 720 orders"
    assert ours.p_permuted == pytest.approx(six["p"], abs=1e-12)
    assert ours.qm_p_permuted == pytest.approx(six["qm_p"], abs=1e-12)


def test_factors_and_the_test_of_all_agree_with_metafor():
    theirs = MORE["moderators"]["factor"]
    kinds = sorted(set(theirs["alloc"]))[1:]
    x = np.column_stack([*([a == k for a in theirs["alloc"]] for k in kinds), theirs["ablat"]])
    ours = regress(BCG["yi"], BCG["vi"], x)
    assert ours.estimate == pytest.approx(theirs["b"], rel=1e-6)
    assert ours.se == pytest.approx(theirs["se"], rel=1e-6)
    assert ours.r2 == pytest.approx(theirs["r2"], rel=1e-6) and ours.tau2 == pytest.approx(theirs["tau2"], rel=1e-6)
    only = regress(BCG["yi"], BCG["vi"], x[:, 2])
    assert only.qm == pytest.approx((only.estimate[1] / only.se[1]) ** 2) and only.qm_p == pytest.approx(only.p[1])
    assert any("below 10 studies each" in w for w in ours.warnings)


def test_permutation_sees_a_signal_and_not_noise():
    rng = np.random.default_rng(3)
    x = rng.normal(size=20)
    v = np.full(20, 0.02)
    noise = rng.normal(0, 0.2, 20)
    assert regress(2 * x + noise, v, x, permutations=199).p_permuted[1] == pytest.approx(1 / 200)
    assert regress(noise, v, x, permutations=199).p_permuted[1] > 0.05


def test_regression_on_a_constant_free_design_matches_the_pool():
    y, v = np.array(BCG["yi"]), np.array(BCG["vi"])
    x = np.array(MODERATORS["ablat"], dtype=float)
    with_x = regress(y, v, x - x.mean(), method="DL")
    assert with_x.tau2 < estimate(y, v, "DL")


def test_small_k_is_said():
    assert "below 10" in egger([0.1, 0.2, 0.4], [0.1, 0.2, 0.05])["why"]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: regress([1.0, 2.0], [1.0, 1.0], [0.0, 1.0]), CannotAnswer),
        (lambda: regress([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [5.0, 5.0, 5.0]), InputError),
        (lambda: regress([1.0, 2.0, 3.0], [1.0, 1.0, -1.0], [0.0, 1.0, 2.0]), InputError),
        (lambda: regress([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [0.0, 1.0]), InputError),
        (lambda: regress([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [0.0, 1.0, 2.0], method="SJ"), InputError),
        (lambda: egger([1.0, 2.0], [1.0, 1.0]), CannotAnswer),
    ],
)
def test_refuses_what_cannot_be_fitted(call, error):
    with pytest.raises(error):
        call()
