"""What staging hands out, key by key, and the limits in time and severity that decide a course."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from hepatica import staging
from hepatica.patient import ANALYTES, Condition, Observation, Patient, Treatment
from hepatica.staging.align import align
from hepatica.staging.course import course
from hepatica.staging.organ_failure import organ_failures
from hepatica.staging.spec import bands

DAY = datetime(2026, 3, 1)


def lab(analyte: str, value: float, days: float = 0) -> Observation:
    return Observation(analyte, value, ANALYTES[analyte].unit, DAY + timedelta(days=days))


def person(*labs: Observation, **more: Any) -> Patient:
    return Patient("p", **({"sex": "female", "age_stated_years": 50.0, "observations": labs} | more))


def test_a_staging_in_full() -> None:
    patient = person(
        lab("bilirubin", 20, -1.0049), lab("albumin", 40), ascites="none", conditions=(Condition("hepatitis_b"),)
    )
    row = staging.stage(patient).to_json()
    assert set(row) == {"patient", "at", "rule", "scores", "stage", "missing", "blocked_by", "labs", "notes"}
    assert (row["patient"], row["at"], row["notes"]) == ("p", "2026-03-01", [])
    assert row["rule"].startswith("index time 2026-03-01; the newest value")
    stage = row["stage"]
    assert {k: v for k, v in stage.items() if k not in ("apasl_aclf", "why")} == {
        "course": "chronic_hepatitis", "label": "chronic hepatitis without cirrhosis", "aclf_grade": None,
        "cirrhosis": "unknown", "organ_failures": [], "causes": ["HBV"], "ascites": "none",
        "encephalopathy_grade": None, "dialysis": False, "clinical_stage": None, "steatotic": None,
        "contradictions": [],
    }  # fmt: skip
    assert stage["why"] == [
        "hepatitis b (undated) in the record", "nothing in the record tells whether there is cirrhosis",
    ]  # fmt: skip
    assert row["labs"]["bilirubin"] == {
        "value": 20, "unit": "umol/L", "time": "2026-02-27T23:52:56.640000", "age_d": 1.0,
    }  # fmt: skip
    albi = row["scores"]["albi"]
    assert set(albi) == {"name", "value", "class", "inputs", "at", "formula", "source", "valid_range"}
    assert (albi["class"], albi["at"], albi["inputs"]["albumin"]["time"]) == ("2", "2026-03-01", "2026-03-01")


def test_what_is_missing_in_full() -> None:
    patient = person(lab("bilirubin", 20), lab("albumin", 40), lab("inr", 1.1), lab("sodium", 140), ascites="none")
    found = {m["score"]: m for m in staging.stage(patient).to_json()["missing"]}
    assert found["child_pugh"] == {
        "score": "child_pugh", "needs": ["encephalopathy"], "why": "missing: encephalopathy", "interval": [5, 7],
        "classes": ["A", "B"],
    }  # fmt: skip
    assert found["meld"] == {
        "score": "meld", "needs": ["creatinine"], "why": "missing: creatinine", "interval": [8, 21],
    }  # fmt: skip
    quick = {m.score: m.to_json() for m in staging.stage(patient, intervals=False).missing}
    assert (quick["meld"]["interval"], "classes" in quick["meld"]) == (None, False)


def test_lists_in_json_are_lists() -> None:
    fat = person(lab("bilirubin", 90), lab("inr", 2), lab("bmi", 30), ascites="slight", encephalopathy_grade=0,
                 conditions=(Condition("cirrhosis"), Condition("steatosis")))  # fmt: skip
    stage = staging.stage(fat).to_json()["stage"]
    lists = [stage["clinical_stage"][k] for k in ("possible", "why", "needs")]
    lists += [stage["apasl_aclf"][k] for k in ("why", "needs")]
    lists += [stage["steatotic"][k] for k in ("possible", "why", "needs")]
    assert {type(x) for x in lists} == {list}
    assert stage["clinical_stage"]["possible"] == [5] and stage["apasl_aclf"]["verdict"] == "met"


@pytest.mark.parametrize(
    ("cuts", "closed", "labels"),
    [
        (((2.0, "a"), (3.0, "b")), "low", "a b b c"),
        (((2.0, "a"), (3.0, "b")), "high", "a a b c"),
    ],
)
def test_bands_close_on_the_side_they_say(cuts: Any, closed: str, labels: str) -> None:
    classify = bands(*cuts, last="c", closed=closed)
    assert [classify(x, {}) for x in (1.9, 2.0, 2.5, 3.5)] == labels.split()
    assert bands(*cuts, last="c")(3.0, {}) == "c"
    assert bands(*cuts, last="c", closed="high")(3.0, {}) == "b"


@pytest.mark.parametrize(
    ("severity", "words"),
    [
        ({}, ""),
        ({"maddrey_df": 31.9}, ""),
        ({"maddrey_df": 32.0}, "Maddrey discriminant function 32, 32 or more"),
        ({"maddrey_df": 32.5}, "Maddrey discriminant function 32, 32 or more"),
        ({"meld": 20.0}, ""),
        ({"meld": 20.5}, "MELD 20, above 20"),
        ({"meld": 21.0}, "MELD 21, above 20"),
    ],
)
def test_alcoholic_hepatitis_is_severe_from_its_limits(severity: dict[str, float], words: str) -> None:
    patient = person(lab("bilirubin", 100), conditions=(Condition("alcoholic_hepatitis"),))
    aligned = align(patient)
    found = course(patient, aligned, organ_failures(aligned.given), severity)
    assert (found.code == "alcoholic_hepatitis") == bool(words)
    assert not words or words in found.why


def test_the_clotting_of_an_acute_failure_is_named_where_it_is_known() -> None:
    for labs, words in (((lab("inr", 5),), "inr 5 on 2026-03-01"), ((), "")):
        patient = person(*labs, conditions=(Condition("acute_liver_failure"),))
        assert staging.stage(patient).why == tuple(
            w for w in ("acute liver failure (undated) in the record", words) if w
        )


@pytest.mark.parametrize(
    ("kind", "active", "days", "counts"),
    [("udca", True, 330, True), ("udca", True, 329, False), ("udca", False, 400, False), ("statin", True, 400, False),
     ("udca", True, None, False)],
)  # fmt: skip
def test_globe_is_for_a_year_of_its_drug(kind: str, active: bool, days: float | None, counts: bool) -> None:
    start = None if days is None else DAY - timedelta(days=days)
    drug = (Treatment(kind, kind, start=start, active=active),)
    found = staging.stage(person(lab("bilirubin", 20), etiology=("PBC",), treatments=drug))
    why = next(m.why for m in found.missing if m.score == "globe")
    assert why.startswith("missing") == counts


def steroids(*days: float) -> tuple[Treatment, ...]:
    return tuple(Treatment("prednisolone", "steroid", start=DAY + timedelta(days=d)) for d in days)


@pytest.mark.parametrize(
    ("starts", "before", "counts"),
    [((0,), 0, True), ((0,), -3, True), ((0,), -3.1, False), ((0, -40), -1, True), ((-40, 0), -1, True)],
)
def test_day_0_of_lille_is_the_newest_start_of_steroids(starts: Any, before: float, counts: bool) -> None:
    labs = [lab(a, v, before) for a, v in (("albumin", 30), ("creatinine", 80), ("pt_s", 20), ("bilirubin", 300))]
    labs += [lab("bilirubin", 200, 7), lab("bilirubin", 50, -33), lab("albumin", 20, -40)]
    patient = person(*labs, conditions=(Condition("alcoholic_hepatitis", onset=DAY),), etiology=("alcohol",),
                     treatments=(*steroids(*starts), Treatment("lactulose", "lactulose", start=DAY)))  # fmt: skip
    found = staging.stage(patient, DAY + timedelta(days=8)).scores.get("lille")
    assert (found is not None) == counts
    if found is not None:
        assert found.value == pytest.approx(staging.lille(50, 30, 300, 200, 80, 20), abs=5e-4)
        assert found.inputs["albumin"].note == "day 0 of steroids"


def test_without_steroids_lille_says_so() -> None:
    patient = person(lab("bilirubin", 300), conditions=(Condition("alcoholic_hepatitis"),),
                     treatments=(Treatment("lactulose", "lactulose", start=DAY - timedelta(days=2)),))  # fmt: skip
    gap = next(m for m in staging.stage(patient).missing if m.score == "lille")
    assert gap.why.startswith("no start of steroids in the record; missing: ")


def test_dates_of_support_are_named_where_they_are_known() -> None:
    for start, words in ((DAY, "dialysis in the record since 2026-03-01"), (None, "dialysis in the record")):
        patient = person(lab("bilirubin", 20, 1), treatments=(Treatment("dialysis", "dialysis", start=start),))
        assert align(patient).used["dialysis"].note == words
