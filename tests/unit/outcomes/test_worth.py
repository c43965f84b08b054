from __future__ import annotations

import numpy as np
import pytest

from hepatica import outcomes
from hepatica.outcomes import choices

DAYS = np.array([0.0, 365.25, 730.5])


def test_days_alive_is_the_area_under_survival():
    survival = np.array([[1.0, 1.0], [1.0, 0.5], [1.0, 0.0]])
    assert outcomes.days_alive(DAYS, survival) == pytest.approx([730.5, 365.25])


def test_qaly_of_full_survival_is_years_times_utility():
    survival = np.ones((3, 4000))
    worth = outcomes.qaly(DAYS, survival, np.full((3, 4000), 5.0), "compensated", seed=1)
    assert np.median(worth.draws) == pytest.approx(2 * outcomes.utility("child_a").value, abs=0.03)
    assert worth.sources == ("pmcid:PMC7262287",)


def test_worse_class_is_worth_less_for_the_same_person():
    survival = np.ones((3, 500))
    a, c = (outcomes.qaly(DAYS, survival, np.full((3, 500), s), "decompensated", seed=7).draws for s in (5.0, 12.0))
    assert a.mean() > c.mean()
    assert np.corrcoef(a, c)[0, 1] > 0.8


def test_dead_from_the_start_is_worth_nothing():
    worth = outcomes.qaly(DAYS, np.zeros((3, 10)), np.full((3, 10), 5.0), "compensated", seed=1)
    assert np.all(worth.draws == 0)


@pytest.mark.parametrize("course", ["alf", "urea_cycle", "none", "never_heard_of"])
def test_without_a_source_there_is_a_reason_and_no_number(course):
    worth = outcomes.qaly(DAYS, np.ones((3, 5)), np.full((3, 5), 5.0), course, seed=1)
    assert worth.draws is None and worth.reason


def test_cost_of_care_has_currency_and_year():
    cost = outcomes.care_cost(DAYS, np.ones((3, 5)), np.full((3, 5), 5.0), "compensated", "EU")
    assert cost.draws == pytest.approx(np.full(5, 2 * 1512.0))
    assert (cost.currency, cost.year) == ("EUR", 2013)


def test_decompensated_years_cost_more():
    a, c = (
        outcomes.care_cost(DAYS, np.ones((3, 5)), np.full((3, 5), s), "decompensated", "US").draws for s in (5.0, 12.0)
    )
    assert c[0] > a[0]


@pytest.mark.parametrize(("course", "region"), [("compensated", "JP"), ("alf", "EU"), ("aclf", "EU")])
def test_cost_without_a_source_has_a_reason(course, region):
    cost = outcomes.care_cost(DAYS, np.ones((3, 5)), np.full((3, 5), 5.0), course, region)
    assert cost.draws is None and cost.reason


def test_every_choice_is_found_in_the_evidence_base():
    for name in choices._file()["utility"]:
        assert 0 <= outcomes.utility(name).value <= 1
    for row in choices._file()["care"]:
        for name in set(row) - {"place", "payer", "payer_seen"}:
            assert outcomes.cost(row["place"], name, row["payer"]).value > 0
    for row in choices._file()["price"]:
        assert outcomes.listed_price(row["place"], row["option"], [row.get("cause", "")]).value > 0
    with pytest.raises(ValueError, match="no row"):
        choices._find([], kind="utility")
