"""Means and SDs rebuilt from quartiles, ranges and intervals: right for normal values, marked where skewed."""

import math

import numpy as np
import pytest
from scipy.stats import ttest_ind_from_stats

from hepatica.errors import InputError
from hepatica.evidence.summaries import (
    correlation_of_change,
    from_five,
    from_quartiles,
    from_range,
    sd_from_interval,
    sd_from_p,
    sd_from_se,
    sd_of_change,
)


@pytest.mark.parametrize("n", [15, 41, 101])
def test_recovers_normal_samples_on_average(n):
    rng = np.random.default_rng(n)
    samples = rng.normal(20, 5, (4000, n))
    q1, median, q3 = np.percentile(samples, [25, 50, 75], axis=1)
    by_quartiles = [from_quartiles(m, a, b, n) for m, a, b in zip(median, q1, q3, strict=True)]
    by_range = [from_range(m, s.min(), s.max(), n) for m, s in zip(median, samples, strict=True)]
    by_five = [from_five(s.min(), a, m, b, s.max(), n) for m, a, b, s in zip(median, q1, q3, samples, strict=True)]
    assert np.std([r.sd for r in by_five]) < min(np.std([r.sd for r in x]) for x in (by_quartiles, by_range))
    for rows in (by_quartiles, by_range, by_five):
        assert np.mean([r.skewed for r in rows]) == pytest.approx(0.05, abs=0.04)
    for rows, slack in ((by_quartiles, 0.09), (by_range, 0.03), (by_five, 0.04)):
        assert np.mean([r.mean for r in rows]) == pytest.approx(20, abs=0.1)
        assert np.mean([r.sd for r in rows]) == pytest.approx(5, rel=slack)


def test_range_divisor_is_near_its_published_table():
    # Wan 2014, Table 1: expected range of n standard normal values
    for n, expected in ((10, 3.078), (25, 3.931), (50, 4.498)):
        assert 1 / from_range(0.5, 0.0, 1.0, n).sd == pytest.approx(expected, rel=0.01)


def test_skew_is_marked():
    assert from_quartiles(3.0, 2.5, 9.0, 30).skewed
    assert not from_quartiles(5.0, 3.0, 7.2, 30).skewed


def test_standard_errors_and_intervals():
    assert sd_from_se(0.8, 25) == pytest.approx(4.0)
    n, sd = 20, 3.0
    half = 2.093024054408263 * sd / math.sqrt(n)
    assert sd_from_interval(10 - half, 10 + half, n) == pytest.approx(sd)


def test_sd_from_a_t_test_that_was_done():
    # two arms of 10 with SD 2 and means 2 apart: t = 2 / (2 sqrt(0.2)) with 18 degrees of freedom
    p = ttest_ind_from_stats(12.0, 2.0, 10, 10.0, 2.0, 10).pvalue
    assert sd_from_p(2.0, p, 10, 10) == pytest.approx(2.0, rel=1e-9)


def test_change_and_its_correlation_undo_each_other():
    for r in (-0.2, 0.3, 0.9):
        assert correlation_of_change(5.0, 4.0, sd_of_change(5.0, 4.0, r)) == pytest.approx(r)


@pytest.mark.parametrize(
    "call",
    [
        lambda: sd_from_p(0.0, 0.5, 10, 10),
        lambda: sd_of_change(5.0, 5.0, 1.0),
        lambda: correlation_of_change(5.0, 4.0, 20.0),
        lambda: from_five(6, 5, 6, 7, 9, 20),
        lambda: from_quartiles(5, 6, 7, 20),
        lambda: from_quartiles(5, 5, 5, 20),
        lambda: from_range(5, 1, 9, 3),
        lambda: sd_from_se(0, 20),
        lambda: sd_from_interval(3, 2, 20),
    ],
)
def test_refuses_what_is_not_in_order(call):
    with pytest.raises(InputError):
        call()
