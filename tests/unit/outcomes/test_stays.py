"""Days in hospital and symptoms: ranges are those of the sources, and an unknown is a reason."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica import outcomes


@pytest.mark.parametrize(
    ("event", "low", "middle", "high"),
    [("bleeding", 4.5, 4.5, 5.6), ("encephalopathy", 5.6, 8.5, 8.5), ("infection", 9.1, 9.1, 11.6),
     ("transplant", 9.0, 16.3, 27.0), ("aclf", 11.0, 16.0, 16.0)],
)  # fmt: skip
def test_a_stay_ranges_over_the_published_means(event, low, middle, high):
    found = outcomes.stay(event)
    assert (found.low, found.middle, found.high) == (low, middle, high) and found.sources


def test_an_event_nobody_counted_days_for_is_unknown():
    assert outcomes.stay("hcc") is None


def test_draws_stay_within_the_range_and_are_the_same_for_every_option():
    found = outcomes.stay("infection")
    a, b = found.draws(500, 3, 1), found.draws(500, 3, 1)
    assert np.array_equal(a, b) and found.low <= a.min() and a.max() <= found.high


def test_symptoms_of_a_class_are_centred_on_its_published_mean():
    for child, mean in ((5.0, 5.6), (8.0, 4.8), (12.0, 4.8)):
        got = outcomes.symptoms(np.full(20000, child), "decompensated", seed=2)
        assert np.median(got.draws) == pytest.approx(mean, abs=0.03)


def test_symptoms_differ_by_class_as_much_as_their_error_says():
    a, b = (outcomes.symptoms(np.full(20000, c), "compensated", seed=2).draws for c in (5.0, 8.0))
    error = 1.06 * np.sqrt(1 / 133 + 1 / 85)
    inside = (a < 6.99) & (b > 1.01)
    assert np.std((a - b)[inside]) == pytest.approx(error, rel=0.1)


@pytest.mark.parametrize("course", ["alf", "aclf", "chronic_hepatitis"])
def test_a_course_without_a_mapping_has_a_reason(course):
    got = outcomes.symptoms(np.full(5, 6.0), course, seed=1)
    assert got.draws is None and got.reason
