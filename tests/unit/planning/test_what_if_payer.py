"""A session takes what a plan takes: whose costs, own prices, the language; asked for nothing new it says the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import hepatica as hp
from hepatica.errors import InputError

EXAMPLES = Path(__file__).parents[3] / "examples"
DRAWS = 200
PRICES = """
[[price]]
option = "uc_msc"
value = 9000
currency = "EUR"
year = 2025
per = "infusion"
source = "an offer"
"""


@pytest.fixture(scope="module")
def patient():
    return hp.read(EXAMPLES / "decompensated_alcohol_cirrhosis.json")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    file = tmp_path_factory.mktemp("prices") / "prices.toml"
    file.write_text(PRICES, encoding="utf-8")
    return {
        "draws": DRAWS,
        "today": date(2026, 11, 25),
        "weights": "cost=1,pay_a_qaly=40000",
        "country": "Greece",
        "payer": "society",
        "prices": file,
        "language": "es",
    }


@pytest.fixture(scope="module")
def opened(patient, asked):
    return hp.session(patient, **asked)


def row(answer: dict, option: str) -> dict:
    return next(o for o in answer["options"] if o["id"] == option)


def test_a_what_if_of_nothing_gives_the_numbers_of_the_plan(patient, asked, opened) -> None:
    plan = hp.plan(patient, **asked).to_json()
    answer = opened.what_if({"weights.cost": 1})
    mine = {o["id"]: o for o in plan["options"] if o["status"] != "ruled out"}
    assert len(answer["options"]) >= 10 and {o["id"] for o in answer["options"]} <= set(mine)
    for o in answer["options"]:
        assert o["net_benefit_difference"]["mean"] == 0
        net = mine[o["id"]]["net_benefit"]
        for key in ("mean", "p05", "p95"):
            told = o["after"]["net_benefit"][key]
            assert told == pytest.approx(net[key], rel=5e-3, abs=5e-3), (o["id"], key)
    assert answer["recommendation"]["after"]["headline"] == plan["recommendation"]["headline"]
    costly = row(answer, "uc_msc_peripheral_vein_7p6e7_x3")["after"]["net_benefit"]["mean"]
    free = hp.session(patient, **{**asked, "prices": None}).what_if({"weights.cost": 1})
    gap = row(free, "uc_msc_peripheral_vein_7p6e7_x3")["after"]["net_benefit"]["mean"] - costly
    assert gap == pytest.approx(3 * 9000 / 40000 * 365.25, rel=0.03), "three infusions of those alive"


def test_the_answer_speaks_the_language_asked(opened) -> None:
    answer = opened.what_if({"weights.harms": 1})
    assert "pronósticos" in answer["done_again"]
    assert "atención estándar" in row(answer, "standard_care")["name"].lower()


def test_a_price_that_cannot_count_is_said(patient) -> None:
    opened = hp.session(patient, draws=100, country="Japan", weights="cost=1,pay_a_qaly=40000")
    answer = opened.what_if({"uc_msc.cost": 9000})
    assert not any(o["moved"] for o in answer["options"])
    assert "no source here gives what care costs there" in answer["note"]


def test_other_rules_leave_a_country_that_was_named(opened) -> None:
    from hepatica.planning.changes import Changes
    from hepatica.planning.session import _asked

    after = _asked(opened.base.asked, Changes(region="US"))
    assert (after.region, after.paid.place.id) == ("US", opened.base.asked.paid.place.id)


def test_other_rules_bring_their_place_and_keep_the_payer(patient) -> None:
    from hepatica.planning.changes import Changes
    from hepatica.planning.session import _asked

    opened = hp.session(patient, draws=100, payer="society")
    after = _asked(opened.base.asked, Changes(region="US"))
    assert after.paid.place.currency == "USD" and after.paid.payer == "society"


@pytest.mark.parametrize("wrong", [{"country": "Atlantis"}, {"payer": "santa"}, {"prices": "nowhere.toml"}])
def test_a_payer_that_is_none_is_named(patient, wrong) -> None:
    with pytest.raises(InputError):
        hp.session(patient, draws=100, **wrong)


@pytest.mark.parametrize(
    ("change", "mend"),
    [("g_csf.days=0+7", "cost"), ("albumin_and_transplant_referral.cost=5", "albumin.cost")],
)
def test_what_an_option_has_not_is_named(opened, change, mend) -> None:
    with pytest.raises(InputError) as caught:
        opened.what_if([change])
    assert mend in caught.value.mend


def test_an_option_that_the_changed_record_does_not_have_is_named(opened) -> None:
    with pytest.raises(InputError, match="there is no option 'uc_msc_peripheral_vein_7p6e7_x3'"):
        opened.what_if({"weight_kg": 90, "uc_msc_peripheral_vein_7p6e7_x3.dose": "2x"})


def test_an_option_without_cells_has_a_price(opened) -> None:
    dear = opened.what_if(["g_csf.cost=40000"])
    assert row(dear, "g_csf")["net_benefit_difference"]["mean"] == pytest.approx(-365.25, rel=1e-2)
    assert dear["done_again"] == opened.what_if({"weights.cost": 1})["done_again"], "nothing is simulated for a price"
