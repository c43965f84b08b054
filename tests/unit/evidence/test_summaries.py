"""Means and SDs rebuilt from quartiles, ranges and intervals: right for normal values, marked where skewed."""

import math

import numpy as np
import pytest

from hepatica.errors import InputError
from hepatica.evidence.summaries import from_quartiles, from_range, sd_from_interval, sd_from_se


@pytest.mark.parametrize("n", [15, 41, 101])
def test_recovers_normal_samples_on_average(n):
    rng = np.random.default_rng(n)
    samples = rng.normal(20, 5, (4000, n))
    q1, median, q3 = np.percentile(samples, [25, 50, 75], axis=1)
    by_quartiles = [from_quartiles(m, a, b, n) for m, a, b in zip(median, q1, q3, strict=True)]
    by_range = [from_range(m, s.min(), s.max(), n) for m, s in zip(median, samples, strict=True)]
    for rows, slack in ((by_quartiles, 0.09), (by_range, 0.03)):
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


@pytest.mark.parametrize(
    "call",
    [
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
