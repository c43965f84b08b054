"""Price and value of an option against standard care, on draws made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica import outcomes
from hepatica.planning.compare import Compared
from hepatica.planning.course_price import course_price
from hepatica.planning.economics import economics
from hepatica.planning.option import Option
from hepatica.planning.payment import Payment
from hepatica.planning.weights import Parts
from hepatica.therapy import Regimen

N = 400
DAYS = np.linspace(0.0, 730.5, 25)
EUROPE = Payment.read("EU")


def price(option="tips", value=1000.0, currency="EUR", year=2013, per="course"):
    return outcomes.Price(option, value, currency, year, per, "our list")


def an_option(id="tips", regimen=None):
    product = regimen.product if regimen else None
    return Option(id, id, id, "procedure", "offered", "", product=product, regimen=regimen)


def compared(option, hazard, child=8.0, harms=0.0):
    survival = np.exp(-np.outer(DAYS, np.full(N, hazard)))
    draws = {"survival": survival, "child_pugh": np.full_like(survival, child)}
    cost = outcomes.care_cost(DAYS, survival, draws["child_pugh"], "decompensated", "EU")
    rows = {"qaly": {"sources": ["pmcid:PMC7262287"]}, "cost": {"sources": list(cost.sources), "year": cost.year}}
    return Compared(option, rows, np.zeros(N), "days", Parts(np.zeros(N), np.zeros(N), np.full(N, harms), 0.0), draws)


STANDARD = compared(an_option("standard_care"), 0.0010)


def worth(c, payment=EUROPE, course="decompensated"):
    return economics(c, STANDARD, DAYS, payment, course, 730, (), 1)


def paid(*prices, place="EU", people=None):
    return Payment(outcomes.place(place), "health_system", prices, people)


def test_an_unknown_price_is_unknown_everywhere_but_what_it_would_be_worth_is_known():
    found = worth(compared(an_option(), 0.0005))
    assert found["price"]["value"] is None and "--prices" in found["price"]["reason"]
    assert found["icer"]["value"] is None and found["icer"]["reason"]
    assert found["cost_added"]["mean"] is None and "shares" not in found
    assert [p["pay_a_qaly"] for p in found["price_worth"]] == [37000.0, 50000.0]
    assert found["acceptability"]["over"] == "price"


def test_at_the_price_it_is_worth_the_net_benefit_is_nothing():
    better = compared(an_option(), 0.0005)
    top = worth(better)["price_worth"][1]["mean"]
    found = worth(better, paid(price(value=top)))
    assert found["net_money"][1]["mean"] == pytest.approx(0.0, abs=2e-4 * top)
    assert found["icer"]["value"] == pytest.approx(50000.0, rel=1e-3)


def test_added_cost_is_care_beyond_standard_care_plus_the_price():
    better = compared(an_option(), 0.0005)
    found = worth(better, paid(price(value=5000.0)))
    care = [
        outcomes.care_cost(DAYS, c.draws["survival"], c.draws["child_pugh"], "decompensated", "EU").draws
        for c in (better, STANDARD)
    ]
    assert found["undiscounted"]["cost_added"]["mean"] == pytest.approx(5000.0 + (care[0] - care[1]).mean(), rel=1e-4)
    assert found["cost_of_care_added"]["mean"] < (care[0] - care[1]).mean()
    assert found["qaly_gain"]["mean"] < found["undiscounted"]["qaly_gain"]["mean"]


def test_days_lost_to_harms_lower_the_gain():
    gain = [worth(compared(an_option(), 0.0005, harms=h))["undiscounted"]["qaly_gain"]["mean"] for h in (0.0, 36.525)]
    assert gain[0] - gain[1] == pytest.approx(0.1, abs=1e-4)


def test_acceptability_is_a_chance_that_rises_with_what_one_may_pay():
    found = worth(compared(an_option(), 0.0005), paid(price(value=4000.0)))["acceptability"]
    chances = [p["p"] for p in found["points"]]
    assert found["over"] == "pay_a_qaly" and chances[0] == 0.0 and chances == sorted(chances)
    assert {37000.0, 50000.0} <= {p["at"] for p in found["points"]}


def test_a_budget_is_for_so_many_people():
    found = worth(compared(an_option(), 0.0005), paid(price(), people=40))
    assert found["budget"]["mean"] == pytest.approx(40 * found["cost_added"]["mean"], rel=1e-3)
    assert worth(compared(an_option(), 0.0005), paid(people=40))["budget"]["mean"] is None


def test_another_currency_is_not_added_and_the_cure_is_named():
    found = worth(compared(an_option(), 0.0005), paid(price(currency="USD")))
    assert found["price"]["value"] == 1000.0 and found["cost_added"]["mean"] is None
    assert "give the price in EUR" in found["cost_added"]["reason"]


def test_another_price_year_is_added_and_said():
    notes = worth(compared(an_option(), 0.0005), paid(price(year=2025)))["notes"]
    assert any("2013" in n and "2025" in n and "not converted" in n for n in notes)
    assert not any("not converted" in n for n in worth(compared(an_option(), 0.0005), paid(price()))["notes"])


@pytest.mark.parametrize("place", ["JP", "CN"])
def test_where_care_has_no_cost_in_the_currency_the_gain_alone_is_priced(place):
    found = worth(compared(an_option(), 0.0005), paid(place=place))
    assert found["cost_of_care_added"]["mean"] is None and found["cost_of_care_added"]["reason"]
    assert found["price_worth"][-1]["mean"] > 0
    assert any("gain alone" in n for n in found["notes"])


def test_a_disease_without_utilities_has_no_economics():
    assert worth(compared(an_option(), 0.0005), course="alf")["reason"]


def test_a_place_without_a_threshold_says_so():
    found = worth(compared(an_option(), 0.0005), paid(place="KR"))
    assert "price_worth" not in found and any("Korea" in n for n in found["notes"])


CELLS = an_option("uc_msc_x3", Regimen("uc_msc", "hepatic_artery", 1e8, (0.0, 28.0, 5000.0)))


@pytest.mark.parametrize(("per", "expected"), [("course", 100.0), ("infusion", 200.0), ("year", 200.0)])
def test_a_price_counts_infusions_given_and_years_alive(per, expected):
    alive = np.ones((DAYS.size, 3))
    got = course_price(CELLS, paid(price("uc_msc", 100.0, per=per)), (), DAYS, alive)
    assert got.plain == pytest.approx(np.full(3, expected)), "the third infusion lies beyond the horizon"
    assert np.all(got.now <= got.plain + 1e-9)


def test_nobody_dead_is_infused_or_pays():
    dead = np.concatenate([np.ones((1, 2)), np.zeros((DAYS.size - 1, 2))])
    assert course_price(CELLS, paid(price("uc_msc", 100.0, per="infusion")), (), DAYS, dead).plain.max() < 110


def test_a_price_per_infusion_of_a_treatment_without_infusions_asks_for_a_course():
    got = course_price(an_option(), paid(price(per="infusion")), (), DAYS, np.ones((DAYS.size, 3)))
    assert got.now is None and "per course" in got.row["reason"]


def test_a_listed_price_is_used_where_the_user_gives_none():
    got = course_price(an_option(), paid(place="UK"), (), DAYS, np.ones((DAYS.size, 3)))
    assert (got.row["value"], got.row["own"]) == (4646.0, False)
    mine = course_price(an_option(), paid(price(currency="GBP"), place="UK"), (), DAYS, np.ones((DAYS.size, 3)))
    assert (mine.row["value"], mine.row["own"], mine.row["sources"]) == (1000.0, True, ["own_price"])


@pytest.mark.parametrize("people", [0, -3, 2.5, True, "many"])
def test_a_wrong_number_of_people_is_refused(people):
    from hepatica.errors import InputError

    with pytest.raises(InputError, match="no number of people"):
        Payment.read("EU", people=people)


def test_what_was_paid_for_names_rates_thresholds_and_gaps():
    told = Payment.read("EU", payer="society").to_json()
    assert told["payer"] == "society" and told["gaps"] and told["discount"]["source"]
    assert Payment.read("US").payer == "insurer" and Payment.read("EU", "gr").payer == "society"


def test_who_pays_is_answered_by_the_rules_of_the_place(make):
    record = {"id": "p", "sex": "male", "age": 50, "etiology": ["alcohol"], "ascites": "moderate", "observations": []}
    for place, said in (("KR", "Patients pay"), ("UK", "NICE"), ("CN", "may not charge")):
        plan = make(record, jurisdiction=place)
        answer = next(q["answer"] for q in plan["questions"] if q["id"] == "cost")
        assert said in answer and plan["coverage"]["rules"] and plan["payment"]["country"] == place


def test_the_users_price_is_told_as_the_users_own(make):
    record = {"id": "p", "sex": "male", "age": 50, "etiology": ["alcohol"], "ascites": "moderate", "observations": []}
    first = make(record)
    chosen = first["recommendation"]["option"]
    given = tuple(price(o["id"], 500.0) for o in first["options"] if o["id"] in (chosen, "g_csf", "albumin"))
    plan = make(record, payment=Payment(outcomes.place("EU"), "health_system", given))
    own = [o for o in plan["options"] if o.get("economics", {}).get("price", {}).get("own")]
    assert (
        own and plan["sources"]["own_price"]["citation"] and plan["payment"]["prices"][0]["given_source"] == "our list"
    )


def test_a_known_price_counts_where_cost_counts(make):
    record = {"id": "p", "sex": "male", "age": 50, "etiology": ["alcohol"], "ascites": "moderate", "observations": []}
    dear = Payment(outcomes.place("EU"), "health_system", (price("albumin", 1e6),))
    plain, priced = (
        next(o for o in make(record, payment=p, weights="cost=1,pay_a_qaly=50000")["options"] if o["id"] == "albumin")
        for p in (None, dear)
    )
    assert priced["parts"]["cost"] - plain["parts"]["cost"] == pytest.approx(1e6, rel=1e-4)
    assert priced["net_benefit"]["mean"] < plain["net_benefit"]["mean"] - 1000


def test_a_combination_costs_its_parts_together_or_is_unknown():
    both = Option(
        "cells_and_albumin", "both", "", "cells", "offered", "", product="uc_msc", regimen=CELLS.regimen,
        parts=("uc_msc_x3", "albumin"),
    )  # fmt: skip
    alive = np.ones((DAYS.size, 3))
    known = paid(price("uc_msc", 100.0), price("albumin", 40.0, per="year"))
    assert course_price(both, known, (), DAYS, alive).plain == pytest.approx(np.full(3, 180.0))
    assert course_price(both, paid(price("uc_msc")), (), DAYS, alive).now is None
    mixed = paid(price("uc_msc"), price("albumin", currency="USD"))
    assert "currencies" in course_price(both, mixed, (), DAYS, alive).row["reason"]
