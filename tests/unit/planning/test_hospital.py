"""Days in hospital, symptoms and how long a response lasts, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica import outcomes
from hepatica.planning.compare import Compared
from hepatica.planning.energy import energy
from hepatica.planning.hospital import EVENTS, hospital
from hepatica.planning.lasting import lasting
from hepatica.planning.option import Option
from hepatica.planning.weights import Parts

N = 4000
DAYS = np.array([0.0, 365.0, 730.0])


def compared(id="standard_care", child=8.0, alive=1.0, **chance):
    survival = np.full((3, N), alive)
    draws = {"survival": survival, "transplant_free_survival": survival, "child_pugh": np.full((3, N), child)}
    draws |= {f"{k}_incidence": np.full((3, N), chance.get(k, 0.0)) for k in EVENTS}
    option = Option(id, id, id, "", "offered", "")
    return Compared(option, {}, np.zeros(N), "days", Parts(np.zeros(N), None, np.zeros(N), 0.0), draws)


def test_days_are_chance_times_the_published_stay():
    found = hospital(compared(bleeding=0.5, infection=0.25), compared(), DAYS, "decompensated", 730, 1)
    bleed, infection = outcomes.stay("bleeding"), outcomes.stay("infection")
    means = [(s.low + s.middle + s.high) / 3 for s in (bleed, infection)]
    assert found["days"]["mean"] == pytest.approx(0.5 * means[0] + 0.25 * means[1], rel=0.01)
    assert found["home_days"]["mean"] == pytest.approx(730 - found["days"]["mean"], rel=1e-4)
    assert found["days_saved"]["mean"] == pytest.approx(-found["days"]["mean"], rel=1e-4)


def test_the_same_stay_in_every_option_makes_the_difference_that_of_chances():
    usual = compared(bleeding=0.4)
    found = hospital(compared("a", bleeding=0.4), usual, DAYS, "compensated", 730, 3)
    assert found["days_saved"] == {"mean": 0.0, "p05": 0.0, "p95": 0.0}


def test_procedures_follow_their_event():
    usual = compared(bleeding=0.2, ascites=0.4)
    found = hospital(compared("a", bleeding=0.1, ascites=0.4), usual, DAYS, "decompensated", 730, 1)
    endoscopies, paracenteses = found["procedures"]
    assert endoscopies["avoided"]["mean"] == pytest.approx(endoscopies["mean"], rel=1e-3)
    assert paracenteses["mean"] == pytest.approx(0.4 * 0.51) and paracenteses["avoided"]["mean"] == 0.0


def test_a_shunt_brings_its_own_stay():
    found = hospital(compared("tips"), compared(), DAYS, "decompensated", 730, 1)
    assert found["days"]["p05"] >= 2.0
    assert found["days"]["p95"] <= 5.0


def test_whoever_is_in_hospital_now_stays_as_long_as_others_did_or_lives():
    found = hospital(compared(alive=0.01), compared(), DAYS, "aclf", 90, 1)
    assert found["days"]["mean"] == pytest.approx(7.3) and found["home_days"]["mean"] == 0.0
    longer = hospital(compared(), compared(), DAYS, "aclf", 90, 1)
    assert 11 <= longer["days"]["p05"] <= longer["days"]["p95"] <= 16 and "days_saved" not in longer


@pytest.mark.parametrize("course", ["alf", "alcoholic_hepatitis"])
def test_a_stay_nobody_counted_has_a_reason(course):
    found = hospital(compared(), compared(), DAYS, course, 90, 1)
    assert found["days"]["mean"] is None and found["reason"]


def test_a_model_without_events_has_a_reason():
    bare = compared()
    bare.draws.pop("aclf_incidence")
    assert hospital(bare, bare, DAYS, "compensated", 730, 1)["reason"]


def test_symptoms_change_by_the_gap_of_the_classes():
    found = energy(compared("a", child=5.0), compared(child=9.0), "decompensated", 730, 1)
    assert found["change"]["mean"] == pytest.approx(0.8, abs=0.08)
    assert 0.0 < found["p_change_that_matters"] < 0.2 and found["smallest_difference"]["value"] == 1.0


def test_standard_care_has_no_change_from_itself():
    usual = compared()
    assert "change" not in energy(usual, usual, "compensated", 730, 1)


def test_symptoms_without_a_mapping_have_a_reason():
    found = energy(compared("a"), compared(), "alf", 90, 1)
    assert found["mean"] is None and found["reason"]


def test_a_response_lasts_until_its_first_day_without():
    days = np.array([0.0, 7, 30, 90, 365])
    responds = np.array([[0, 0, 1], [1, 0, 1], [1, 1, 0], [0, 1, 1], [0, 1, 0]], bool)
    found = lasting(days, responds)
    assert found["p_to_the_end"] == pytest.approx(1 / 3, abs=1e-4) and found["seen_to_day"] == 365.0
    assert (found["p05"], found["p50"], found["p95"]) == (30.0, 83.0, 83.0)


def test_a_response_nobody_loses_has_no_end():
    found = lasting(np.array([0.0, 10.0]), np.ones((2, 5), bool))
    assert found["p_to_the_end"] == 1.0 and found["p50"] is None
