"""Cost a quality-adjusted year and its kin, against counts by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica import outcomes


def test_ratio_is_of_the_means_and_its_interval_is_of_the_draws():
    gain, cost = np.array([1.0, 2.0, 4.0]), np.array([100.0, 400.0, 400.0])
    found = outcomes.ratio(gain, cost)
    assert found.value == pytest.approx(900 / 7)
    assert (found.lo, found.hi) == (100.0, 100.0), "the lower of the draws' own 100, 100 and 200 at 5 and 95 %"


def test_no_interval_where_a_tenth_of_the_draws_gain_nothing():
    gain = np.array([1.0] * 90 + [-0.1] * 10)
    found = outcomes.ratio(gain, np.full(100, 50.0))
    assert found.value == pytest.approx(50 / 0.89) and found.lo is None and "10 %" in found.reason


@pytest.mark.parametrize(("gain", "cost"), [(0.0, 10.0), (-1.0, 10.0), (1.0, -10.0), (1.0, 0.0)])
def test_a_ratio_without_meaning_is_a_reason(gain, cost):
    found = outcomes.ratio(np.full(5, gain), np.full(5, cost))
    assert found.value is None and found.reason


def test_shares_add_up_to_one_and_tell_no_difference_apart():
    gain, cost = np.array([1.0, 1.0, -1.0, -1.0, 0.0]), np.array([5.0, -5.0, 5.0, -5.0, 0.0])
    found = outcomes.shares(gain, cost)
    assert set(found.values()) == {0.2} and sum(found.values()) == pytest.approx(1.0)


def test_acceptability_rises_to_the_share_that_gains_where_all_cost_more():
    rng = np.random.default_rng(4)
    gain, cost = rng.normal(0.1, 0.1, 4000), np.full(4000, 1000.0)
    curve = outcomes.acceptable(gain, cost, np.array([0.0, 1e4, 1e5, 1e9]))
    assert curve[0] == 0.0 and np.all(np.diff(curve) >= 0)
    assert curve[-1] == pytest.approx((gain > 0).mean(), abs=1e-3)


def test_price_worth_makes_the_net_benefit_zero():
    rng = np.random.default_rng(5)
    gain, care = rng.normal(0.1, 0.02, 50), rng.normal(-300.0, 20.0, 50)
    price = outcomes.price_worth(gain, care, 30000.0)
    assert outcomes.net_money(gain, care + price, 30000.0) == pytest.approx(np.zeros(50), abs=1e-9)
    assert outcomes.price_worth(gain, None, 30000.0) == pytest.approx(30000.0 * gain)


def test_later_years_count_less_by_the_rate():
    days, alive = np.linspace(0, 730.5, 731), np.ones((731, 3))
    now, later = (
        outcomes.qaly(days, alive, np.full_like(alive, 5.0), "compensated", seed=1, rate=r).draws for r in (0, 0.035)
    )
    expected = (1 - 1.035**-2) / np.log(1.035) / 2
    assert later / now == pytest.approx(np.full(3, expected), rel=1e-5)
    cost = outcomes.care_cost(days, alive, np.full_like(alive, 5.0), "compensated", "EU", rate=0.035)
    assert cost.draws == pytest.approx(np.full(3, 2 * 1512 * expected), rel=1e-5)


def test_the_interval_of_the_ratio_ends_where_the_acceptability_curve_crosses_5_and_95_percent():
    rng = np.random.default_rng(6)
    gain, cost = rng.gamma(9.0, 0.02, 5000), rng.normal(4000.0, 500.0, 5000)
    found = outcomes.ratio(gain, cost)
    assert outcomes.acceptable(gain, cost, np.array([found.lo, found.hi])) == pytest.approx([0.05, 0.95], abs=0.001)
