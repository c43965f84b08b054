"""A review in people: deaths of a thousand by hand, who left at each step, harms as the studies count them."""

import json
from importlib.resources import files
from itertools import pairwise

import pytest

from hepatica import evidence
from hepatica.errors import InputError
from hepatica.evidence.absolute import baseline, people, survival_baseline, treated_risk


@pytest.mark.parametrize(
    ("measure", "value", "control", "outcome", "risk"),
    [
        ("OR", 2.0, 0.4, "survival", 0.25),  # odds alive 0.6 / 0.4 = 1.5; doubled 3; alive 3/4
        ("OR", 0.5, 0.5, "mortality", 1 / 3),  # odds of death 1; halved; 0.5 / 1.5
        ("RR", 0.75, 0.4, "mortality", 0.3),
        ("RR", 1.2, 0.4, "survival", 0.28),  # alive 0.6 x 1.2 = 0.72
        ("RR", 3.0, 0.4, "survival", 0.0),  # no more than everyone lives
        ("HR", 0.5, 0.36, "survival", 0.2),  # alive 0.64 ** 0.5 = 0.8
        ("RD", 0.1, 0.4, "survival", 0.3),
    ],
)
def test_risk_with_treatment_by_hand(measure, value, control, outcome, risk):
    assert treated_risk(measure, value, control, outcome) == pytest.approx(risk)


def test_deaths_of_a_thousand_keep_their_order():
    told = people("OR", 2.0, [0.5, None], 0.4, "survival")
    assert told["treated"] == pytest.approx(250)
    assert (told["lo"], told["hi"]) == pytest.approx((0, 1000 * (1 - 0.75 / 1.75)))
    assert told["difference"] == pytest.approx(-150)


def test_a_baseline_risk_belongs_to_a_day():
    assert baseline("90:0.3,365:0.5", (90.0, 365.0)).at(365.0) == (0.5, None, None)
    assert baseline("0.3", (90.0,)).at(90.0) == (0.3, None, None)
    for wrong in ("0.3", "30:0.3", "90:1.5", "90:x", "90:0"):
        with pytest.raises(InputError):
            baseline(wrong, (90.0, 365.0))


def test_a_forecast_between_its_days_is_a_straight_line_and_beyond_them_nothing():
    points = [{"day": d, "p50": s, "p05": s - 0.1, "p95": min(1.0, s + 0.1)} for d, s in ((0, 1.0), (100, 0.8))]
    got = survival_baseline(points, (50.0, 200.0), "x")
    assert got.at(50.0)[0] == pytest.approx(0.1) and got.at(200.0) is None


@pytest.mark.parametrize(("where", "what"), [("decompensated_cirrhosis", "msc"), ("cirrhosis", "cells")])
@pytest.mark.parametrize("design", ["randomised", "any"])
def test_at_each_step_those_who_left_and_those_who_stay_add_up(where, what, design):
    steps = evidence.review(where, what, design, outcomes=["survival"], days=[90])["flow"]
    for before, after in pairwise(steps):
        gone = [i for o in after["out"] for i in o["studies"]]
        assert sorted(after["studies"] + gone) == sorted(before["studies"])
        assert after["n"] == len(after["studies"]) and all(o["n"] == len(o["studies"]) for o in after["out"])


def test_harms_are_the_counts_of_the_study_file():
    raw = json.loads(files("hepatica.evidence").joinpath("data", "studies", "ucmsc_esld95.json").read_bytes())
    counted = {(r["count"], r["n"]) for r in raw["adverse_events"] if "HCC" in r["event"] or "cancer" in r["event"]}
    table = evidence.review("decompensated_cirrhosis", "msc", outcomes=["survival"], days=[90])["harms"]
    hcc = next(e for e in table["events"] if e["event"] == "hcc")["here"]
    assert {(hcc[s]["events"], hcc[s]["n"]) for s in ("treated", "control")} <= counted
    assert any(p["event"] == "hcc" and p["value"] == 3.065 for p in table["published"])


def test_published_pools_stand_beside_and_not_within():
    d = evidence.review("alcoholic_hepatitis", "g_csf", outcomes=["survival"], days=[90], baseline_risk="90:0.3")
    row = d["findings"][0]
    used = {s["study"] for s in d["outcomes"][0]["slices"][0]["cells"][0]["studies"]}
    theirs = {p["region"]: p for p in row["published"]}
    assert not used & {p["study"] for p in row["published"]}
    assert theirs["asia"]["people"]["difference"] < 0 < theirs["europe"]["people"]["difference"]


def test_treated_are_set_against_the_controls_of_their_own_studies():
    raw = json.loads(files("hepatica.evidence").joinpath("data", "studies", "newsome2018.json").read_bytes())
    trial = {(r["count"], r["n"]) for r in raw["adverse_events"] if "serious" in r["event"].lower()}
    table = evidence.review("cirrhosis", "cells", outcomes=["survival"], days=[90])["harms"]
    here = next(e for e in table["events"] if e["event"] == "serious_adverse_event")["here"]
    assert {(here[s]["events"], here[s]["n"]) for s in ("treated", "control")} <= trial
    assert here["alone"]["n"] > 0 and here["alone"]["events"] == 0


def test_published_pools_of_harms_stand_with_the_harms():
    table = evidence.review("aclf", "g_csf", outcomes=["survival"], days=[90])["harms"]
    assert {"infection", "bleeding", "hepatorenal_syndrome", "sepsis"} <= {p["event"] for p in table["published"]}


def test_times_are_pooled_as_one_beside_each_by_itself():
    d = evidence.review("alcoholic_hepatitis", "g_csf", outcomes=["survival", "meld"])
    survival, meld = d["outcomes"]
    alone = {c["day"]: c["k"] for c in survival["slices"][0]["cells"] if c["k"]}
    assert {r["day"]: r["k"] for r in survival["course"]["days"]} == alone
    assert survival["course"]["not_estimable_days"] == [180, 365] and meld["course"] is None


def test_groups_are_compared_where_they_divide_the_studies():
    o = evidence.review("alcoholic_hepatitis", "g_csf", outcomes=["survival"])["outcomes"][0]
    found = next(b for b in o["between"] if b["day"] == 90)
    pools = [c for s in o["slices"] for c in s["cells"] if s["by"] == "region" and c["day"] == 90 and c["k"]]
    assert found["df"] == len(pools) - 1
    # tau2 is 0 here, so Q between is Q of all less Q within the groups (fixed-effect identity)
    whole = next(c for c in o["slices"][0]["cells"] if c["day"] == 90)
    assert found["q"] == pytest.approx(whole["q"] - sum(c["q"] for c in pools), abs=1e-6)


def test_an_effect_without_a_control_death_is_not_put_in_people():
    d = evidence.review("cirrhosis", "cells", outcomes=["survival"], days=[365])
    row = d["findings"][0]
    assert row["k"] == 1 and row["baseline"]["risk"] == 0 and row["people"] is None
    assert "cannot be told" in row["says"]


def test_what_is_lost_without_transplant_is_named():
    d = evidence.review("aclf", "g_csf", outcomes=["transplant_free_survival"], days=[90], baseline_risk="90:0.3")
    row = d["findings"][0]
    assert row["baseline"]["who"].startswith("the control arms")  # a risk of death is not one of death or transplant
    assert row["k"] and row["event"] == "deaths or transplants" and "transplants of 1000" in row["says"]
