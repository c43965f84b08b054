"""Selection models, PET and PEESE against R (tests/reference/models.R: selmodel, integrate and lm)."""

import json
from pathlib import Path

import pytest

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.statistics.selection import beta_model, pet_peese, step_model

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "models.json").read_text())["selection"]
STEPS = {"step": {}, "step2": {"steps": (0.05, 0.5)}, "two_sided": {"steps": (0.05,), "alternative": "two.sided"}}
HACKSHAW = REFERENCE["hackshaw1998"]


@pytest.mark.parametrize("name", REFERENCE)
@pytest.mark.parametrize("model", STEPS)
def test_step_models_agree_with_metafor(model, name):
    data, theirs = REFERENCE[name], REFERENCE[name][model]
    if theirs is None:
        with pytest.raises(CannotAnswer, match=r"no study has a p value of 0\.5 to 1"):
            step_model(data["yi"], data["vi"], **STEPS[model])
        return
    ours = step_model(data["yi"], data["vi"], **STEPS[model])
    assert ours.estimate == pytest.approx(theirs["b"], abs=1e-6)
    assert ours.tau2 == pytest.approx(theirs["tau2"], abs=1e-6)
    assert ours.weights == pytest.approx(theirs["delta"], rel=2e-6)
    assert ours.log_likelihood == pytest.approx(theirs["ll"], abs=1e-9)
    assert ours.lrt == pytest.approx(theirs["lrt"], abs=1e-6)
    if theirs["tau2"] > 1e-4:
        assert ours.se == pytest.approx(theirs["se"], rel=1e-4)


def test_less_is_the_mirror_of_greater():
    y = [-a for a in HACKSHAW["yi"]]
    ours = step_model(y, HACKSHAW["vi"], alternative="less")
    assert ours.estimate == pytest.approx(HACKSHAW["less"]["b"], abs=1e-6)
    assert ours.without_selection < 0


def test_beta_model_agrees_with_integration_in_r():
    ours, theirs = beta_model(HACKSHAW["yi"], HACKSHAW["vi"]), HACKSHAW["beta"]
    assert ours.log_likelihood == pytest.approx(theirs["ll"], abs=1e-8)
    assert ours.estimate == pytest.approx(theirs["b"], rel=1e-6)
    assert ours.weights == pytest.approx(theirs["delta"], rel=1e-6)
    assert ours.tau2 == pytest.approx(theirs["tau2"], rel=1e-6)


@pytest.mark.parametrize("name", REFERENCE)
def test_pet_and_peese_agree_with_lm(name):
    ours = pet_peese(REFERENCE[name]["yi"], REFERENCE[name]["vi"])
    for part in ("pet", "peese"):
        theirs = REFERENCE[name][part]
        assert ours[part]["estimate"] == pytest.approx(theirs["b"], rel=1e-9)
        assert ours[part]["se"] == pytest.approx(theirs["se"], rel=1e-9)
        assert ours[part]["p"] == pytest.approx(theirs["p"], rel=1e-8)
    assert ours["taken"] == ("peese" if REFERENCE[name]["pet"]["p"] < 0.1 else "pet")


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: step_model([0.1, 0.2, 0.3], [0.1] * 3), CannotAnswer, "at least 4"),
        (lambda: step_model(HACKSHAW["yi"], HACKSHAW["vi"], (1.5,)), InputError, "steps"),
        (lambda: step_model(HACKSHAW["yi"], HACKSHAW["vi"], alternative="up"), InputError, "'up'"),
        (lambda: beta_model(HACKSHAW["yi"], HACKSHAW["vi"], "two.sided"), InputError, "one-sided"),
        (lambda: pet_peese([0.1, 0.2], [0.1, 0.1]), CannotAnswer, "need 3"),
    ],
)
def test_what_cannot_be_fitted_is_said(call, error, words):
    with pytest.raises(error, match=words):
        call()
