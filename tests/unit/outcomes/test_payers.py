"""Places, payers, prices and rules on who pays: sources everywhere, unknown names refused, nothing unknown is 0."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica import evidence, outcomes
from hepatica.errors import InputError

DAYS, ALIVE = np.array([0.0, 365.25]), np.ones((2, 3))
GOOD = 'option = "tips"\nvalue = 5000\ncurrency = "EUR"\nyear = 2025\nper = "course"\nsource = "our list"\n'


def care(place, payer=None, child=5.0):
    return outcomes.care_cost(DAYS, ALIVE, np.full((2, 3), child), "compensated", place, payer)


@pytest.mark.parametrize(
    ("place", "payer", "a_year", "currency", "year"),
    [("KR", "insurer", 2173203, "KRW", 2014), ("GR", "society", 703, "EUR", 2015), ("CN", None, 185, "USD", 2002)],
)
def test_a_year_of_compensated_cirrhosis_costs_what_the_source_says(place, payer, a_year, currency, year):
    cost = care(place, payer)
    assert cost.draws == pytest.approx(np.full(3, a_year)) and (cost.currency, cost.year) == (currency, year)


@pytest.mark.parametrize(
    ("place", "payer"), [("JP", None), ("UK", "health_system"), ("US", "patient"), ("KR", "society")]
)
def test_a_view_without_a_source_is_unknown_not_nothing(place, payer):
    cost = care(place, payer)
    assert cost.draws is None and cost.reason


def test_the_reason_names_the_views_there_are():
    assert "insurer" in care("US", "patient").reason


def test_every_source_of_places_and_coverage_is_in_the_bibliography():
    ids = [p.discount_source for p in outcomes.places().values()]
    ids += [t.source for p in outcomes.places().values() for t in p.thresholds]
    ids += [r.source for j in ("US", "EU", "UK", "JP", "KR", "CN") for r in outcomes.coverage(j).rules]
    assert all(i in evidence.bibliography() for i in ids)


@pytest.mark.parametrize("name", ["US", "EU", "UK", "JP", "KR", "CN"])
def test_every_jurisdiction_has_rules_with_dates_and_short_words(name):
    found = outcomes.coverage(name)
    assert found.rules and found.said and all(r.date[:2] == "20" for r in found.rules)


def test_a_jurisdiction_without_rules_names_its_gap():
    assert outcomes.coverage("XX").gaps and not outcomes.coverage("XX").rules


def test_a_place_without_a_threshold_names_the_gap():
    for p in outcomes.places().values():
        assert p.thresholds or p.gap, p.id
        assert 0 < p.discount_cost < 0.1


@pytest.mark.parametrize("call", [lambda: outcomes.place("Atlantis"), lambda: outcomes.payer_id("my uncle")])
def test_an_unknown_place_or_payer_is_refused_with_those_there_are(call):
    with pytest.raises(InputError, match=r"use one of"):
        call()


def test_a_listed_price_depends_on_the_cause():
    assert outcomes.listed_price("US", "antiviral", ["HCV"]).value == 25000
    assert outcomes.listed_price("US", "antiviral", ["HBV"]) is None
    assert outcomes.listed_price("EU", "tips", []) is None


def prices(tmp_path, text):
    path = tmp_path / "prices.toml"
    path.write_text(text)
    return outcomes.read_prices(path)


def test_prices_are_read_and_found_by_option_before_product(tmp_path):
    found = prices(tmp_path, f"[[price]]\n{GOOD}\n[[price]]\n{GOOD.replace('tips', 'uc_msc').replace('5000', '0')}")
    assert outcomes.price_of("tips", None, found).value == 5000.0
    assert outcomes.price_of("uc_msc_hepatic_artery", "uc_msc", found).value == 0.0
    assert outcomes.price_of("albumin", None, found) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('currency = "EUR"', 'currency = "XYZ"', "unknown currency"),
        ("value = 5000", "value = -1", "no amount"),
        ("value = 5000", 'value = "much"', "no amount"),
        ("value = 5000", "value = nan", "no amount"),
        ("year = 2025", "year = 25", "year 25"),
        ('per = "course"', 'per = "month"', "per 'month'"),
        ('source = "our list"', 'source = " "', "no source"),
        ('option = "tips"', 'option = "magic"', "no treatment"),
        ("year = 2025", "yeer = 2025", "'year' is missing"),
        ("year = 2025", "year = 2025\nnote = 1", "unknown field"),
    ],
)
def test_a_bad_price_names_the_row_and_the_cure(tmp_path, old, new, said):
    with pytest.raises(InputError, match=said) as caught:
        prices(tmp_path, "[[price]]\n" + GOOD.replace(old, new))
    assert "price 1" in str(caught.value) and caught.value.mend


@pytest.mark.parametrize(
    "text", ["", "price = 3", "[[price", f"[[price]]\n{GOOD}\n[[price]]\n{GOOD}", "[other]\na = 1"]
)
def test_a_file_that_holds_no_prices_is_refused(tmp_path, text):
    with pytest.raises(InputError):
        prices(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        outcomes.read_prices(tmp_path / "none.toml")


def test_people_with_a_new_liver_cost_the_operation_and_its_years():
    days = np.linspace(0.0, 730.5, 3)
    alive, own = np.ones((3, 2)), np.array([[1.0], [0.5], [0.5]]) * np.ones((1, 2))
    got = outcomes.care_cost(days, alive, np.full((3, 2), 5.0), "compensated", "EU", transplant_free=own)
    years_native, years_after = 0.75 + 0.5, 0.25 + 0.5
    assert got.draws == pytest.approx(np.full(2, 1512 * years_native + 17612 * years_after + 0.5 * 90986))


def test_a_transplant_without_a_price_makes_the_cost_unknown():
    own = np.array([[1.0, 1.0, 1.0], [0.5, 0.5, 0.5]])
    got = outcomes.care_cost(DAYS, ALIVE, np.full((2, 3), 5.0), "compensated", "KR", transplant_free=own)
    assert got.draws is None and "transplant" in got.reason
    assert outcomes.care_cost(DAYS, ALIVE, ALIVE * 5.0, "compensated", "KR", transplant_free=ALIVE).draws is not None
