"""What would bring a person in: the smallest change, by how much, by when, and whether it can be hoped for."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepatica.eligibility import evaluate, match, parse, settles_most, way_in
from hepatica.patient import ANALYTES, Condition, Observation, Patient, Treatment, parse_short
from hepatica.therapy import Record

NOW = datetime(2026, 11, 20)


def ago(days):
    return NOW - timedelta(days=days)


def ways(rule, record, answers=None):
    return [(c.text, c.by) for c in way_in(parse(rule), record, answers)]


@pytest.mark.parametrize(
    ("rule", "labs", "text", "by"),
    [
        (
            "bilirubin at most 3 mg/dL",
            {"bilirubin": 60.0},
            "total bilirubin down by 8.7 umol/L, to 51.3 umol/L",
            "either",
        ),
        ("inr below 1.5", {"inr": 1.5}, "INR down, below 1.5", "either"),
        ("platelets above 50 1e9/L", {"platelets": 40.0}, "platelets up by 10 × 10⁹/L, above 50 × 10⁹/L", "treatment"),
        (
            "bilirubin at least 5 mg/dL",
            {"bilirubin": 60.0},
            "total bilirubin up by 25.5 umol/L, to 85.5 umol/L",
            "nothing",
        ),
        ("afp at most 40 ug/L", {"afp": 50.0}, "AFP down by 10 ug/L, to 40 ug/L", "unclear"),
        ("not inr from 1.5 to 2.5", {"inr": 1.6}, "INR down by 0.1, below 1.5", "either"),
        ("not inr from 1.5 to 2.5", {"inr": 2.4}, "INR up by 0.1, above 2.5", "nothing"),
        ("not inr at least 1.5", {"inr": 1.5}, "INR down, below 1.5", "either"),
        ("hbv_dna at most 1000 IU/mL", {"hbv_dna": (5000.0, 0, ">")}, "HBV DNA down, to 1000 IU/mL", "treatment"),
    ],
)
def test_numbers(record, rule, labs, text, by):
    found = ways(rule, record(**labs))
    assert found == [(text.replace("total bilirubin", "bilirubin"), by)]


@pytest.mark.parametrize(
    ("rule", "given", "text", "by"),
    [
        ("female", {"sex": "male"}, "sex female", "nothing"),
        ("no hcc", {"conditions": ["hcc"]}, "liver cancer no longer there", "nothing"),
        ("no hcc ever", {"conditions": ["hcc"]}, "liver cancer: never in the past", "nothing"),
        ("no infection", {"conditions": ["pneumonia"]}, "active infection no longer there", "treatment"),
        ("no drinking", {"alcohol_active": True}, "stop drinking", "treatment"),
        ("drinking", {"alcohol_active": False}, "drinking", "nothing"),
        ("not on steroid", {"treatments": ["steroid"]}, "stop steroid", "treatment"),
        (
            "not on steroid within 30 days",
            {"treatments": ["steroid"]},
            "stop steroid, then 30 days without",
            "treatment",
        ),
        ("only cause HBV", {"etiology": ("HCV",)}, "only cause HBV", "nothing"),
        ("no cause in (HBV, HCV)", {"etiology": ("HCV",)}, "cause not HBV, HCV", "nothing"),
    ],
)
def test_facts(record, rule, given, text, by):
    assert ways(rule, record(**given)) == [(text, by)]


def test_a_question_answered_otherwise(record):
    assert ways("ask consent", record(), {"consent": False}) == [("written informed consent", "unclear")]


def test_waiting_has_a_day(record):
    bled = Condition("variceal_bleeding", "", ago(20), ago(18))
    (change,) = way_in(parse("no variceal_bleeding within 30 days"), record(conditions=[bled]))
    assert (change.by, change.on) == ("waiting", date(2026, 12, 3))
    before = Record(Patient("p", conditions=(bled,), observations=(Observation("inr", 1, "1", ago(-12)),)))
    after = Record(Patient("p", conditions=(bled,), observations=(Observation("inr", 1, "1", ago(-13)),)))
    rule = parse("no variceal_bleeding within 30 days")
    assert (evaluate(rule, before).truth, evaluate(rule, after).truth) == (False, None)


def test_a_treatment_that_stands_for_a_condition_has_a_day_too(record):
    given = Treatment("dialysis", "dialysis", "", ago(10), ago(5), active=False)
    (change,) = way_in(parse("no dialysis within 30 days"), record(treatments=[given]))
    assert change.on == date(2026, 12, 16)


def test_the_birthday_that_lets_a_child_in():
    child = Record(Patient("p", birth_date=date(2010, 1, 1), observations=(Observation("inr", 1, "1", NOW),)))
    (change,) = way_in(parse("age from 18 to 65"), child)
    assert (change.by, change.on) == ("waiting", date(2028, 1, 1))
    old = Record(Patient("p", age_stated_years=70))
    assert ways("age from 18 to 65", old) == [("age down by 5 years, to 65 years", "nothing")]


def test_the_easiest_of_several_and_no_more_than_needed(record):
    rule = "at least 2 of (female, inr below 1.5, no infection, no hcc)"
    r = record(sex="male", inr=1.9, conditions=["hcc", "pneumonia"])
    assert ways(rule, r) == [
        ("INR down by 0.4, below 1.5", "either"),
        ("active infection no longer there", "treatment"),
    ]
    assert ways("female or inr below 1.5", r) == [("INR down by 0.4, below 1.5", "either")]
    assert ways("inr below 1.5 and no infection and no ascites", r) == [
        ("INR down by 0.4, below 1.5", "either"),
        ("active infection no longer there", "treatment"),
    ]


def test_what_is_met_or_unknown_needs_no_way(record):
    assert ways("inr below 1.5", record(inr=1.2)) == [] == ways("inr below 1.5", record())


def test_an_acute_episode_may_settle(record):
    from types import SimpleNamespace

    now = SimpleNamespace(at=NOW, course="aclf", label="", causes=(), scores={}, missing=())
    assert ways("course in (decompensated)", record(now)) == [("course decompensated", "either")]
    assert ways("course in (alf)", record(now)) == [("course alf", "nothing")]
    assert ways("not course in (aclf)", record(now))[0][1] == "nothing"


def test_episodes_leave_the_window(record):
    told = {"conditions": [Condition("ascites", "", ago(10)), Condition("sbp", "", ago(5))]}
    ((text, by),) = ways("not episodes of (ascites, sbp) at least 1 within 365 days", record(**told))
    assert by == "waiting" and text.startswith("ascites or spontaneous bacterial peritonitis down")


LABS = st.sampled_from(["bilirubin", "inr", "platelets", "albumin", "creatinine"])


@settings(max_examples=150, deadline=None)
@given(LABS, st.floats(1, 40), st.floats(1, 40), st.floats(1, 40), st.booleans())
def test_a_number_moved_as_told_is_met(name, value, one, other, negated):
    low, high = sorted((one, other))
    rule = parse(
        f"{'not ' if negated else ''}{name} from {low} to {high} {ANALYTES[name].unit if name != 'inr' else ''}"
    )
    was = Record(Patient("p", observations=(Observation(name, value, ANALYTES[name].unit, NOW),)))
    for change in way_in(rule, was):
        from hepatica.eligibility.ways import _target

        inner = rule.rule if negated else rule
        falls, limit, _, is_open = _target(inner, was.number(name), not negated)
        moved = limit + (-1e-6 if falls else 1e-6) * is_open
        now = Record(Patient("p", observations=(Observation(name, moved, ANALYTES[name].unit, NOW),)))
        assert evaluate(rule, now).truth is True and f"{'down' if falls else 'up'}" in change.text


def test_a_match_says_what_might_bring_the_person_in():
    short = {"id": "p", "sex": "male", "age": 30, "etiology": ["HBV"], "conditions": ["cirrhosis", "aclf"]}
    inr = {"analyte": "inr", "value": 1.4, "unit": "1", "time": "2026-10-05"}
    (found,) = match(parse_short(short | {"observations": [inr]}), protocol="NCT01844063")
    unmet = next(c for c in found.to_json()["criteria"] if c["id"] == "inr")
    assert unmet["way_in"][0]["change"] == "INR up by 0.1, to 1.5"
    assert found.could_become == "nothing" and found.to_json()["could_become"] == "nothing"
    (dead,) = match(parse_short(short | {"deceased": True}), protocol="NCT01844063")
    assert dead.could_become == "nothing"
    assert match(parse_short(short), protocol="NCT01844063")[0].could_become == ""


def test_one_test_settles_most_over_all_protocols():
    matches = match(parse_short({"id": "p", "sex": "male", "age": 40, "conditions": ["cirrhosis"]}))
    test, criteria, trials = settles_most(matches)
    counted = [m for m in matches if m.verdict == "unknown" and any(test in t for t in m.open_tests)]
    assert trials == len(counted) > 1 and criteria >= trials
    assert settles_most([]) is None


def test_a_way_without_reason_does_not_load(monkeypatch):
    from hepatica.eligibility import ways as room

    rows = {"source": "x", "number": {"inr": {"down": {"by": "hope", "why": "?"}}}, "concept": {}}
    monkeypatch.setattr(room.tomllib, "loads", lambda _: rows)
    room._ways.cache_clear()
    with pytest.raises(ValueError, match="inr"):
        room._ways()
    monkeypatch.undo()
    room._ways.cache_clear()
    assert room._ways()["source"]


def test_waiting_without_a_day_where_only_an_answer_tells(record):
    answers = {"variceal_bleeding": True}
    (change,) = way_in(parse("no variceal_bleeding within 30 days"), record(), answers)
    assert (change.text, change.by, change.on) == ("no variceal bleeding for 30 days", "waiting", None)
