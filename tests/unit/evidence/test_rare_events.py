"""Rare events and rates against integration in R and metafor's rma.glmm (tests/reference/rare.R)."""

import json
import math
from pathlib import Path

import pytest

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.statistics.rare_events import odds_ratio, rate, rate_ratio

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "rare.json").read_text())
RATES = REFERENCE["rates"]


def tables(name):
    return [REFERENCE["two"][name][c] for c in "amcq"]


@pytest.mark.parametrize("name", REFERENCE["two"])
def test_odds_ratios_agree_with_the_exact_likelihood(name):
    theirs = REFERENCE["two"][name]["exact_conditional"]
    ours = odds_ratio(*tables(name))
    assert ours.log_likelihood == pytest.approx(theirs["log_likelihood"], abs=2e-6)
    assert ours.estimate == pytest.approx(theirs["mu"], abs=1e-6)
    if theirs["se"]:
        assert ours.tau2 == pytest.approx(theirs["tau2"], abs=1e-6)
        assert ours.se == pytest.approx(theirs["se"], abs=1e-6)


@pytest.mark.parametrize("name", ["nielweise2007", "bcg6"])
def test_odds_ratios_agree_with_metafor_as_far_as_its_optimiser_goes(name):
    theirs, ours = REFERENCE["two"][name]["cm_el"], odds_ratio(*tables(name))
    for field, mine in (("mu", ours.estimate), ("se", ours.se), ("tau2", ours.tau2)):
        assert mine == pytest.approx(theirs[field], rel=1e-4), field


def test_rates_agree_with_the_exact_likelihood():
    one, two = rate(RATES["x2"], RATES["t2"]), rate_ratio(*(RATES[c] for c in ("x1", "t1", "x2", "t2")))
    for ours, theirs in ((one, RATES["arm"]), (two, RATES["conditional"])):
        assert ours.estimate == pytest.approx(theirs["mu"], abs=1e-6)
        assert ours.tau2 == pytest.approx(theirs["tau2"], abs=1e-6)
        assert ours.se == pytest.approx(theirs["se"], abs=1e-6)
        assert ours.log_likelihood == pytest.approx(theirs["log_likelihood"], abs=1e-7)
    assert one.estimate == pytest.approx(RATES["metafor_arm"]["mu"], rel=1e-5)
    assert two.estimate == pytest.approx(RATES["metafor_conditional"]["mu"], rel=1e-4)


def test_one_study_is_its_own_conditional_estimate():
    # 1 of 2 against 0 of 2 with total 1: P(1) = e^t / (e^t + 1) has no finite maximum; 1 and 1 of 4 has log OR 0
    assert odds_ratio([1], [4], [1], [4]).estimate == pytest.approx(0, abs=1e-9)
    assert rate_ratio([4], [10.0], [2], [10.0]).estimate == pytest.approx(math.log(2))
    assert rate([4], [10.0]).estimate == pytest.approx(math.log(0.4))


def test_empty_tables_are_left_out_and_counted():
    ours = odds_ratio([0, 2, 30], [20, 30, 30], [0, 5, 31], [20, 30, 31])
    assert (ours.k, ours.left_out) == (1, 2) and "say nothing" in ours.warnings[-1]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: odds_ratio([0], [9], [0], [9]), CannotAnswer, "no study with an event"),
        (lambda: odds_ratio([0, 0], [9, 9], [2, 1], [9, 9]), CannotAnswer, "one arm"),
        (lambda: odds_ratio([5], [4], [0], [9]), InputError, "5 of 4"),
        (lambda: odds_ratio([1.5], [4], [0], [9]), InputError, "whole numbers|1.5 of 4"),
        (lambda: odds_ratio([0], [0], [0], [9]), InputError, "without patients"),
        (lambda: rate([1], [0.0]), InputError, "1 events in 0"),
        (lambda: rate([0], [10.0]), CannotAnswer, "no study had an event"),
        (lambda: rate_ratio([0], [1.0], [3], [1.0]), CannotAnswer, "one arm"),
    ],
)
def test_what_cannot_be_pooled_is_said(call, error, words):
    with pytest.raises(error, match=words):
        call()
