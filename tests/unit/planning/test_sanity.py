"""The sanity ladder: what any hepatologist would check first."""

from __future__ import annotations

import pytest
from contract import wrong
from fake_twin import FakeTwin

from hepatica import therapy
from hepatica.patient import parse_short
from hepatica.planning import harms
from hepatica.planning.option import Option
from hepatica.staging import stage


def labs(**values):
    units = {
        "bilirubin": "umol/L", "albumin": "g/L", "inr": "1", "creatinine": "umol/L", "sodium": "mmol/L",
        "platelets": "10*9/L", "alt": "U/L", "ast": "U/L", "ammonia": "umol/L", "hbv_dna": "IU/mL", "lactate": "mmol/L",
        "stiffness": "kPa", "map": "mmHg",
    }  # fmt: skip
    return [{"analyte": k, "value": v, "unit": units[k], "time": "2026-11-20"} for k, v in values.items()]


WELL = {
    "id": "well", "sex": "female", "age": 40, "weight_kg": 60, "height_cm": 170, "alcohol_active": False,
    "ascites": "none", "encephalopathy_grade": 0, "conditions": [],
    "observations": labs(bilirubin=9, albumin=45, inr=1.0, creatinine=70, sodium=140, platelets=250, alt=18, ast=20),
}  # fmt: skip
GRADE_3 = {
    "id": "g3", "sex": "male", "age": 48, "weight_kg": 80, "etiology": ["alcohol"], "alcohol_active": False,
    "ascites": "massive", "encephalopathy_grade": 4, "conditions": ["cirrhosis", "aclf", "respiratory_failure"],
    "treatments": ["vasopressor", "ventilation"],
    "observations": labs(bilirubin=420, albumin=24, inr=2.8, creatinine=320, sodium=128, platelets=60, map=55),
}  # fmt: skip
HBV_COMPENSATED = {
    "id": "b", "sex": "male", "age": 45, "weight_kg": 70, "etiology": ["HBV"], "alcohol_active": False,
    "ascites": "none", "encephalopathy_grade": 0, "conditions": ["cirrhosis", "hepatitis_b"], "treatments": [],
    "observations": labs(
        bilirubin=14, albumin=41, inr=1.1, creatinine=80, sodium=140, platelets=160, alt=70, ast=60, hbv_dna=5e6
    ),
}  # fmt: skip
UREA_CYCLE = {
    "id": "u", "sex": "male", "age": 2, "weight_kg": 12, "etiology": ["urea_cycle"], "ascites": "none",
    "encephalopathy_grade": 0, "conditions": ["urea_cycle_disorder"],
    "observations": labs(ammonia=310, bilirubin=7, albumin=40, inr=1.1, creatinine=30, platelets=280),
}  # fmt: skip


def live_cells(plan):
    return [o for o in plan["options"] if o["product"] and o["status"] != "ruled out"]


def ids(rows):
    return [r["id"] for r in rows]


def test_a_well_liver_gets_no_cells(make):
    plan = make(WELL, FakeTwin(2.0))
    assert wrong(plan) == []
    assert live_cells(plan) == [] and plan["recommendation"]["option"] == "standard_care"
    assert "No cells" in plan["recommendation"]["headline"]
    assert plan["do_now"] == []


def test_grade_3_failure_goes_to_transplant_work_up_first(make):
    plan = make(GRADE_3, FakeTwin(2.0))
    assert plan["stage"]["scores"]["meld"]["value"] >= 35 and plan["stage"]["aclf_grade"] == 3
    assert "aclf_transplant" in ids(plan["do_now"])
    assert plan["recommendation"]["option"] == "transplant_referral"


def test_a_removable_cause_comes_before_cells_in_compensated_disease(make):
    plan = make(HBV_COMPENSATED, FakeTwin(2.0))
    assert plan["recommendation"]["option"] == "antiviral"
    assert live_cells(plan) == []


def test_urea_cycle_child_gets_ammonia_control_first_and_no_stromal_cells(make):
    plan = make(UREA_CYCLE, FakeTwin(2.0))
    assert plan["do_now"][0]["urgency"] == "now" and plan["do_now"][0]["id"] == "ammonia_dialysis"
    assert "urea_cycle_referral" in ids(plan["do_now"])
    assert plan["recommendation"]["option"] in ("nitrogen_scavengers", "transplant_referral")
    kinds = {therapy.products()[o["product"]].cell_type for o in live_cells(plan)}
    assert "MSC" not in kinds and kinds
    assert all(o["status"] == "trial only" and "bridge" in o["because"] for o in live_cells(plan))


@pytest.mark.parametrize(
    ("ammonia", "rule"), [(94, "ammonia_control"), (168, "ammonia_scavengers"), (310, "ammonia_dialysis")]
)
def test_ammonia_decides_how_urgent(make, ammonia, rule):
    record = UREA_CYCLE | {"observations": labs(ammonia=ammonia, albumin=40, inr=1.1)}
    assert [i for i in ids(make(record)["do_now"]) if i.startswith("ammonia")] == [rule]


def test_a_contraindicated_route_is_never_offered(make):
    record = GRADE_3 | {"id": "inr", "conditions": ["cirrhosis", "aclf"], "encephalopathy_grade": 1, "treatments": []}
    plan = make(record, FakeTwin(2.0))
    for o in live_cells(plan):
        patient = parse_short(record)
        found = therapy.contraindications(patient, stage(patient), o["product"], o["route"])
        assert not [c.id for c in found if c.verdict == "absolute"]


def test_cells_without_effect_never_rank_above_standard_care(make):
    plan = make(GRADE_3 | {"conditions": ["cirrhosis", "aclf"]}, FakeTwin(0.0))
    standard = next(o for o in plan["options"] if o["id"] == "standard_care")
    assert standard["net_benefit"]["mean"] == 0.0
    for o in live_cells(plan):
        assert o["net_benefit"]["mean"] <= 0.0
        assert o["benefit"]["p_survival_better"] == 0.0


def regimen(dose, days=(0.0,), route="portal_vein", product="hepatocyte_allogeneic"):
    r = therapy.Regimen(product, route, dose, days)
    return Option(
        "x", "x", "x", "cells", "trial only", "x", product=product, route=route, regimen=r, notes={"weight_kg": 70.0}
    )


def test_more_cells_or_more_procedures_never_harm_less():
    totals = [harms.days_lost(harms.harms(regimen(d)), 400, 1).mean() for d in (1e8, 1e9, 1e10, 1e11)]
    assert totals == sorted(totals) and totals[-1] > totals[0]
    once, thrice = (harms.days_lost(harms.harms(regimen(1e9, d)), 400, 1).mean() for d in ((0.0,), (0.0, 7.0, 14.0)))
    assert thrice >= once > 0
    for row in harms.harms(regimen(1e11)):
        assert 0 <= row["lo"] <= row["probability"] <= row["hi"] <= 1


@pytest.mark.parametrize(
    ("product", "route"),
    [("uc_msc", "peripheral_vein"), ("uc_msc", "hepatic_artery"), ("bm_msc_autologous", "hepatic_artery")],
)
def test_a_dose_beyond_what_was_studied_harms_more(product, route):
    def lost(dose):
        return harms.days_lost(harms.harms(regimen(dose, route=route, product=product)), 400, 1).mean()

    small, large = lost(1e7), lost(1e11)
    assert large > small >= 0
    assert lost(1e10) <= large


def test_acute_failure_calls_the_transplant_centre_first(make):
    record = {
        "id": "alf", "sex": "female", "age": 30, "weight_kg": 60, "etiology": ["paracetamol"], "ascites": "none",
        "encephalopathy_grade": 3, "conditions": ["acute_liver_failure", "paracetamol_overdose"],
        "observations": labs(bilirubin=90, inr=5.5, creatinine=180, ammonia=190, alt=8000, ast=9000, albumin=32),
    }  # fmt: skip
    plan = make(record)
    assert ids(plan["do_now"])[0] == "acute_failure_centre"
    assert {"paracetamol_nac", "acute_failure_ammonia"} <= set(ids(plan["do_now"]))
    assert plan["horizon_days"] == [7, 28, 90]
    assert plan["recommendation"]["option"] == "transplant_referral"
    assert [r["day"] for r in plan["follow_up"] if "transplant centre's answer" in r["what"]] == [1]


def test_contradictions_stop_the_choice_and_are_named(make):
    record = WELL | {"id": "c", "conditions": ["cirrhosis", "ascites"], "ascites": "none"}
    plan = make(record, FakeTwin(2.0))
    assert plan["do_now"][0]["id"] == "measure_again"
    assert plan["recommendation"]["option"] == "standard_care" and plan["recommendation"]["certainty"] == "very low"
    assert live_cells(plan) == []
    assert "ascites" in plan["do_now"][0]["because"] and "contradicting" in plan["unknown"][0]


def test_own_cells_raise_no_antibodies_against_a_donor():
    own = regimen(1e8, route="hepatic_artery", product="bm_msc_autologous")
    donor = regimen(1e8, route="peripheral_vein", product="uc_msc")
    assert "alloantibody" not in {h["id"] for h in harms.harms(own)}
    assert "alloantibody" in {h["id"] for h in harms.harms(donor)}


def test_a_deep_puncture_is_never_free_of_bleeding():
    for route in ("portal_vein", "intrahepatic", "intrasplenic"):
        found = {h["id"]: h for h in harms.harms(regimen(1e8, route=route))}
        assert found["bleeding"]["probability"] > 0.05
    assert "bleeding" not in {h["id"] for h in harms.harms(regimen(1e8, route="peripheral_vein", product="uc_msc"))}


def test_an_old_record_says_so(make):
    record = WELL | {"observations": [o | {"time": "2025-01-05"} for o in WELL["observations"]]}
    assert any("days old" in u for u in make(record)["unknown"])
    assert not any("days old" in u for u in make(WELL)["unknown"])


def test_a_choice_against_its_own_forecast_says_so(make):
    plan = make(UREA_CYCLE | {"treatments": ["nitrogen_scavenger"]}, FakeTwin(gain={"transplant_referral": -0.5}))
    assert plan["recommendation"]["option"] == "transplant_referral"
    assert "cannot judge this choice" in plan["recommendation"]["why"]


def test_no_option_of_any_example_is_contraindicated_combinations_and_later_cells_included(example):
    _, record, plan = example
    patient = parse_short(record)
    for o in live_cells(plan):
        found = therapy.contraindications(patient, stage(patient), o["product"], o["route"])
        assert not [c.id for c in found if c.verdict == "absolute"], o["id"]
        assert o["status"] == "trial only", o["id"]


def test_a_cause_that_can_be_removed_goes_before_cells_in_every_pairing(make):
    plan = make(HBV_COMPENSATED | {"treatments": ["entecavir"]}, FakeTwin(2.0))
    assert plan["recommendation"]["option"] != "antiviral", "it is taken already"
    untreated = make(HBV_COMPENSATED, FakeTwin(2.0, gain={"antiviral": -0.5}))
    assert untreated["recommendation"]["option"] == "antiviral" and live_cells(untreated) == []
