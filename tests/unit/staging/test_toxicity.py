"""CTCAE grades of a record: which value is graded, against which baseline."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from hepatica import staging
from hepatica.errors import InputError
from hepatica.patient import Observation, Patient, Treatment
from hepatica.staging.ctcae import _term

DAY = datetime(2026, 3, 1)


def lab(analyte: str, value: float, days: float | None = 0, **more: Any) -> Observation:
    time = None if days is None else DAY + timedelta(days=days)
    return Observation(analyte, value, "", time, **more)


def grades(*labs: Observation, at: Any = None, baseline_at: Any = None, **more: Any) -> dict[str, staging.Grade]:
    found = staging.ctcae_of(Patient("p", observations=labs, **more), at, baseline_at=baseline_at)
    return {g.term: g for g in found}


def test_the_newest_value_is_held_against_the_first() -> None:
    found = grades(lab("platelets", 160), lab("platelets", 100, 7), lab("platelets", 60, 14), lab("alt", 20, 14))
    row = found["Platelet count decreased"]
    assert (row.value, row.baseline, row.grade) == (60, 160, 2)
    assert (row.at, row.baseline_at) == (DAY + timedelta(days=14), DAY)
    assert row.to_json()["baseline_at"] == "2026-03-01"
    assert set(found) == {"Platelet count decreased"}


def test_a_baseline_can_be_set_by_its_day() -> None:
    labs = (lab("alt", 20, ref_high=40), lab("alt", 90, 7), lab("alt", 300, 14))
    term = "Alanine aminotransferase increased"
    assert (grades(*labs)[term].baseline, grades(*labs)[term].grade) == (20, 3)
    later = grades(*labs, baseline_at="2026-03-10")[term]
    assert (later.baseline, later.grade) == (90, 2)
    assert grades(*labs, baseline_at="2026-02-01") == {}


def test_limits_of_normal_come_from_either_value() -> None:
    now = grades(lab("albumin", 40), lab("albumin", 32, 9, ref_low=35.0))["Hypoalbuminemia"]
    before = grades(lab("albumin", 40, ref_low=35.0), lab("albumin", 32, 9))["Hypoalbuminemia"]
    assert now.grade == before.grade == 1
    assert grades(lab("albumin", 40), lab("albumin", 32, 9))["Hypoalbuminemia"].needs == ("lln",)


def test_an_anticoagulant_makes_the_baseline_count() -> None:
    labs = (lab("inr", 2.4), lab("inr", 2.6, 9))
    assert grades(*labs)["INR increased"].grade == 3
    assert grades(*labs, treatments=(Treatment("warfarin", "anticoagulant"),))["INR increased"].grade == 1


@pytest.mark.parametrize(
    "labs",
    [
        (lab("platelets", 60),),
        (lab("platelets", 160, None), lab("platelets", 60)),
        (lab("platelets", 160), lab("platelets", 60, None)),
        (lab("platelets", 160), lab("platelets", 60, 3), lab("platelets", 200, 3)),
        (lab("platelets", 160), lab("platelets", 60, 9), lab("bilirubin", 20, 200)),
    ],
)
def test_without_two_dated_values_that_count_nothing_is_graded(labs: tuple[Observation, ...]) -> None:
    assert grades(*labs) == {}


def test_a_value_in_the_past_is_graded_as_of_then() -> None:
    labs = (lab("platelets", 160), lab("platelets", 60, 7), lab("platelets", 20, 14))
    assert grades(*labs, at="2026-03-09")["Platelet count decreased"].grade == 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"cuts": [{"grade": 1, "op": "<", "x": 1.0, "of": "uln"}]}, "is not a cut"),
        ({"cuts": [{"grade": 1, "op": ">", "x": 1.0, "of": "moon"}]}, "is not a cut"),
        ({"cuts": [{"grade": 5, "op": ">", "x": 1.0, "of": "uln"}]}, "is not a cut"),
        ({"cuts": [{"grade": 0, "op": ">", "x": 1.0, "of": "uln"}]}, "is not a cut"),
        ({"cuts": [{"grade": 1, "op": ">", "x": 1.0, "of": "uln", "when": "odd"}]}, "is not a cut"),
        ({}, "give cuts, or why there are none"),
        (
            {"cuts": [{"grade": 1, "op": ">", "x": 1.0, "of": "uln"}], "ungraded": "x"},
            "give cuts, or why there are none",
        ),
    ],
)
def test_a_row_that_is_not_a_term_does_not_load(row: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        _term({"name": "x", "analyte": "alt", "unit": "U/L", "side": "high", **row})


@pytest.mark.parametrize(
    ("words", "grade"),
    [
        ("alt=300 baseline=80U/L uln=40", 2),
        ("sgpt=300 baseline=30 uln=40", 3),
        ("bilirubin=5mg/dL baseline=1mg/dL uln=20.5umol/L", 3),
        ("bilirubin=70 baseline=10 uln=20", 3),
        ("inr=2.6 baseline=2.4 anticoagulant=yes", 1),
        ("inr=2.6 baseline=2.4 anticoagulant=no", 3),
        ("lipase=300U/L uln=100", 2),
        ("corrected_calcium=7.5mg/dL lln=8.8mg/dL", 2),
        ("plt=60e9/L", 2),
    ],
)
def test_a_value_in_words(words: str, grade: int) -> None:
    assert staging.ctcae_from_text(dict(w.split("=") for w in words.split()))[0].grade == grade


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("uln=40", "one value at a time"),
        ("alt=300 ast=200", "one value at a time"),
        ("ammonia=90", "no laboratory term here for 'ammonia'"),
        ("alt=<300", "not one number"),
        ("alt=0", "not plausible"),
        ("alt=300 uln=40 anticoagulant=perhaps", "cannot be read"),
        ("lipase=3mmol/L uln=100", "no unit 'mmol/L' for lipase"),
        ("alt=high", "high"),
    ],
)
def test_words_that_cannot_be_graded(words: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        staging.ctcae_from_text(dict(w.split("=", 1) for w in words.split()))


def test_a_baseline_of_the_same_day_counts_if_it_is_earlier() -> None:
    assert grades(lab("platelets", 160), lab("platelets", 60, 0.5))["Platelet count decreased"].baseline == 160


def test_a_term_that_cannot_be_graded_at_all_is_left_out() -> None:
    found = grades(lab("glucose", 5), lab("glucose", 2, 3))
    assert set(found) == {"Hypoglycemia"}


def test_names_with_blanks_are_known() -> None:
    assert staging.ctcae_from_text({"alkaline_phosphatase": "900", "baseline": "100", "uln": "120"})[0].grade == 3
    assert staging.ctcae_from_text({"inr": "2.6", "baseline": "2.4", "anticoagulant": "YES"})[0].grade == 1
    assert staging.ctcae_from_text({"inr": "2.6", "baseline": "2.4"})[0].grade == 3
