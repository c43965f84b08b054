"""With the real twin: the advice does not hang on the seed, and cells that do nothing are never advised."""

from __future__ import annotations

import json

import pytest
from fake_twin import EXAMPLES, TODAY

from hepatica import eligibility, planning, twin
from hepatica.patient import parse_short

BY_NAME = {p.stem: p for p in EXAMPLES}
SEEDS = range(20)


def record(name):
    return parse_short(json.loads(BY_NAME[name].read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["severe_alcoholic_hepatitis", "compensated_masld_cirrhosis"])
def test_the_recommendation_is_the_same_for_twenty_seeds(name):
    patient = record(name)
    chosen = [planning.plan(patient, draws=60, seed=s, today=TODAY).to_json()["recommendation"] for s in SEEDS]
    options = [c["option"] for c in chosen]
    common = max(set(options), key=options.count)
    assert options.count(common) >= 19 or all(common in c["tied_options"] for c in chosen if c["option"] != common)


class WithoutEvidence:
    """The real twin with the weight of the evidence on cells set to zero: they have no effect at all."""

    Option, fit, lineage, applies = (
        twin.Option,
        staticmethod(twin.fit),
        staticmethod(twin.lineage),
        staticmethod(twin.applies),
    )

    @staticmethod
    def forecast(fit, options, days):
        return twin.forecast(fit, options, days, bound={"potency": 0.0, "engraftment_1_d": 0.0})


@pytest.mark.parametrize("name", ["decompensated_alcohol_cirrhosis", "hbv_acute_on_chronic_failure"])
def test_without_evidence_no_cells_are_advised_though_every_trial_recruits(name):
    checked = {i: eligibility.StatusCheck("recruiting", TODAY) for i in eligibility.protocols()}
    made = planning.plan(record(name), draws=120, today=TODAY, checked=checked, twin=WithoutEvidence())
    plan = made.to_json()
    cells = [o for o in plan["options"] if o["product"] and o["status"] == "trial only"]
    assert cells and made.recommended["product"] is None
    by_id = {o["id"]: o for o in plan["options"]}
    for o in cells:
        rest = [by_id[p] for p in o["parts_given"] if not by_id[p]["product"]]
        assert o["net_benefit"]["mean"] <= max((r["net_benefit"]["mean"] for r in rest), default=0.0), o["id"]


def test_a_child_with_a_urea_cycle_defect_gets_control_and_referral_never_stromal_cells():
    made = planning.plan(record("child_with_urea_cycle_disorder"), draws=120, today=TODAY)
    plan = made.to_json()
    assert made.recommended["id"] in ("nitrogen_scavengers", "transplant_referral")
    offered = {o["product"] for o in plan["options"] if o["product"] and o["status"] != "ruled out"}
    assert offered and not any("msc" in p for p in offered)
    assert plan["do_now"][0]["id"].startswith("ammonia")
