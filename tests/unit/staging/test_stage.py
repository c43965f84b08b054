"""Staging a record: what counts when, what is missing, what contradicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hepatica import staging
from hepatica.errors import InputError
from hepatica.patient import ANALYTES, Condition, Observation, Patient, Treatment

DAY = datetime(2026, 3, 1)
LABS = {
    "bilirubin": 36,
    "inr": 1.4,
    "creatinine": 97,
    "sodium": 132,
    "albumin": 32,
    "platelets": 90,
    "ast": 80,
    "alt": 40,
}


def lab(analyte: str, value: float, day: datetime | None = DAY, **more: Any) -> Observation:
    return Observation(analyte, value, ANALYTES[analyte].unit, day, **more)


def person(labs: dict[str, float] = LABS, **more: Any) -> Patient:
    base: dict[str, Any] = {
        "sex": "female",
        "age_stated_years": 55.0,
        "observations": tuple(lab(*x) for x in labs.items()),
    }
    return Patient("p", **(base | more))


def gap(found: staging.Staging, name: str) -> staging.Missing:
    return next(m for m in found.missing if m.score == name)


def test_every_score_is_either_computed_or_missing() -> None:
    found = staging.stage(person(ascites="slight", encephalopathy_grade=0))
    names = set(found.scores) | {m.score for m in found.missing}
    assert names == set(staging.registry())
    assert not set(found.scores) & {m.score for m in found.missing}
    assert found.value("meld") == 14 and found.value("lille") is None
    assert found.value("child_pugh") == 8


def test_an_empty_record_is_staged_without_a_score() -> None:
    found = staging.stage(Patient("empty"))
    assert (found.course, found.scores, found.at) == ("undetermined", {}, None)
    assert found.cirrhosis == "unknown"


def test_windows_acute_and_chronic() -> None:
    old = lab("albumin", 32, DAY - timedelta(days=30))
    labs = {k: v for k, v in LABS.items() if k != "albumin"}
    chronic = person(labs)
    chronic = chronic.with_observation(old)
    assert staging.stage(chronic).scores["albi"].inputs["albumin"].age_d == 30
    acute = replace(chronic, conditions=(Condition("sepsis"),))
    found = staging.stage(acute)
    assert found.window_d == 7
    assert "albumin is 30 d old (more than 7 d)" in gap(found, "albi").why
    assert any("albumin" in note for note in found.notes)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"encephalopathy_grade": 3}, "encephalopathy grade 3"),
        ({"treatments": (Treatment("norepinephrine", "vasopressor"),)}, "vasopressor"),
        ({"conditions": (Condition("aclf", onset=DAY - timedelta(days=20)),)}, "aclf"),
    ],
)
def test_signs_of_acute_illness(more: dict[str, Any], words: str) -> None:
    found = staging.stage(person(**more))
    assert found.window_d == 7 and words in found.rule


def test_labs_alone_can_show_acute_illness_and_an_old_diagnosis_does_not() -> None:
    assert staging.stage(person(LABS | {"bilirubin": 205})).window_d == 7
    assert staging.stage(person(LABS | {"inr": 2.5})).window_d == 7
    assert staging.stage(person(conditions=(Condition("aclf", onset=DAY - timedelta(days=400)),))).window_d == 90


def test_index_time_is_the_newest_liver_value_not_the_newest_of_all() -> None:
    found = staging.stage(person().with_observation(lab("weight", 70, DAY + timedelta(days=500))))
    assert found.at == DAY


@pytest.mark.parametrize("at", ["2026-02-01", date(2026, 2, 1), datetime(2026, 2, 1, 23), "2026-02-01T23:00:00"])
def test_staging_in_the_past_ignores_the_future(at: Any) -> None:
    past = person().with_observation(lab("bilirubin", 20, datetime(2026, 2, 1, 12)))
    found = staging.stage(past, at=at)
    assert found.labs["bilirubin"].value == 20
    assert "inr" in gap(found, "meld").needs


def test_a_date_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(InputError, match="not a date"):
        staging.stage(person(), at="yesterday")


def test_undated_values_count_and_are_marked_and_dated_ones_win() -> None:
    undated = person({}).with_observation(lab("bilirubin", 30, None)).with_observation(lab("albumin", 40, None))
    score = staging.stage(undated).scores["albi"]
    assert score.inputs["bilirubin"].note == "undated" and score.at is None
    both = undated.with_observation(lab("bilirubin", 50))
    assert staging.stage(both).labs["bilirubin"].value == 50


def test_times_with_and_without_a_zone_are_compared() -> None:
    zoned = person().with_observation(lab("bilirubin", 60, datetime(2026, 3, 2, tzinfo=UTC)))
    assert staging.stage(zoned).labs["bilirubin"].value == 60


def test_a_censored_value_is_used_at_its_limit_and_says_so() -> None:
    labs = {k: v for k, v in LABS.items() if k != "bilirubin"}
    found = staging.stage(person(labs).with_observation(lab("bilirubin", 5, comparator="<")))
    assert found.scores["meld"].inputs["bilirubin"].note == "reported as <5; the limit is used"


def test_two_values_of_one_time_that_differ_are_not_used() -> None:
    found = staging.stage(person().with_observation(lab("platelets", 310)))
    assert "platelets is both 90 and 310" in gap(found, "fib4").why
    assert any("both 90 and 310" in row for row in found.contradictions)


def test_an_implausible_value_is_not_used() -> None:
    found = staging.stage(person(LABS | {"inr": 350}))
    assert "inr 350" in gap(found, "meld").why


def test_pt_percent_serves_child_pugh_and_never_becomes_an_inr() -> None:
    labs = {k: v for k, v in LABS.items() if k != "inr"} | {"pt_percent": 45}
    found = staging.stage(person(labs, ascites="none", encephalopathy_grade=0))
    assert found.value("child_pugh") == 5 + 1 + 1 + 1
    assert gap(found, "meld").needs == ("inr",)
    both = staging.stage(person(LABS | {"pt_percent": 45}, ascites="none", encephalopathy_grade=0))
    assert "pt_percent" not in both.scores["child_pugh"].inputs


def test_cholestatic_disease_takes_its_own_bilirubin_limits() -> None:
    labs = LABS | {"bilirubin": 60}
    points = [
        staging.stage(person(labs, etiology=(cause,), ascites="none", encephalopathy_grade=0)).value("child_pugh")
        for cause in ("HCV", "PBC")
    ]
    assert points == [8, 6]
    diagnosed = person(labs, conditions=(Condition("primary_biliary_cholangitis"),))
    listed = replace(diagnosed, ascites="none", encephalopathy_grade=0)
    assert staging.stage(listed).value("child_pugh") == 6


def test_dialysis_rule() -> None:
    def creatinine_capped(*treatments: Treatment, conditions: tuple[Condition, ...] = ()) -> bool:
        return staging.stage(person(treatments=treatments, conditions=conditions)).dialysis

    running = Treatment("haemodialysis", "dialysis", start=DAY - timedelta(days=3))
    assert creatinine_capped(running)
    assert not creatinine_capped(replace(running, stop=DAY - timedelta(days=8)))
    assert not creatinine_capped(replace(running, start=DAY + timedelta(days=1)))
    assert not creatinine_capped(replace(running, active=False))
    assert creatinine_capped(conditions=(Condition("dialysis"),))


def test_intervals_hold_every_value_the_score_can_take() -> None:
    known = {k: v for k, v in LABS.items() if k != "sodium"}
    found = staging.stage(person(known))
    low, high = gap(found, "meld_na").interval or (0, 0)
    values = [staging.meld_na(36, 1.4, 97, sodium) for sodium in range(95, 180)]
    assert (low, high) == (min(values), max(values))
    assert staging.stage(person(known), at=DAY + timedelta(days=1), intervals=False).missing[0].interval is None


def test_interval_narrows_by_what_the_record_says() -> None:
    listed = person(conditions=(Condition("ascites"), Condition("encephalopathy")))
    assert gap(staging.stage(listed), "child_pugh").interval == (5 + 1 + 1 + 1 + 1, 5 + 1 + 1 + 2 + 2)
    assert gap(staging.stage(person()), "child_pugh").interval == (7, 11)
    assert gap(staging.stage(person()), "child_pugh").classes == ("B", "C")


def test_a_rule_is_decided_when_what_is_missing_cannot_change_it() -> None:
    paracetamol = {"etiology": ("paracetamol",), "conditions": (Condition("acute_liver_failure"),)}
    labs = LABS | {"inr": 7, "creatinine": 400}
    found = staging.stage(person(labs, encephalopathy_grade=4, **paracetamol))
    assert found.scores["kings_college_paracetamol"].grade_class == "met"
    assert found.scores["kings_college_paracetamol"].notes == ("decided whatever the value of ph",)
    assert found.scores["kings_college_paracetamol"].to_json()["notes"]
    open_ended = staging.stage(person(LABS, encephalopathy_grade=4, **paracetamol))
    assert gap(open_ended, "kings_college_paracetamol").interval == (0, 1)


def test_children_get_peld_and_adults_meld() -> None:
    child, adult = (staging.stage(person(age_stated_years=age)) for age in (5.0, 40.0))
    assert gap(child, "meld").why == "not valid under 12 years: use PELD"
    assert gap(child, "peld").needs == ("growth_failure",)
    assert gap(adult, "peld").why == "not valid from 12 years on: use MELD" and gap(adult, "peld").needs == ()


def test_inputs_are_derived_and_say_how() -> None:
    labs = LABS | {"systolic": 120, "diastolic": 60, "urea_nitrogen": 5, "fio2": 0.21, "pao2": 80, "wbc": 8}
    drinker = person(
        labs, etiology=("alcohol",), alcohol_active=True, weight_kg=70.0, height_cm=170.0, encephalopathy_grade=0,
        ascites="slight", conditions=(Condition("alcoholic_hepatitis"), Condition("cirrhosis"), Condition("diabetes")),
    )  # fmt: skip
    found = staging.stage(drinker)
    assert found.scores["clif_c_of"].inputs["map"].note == "(systolic + 2 diastolic)/3"
    assert found.scores["gahs"].inputs["urea"].note == "from urea nitrogen"
    assert found.scores["nafld_fs"].inputs["bmi"].value == 24.22
    assert found.scores["clif_c_ad"].value == pytest.approx(staging.clif_c_ad(55, 97, 1.4, 8, 132), abs=0.05)


def test_limits_of_normal_come_from_the_record_or_are_named_as_assumed() -> None:
    own = staging.stage(person({"platelets": 90}).with_observation(lab("ast", 80, ref_high=50)))
    assert own.scores["apri"].value == pytest.approx(100 * 80 / 50 / 90, abs=1e-3)
    assert staging.stage(person()).scores["apri"].inputs["ast_uln"].note == "not given: assumed"


def test_lille_takes_day_0_and_day_7_of_steroids() -> None:
    start = DAY - timedelta(days=7)
    first = [lab(a, v, start) for a, v in {"bilirubin": 300, "albumin": 30, "creatinine": 80, "pt_s": 20}.items()]
    ill = person(
        {"bilirubin": 200, "albumin": 25, "creatinine": 200, "pt_s": 30}, age_stated_years=50.0, etiology=("alcohol",),
        conditions=(Condition("alcoholic_hepatitis"),), treatments=(Treatment("prednisolone", "steroid", start=start),),
    )  # fmt: skip
    treated = replace(ill, observations=(*first, *ill.observations))
    score = staging.stage(treated).scores["lille"]
    assert score.value == 0.113 and score.grade_class == "responder"
    assert score.inputs["bilirubin_day7"].note == "day 7 of steroids"
    early = staging.stage(replace(treated, treatments=(Treatment("prednisolone", "steroid", start=DAY),)))
    assert "bilirubin_day7" in gap(early, "lille").needs and "steroids since 2026-03-01" in gap(early, "lille").why
    untreated = staging.stage(replace(treated, treatments=()))
    assert "no start of steroids" in gap(untreated, "lille").why


def test_scores_for_one_disease_stay_with_it() -> None:
    found = staging.stage(person(etiology=("HCV",)))
    assert "only for PBC" in gap(found, "mayo_pbc").why
    labs = LABS | {"pt_s": 12, "alp": 300}
    taking = (Treatment("ursodeoxycholic acid", "udca", start=DAY - timedelta(days=400)),)
    pbc = person(labs, etiology=("PBC",), treatments=taking)
    assert "edema" in gap(staging.stage(pbc), "mayo_pbc").needs
    assert set(gap(staging.stage(pbc), "globe").needs) == {"bilirubin_uln", "alp_uln", "albumin_lln"}
    late = staging.stage(person(LABS | {"wbc": 9}, etiology=("wilson",)))
    assert "wilson" in late.scores


def test_unfavourable_cause_is_read_from_the_record() -> None:
    failing = person(LABS | {"inr": 4, "bilirubin": 310}, etiology=("cryptogenic",), encephalopathy_grade=1)
    failing = replace(failing, conditions=(Condition("acute_liver_failure"),))
    assert staging.stage(failing).scores["kings_college_other"].grade_class == "met"


def test_contradictions_are_named_and_nothing_is_corrected() -> None:
    odd = person(
        LABS | {"bilirubin_direct": 80, "pt_percent": 90, "inr": 2.0}, sex="male", age_stated_years=30.0,
        birth_date=date(1960, 1, 1), ascites="none", encephalopathy_grade=0, alcohol_active=False,
        conditions=tuple(Condition(n) for n in (
            "pregnancy", "ascites", "encephalopathy", "alcohol_use_disorder", "cirrhosis", "acute_liver_failure",
            "liver_transplant",
        )),
    )  # fmt: skip
    text = "\n".join(staging.stage(odd).contradictions)
    for words in ("sex is male", "ascites is stated", "encephalopathy is stated", "alcohol use", "age is stated"):
        assert words in text
    for words in ("exceeds bilirubin", "does not fit pt percent", "excludes chronic disease", "liver transplant"):
        assert words in text


def test_a_healthy_liver_contradicts_a_diagnosis_of_end_stage_disease() -> None:
    fine = {"albumin": 46, "platelets": 260, "inr": 1.0, "stiffness": 4.5, "bilirubin": 9}
    text = "\n".join(
        staging.stage(person(fine, conditions=(Condition("cirrhosis"), Condition("ascites")))).contradictions
    )
    assert "stiffness 4.5 kPa" in text and "all normal" in text


def test_json_has_the_shape_of_the_contract() -> None:
    row = staging.stage(person(conditions=(Condition("cirrhosis"),))).to_json()
    assert set(row) >= {"patient", "scores", "stage", "missing"}
    meld = row["scores"]["meld"]
    assert (meld["value"], meld["at"]) == (14, "2026-03-01")
    assert {"label", "aclf_grade", "why"} <= set(row["stage"])
    assert all({"score", "needs"} <= set(m) for m in row["missing"])
    timed = staging.stage(person(LABS).with_observation(lab("inr", 1.5, DAY + timedelta(hours=7)))).to_json()
    assert timed["at"] == "2026-03-01T07:00:00"


def test_a_plausible_build_is_needed_for_a_body_mass_index() -> None:
    odd = staging.stage(person(weight_kg=70.0, height_cm=30.0))
    assert "bmi" in gap(odd, "nafld_fs").needs


def test_steroids_of_an_undated_record_and_old_baselines_leave_lille_open() -> None:
    treated = (Treatment("prednisolone", "steroid", start=DAY),)
    ill = {"etiology": ("alcohol",), "conditions": (Condition("alcoholic_hepatitis"),), "treatments": treated}
    undated = person({}, **ill).with_observation(lab("bilirubin", 300, None))
    assert "bilirubin_day7" in gap(staging.stage(undated), "lille").needs
    before = person({"bilirubin": 200}, **ill).with_observation(lab("albumin", 30, DAY - timedelta(days=6)))
    assert "albumin" in gap(staging.stage(before), "lille").needs


def test_a_record_that_goes_on_without_liver_values_says_so() -> None:
    later = person().with_observation(lab("weight", 70, DAY + timedelta(days=500)))
    assert "goes on for 500 d without a liver value" in staging.stage(later).rule
    assert "goes on" not in staging.stage(person()).rule


def test_an_age_that_fits_the_birth_date_is_no_contradiction() -> None:
    assert staging.stage(person(birth_date=date(1971, 1, 1))).contradictions == ()


def test_agreeing_inr_and_prothrombin_percent_are_no_contradiction() -> None:
    assert staging.stage(person(LABS | {"pt_percent": 55})).contradictions == ()


def test_fat_in_the_liver_of_a_drinker_is_not_metabolic_disease() -> None:
    assert staging.stage(person(etiology=("alcohol",), conditions=(Condition("steatosis"),))).causes == ("alcohol",)
    assert staging.stage(person(conditions=(Condition("steatohepatitis"),))).causes == ("MASLD",)


def test_an_inr_under_warfarin_is_said_to_be_unreliable() -> None:
    found = staging.stage(person(treatments=(Treatment("warfarin", "anticoagulant"),)))
    assert any("vitamin K antagonist" in note for note in found.notes)


def test_an_acute_diagnosis_of_last_year_does_not_name_the_course() -> None:
    old = DAY - timedelta(days=400)
    for name in ("acute_liver_failure", "aclf", "alcoholic_hepatitis"):
        past = person(etiology=("HCV",), conditions=(Condition(name, onset=old), Condition("cirrhosis")))
        now = person(etiology=("HCV",), conditions=(Condition(name, onset=DAY), Condition("cirrhosis")))
        assert staging.stage(past).course in ("compensated", "decompensated")
        assert staging.stage(past).why[0].startswith("cirrhosis")
        assert staging.stage(now).window_d == 7
