from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from hepatica.eligibility import evaluate, parse
from hepatica.patient import Condition, Treatment

NOW = datetime(2026, 11, 20)


def ago(days):
    return NOW - timedelta(days=days)


def ask(said, record, answers=None, **options):
    return evaluate(parse(said), record, answers, **options)


def staged(course="decompensated", **more):
    filled = {"at": NOW, "course": course, "label": course, "causes": (), "scores": {}, "missing": ()}
    return SimpleNamespace(**{**filled, **more})


@pytest.mark.parametrize(
    "said, value, truth, distance",
    [
        ("inr at least 1.5", 1.5, True, 0.0),
        ("inr at least 1.5", 1.4, False, -0.1),
        ("inr above 1.5", 1.5, False, 0.0),
        ("inr above 1.5", 1.6, True, 0.1),
        ("inr at most 1.5", 1.5, True, 0.0),
        ("inr below 1.5", 1.5, False, 0.0),
        ("inr below 1.5", 1.2, True, 0.3),
        ("inr from 1 to 2", 2.0, True, 0.0),
        ("inr from 1 to 2", 2.4, False, -0.4),
        ("inr from 1 to 2", 1.3, True, 0.3),
        ("no inr above 1.5", 1.9, False, -0.4),
        ("no inr above 1.5", 1.1, True, 0.4),
    ],
)
def test_limits_and_the_signed_distance_to_them(record, said, value, truth, distance):
    found = ask(said, record(inr=value))
    assert found.truth is truth
    assert found.distance.value == pytest.approx(distance)
    assert "INR" in found.because[0] and "2026-11-20" in found.because[0]


@pytest.mark.parametrize(
    "said, comparator, truth",
    [
        ("afp below 40 ug/L", "<", True),
        ("afp at most 30 ug/L", "<", True),
        ("afp below 30 ug/L", "<", True),
        ("afp below 30 ug/L", "<=", None),
        ("afp at most 30 ug/L", "<=", True),
        ("afp above 30 ug/L", "<", False),
        ("afp at least 30 ug/L", "<", False),
        ("afp at least 30 ug/L", "<=", None),
        ("afp above 30 ug/L", ">", True),
        ("afp above 30 ug/L", ">=", None),
        ("afp at least 30 ug/L", ">=", True),
        ("afp at most 30 ug/L", ">", False),
        ("afp below 100 ug/L", ">", None),
        ("afp below 20 ug/L", "<", None),
    ],
)
def test_a_result_reported_with_a_comparator_is_an_interval(record, said, comparator, truth):
    found = ask(said, record(afp=(30, 0, comparator)))
    assert found.truth is truth
    assert found.distance is None
    assert bool(found.needs) == (truth is None)


def test_a_missing_or_old_result_is_unknown_and_names_the_test(record):
    missing = ask("inr at least 1.5", record())
    assert (missing.truth, missing.needs) == (None, ("measure INR",))
    old = ask("inr at least 1.5", record(inr=(2.0, 200)))
    assert (old.truth, old.needs) == (None, ("repeat INR",))
    assert "200 days old" in old.because[0]
    assert ask("inr at least 1.5 within 365 days", record(inr=(2.0, 200))).truth is True
    assert ask("inr at least 1.5 within 7 days", record(inr=(2.0, 8))).truth is None


def test_the_newest_dated_result_counts(record):
    both = record(inr=(2.0, 3))
    both.patient = both.patient.with_observation(record(inr=(1.1, None)).patient.observations[-1])
    assert ask("inr at least 1.5", both).truth is True


def test_silence_is_unknown_and_can_be_taken_as_absent_only_when_asked(record):
    silent = record()
    found = ask("no hcc", silent)
    assert found.truth is None
    assert "says nothing about liver cancer" in found.because[0]
    assert found.needs[0].startswith("confirm the absence of liver cancer: ultrasound")
    assert ask("no hcc", silent, silent_is_absent=True).truth is True
    assert ask("hcc", silent, silent_is_absent=True).truth is False
    assert ask("inr at least 1.5", silent, silent_is_absent=True).truth is None
    assert ask("ask consent", silent, silent_is_absent=True).truth is None


def test_recorded_resolved_and_included_conditions(record):
    assert ask("malignancy", record(conditions=["hcc"])).truth is True
    assert ask("hcc", record(conditions=["malignancy"])).truth is None
    over = record(conditions=[Condition("hcc", resolved=ago(400), active=False)])
    assert ask("hcc", over).truth is False
    assert ask("hcc ever", over).truth is True
    assert ask("malignancy", over).truth is None
    assert ask("malignancy ever", over).truth is True
    assert ask("infection", record(conditions=[Condition("", "septic shock")])).truth is True


@pytest.mark.parametrize(
    "condition, truth",
    [
        (Condition("variceal_bleeding", onset=ago(10)), True),
        (Condition("variceal_bleeding", onset=ago(60)), True),
        (Condition("variceal_bleeding", onset=ago(61)), None),
        (Condition("variceal_bleeding", onset=ago(300), resolved=ago(5), active=False), True),
        (Condition("variceal_bleeding", onset=ago(300), resolved=ago(290), active=False), None),
        (Condition("variceal_bleeding"), None),
    ],
)
def test_a_window_asks_when_it_happened(record, condition, truth):
    assert ask("variceal_bleeding within 60 days", record(conditions=[condition])).truth is truth


def test_an_undated_event_asks_for_its_date_and_is_no_silence(record):
    found = ask("no variceal_bleeding within 60 days", record(conditions=["variceal_bleeding"]))
    assert found.needs == ("the date of the last variceal bleeding",)
    again = ask("no variceal_bleeding within 60 days", record(conditions=["variceal_bleeding"]), silent_is_absent=True)
    assert again.truth is None


def test_graded_signs_answer_both_ways(record):
    assert ask("ascites", record(ascites="none")).truth is False
    assert ask("ascites", record(ascites="slight")).truth is True
    assert ask("ascites", record()).truth is None
    assert ask("encephalopathy", record(encephalopathy_grade=0)).truth is False
    assert ask("encephalopathy_grade at most 1", record(encephalopathy_grade=2)).truth is False
    assert ask("ascites_level at most 1", record(ascites="moderate")).truth is False


@pytest.mark.parametrize(
    "person, truth",
    [
        ({"sex": "male"}, False),
        ({"sex": "female", "age": 65}, False),
        ({"sex": "female", "age": 30}, None),
        ({"sex": "female"}, None),
        ({}, None),
    ],
)
def test_pregnancy_is_ruled_out_by_sex_and_age_only(record, person, truth):
    assert ask("pregnancy", record(**person)).truth is truth


def test_treatments_now_and_within_a_window(record):
    assert ask("on steroid", record(treatments=["steroid"])).truth is True
    assert ask("on steroid", record()).truth is None
    stopped = record(treatments=[Treatment("prednisolone", "steroid", stop=ago(20), active=False)])
    assert ask("on steroid within 30 days", stopped).truth is True
    assert ask("on steroid within 10 days", stopped).truth is None
    assert ask("on steroid", stopped).truth is None


def test_causes_courses_sex_and_drinking(record):
    assert ask("cause in (HBV, HCV)", record(etiology=("HBV", "alcohol"))).truth is True
    assert ask("only cause HBV", record(etiology=("HBV", "alcohol"))).truth is False
    assert ask("only cause HBV", record(etiology=("HBV",))).truth is True
    assert ask("cause in (HBV)", record()).truth is None
    assert ask("hepatitis_b", record(etiology=("HBV",))).truth is True
    assert ask("course in (aclf, alf)", record(staged("aclf"))).truth is True
    assert ask("course in (aclf, alf)", record(staged("compensated"))).truth is False
    assert ask("course in (aclf)", record(staged("undetermined"))).truth is None
    assert ask("female", record(sex="male")).truth is False
    assert ask("female", record()).truth is None
    assert ask("drinking", record(alcohol_active=True)).truth is True
    assert ask("no drinking", record(alcohol_active=False)).truth is True
    assert ask("drinking", record()).truth is None


def test_a_missing_score_decides_where_its_whole_interval_does(record):
    gap = SimpleNamespace(score="meld", needs=("inr",), interval=(12.0, 25.0))
    half = record(staged(missing=(gap,)))
    assert ask("meld at least 10", half).truth is True
    assert ask("meld below 30", half).truth is True
    assert ask("meld at least 30", half).truth is False
    assert ask("meld at least 20", half).truth is None
    assert "lacking INR" in ask("meld at least 20", half).because[0]
    score = SimpleNamespace(value=17.0, at=NOW)
    assert ask("meld at least 20", record(staged(scores={"meld": score}))).distance.value == -3
    assert ask("meld at least 20", record(staged())).truth is None
    unbounded = SimpleNamespace(score="meld", needs=("inr",), interval=None, why="")
    assert ask("meld at least 20", record(staged(missing=(unbounded,)))).truth is None


def test_multiples_of_normal_need_the_upper_limit(record):
    assert ask("alp at least 1.5 times normal", record(alp=(150, 0, "", 100))).truth is True
    assert ask("alp at least 1.5 times normal", record(alp=(149, 0, "", 100))).truth is False
    assert ask("alp at least 1.5 times normal", record(alp=150)).needs == ("the laboratory's normal range",)
    assert ask("alp at least 1.5 times normal", record()).truth is None


def test_a_rise_is_measured_from_the_first_to_the_last_value_of_the_window(record):
    rising = record(bilirubin=(100, 4))
    rising.patient = rising.patient.with_observation(record(bilirubin=(180, 0)).patient.observations[-1])
    assert ask("bilirubin rising at least 20 umol/L a day within 14 days", rising).truth is True
    assert ask("bilirubin rising at least 21 umol/L a day within 14 days", rising).truth is False
    assert ask("bilirubin rising at least 1 umol/L a day within 3 days", rising).truth is None


def test_episodes_are_a_lower_bound(record):
    dated = [Condition("ascites", onset=ago(30)), Condition("sbp", onset=ago(100)), Condition("sbp", onset=ago(500))]
    many = record(conditions=dated)
    assert ask("episodes of (ascites, sbp) at least 2 within 365 days", many).truth is True
    assert ask("episodes of (ascites, sbp) at least 3 within 365 days", many).truth is None
    assert ask("episodes of (ascites, sbp) at most 1 within 365 days", many).truth is False


def test_body_mass_index_and_ratio(record):
    assert ask("bmi above 24", record(weight_kg=70, height_cm=170)).truth is True
    assert ask("bmi above 24", record(weight_kg=70)).truth is None
    assert ask("weight at least 50 kg", record(weight_kg=50)).truth is True
    assert ask("weight at least 50 kg", record()).needs == ("weigh",)
    assert ask("ast_alt_ratio above 2", record(ast=210, alt=100)).truth is True
    assert ask("ast_alt_ratio above 2", record(ast=210)).truth is None


def test_answers_settle_questions_and_silences_but_never_overrule_the_record(record):
    assert ask("ask consent", record(), {"consent": True}).truth is True
    assert ask("ask consent", record(), {"consent": False}).truth is False
    assert ask("no hcc", record(), {"hcc": False}).truth is True
    assert ask("no hcc", record(conditions=["hcc"]), {"hcc": False}).truth is False
    assert ask("ask follow_up", record()).because == ("left to the investigator",)


@pytest.mark.parametrize(
    "said, truth",
    [
        ("male and hcc", None),
        ("female and hcc", False),
        ("male or hcc", True),
        ("female or hcc", None),
        ("at least 2 of (male, hcc, drinking)", True),
        ("at least 2 of (male, hcc, sepsis)", None),
        ("at least 2 of (female, hcc, no drinking)", False),
        ("at least 3 of (male, hcc, drinking)", None),
        ("no (male and hcc)", None),
        ("no (female and hcc)", True),
    ],
)
def test_three_valued_logic(record, said, truth):
    assert ask(said, record(sex="male", alcohol_active=True)).truth is truth


def test_the_reason_names_only_what_decided(record):
    found = ask("inr at least 1.5 or platelets at most 50 1e9/L", record(inr=1.2, platelets=80))
    assert len(found.because) == 2
    assert found.distance.value == pytest.approx(-0.3)
    found = ask("inr at least 1.5 and platelets at most 50 1e9/L", record(inr=1.6, platelets=80))
    assert found.because == ("platelets 80 × 10⁹/L (2026-11-20)",)
    assert found.distance.text == "30 × 10⁹/L above the limit of 50 × 10⁹/L"


@pytest.mark.parametrize("age, truth", [(65.0, True), (65.99, True), (66.0, False), (17.99, False), (18.0, True)])
def test_age_counts_in_completed_years(record, age, truth):
    assert ask("age from 18 to 65", record(age=age)).truth is truth


def test_an_infant_keeps_the_exact_age(record):
    assert ask("age at least 0.5", record(age=0.7)).truth is True


def test_no_ascites_means_none_that_is_refractory(record):
    assert ask("refractory_ascites", record(ascites="none")).truth is False
    assert ask("refractory_ascites", record(ascites="moderate")).truth is None
    stubborn = record(ascites="moderate", conditions=[Condition("ascites", "refractory ascites")])
    assert ask("refractory_ascites", stubborn).truth is True


def test_a_score_that_does_not_apply_says_why(record):
    gap = SimpleNamespace(score="meld", needs=(), interval=None, why="under 12 years")
    found = ask("meld at least 20", record(staged(missing=(gap,))))
    assert found.because == ("MELD cannot be computed: under 12 years",)
    assert found.needs


@pytest.mark.parametrize(
    "said, staging, truth",
    [
        ("cirrhosis", {"cirrhosis": "recorded"}, True),
        ("cirrhosis", {"cirrhosis": "probable"}, None),
        ("cirrhosis", {"cirrhosis": "no evidence"}, False),
        ("cirrhosis", {"cirrhosis": "unknown"}, None),
        ("dialysis", {"dialysis": True}, True),
        ("dialysis", {"dialysis": False}, None),
        ("aclf", {"aclf_grade": 2}, True),
        ("aclf", {"aclf_grade": 0}, False),
        ("aclf", {"aclf_grade": None}, None),
        ("aclf", {"course": "compensated"}, False),
        ("acute_liver_failure", {"course": "alf"}, True),
        ("acute_liver_failure", {"course": "decompensated"}, False),
        ("acute_liver_failure", {"course": "ali"}, None),
        ("aclf_grade from 1 to 2", {"aclf_grade": 3}, False),
    ],
)
def test_what_staging_says_is_used(record, said, staging, truth):
    assert ask(said, record(staged(**staging))).truth is truth


def test_a_limit_of_zero_has_a_relative_distance(record):
    assert ask("encephalopathy_grade at most 0", record(encephalopathy_grade=2)).distance.relative == -2


def test_a_future_result_is_not_used(record):
    late = record(staged(at=NOW - timedelta(days=5)), inr=2.0)
    assert ask("inr at least 1.5", late).truth is None


def test_an_interval_without_ends_has_no_distance(record):
    from hepatica.eligibility import Quantity, Within

    found = evaluate(Within(Quantity("lab", "inr")), record(inr=1.2))
    assert (found.truth, found.distance) == (True, None)
