"""Pooling against R metafor (tests/reference/metafor.R), against hand computation, and on input it must refuse."""

import json
import math
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepatica.errors import InputError
from hepatica.evidence.pooling import pool_effects
from hepatica.evidence.tau2 import METHODS, estimate, log_likelihood, weighted

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "metafor.json").read_text())
BCG = REFERENCE["sets"]["bcg_rr"]
TOLERANCE = 1e-6


def close(ours, theirs):
    assert (ours is None) == (theirs is None)
    if theirs is not None:
        assert ours == pytest.approx(theirs, rel=TOLERANCE, abs=TOLERANCE)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", REFERENCE["sets"])
def test_agrees_with_metafor(name, method):
    data = REFERENCE["sets"][name]
    theirs = data["results"][method]
    for ci, adhoc in (("wald", False), ("hksj", False), ("hksj", True)):
        ours = pool_effects(data["yi"], data["vi"], method, ci, adhoc)
        interval = theirs["adhoc" if adhoc else ci]
        for field in ("estimate", "tau2", "q", "q_p", "i2", "h2"):
            close(getattr(ours, field), theirs[field])
        close(ours.se, interval["se"])
        close(ours.p, interval["p"])
        for i in (0, 1):
            close(ours.ci[i], interval["ci"][i])
            if method != "FE":
                close(ours.tau2_ci[i], theirs["tau2_ci"][i])
                if not adhoc:
                    close(ours.prediction_interval[i], interval["pi"][i])
        if method == "FE":
            assert ours.tau2 == 0 and ours.prediction_interval is None


def test_dersimonian_laird_by_hand():
    # equal variances v: Q = sum (y - mean)^2 / v = 8, tau2 = (8 - 2) v / 2 = 0.12, se = sqrt((v + tau2) / 3)
    p = pool_effects([0.1, 0.5, 0.9], [0.04] * 3, "DL", "wald")
    assert p.q == pytest.approx(8)
    assert p.tau2 == pytest.approx(0.12)
    assert p.estimate == pytest.approx(0.5)
    assert p.se == pytest.approx(math.sqrt(0.16 / 3))
    assert p.i2 == pytest.approx(75)


def test_one_study_is_its_own_wald_interval():
    p = pool_effects([0.3], [0.04])
    assert (p.k, p.ci_method, p.tau2, p.prediction_interval) == (1, "wald", 0, None)
    assert p.ci[1] == pytest.approx(0.3 + 1.959963984540054 * 0.2)
    assert p.warnings


def test_degrees_of_freedom_are_stated():
    y, v = [0.1, 0.5, 0.9], [0.04, 0.05, 0.06]
    assert pool_effects(y, v).to_json()["prediction_df"] == 2
    assert pool_effects(y, v, ci="wald").to_json()["prediction_df"] == "infinite"


@pytest.mark.parametrize(
    ("y", "v", "words"),
    [
        ([], [], "no effects"),
        ([1.0], [0.0], "vi is 0"),
        ([1.0, 2.0], [0.1, -1], "vi is -1"),
        ([math.nan], [0.1], "yi is nan"),
        ([1.0, 2.0], [0.1], "2 effects and 1"),
    ],
)
def test_refuses_what_cannot_be_pooled(y, v, words):
    with pytest.raises(InputError, match=words):
        pool_effects(y, v)


def test_refuses_unknown_words():
    with pytest.raises(InputError, match="method 'HO'"):
        pool_effects([1.0, 2.0], [0.1, 0.1], method="HO")
    with pytest.raises(InputError, match="ci 'bootstrap'"):
        pool_effects([1.0, 2.0], [0.1, 0.1], ci="bootstrap")
    with pytest.raises(InputError, match="level 95"):
        pool_effects([1.0, 2.0], [0.1, 0.1], level=95)


effects = st.integers(2, 12).flatmap(
    lambda k: st.tuples(
        st.lists(st.floats(-3, 3), min_size=k, max_size=k), st.lists(st.floats(0.01, 2), min_size=k, max_size=k)
    )
)


@settings(max_examples=60, deadline=None)
@given(effects, st.sampled_from([m for m in METHODS if m != "FE"]), st.floats(-5, 5), st.floats(0.2, 5))
def test_moves_and_scales_with_its_data(data, method, shift, factor):
    y, v = (np.array(x) for x in data)
    one = pool_effects(y, v, method, "wald")
    two = pool_effects(y * factor + shift, v * factor**2, method, "wald")
    assert two.estimate == pytest.approx(one.estimate * factor + shift, abs=1e-5)
    assert two.tau2 == pytest.approx(one.tau2 * factor**2, rel=1e-5, abs=1e-7)
    assert min(y) - 1e-9 <= one.estimate <= max(y) + 1e-9


@settings(max_examples=60, deadline=None)
@given(effects)
def test_paule_mandel_sets_q_to_its_degrees_of_freedom(data):
    y, v = (np.array(x) for x in data)
    tau2 = estimate(y, v, "PM")
    q = weighted(y, v, tau2).q
    assert q == pytest.approx(len(y) - 1, rel=1e-9) if tau2 > 0 else q <= len(y) - 1 + 1e-9


@settings(max_examples=40, deadline=None)
@given(effects, st.booleans())
def test_likelihood_has_no_better_neighbour(data, restricted):
    y, v = (np.array(x) for x in data)
    best = estimate(y, v, "REML" if restricted else "ML")
    at = log_likelihood(y, v, best, restricted)
    for other in (best * 0.99, best * 1.01 + 1e-6):
        assert log_likelihood(y, v, other, restricted) <= at + 1e-9


def test_a_second_maximum_of_the_likelihood_is_told():
    y, v = [-2.47, -0.09, -0.44], [0.954, 0.124, 0.054]
    p = pool_effects(y, v, "REML")
    assert p.tau2 > 0.4
    assert any("higher maximum near tau2 = 0" in w for w in p.warnings)
    assert not any("higher maximum" in w for w in pool_effects(*(BCG[c] for c in ("yi", "vi")), "REML").warnings)


def test_scoring_that_cycles_still_ends_on_a_root():
    y, v = np.array([6.83, -0.07, 0.32]), np.array([14.245, 0.037, 0.125])
    tau2 = estimate(y, v, "REML")
    at = log_likelihood(y, v, tau2, True)
    assert 0 < tau2 < 0.01
    assert max(log_likelihood(y, v, t, True) for t in (tau2 * 0.9, tau2 * 1.1)) < at


def test_a_thousand_studies_in_fifty_milliseconds():
    rng = np.random.default_rng(1)
    v = rng.uniform(0.01, 0.5, 1000)
    y = rng.normal(0.2, np.sqrt(v + 0.1))
    for method in METHODS:
        pool_effects(y, v, method)
        best = math.inf
        for _ in range(5):
            start = time.perf_counter()
            pool_effects(y, v, method)
            best = min(best, time.perf_counter() - start)
        assert best < 0.050
