"""Harms: counts that are added once, intervals that hold them, and the narrowest evidence first."""

import pytest

from hepatica import evidence
from hepatica.evidence.intervals import clopper_pearson, jeffreys


def by_event(product, route=None):
    return {h["event"]: h for h in evidence.harms(product, route)}


def test_every_row_is_sound():
    rows = evidence.safety()
    assert len(rows) > 150
    for r in rows:
        assert r["source"] in evidence.bibliography(), r
        if r["probability"] is not None:
            assert 0 <= r["probability"] <= 1
        if r["lo"] is not None:
            assert 0 <= r["lo"] <= r["probability"] <= r["hi"] <= 1, r


def test_fever_after_cord_cells_by_vein():
    fever = by_event("uc_msc", "peripheral_vein")["fever"]
    assert (fever["events"], fever["n"], fever["k"]) == (20, 94, 3)
    assert (fever["lo"], fever["hi"]) == pytest.approx(jeffreys(20, 94))
    assert fever["basis"] == "product and route"


def test_one_trial_counts_once():
    progenitors = by_event("liver_progenitor_adhlsc", "peripheral_vein")
    assert (progenitors["serious_adverse_event"]["events"], progenitors["serious_adverse_event"]["n"]) == (10, 24)
    cd133 = by_event("cd133_autologous", "peripheral_vein")["serious_adverse_event"]
    assert (cd133["events"], cd133["n"], cd133["control"]) == (12, 28, {"events": 3, "n": 26})


def test_portal_thrombosis_counts_each_patient():
    thrombosis = by_event("liver_progenitor_adhlsc", "portal_vein")["portal_vein_thrombosis"]
    assert (thrombosis["events"], thrombosis["n"]) == (2, 20)
    borrowed = by_event("hepatocyte_allogeneic", "portal_vein")["portal_vein_thrombosis"]
    assert (borrowed["events"], borrowed["n"], borrowed["basis"]) == (10, 268, "route")


def test_control_arms_stand_beside():
    infection = by_event("g_csf")["infection"]
    assert infection["control"]["events"] > infection["events"]


def test_narrow_evidence_comes_first():
    rows = evidence.safety("uc_msc", "peripheral_vein")
    order = [r["match"] for r in rows]
    assert order[0] == "product and route"
    assert order.index("class") > order.index("product and route")


def test_animal_rows_only_when_asked():
    assert not [r for r in evidence.safety() if r["event"] == "teratoma"]
    assert [r for r in evidence.safety(species="mouse") if r["event"] == "teratoma"]


def test_row_whose_value_lies_outside_its_interval_is_not_used():
    assert not [r for r in evidence.safety("uc_msc") if r["relative"] and r["relative"]["value"] == 0.18]


def test_intervals():
    assert jeffreys(0, 30)[0] == 0 and jeffreys(30, 30)[1] == 1
    assert clopper_pearson(0, 30)[1] == pytest.approx(1 - 0.025 ** (1 / 30))
    lo, hi = clopper_pearson(4, 41)
    inner = jeffreys(4, 41)
    assert lo < inner[0] < 4 / 41 < inner[1] < hi


def test_facts_for_comparators_states_and_courses():
    assert {r["outcome"] for r in evidence.comparator_facts("g_csf")} == {"mortality"}
    assert evidence.comparator_facts("transplant_referral")
    with pytest.raises(Exception, match="no facts on comparator"):
        evidence.comparator_facts("homeopathy")
    assert {r["value"] for r in evidence.utilities("decompensated_cirrhosis")} >= {0.67, 0.56}
    assert all(0 <= r["value"] <= 1 for r in evidence.utilities() if r["kind"] == "utility")
    assert any(r["currency"] == "EUR" for r in evidence.costs("decompensated_cirrhosis") if "currency" in r)
    assert len(evidence.natural_history("aclf", "mortality")) > 20
    arms = evidence.standard_care_arms("aclf")
    assert all(not r["study"].startswith("nevens") for r in arms)
    assert any(r["survival"] for r in arms)
