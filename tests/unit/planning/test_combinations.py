"""Combinations and timing: who may get them, how sure they are, what the twin makes of them."""

from __future__ import annotations

import json

import pytest
from contract import wrong
from fake_twin import EXAMPLES, TODAY, FakeTwin
from test_sanity import WELL, labs

from hepatica import planning, twin
from hepatica.patient import parse_short
from hepatica.planning import combinations, harms, sources
from hepatica.planning.option import CERTAINTIES, Option
from hepatica.therapy import Regimen

HBV_ACLF = {
    "id": "hbv-aclf", "sex": "male", "age": 45, "weight_kg": 70, "etiology": ["HBV"], "alcohol_active": False,
    "ascites": "moderate", "encephalopathy_grade": 1, "conditions": ["cirrhosis", "aclf", "hepatitis_b"],
    "treatments": [],
    "observations": labs(
        bilirubin=300, albumin=29, inr=1.9, creatinine=80, sodium=136, platelets=110, alt=300, ast=250, hbv_dna=5e6
    ),
}  # fmt: skip
PAIR = {"conditions": ["cirrhosis", "ascites", "encephalopathy"], "encephalopathy_grade": 1, "ascites": "moderate"}
DECOMPENSATED = HBV_ACLF | PAIR | {
    "id": "dec", "etiology": ["alcohol"],
    "observations": labs(
        bilirubin=60, albumin=29, inr=1.5, creatinine=80, sodium=136, platelets=90, alt=30, ast=45, map=85
    ),
}  # fmt: skip


def pairs(plan):
    return {o["id"]: o for o in plan["options"] if o["parts_given"]}


def test_every_combination_is_of_parts_that_may_be_given_and_no_surer_than_they(make):
    for record in (HBV_ACLF, DECOMPENSATED):
        plan = make(record, FakeTwin(0.3))
        assert wrong(plan) == []
        by_id = {o["id"]: o for o in plan["options"]}
        tried = [row["id"] for row, _ in combinations.rules() if "tried" in row]
        assert len(pairs(plan)) >= 2
        for o in pairs(plan).values():
            parts = [by_id[p] for p in o["parts_given"]]
            assert all(p["status"] != "ruled out" for p in parts)
            lowest = min(CERTAINTIES.index(p["certainty"]) for p in parts)
            if not o["id"].startswith(tuple(tried)):
                assert CERTAINTIES.index(o["certainty"]) == lowest
            assert o["status"] == ("trial only" if any(p["product"] for p in parts) else "offered")
            assert not (o["product"] and o["recommendable"])


def test_a_well_person_and_a_contradictory_record_get_no_combination(make):
    assert pairs(make(WELL, FakeTwin(2.0))) == {}
    contradictory = DECOMPENSATED | {"conditions": ["cirrhosis", "ascites"], "ascites": "none"}
    assert pairs(make(contradictory, FakeTwin(2.0))) == {}


def test_cells_wait_for_the_cause_and_both_times_are_judged_on_one_day(make):
    plan = make(HBV_ACLF, FakeTwin(0.3))
    (row,) = plan["timing"]
    now, later = (next(o for o in plan["options"] if o["id"] == row[k]) for k in ("now", "later"))
    assert now["parts_given"][1] == later["parts_given"][1] == "antiviral"
    assert [b - a for a, b in zip(now["schedule_days"], later["schedule_days"], strict=True)] == [28.0] * len(
        now["schedule_days"]
    )
    assert row["judged_on_day"] == now["qaly"]["horizon_days"] == later["qaly"]["horizon_days"] == 90
    assert row["told_apart"] is False and "cannot be told apart" in row["text"], "the tiny twin knows no days"


def test_the_harms_of_a_combination_are_those_of_its_parts():
    regimen = Regimen("uc_msc", "peripheral_vein", 7e7, (0.0,))
    base = {"name": "x", "treatment": "x", "family": "cells", "status": "trial only", "because": "x"}
    cells = Option("c", **base, product="uc_msc", regimen=regimen)
    plasma = Option("plasma_exchange", **base, actions=("plasma_exchange",))
    both = Option("b", **base, product="uc_msc", regimen=regimen, actions=("plasma_exchange",))
    own, other, together = (sorted(h["id"] for h in harms.harms(o)) for o in (cells, plasma, both))
    assert own and other and together == sorted(own + other)


def test_treatments_whose_windows_differ_are_left_out_with_the_reason(make):
    path = next(p for p in EXAMPLES if p.stem == "severe_alcoholic_hepatitis")
    record = json.loads(path.read_text(encoding="utf-8"))
    left = {r["id"]: r for r in make(record)["screened"]["combinations"]["left_out"]}
    assert "differently long" in left["steroids_and_abstinence"]["because"]


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        (("albumin",), ""), (("albumin", "transplant_referral"), ""), (("antiviral", "beta_blocker"), ""),
        (("steroids", "abstinence"), "survival"), (("albumin", "terlipressin"), "courses"),
        (("terlipressin", "beta_blocker"), "other lasts"),
    ],
)  # fmt: skip
def test_the_twin_says_which_treatments_it_cannot_put_together(actions, told):
    reason = twin.apart(actions)
    assert told in reason and bool(reason) == bool(told)


def test_with_the_real_twin_two_treatments_do_more_than_either(make):
    path = next(p for p in EXAMPLES if p.stem == "hbv_acute_on_chronic_failure")
    record = parse_short(json.loads(path.read_text(encoding="utf-8")))
    plan = planning.plan(record, draws=120, today=TODAY).to_json()
    net = {o["id"]: o["net_benefit"]["mean"] for o in plan["options"] if "net_benefit" in o}
    assert net["plasma_exchange_to_transplant"] > max(net["plasma_exchange"], net["transplant_referral"]) > 0


def test_the_rule_file_refuses_a_row_without_a_source(monkeypatch):
    row = {"id": "x", "parts": ["albumin", "tips"], "name": "x", "when": {}, "text": "x", "evidence": []}
    monkeypatch.setattr(sources, "read", lambda *_: {"combination": [row]})
    with pytest.raises(ValueError, match="without a source"):
        combinations.rules.__wrapped__()


def test_the_paracrine_share_is_told_of_cells_alone_since_a_partner_would_be_counted_in(make):
    path = next(p for p in EXAMPLES if p.stem == "hbv_acute_on_chronic_failure")
    plan = planning.plan(parse_short(json.loads(path.read_text(encoding="utf-8"))), draws=60, today=TODAY).to_json()
    cells = [o for o in plan["options"] if o["product"] and o["status"] == "trial only"]
    assert {bool(o["parts_given"]) for o in cells} == {True, False}
    assert all((o["share_paracrine"] is None) == bool(o["parts_given"]) for o in cells)


def test_guideline_pairs_come_before_cells_and_what_is_left_out_is_named(make):
    plan = make(HBV_ACLF, FakeTwin(0.3))
    found = pairs(plan)
    assert {"plasma_exchange_to_transplant", "antiviral_and_transplant_referral"} <= set(found)
    assert len(found) <= combinations.MOST
    left = plan["screened"]["combinations"]["left_out"]
    assert [r["id"].startswith("cells_with_plasma_exchange") for r in left] == [True]
