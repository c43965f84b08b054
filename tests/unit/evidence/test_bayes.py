"""The Bayesian pool against bayesmeta, integration in R (tests/reference: bayesmeta.R, models.R), and its limits."""

import json
from pathlib import Path

import numpy as np
import pytest

from hepatica import evidence
from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.bayes import posterior
from hepatica.evidence.pooling import pool_effects

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "models.json").read_text())["bayes"]
BAYESMETA = json.loads((Path(__file__).parents[2] / "reference" / "bayesmeta.json").read_text())["sets"]
PRIORS = {"half_normal": (0.5, 2.82, "half-normal"), "half_cauchy": (0.5, 2.82, "half-cauchy"), "flat": (1.0, None)}
Y, V = np.array([1.225, -0.148]), np.array([0.36, 0.099])


def test_agrees_with_brute_force_over_mean_and_tau():
    scale, s = 0.5, 2.82
    mu = np.linspace(-6, 6, 2401)[:, None]
    tau = np.linspace(0, 4, 2001)[None, :]
    log = -0.5 * (mu / s) ** 2 - 0.5 * (tau / scale) ** 2
    for y, v in zip(Y, V, strict=True):
        log = log - 0.5 * np.log(v + tau**2) - 0.5 * (y - mu) ** 2 / (v + tau**2)
    weight = np.exp(log - log.max())
    weight[:, 0] /= 2
    weight /= weight.sum()
    got = posterior(Y, V, scale, s).summary()
    mean = float((weight * mu).sum())
    assert got["mu"]["mean"] == pytest.approx(mean, abs=2e-3)
    assert got["mu"]["sd"] == pytest.approx(float((weight * mu**2).sum() - mean**2) ** 0.5, rel=3e-3)
    assert got["tau"]["mean"] == pytest.approx(float((weight * tau).sum()), rel=3e-3)
    assert got["p_above_0"] == pytest.approx(float(weight[mu[:, 0] > 0].sum()), abs=3e-3)
    cumulative = np.cumsum(weight.sum(1))
    low, high = np.interp([0.025, 0.975], cumulative, mu[:, 0])
    assert got["mu"]["interval"] == pytest.approx([low, high], abs=0.01)


@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("name", REFERENCE)
def test_agrees_with_integration_in_r(name, prior):
    data, theirs = REFERENCE[name], REFERENCE[name][prior]
    fit = posterior(data["yi"], data["vi"], *PRIORS[prior])
    got = fit.summary()
    close = {"rel": 1e-6, "abs": 1e-6}
    assert (got["mu"]["mean"], got["mu"]["sd"]) == pytest.approx((theirs["mean"], theirs["sd"]), **close)
    assert got["mu"]["interval"] == pytest.approx(theirs["interval"], **close)
    assert got["new_study"]["interval"] == pytest.approx(theirs["new"], **close)
    tau = got["tau"]
    assert [tau["interval"][0], tau["median"], tau["interval"][1]] == pytest.approx(theirs["tau"], **close)
    assert (tau["mean"], got["p_above_0"]) == pytest.approx((theirs["tau_mean"], theirs["above"]), **close)
    own = fit.shrunken()
    assert [s["mean"] for s in own] == pytest.approx(theirs["shrunk"], **close)
    assert [s["sd"] for s in own] == pytest.approx(theirs["shrunk_sd"], **close)


@pytest.mark.parametrize("name", BAYESMETA)
def test_agrees_with_bayesmeta(name):
    # bayesmeta approximates the mean's distribution by a grid of normals (delta 1e-3, epsilon 1e-5); tau exactly
    data = BAYESMETA[name]
    for how, theirs in data["posteriors"].items():
        fit = posterior(data["y"], data["v"], theirs["scale"], theirs["mu_sd"], theirs["prior"])
        got = fit.summary()
        for part, close in (("mu", 1e-3), ("new_study", 1e-3), ("tau", 1e-6)):
            mine, wanted = got[part], theirs[part]
            told = [mine["median"], mine["mean"], *mine["interval"]]
            assert told == pytest.approx([wanted[k] for k in ("median", "mean", "lo", "hi")], abs=close), (how, part)
        assert got["mu"]["sd"] == pytest.approx(theirs["mu"]["sd"], abs=1e-3)
        assert got["p_above_0"] == pytest.approx(theirs["p_above_0"], abs=1e-4)
        for mine, wanted in zip(fit.shrunken(), theirs["shrunk"], strict=True):
            told = [mine["median"], mine["sd"], *mine["interval"]]
            assert told == pytest.approx([wanted[k] for k in ("median", "sd", "lo", "hi")], abs=2e-3), how


def test_what_the_paper_of_bayesmeta_prints():
    # Roever, J Stat Softw 2020;93(6): acute rejection with IL-2 receptor antagonists, children after liver transplant
    data = BAYESMETA["crins2014"]
    got = posterior(data["y"], data["v"], 0.5, 4.0).summary()
    assert (got["tau"]["median"], got["tau"]["mean"]) == pytest.approx((0.3445022, 0.3810562), abs=1e-6)
    assert (got["mu"]["median"], got["mu"]["sd"]) == pytest.approx((-1.5734823, 0.3295298), abs=2e-4)


def test_a_study_shrinks_towards_the_mean_and_not_past_it():
    fit = posterior([0.2, 1.1, -0.3], [0.05, 0.08, 0.3], 0.5, 2.82)
    for row in fit.shrunken(["a", "b", "c"]):
        low, high = sorted((row["yi"], fit.summary()["mu"]["mean"]))
        assert low <= row["mean"] <= high and 0 < row["pull"] < 1


def test_no_heterogeneity_and_no_prior_give_the_fixed_effect():
    got = posterior(Y, V, 1e-6, 1e4).summary()
    fixed = pool_effects(Y, V, "FE", "wald")
    assert got["mu"]["mean"] == pytest.approx(fixed.estimate, abs=1e-6)
    assert got["mu"]["interval"] == pytest.approx(fixed.ci, abs=1e-5)


def test_draws_follow_the_summary():
    fit = posterior(Y, V, 0.5, 2.82)
    got = fit.summary()
    draws = fit.draw(200_000, seed=7)
    assert draws.mean() == pytest.approx(got["new_study"]["mean"], abs=0.01)
    assert np.percentile(draws, [2.5, 97.5]) == pytest.approx(got["new_study"]["interval"], abs=0.03)
    assert (draws > 0).mean() == pytest.approx(got["p_new_above_0"], abs=0.005)
    assert np.array_equal(draws[:5], fit.draw(200_000, seed=7)[:5])


def test_a_question_is_handed_on():
    fit, about = evidence.prior("survival", 90, "aclf", "g_csf")
    assert about["studies"] == ["duan2013", "engelmann2021"] and about["certainty"] == "very low"
    assert about["new_study"]["sd"] > about["mu"]["sd"]
    assert fit.weight.sum() == pytest.approx(1)
    with pytest.raises(CannotAnswer, match="k=0"):
        evidence.prior("survival", 90, "decompensated", "uc_msc")
    _, about = evidence.prior("meld", 90, "cirrhosis", "stem_cells", design="any")
    assert about["tau_prior"] == f"half-normal({6.68 / 2:g})" and "control arms" in about["tau_scale_from"]


def test_a_course_is_handed_on_with_its_correlation():
    held, about = evidence.course_prior("survival", [28, 90, 180], "alcoholic_hepatitis", "g_csf")
    assert held.days == (28.0, 90.0) and about["not_estimable_days"] == [180]
    draws = held.draw(40_000, seed=3)
    assert draws.mean(0) == pytest.approx(held.mean, abs=0.03)
    assert np.corrcoef(draws.T) == pytest.approx(held.correlation(), abs=0.02)
    assert held.correlation()[0, 1] > 0.2
    spread, _ = evidence.course_prior("survival", [28, 90], "alcoholic_hepatitis", "g_csf", design="any")
    assert (spread.draw(2000, new_study=False).std(0) < spread.draw(2000).std(0)).all()
    with pytest.raises(CannotAnswer, match="k=0"):
        evidence.course_prior("meld", [30], "decompensated_cirrhosis", "msc")


def test_one_study_hands_on_no_heterogeneity_and_says_so():
    held, about = evidence.course_prior("meld", [90, 365], "cirrhosis", "stem_cells", design="any")
    assert (held.between == 0).all() and any("too narrow" in w for w in about["warnings"])


def test_priors_that_do_not_exist_are_refused():
    with pytest.raises(InputError, match="'gamma'"):
        posterior(Y, V, 0.5, 1, "gamma")
    with pytest.raises(CannotAnswer, match="flat prior"):
        posterior([0.1], [0.1], 0.5, None)


def test_scales_must_be_positive():
    with pytest.raises(InputError, match="prior scales"):
        posterior(Y, V, 0, 1)


def test_risk_of_bias_is_marked_as_ours():
    trial = evidence.risk_of_bias("engelmann2021")
    assert trial["tool"] == "RoB 2" and trial["by"].startswith("ours")
    assert {d["domain"] for d in trial["domains"]} >= {"allocation", "measurement"}
    assert evidence.risk_of_bias("gcsf_us2023")["overall"] == "high"
    assert evidence.risk_of_bias("shasthry2019")["overall"] == "some concerns"
