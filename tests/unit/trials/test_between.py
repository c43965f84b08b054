"""How studies differ: estimated, stored with the posterior it belongs to, and drawn as it says."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica import trials, twin
from hepatica.trials import between
from hepatica.twin import _group_labs
from hepatica.twin._between import draw_between
from hepatica.twin._population import CORRELATED, prior

SHAPE = (200, 40)


def _labs(reported, illness=0.9):
    away = illness * np.random.default_rng(1).standard_normal((SHAPE[0], len(CORRELATED)))
    return _group_labs.group_labs("decompensated", reported, np.zeros(SHAPE[0] * SHAPE[1]), away, SHAPE, 1)


def _means(labs, name):
    return np.log(labs[name]).reshape(SHAPE).mean(axis=1)


def test_the_estimate_belongs_to_the_posterior():
    stored = twin.disagreement()
    assert stored["posterior"] == twin.posterior()["data"], "run python -m hepatica.trials.between"
    assert set(stored["sd"]) >= {"albumin_g_l", "bilirubin_umol_l", "inr", "death_log", "child_pugh"}
    fitted = twin.fitted_studies()
    assert all(set(studies) <= fitted for studies in stored["studies"].values())


def test_the_sd_between_studies_is_recovered_from_residuals_that_have_it():
    """Forty made-up studies of three residuals each, true SD 0.3 and the twin's own 0.05."""
    rng = np.random.default_rng(2)
    rows = {"prior": {"spread": 0.5, "same_study": 0.7}, "x": {"scale": 0.1}}
    made = []
    for i in range(40):
        common = 0.3 * np.sqrt(0.7) * rng.standard_normal()
        for _ in range(3):
            own = 0.3 * np.sqrt(0.3) * rng.standard_normal()
            made.append((f"s{i}", common + own + 0.05 * rng.standard_normal(), 0.05**2, 1.0))
    assert np.median(between._lab_sds({"x": made}, rows, rng)["x"]) == pytest.approx(0.3, rel=0.2)


def test_a_study_left_out_is_held_by_the_others_about_as_often_as_said():
    held, asked = (sum(n[i] for n in twin.disagreement()["left_out"].values()) for i in (0, 1))
    assert asked >= 40 and 0.75 <= held / asked <= 1.0


def test_without_disagreement_no_repeat_differs():
    none = draw_between(50, 1, {})
    assert not none.death_log.any() and (none.pace == 1).all() and not none.illness.any()
    assert not any(x.any() for x in (*none.drift.values(), *none.slow.values(), *none.score.values()))


def test_a_reported_value_tells_of_the_unreported_ones():
    plain, told = _labs({}), _labs({"albumin_g_l": (22.0, 3.0)})
    assert _means(told, "bilirubin_umol_l").mean() > _means(plain, "bilirubin_umol_l").mean() + 0.2
    assert _means(told, "bilirubin_umol_l").std() < _means(plain, "bilirubin_umol_l").std()
    assert told["albumin_g_l"].reshape(SHAPE).mean(axis=1) == pytest.approx(22.0, rel=1e-3)


def test_groups_lie_around_their_population_as_far_as_estimated():
    far = _means(_labs({}, illness=0.88), "inr")
    median, log_sd = prior("decompensated", "inr")
    assert far.mean() == pytest.approx(np.log(median), abs=0.05)
    assert far.std() == pytest.approx(0.88 * log_sd, rel=0.25)


@pytest.mark.parametrize(("variable", "value"), [("meld", 22.0), ("child_pugh", 10.0)])
def test_a_reported_score_is_met_by_the_unreported_values(variable, value):
    labs = _labs({variable: (value, None)}, illness=0.3)
    score = _group_labs._meld if variable == "meld" else _group_labs._child_pugh("decompensated", np.full(8000, 3.0))
    if variable == "child_pugh":
        wet = np.full(SHAPE[0] * SHAPE[1], 3.0)
        labs = _group_labs.group_labs("decompensated", {variable: (value, None)}, wet, np.zeros((200, 6)), SHAPE, 1)
    assert score(labs).mean() == pytest.approx(value, abs=0.3)


def test_refractory_ascites_has_a_population_of_its_own():
    trial = trials.parse_trial(
        {
            "population": {"condition": "decompensated cirrhosis, refractory ascites"},
            "arms": [{"name": "a", "n": 33}],
            "ask": {"days": [365]},
        }
    )
    found = trials.replicate(trial)
    assert found["population"] == "refractory_ascites"
    assert found["arms"][0]["survival"][1]["p"] == pytest.approx(0.565, abs=0.08)
