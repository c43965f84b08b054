"""Proportions, trim and fill and Peters' test against R (tests/reference/more.R) and against hand computation."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepatica import evidence
from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence import peters, pool_proportions, trim_and_fill

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "more.json").read_text())


@pytest.mark.parametrize("name", REFERENCE["proportions"])
def test_proportions_agree_with_the_exact_likelihood(name):
    data = REFERENCE["proportions"][name]
    ours, theirs = pool_proportions(data["x"], data["n"]), data["exact"]
    assert ours.log_likelihood == pytest.approx(theirs["log_likelihood"], abs=1e-7)
    assert ours.mu == pytest.approx(theirs["mu"], abs=1e-5)
    assert ours.tau2 == pytest.approx(theirs["tau2"], rel=1e-5, abs=1e-7)
    if theirs["tau2"] > 1e-6:
        assert ours.se == pytest.approx(theirs["se"], rel=1e-4)


@pytest.mark.parametrize("name", REFERENCE["proportions"])
def test_proportions_agree_with_metafor_as_far_as_its_optimiser_goes(name):
    data = REFERENCE["proportions"][name]
    ours, theirs = pool_proportions(data["x"], data["n"]), data["metafor"]
    assert ours.mu == pytest.approx(theirs["mu"], rel=2e-3)
    assert ours.tau2 == pytest.approx(theirs["tau2"], rel=5e-3, abs=1e-6)
    assert ours.lrt == pytest.approx(theirs["lrt"], rel=1e-6)


def test_one_study_is_its_own_proportion():
    p = pool_proportions([3], [12])
    assert (p.estimate, p.tau2, p.lrt_p) == (pytest.approx(0.25), 0, None)
    assert p.se == pytest.approx(1 / math.sqrt(12 * 0.25 * 0.75))


def test_no_event_anywhere_is_joined_not_corrected():
    p = pool_proportions([0, 0], [20, 30])
    assert p.estimate == 0 and p.ci[1] == pytest.approx(1 - 0.025 ** (1 / 50))
    assert "joined" in p.how and p.warnings


@pytest.mark.parametrize(("x", "n"), [([3], [2]), ([-1], [4]), ([1.5], [4]), ([1, 2], [4])])
def test_impossible_counts_are_refused(x, n):
    with pytest.raises(InputError):
        pool_proportions(x, n)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(12, 60)), min_size=2, max_size=8))
def test_any_counts_give_an_ordered_interval(rows):
    try:
        p = pool_proportions([r[0] for r in rows], [r[1] for r in rows])
    except CannotAnswer:
        assert any(a == 0 for a, _ in rows) and any(a == n for a, n in rows)
        return
    assert 0 <= p.ci[0] <= p.estimate <= p.ci[1] <= 1
    assert p.prediction_interval[0] <= p.ci[0] + 1e-12 and p.prediction_interval[1] >= p.ci[1] - 1e-12


def test_nothing_to_pool():
    with pytest.raises(CannotAnswer, match="k=0"):
        pool_proportions([], [])


@pytest.mark.parametrize("estimator", ["L0", "R0"])
@pytest.mark.parametrize("method", ["FE", "DL", "REML"])
@pytest.mark.parametrize("name", REFERENCE["trim_and_fill"])
def test_trim_and_fill_agrees_with_metafor(name, method, estimator):
    data = REFERENCE["trim_and_fill"][name]
    theirs = data["results"][method][estimator]
    ours = trim_and_fill(data["yi"], data["vi"], method, estimator)
    assert (ours["missing"], ours["side"]) == (theirs["missing"], theirs["side"])
    assert ours["after"]["estimate"] == pytest.approx(theirs["estimate"], rel=1e-6)
    assert ours["after"]["se"] == pytest.approx(theirs["se"], rel=1e-6)
    assert ours["after"]["tau2"] == pytest.approx(theirs["tau2"], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", REFERENCE["peters"])
def test_peters_agrees_with_lm(name):
    data = REFERENCE["peters"][name]
    ours = peters(data["a"], data["m"], data["c"], data["q"])
    for field in ("t", "p", "limit"):
        assert ours[field] == pytest.approx(data[field], rel=1e-8)
    assert ours["limit_ci"] == pytest.approx(data["limit_ci"], rel=1e-8)


def test_too_few_studies_are_told():
    with pytest.raises(CannotAnswer):
        trim_and_fill([0.1, 0.2], [0.1, 0.1])
    with pytest.raises(CannotAnswer):
        peters([1, 0, 0], [9, 9, 9], [2, 0, 0], [9, 9, 9])
    assert "below 10" in trim_and_fill([0.1, 0.2, 0.9], [0.1, 0.1, 0.2])["why"]


def test_a_pool_of_the_base_says_what_small_studies_do():
    a = evidence.pool("survival", 90, "alcoholic_hepatitis", "g_csf").to_json()
    assert a["peters"]["k"] == a["k"] and a["trim_and_fill"]["missing"] == 0
    assert a["trim_and_fill"]["estimate"] == pytest.approx(a["estimate"])
    few = evidence.pool("survival", 90, "aclf", "g_csf").to_json()
    assert few["k"] == 2 and few["peters"] is None and few["trim_and_fill"] is None
