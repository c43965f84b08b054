"""What-if: what a change touches is done again, what it does not touch stays the same number for number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hepatica as hp
from hepatica.errors import InputError
from hepatica.planning import Session

EXAMPLES = Path(__file__).parents[3] / "examples"
DRAWS = 128


@pytest.fixture(scope="module")
def opened() -> Session:
    return hp.session(hp.read(EXAMPLES / "decompensated_alcohol_cirrhosis.json"), draws=DRAWS)


def row(answer: dict, option: str) -> dict:
    return next(o for o in answer["options"] if o["id"] == option)


def moved(answer: dict) -> set[str]:
    return {o["id"] for o in answer["options"] if o["moved"]}


def cells(opened: Session, product: str = "uc_msc") -> str:
    return next(o.id for o in opened.base.options if o.live and o.product == product)


def test_a_dose_changes_its_own_product_alone(opened: Session) -> None:
    answer = opened.what_if({"uc_msc.dose": "4x"})
    own = {o.id for o in opened.base.options if o.live and o.product == "uc_msc"}
    assert moved(answer) == own
    for o in (row(answer, name) for name in own):
        assert o["after"]["dose_cells"] == pytest.approx(4 * o["before"]["dose_cells"])


def test_four_times_the_cells_lose_as_many_days_to_harms_as_asked_directly(opened: Session) -> None:
    answer = opened.what_if(["uc_msc.dose=4x"])
    own = row(answer, cells(opened))
    before = {h["event"]: h["probability"] for h in own["before"]["harms"]}
    after = {h["event"]: h["probability"] for h in own["after"]["harms"]}
    assert before.keys() == after.keys()
    assert all(after[k] >= before[k] for k in before)
    assert any(after[k] > before[k] for k in before)


def test_no_change_is_no_difference(opened: Session) -> None:
    answer = opened.what_if({"uc_msc.dose": "1x", "uc_msc.potency": "1x"})
    assert moved(answer) == set()
    assert not answer["recommendation"]["changed"]


def test_potency_of_none_leaves_a_product_no_effect(opened: Session) -> None:
    answer = opened.what_if({"uc_msc.potency": "0x"})
    own = row(answer, cells(opened))
    base = opened.base.draws["standard_care"]["survival"][-1].mean()
    assert own["after"]["survival"]["mean"] == pytest.approx(base, abs=2e-5)
    assert own["after"]["net_benefit"]["mean"] < 0


def test_potency_counts_as_the_model_asked_directly(opened: Session) -> None:
    from hepatica import twin

    answer = opened.what_if({"uc_msc.potency": "2x"})
    o = next(o for o in opened.base.options if o.id == cells(opened))
    days = [d for d in opened.base.screened.days if d <= opened.base.screened.judged_day]
    asked = twin.Option(o.id, o.regimen, o.actions, (("potency", 2.0),))
    told = twin.race(opened.base.fit, [asked], days, DRAWS)[o.id]["survival"][-1].mean()
    assert row(answer, o.id)["after"]["survival"]["mean"] == pytest.approx(told, rel=1e-3)


def test_weights_simulate_nothing(opened: Session) -> None:
    answer = opened.what_if({"weights.harms": 3})
    assert moved(answer)
    for o in answer["options"]:
        assert o["before"]["survival"] == o["after"]["survival"]
        assert o["net_benefit_difference"]["mean"] <= 0


def test_a_price_counts_once_cost_counts(opened: Session) -> None:
    alone = opened.what_if({"uc_msc.cost": 20000})
    assert moved(alone) == set()
    assert "does not count" in alone["note"]
    counted = opened.what_if({"uc_msc.cost": 20000, "weights.pay_a_qaly": 20000, "weights.cost": 1})
    free = opened.what_if({"uc_msc.cost": 0, "weights.pay_a_qaly": 20000, "weights.cost": 1})
    means = [
        next(o for o in a["options"] if o["id"] == cells(opened))["after"]["net_benefit"]["mean"]
        for a in (counted, free)
    ]
    assert means[1] - means[0] == pytest.approx(365.25, rel=1e-3), "one quality-adjusted year at the price of one"


def test_a_lab_is_staged_anew(opened: Session) -> None:
    answer = opened.what_if(["bilirubin=30umol/L"])
    assert answer["stage"]["after"]["meld"] < answer["stage"]["before"]["meld"]
    fresh = hp.read(EXAMPLES / "decompensated_alcohol_cirrhosis.json")
    assert answer["stage"]["before"]["meld"] == hp.stage(fresh).value("meld"), "the record itself is not touched"
    milligrams = opened.what_if([f"bilirubin={30 / 17.104:.6f}mg/dL"])
    assert milligrams["stage"]["after"]["meld"] == answer["stage"]["after"]["meld"]


def test_a_treatment_that_is_taken_is_no_longer_an_option(opened: Session) -> None:
    answer = opened.what_if({"takes.beta_blocker": True})
    own = row(answer, "beta_blocker")
    assert (own["before"]["status"], own["after"]["status"]) == ("offered", "ruled out")
    assert "already" in own["after"]["because"]


def test_a_condition_brings_its_contraindications(opened: Session) -> None:
    answer = opened.what_if({"condition.malignancy": True})
    assert row(answer, "transplant_referral")["after"]["status"] == "ruled out"
    assert answer["recommendation"]["changed"]


def test_a_route_that_this_person_may_not_have_is_ruled_out(opened: Session) -> None:
    own = row(opened.what_if({"uc_msc.route": "intrahepatic"}), cells(opened))
    assert own["after"]["status"] == "ruled out"
    assert "ascites" in own["after"]["because"]


def test_more_punctures_are_more_burden(opened: Session) -> None:
    asked = {"uc_msc.route": "hepatic_artery", "weights.burden": 1}
    once = row(opened.what_if({**asked, "uc_msc.days": "0"}), cells(opened))["after"]["net_benefit"]["mean"]
    often = row(opened.what_if({**asked, "uc_msc.days": "0+1+2+3+4"}), cells(opened))["after"]["net_benefit"]["mean"]
    assert once - often > 3.0, "four more days of procedures"


def test_options_are_compared_on_the_same_people_when_some_could_not_be_computed(opened: Session) -> None:
    from dataclasses import replace

    fewer = {
        name: {k: v[:, 1:] if v.ndim == 2 else v for k, v in told.items()} for name, told in opened.base.draws.items()
    }
    session = replace(opened, base=replace(opened.base, draws=fewer))
    answer = session.what_if({"uc_msc.dose": "2x"})
    kept = row(answer, "albumin")["after"]["net_benefit"]
    assert kept == row(opened.what_if({"uc_msc.dose": "2x"}), "albumin")["after"]["net_benefit"]
    assert kept["mean"] != 0


def test_an_assumption_touches_cells_and_nothing_else(opened: Session) -> None:
    answer = opened.what_if({"twin.cell_death_1_d": "0.2x"})
    without = {o.id for o in opened.base.options if o.live and o.regimen is None}
    assert not without & moved(answer)
    assert moved(opened.what_if({"twin.cell_death_1_d": "1x"})) == set()


def test_differences_are_those_of_the_draws(opened: Session) -> None:
    from hepatica.planning import changes
    from hepatica.planning.session import _changed

    found = changes.read({"uc_msc.dose": "4x"}, opened.patient, opened.base.asked.weights, [])
    after = _changed(opened.twin, opened.base, found)
    name = cells(opened)
    gap = next(c.net for c in after.compared if c.option.id == name) - next(
        c.net for c in opened.base.compared if c.option.id == name
    )
    told = row(opened.what_if({"uc_msc.dose": "4x"}), name)["net_benefit_difference"]
    assert told["mean"] == pytest.approx(gap.mean(), rel=1e-3)
    assert told["p05"] == pytest.approx(np.quantile(gap, 0.05), rel=1e-3)


@pytest.mark.parametrize(
    ("change", "says", "mend"),
    [
        ("biliruban=30", "biliruban", "bilirubin"),
        ("bilirubin", "names no change", "NAME=VALUE"),
        ("bilirubin=30 furlongs", "furlongs", ""),
        ("bilirubin=-4umol/L", "bilirubin", ""),
        ("uc_msc.dose=lots", "lots", "2x"),
        ("uc_msc.dose=-1", "-1", "2x"),
        ("uc_msc.smell=2x", "smell", "potency"),
        ("uc_msc.route=nose", "nose", "portal_vein"),
        ("uc_msc.days=1+x", "1+x", "0+14+28"),
        ("uc_msc.cost=-5", "-5", "20000"),
        ("twin.cell_deth_1_d=2x", "cell_deth_1_d", "cell_death_1_d"),
        ("twin.cell_death_1_d=2", "factor", "2x"),
        ("condition.gout_of_the_liver=true", "gout_of_the_liver", ""),
        ("takes.beta_bloker=true", "beta_bloker", "beta_blocker"),
        ("takes.moonlight=false", "moonlight", ""),
        ("takes.beta_blocker=perhaps", "perhaps", "true or false"),
        ("weights.joy=2", "joy", "survival"),
        ("jurisdiction=MARS", "MARS", "EU"),
        ("ascites=lots", "lots", ""),
    ],
)
def test_a_change_that_cannot_be_made_is_named(opened: Session, change: str, says: str, mend: str) -> None:
    with pytest.raises(InputError) as caught:
        opened.what_if([change])
    assert says in str(caught.value)
    assert mend in str(caught.value)


def test_nothing_to_change_and_too_few_draws_are_refused(opened: Session) -> None:
    with pytest.raises(InputError, match="nothing to change"):
        opened.what_if([])
    with pytest.raises(InputError, match="too few"):
        hp.session(opened.patient, draws=10)
