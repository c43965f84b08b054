"""Facts of a record, each with its sentence: what counts, from which limit, for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from hepatica import staging
from hepatica.errors import InputError
from hepatica.patient import ANALYTES, Condition, Observation, Patient, Treatment
from hepatica.staging import facts
from hepatica.staging.align import align
from hepatica.staging.contradictions import contradictions
from hepatica.staging.course import Course
from hepatica.staging.population import groups

DAY = datetime(2026, 3, 1)


def lab(analyte: str, value: float, days: float | None = 0) -> Observation:
    return Observation(analyte, value, ANALYTES[analyte].unit, None if days is None else DAY + timedelta(days=days))


def person(*labs: Observation, **more: Any) -> Patient:
    return Patient("p", **({"sex": "female", "age_stated_years": 60.0, "observations": labs} | more))


def conditions(*names: str, days: float | None = None) -> tuple[Condition, ...]:
    onset = None if days is None else DAY - timedelta(days=days)
    return tuple(Condition(name, onset=onset) for name in names)


def test_phrases_of_conditions_and_labs() -> None:
    assert facts.said(Condition("hepatorenal_syndrome", onset=DAY)) == "hepatorenal syndrome (2026-03-01) in the record"
    assert facts.said(Condition("portal_vein_thrombosis")) == "portal vein thrombosis (undated) in the record"
    labs = (lab("bilirubin_direct", 12.345), lab("ast", 3000.4), lab("inr", 1.25), lab("albumin", 33, None))
    aligned = align(person(*labs))
    said = [facts.lab(aligned, name) for name in ("bilirubin_direct", "ast", "inr", "albumin")]
    assert said == [
        "bilirubin direct 12.3 umol/L on 2026-03-01", "ast 3000 U/L on 2026-03-01", "inr 1.25 on 2026-03-01",
        "albumin 33 g/L (undated)",
    ]  # fmt: skip


FIB4 = (lab("ast", 90), lab("alt", 60), lab("platelets", 100))


@pytest.mark.parametrize(
    ("labs", "more", "found", "why"),
    [
        ((), {"conditions": conditions("cirrhosis")}, "recorded", ("cirrhosis (undated) in the record",)),
        ((), {"conditions": conditions("ascites")}, "probable", ("ascites (undated) in the record",)),
        ((), {"conditions": conditions("sbp")}, "probable", ("sbp (undated) in the record",)),
        ((), {"conditions": conditions("ascites", "heart_failure")}, "unknown", ()),
        ((), {"conditions": conditions("ascites", "malignancy")}, "unknown", ()),
        ((), {"conditions": conditions("ascites", "malignancy", "hcc")}, "probable",
         ("ascites (undated) in the record",)),
        ((), {"conditions": conditions("ascites", "acute_liver_failure")}, "unknown", ()),
        ((), {"ascites": "slight"}, "probable", ("ascites stated as slight",)),
        ((), {"ascites": "slight", "conditions": conditions("heart_failure")}, "unknown", ()),
        ((), {"ascites": "none"}, "unknown", ()),
        ((), {"conditions": conditions("varices")}, "probable", ("varices (undated) in the record",)),
        ((), {"conditions": conditions("variceal_bleeding")}, "probable",
         ("variceal bleeding (undated) in the record",)),
        ((), {"conditions": conditions("portal_hypertension")}, "probable",
         ("portal hypertension (undated) in the record",)),
        ((), {"conditions": conditions("hepatorenal_syndrome")}, "probable",
         ("hepatorenal syndrome (undated) in the record",)),
        ((lab("stiffness", 15),), {}, "probable", ("stiffness 15 kPa on 2026-03-01, 15 kPa or more",)),
        ((lab("stiffness", 14.9),), {}, "no evidence", ()),
        ((lab("platelets", 150),), {}, "no evidence", ()),
        ((lab("bilirubin", 20),), {}, "unknown", ()),
        (FIB4, {}, "probable", ("FIB-4 7.0 with platelets 100 1e9/L on 2026-03-01",)),
        (FIB4, {"age_stated_years": 17.9}, "no evidence", ()),
        ((lab("ast", 60), lab("alt", 60), lab("platelets", 149)), {}, "no evidence", ()),
        ((lab("ast", 90), lab("alt", 60), lab("platelets", 150)), {}, "no evidence", ()),
        ((lab("ast", 200), lab("alt", 60), lab("platelets", 100)), {}, "no evidence", ()),
        ((lab("ast", 90), lab("alt", 200), lab("platelets", 40)), {}, "no evidence", ()),
    ],
)  # fmt: skip
def test_what_shows_cirrhosis(labs: Any, more: dict[str, Any], found: str, why: tuple[str, ...]) -> None:
    patient = person(*labs, **more)
    assert facts.cirrhosis(patient, align(patient, DAY)) == (found, why)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"ascites": "massive"}, ("ascites stated as massive",)),
        ({"ascites": "none"}, ()),
        ({"conditions": conditions("ascites")}, ("ascites (undated) in the record",)),
        ({"encephalopathy_grade": 2}, ("encephalopathy grade 2",)),
        ({"encephalopathy_grade": 1}, ()),
        ({"encephalopathy_grade": 1, "conditions": conditions("encephalopathy")},
         ("encephalopathy (undated) in the record",)),
        ({"conditions": conditions("hepatorenal_syndrome", "variceal_bleeding", "sbp")},
         ("variceal bleeding (undated) in the record", "sbp (undated) in the record",
          "hepatorenal syndrome (undated) in the record")),
    ],
)  # fmt: skip
def test_what_shows_decompensation(more: dict[str, Any], why: tuple[str, ...]) -> None:
    assert facts.decompensation(person(**more), align(person(**more), DAY)) == why


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"ascites": "none", "conditions": conditions("ascites")}, ()),
        ({"ascites": "slight"}, ("ascites stated as slight",)),
        ({"conditions": conditions("ascites")}, ("ascites (undated) in the record",)),
        ({"encephalopathy_grade": 0, "conditions": conditions("encephalopathy")}, ()),
        ({"encephalopathy_grade": 1}, ("encephalopathy grade 1",)),
        ({"conditions": conditions("encephalopathy")}, ("encephalopathy (undated) in the record",)),
        ({"conditions": conditions("sepsis", days=28)}, ("sepsis (2026-02-01) in the record",)),
        ({"conditions": conditions("sepsis", days=29)}, ()),
        ({"conditions": conditions("infection", "hepatorenal_syndrome", "sbp", "variceal_bleeding", days=1)},
         ("variceal bleeding (2026-02-28) in the record", "sbp (2026-02-28) in the record",
          "hepatorenal syndrome (2026-02-28) in the record", "infection (2026-02-28) in the record")),
    ],
)  # fmt: skip
def test_what_shows_decompensation_now(more: dict[str, Any], why: tuple[str, ...]) -> None:
    patient = person(lab("bilirubin", 20), **more)
    assert facts.acute_signs(patient, align(patient)) == why


@pytest.mark.parametrize(("days", "counts"), [(None, True), (-1, True), (-1.5, False), (90, True), (90.5, False)])
def test_how_long_a_condition_is_recent(days: float | None, counts: bool) -> None:
    patient = person(lab("bilirubin", 20), conditions=conditions("aclf", days=days))
    assert (facts.recent(patient, align(patient), "aclf") is not None) == counts


@pytest.mark.parametrize(
    ("labs", "points", "odd"),
    [
        ({}, 5, 0),
        ({"bilirubin": 34.2}, 6, 1), ({"bilirubin": 34.0}, 5, 0), ({"bilirubin": 60}, 7, 1),
        ({"albumin": 35.0}, 6, 1), ({"albumin": 35.2}, 5, 0), ({"albumin": 27.0}, 7, 1),
        ({"inr": 1.7}, 6, 1), ({"inr": 1.69}, 5, 0), ({"inr": 2.4}, 7, 1),
        ({"bilirubin": 60, "albumin": 27.0, "inr": 2.4}, 11, 3),
    ],
)  # fmt: skip
def test_the_fewest_child_pugh_points_and_the_labs_that_give_them(labs: Any, points: float, odd: int) -> None:
    aligned = align(person(*(lab(a, v) for a, v in labs.items())))
    assert (facts.child_pugh_floor(aligned)[0], len(facts.child_pugh_floor(aligned)[1])) == (points, odd)


def test_signs_and_bile_ducts_count_in_the_fewest_points() -> None:
    signs = align(person(lab("bilirubin", 10), ascites="slight", encephalopathy_grade=3))
    bile = align(person(lab("bilirubin", 60), etiology=("PBC",)))
    assert (facts.child_pugh_floor(signs)[0], facts.child_pugh_floor(bile)[0]) == (8, 5)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"conditions": conditions("chronic_kidney_disease")}, "chronic kidney disease (undated) in the record"),
        ({"treatments": (Treatment("dialysis", "dialysis", start=DAY - timedelta(days=91)),)},
         "dialysis since 2025-11-30 in the record"),
        ({"treatments": (Treatment("dialysis", "dialysis", start=DAY - timedelta(days=90)),)}, ""),
        ({"treatments": (Treatment("dialysis", "dialysis", start=DAY - timedelta(days=400), active=False),)}, ""),
        ({"treatments": (Treatment("dialysis", "dialysis"),)},
         "dialysis (undated) in the record, which may be older than this illness"),
        ({"conditions": conditions("dialysis")},
         "dialysis (undated) in the record, which may be older than this illness"),
        ({"conditions": (Condition("dialysis", onset=DAY - timedelta(days=91)),)},
         "dialysis since 2025-11-30 in the record"),
        ({"conditions": conditions("dialysis", "kidney_failure")}, ""),
    ],
)  # fmt: skip
def test_a_kidney_that_failed_before(more: dict[str, Any], why: str) -> None:
    patient = person(lab("bilirubin", 20), **more)
    assert facts.kidney_chronic(patient, align(patient)) == why


FINE = {"albumin": 45.0, "platelets": 250.0, "inr": 1.05}
SOFT = {"stiffness": 6.9, "platelets": 201.0, "albumin": 40.1}


@pytest.mark.parametrize(
    ("labs", "more", "found"),
    [
        ({"bilirubin": 20, "bilirubin_direct": 21.1}, {},
         ["bilirubin direct 21.1 umol/L on 2026-03-01 exceeds bilirubin 20 umol/L on 2026-03-01"]),
        ({"bilirubin": 20, "bilirubin_direct": 21.0}, {}, []),
        ({"bilirubin": 0.9, "bilirubin_direct": 0.92}, {}, []),
        ({"inr": 1.7, "pt_percent": 71}, {}, ["inr 1.7 on 2026-03-01 does not fit pt percent 71 % on 2026-03-01"]),
        ({"inr": 1.7, "pt_percent": 70}, {}, []),
        ({"inr": 1.69, "pt_percent": 90}, {}, []),
        ({"inr": 1.3, "pt_percent": 39.9}, {},
         ["inr 1.3 on 2026-03-01 does not fit pt percent 39.9 % on 2026-03-01"]),
        ({"inr": 1.3, "pt_percent": 40}, {}, []),
        ({"inr": 1.31, "pt_percent": 30}, {}, []),
        ({}, {"conditions": conditions("cirrhosis", "acute_liver_failure")},
         ["acute liver failure (undated) in the record excludes chronic disease,"
          " but cirrhosis (undated) in the record"]),
        ({}, {"conditions": conditions("liver_transplant")}, []),
        ({}, {"conditions": conditions("cirrhosis", "liver_transplant")},
         ["cirrhosis (undated) in the record as active, but the record also shows a liver transplant"]),
        ({}, {"conditions": conditions("cirrhosis"), "treatments": (Treatment("liver_transplant"),)},
         ["cirrhosis (undated) in the record as active, but the record also shows a liver transplant"]),
        (SOFT, {"conditions": conditions("cirrhosis")},
         ["cirrhosis (undated) in the record, but stiffness 6.9 kPa on 2026-03-01 with normal platelets and albumin"]),
        (SOFT | {"stiffness": 7.0}, {"conditions": conditions("cirrhosis")}, []),
        (SOFT | {"platelets": 200.0}, {"conditions": conditions("cirrhosis")}, []),
        (SOFT | {"albumin": 40.0}, {"conditions": conditions("cirrhosis")}, []),
        (SOFT, {}, []),
        (FINE, {"conditions": conditions("ascites")},
         ["ascites (undated) in the record, but albumin, platelets and INR are all normal"]),
        (FINE | {"albumin": 44.9}, {"conditions": conditions("ascites")}, []),
        (FINE | {"platelets": 249.0}, {"conditions": conditions("ascites")}, []),
        (FINE | {"inr": 1.06}, {"conditions": conditions("ascites")}, []),
        ({"albumin": 46.0, "platelets": 260.0}, {"conditions": conditions("ascites")}, []),
        (FINE, {"conditions": conditions("variceal_bleeding")},
         ["variceal bleeding (undated) in the record, but albumin, platelets and INR are all normal"]),
        (FINE, {"conditions": conditions("encephalopathy")},
         ["encephalopathy (undated) in the record, but albumin, platelets and INR are all normal"]),
        ({}, {"ascites": "none", "conditions": conditions("ascites")},
         ["ascites is stated as absent, but ascites (undated) in the record"]),
        ({}, {"encephalopathy_grade": 0, "conditions": conditions("encephalopathy")},
         ["encephalopathy is stated as absent, but encephalopathy (undated) in the record"]),
        ({}, {"sex": "male", "conditions": conditions("pregnancy")},
         ["sex is male, but pregnancy (undated) in the record"]),
        ({}, {"alcohol_active": False, "conditions": conditions("alcohol_use_disorder")},
         ["alcohol use is stated as stopped, but alcohol use disorder (undated) in the record as active"]),
        ({}, {"alcohol_active": False, "conditions": (Condition("alcohol_use_disorder", text="in remission"),)}, []),
        ({}, {"alcohol_active": False, "conditions": (Condition("alcohol_use_disorder", resolved=DAY),)}, []),
        ({}, {"alcohol_active": True, "conditions": conditions("alcohol_use_disorder")}, []),
    ],
)  # fmt: skip
def test_contradictions_at_their_limits(labs: dict[str, float], more: dict[str, Any], found: list[str]) -> None:
    patient = person(*(lab(a, v) for a, v in labs.items()), **more)
    assert list(contradictions(patient, align(patient, DAY))) == found


@pytest.mark.parametrize(("second", "found"), [(24.9, 0), (25.1, 1), (16.1, 0), (15.9, 1)])
def test_two_values_of_one_time_clash_from_a_fifth_on(second: float, found: int) -> None:
    patient = person(lab("bilirubin", 20), lab("bilirubin", second), lab("albumin", 40, None), lab("albumin", 20, None))
    rows = contradictions(patient, align(patient))
    assert len(rows) == found
    assert not found or rows[0] == f"bilirubin is both 20 and {second:g} umol/L on 2026-03-01"


COURSE = Course("none", (), "unknown", None)


@pytest.mark.parametrize(
    ("code", "scar", "grade", "labs", "more", "wanted"),
    [
        ("none", "unknown", None, {}, {}, {"no decompensation"}),
        ("compensated", "recorded", None, {}, {}, {"cirrhosis", "no decompensation"}),
        ("compensated", "probable", None, {}, {}, {"cirrhosis", "no decompensation"}),
        ("decompensated", "recorded", 0, {}, {"ascites": "slight"}, {"cirrhosis", "decompensation without ACLF"}),
        ("aclf", "recorded", None, {}, {"ascites": "slight"}, {"cirrhosis", "ACLF"}),
        ("alcoholic_hepatitis", "recorded", 1, {}, {"ascites": "slight"}, {"cirrhosis", "ACLF"}),
        ("alf", "unknown", None, {}, {"etiology": ("paracetamol",)}, {"acute failure by paracetamol"}),
        ("ali", "unknown", None, {}, {"etiology": ("paracetamol",)}, {"acute failure by paracetamol"}),
        ("alf", "unknown", None, {}, {"etiology": ("HBV",)}, {"acute failure without paracetamol"}),
        ("ali", "unknown", None, {}, {"etiology": ("DILI",)}, set()),
        ("metabolic", "unknown", None, {}, {"etiology": ("wilson",)}, {"no decompensation", "Wilson disease"}),
        ("cholestatic", "unknown", None, {}, {"etiology": ("PBC",)}, {"no decompensation", "PBC"}),
        ("none", "unknown", None, {"bilirubin": 51.1}, {"etiology": ("alcohol",)},
         {"no decompensation", "alcoholic hepatitis"}),
        ("none", "unknown", None, {"bilirubin": 51.0}, {"etiology": ("alcohol",)}, {"no decompensation"}),
        ("none", "unknown", None, {"bilirubin": 90}, {"etiology": ("alcohol",), "alcohol_active": False},
         {"no decompensation"}),
        ("none", "unknown", None, {"bilirubin": 90}, {"etiology": ("alcohol",), "alcohol_active": True},
         {"no decompensation", "alcoholic hepatitis"}),
        ("none", "unknown", None, {"bilirubin": 90}, {"etiology": ("HCV",)}, {"no decompensation"}),
        ("none", "unknown", None, {}, {"conditions": conditions("alcoholic_hepatitis")},
         {"no decompensation", "alcoholic hepatitis"}),
    ],
)  # fmt: skip
def test_whom_a_score_is_for(
    code: str, scar: str, grade: int | None, labs: Any, more: dict[str, Any], wanted: set[str]
) -> None:
    patient = person(*(lab(a, v) for a, v in labs.items()), **more)
    assert groups(patient, align(patient, DAY), Course(code, (), scar, grade)) == wanted


def test_notes_of_a_staging_in_full() -> None:
    patient = person(
        lab("inr", 2.6), lab("creatinine", 300), lab("bilirubin", 20, -200),
        conditions=conditions("chronic_kidney_disease", "cirrhosis"),
        treatments=(Treatment("warfarin", "anticoagulant"),),
    )  # fmt: skip
    assert staging.stage(patient).notes == (
        "bilirubin is 200 d old (more than 7 d): not used",
        "the INR is raised by a vitamin K antagonist: MELD, Child-Pugh and ACLF are graded too high by it",
        "an acute kidney failure is not shown: chronic kidney disease (undated) in the record",
        "not in the record, taken as not failing: liver, kidney, brain, circulation, lungs",
    )


def test_a_score_names_the_old_value_it_could_not_use() -> None:
    patient = person(lab("albumin", 40), lab("bilirubin", 20, -200), lab("pt_percent", 80, -100), ascites="none",
                     encephalopathy_grade=0)  # fmt: skip
    found = {m.score: m.why for m in staging.stage(patient).missing}
    assert found["albi"] == "missing: bilirubin; bilirubin is 200 d old (more than 90 d)"
    assert found["child_pugh"] == (
        "missing: bilirubin, inr or pt_percent; bilirubin is 200 d old (more than 90 d);"
        " pt_percent is 100 d old (more than 90 d)"
    )


def test_a_rule_decided_early_keeps_its_time() -> None:
    patient = person(lab("ph", 7.2), lab("inr", 2), conditions=conditions("acute_liver_failure"),
                     etiology=("paracetamol",))  # fmt: skip
    assert staging.stage(patient).scores["kings_college_paracetamol"].at == DAY


def test_a_date_that_is_none_says_how_to_write_one() -> None:
    with pytest.raises(InputError) as refused:
        staging.stage(person(), at="soon")
    assert refused.value.lines() == ["at='soon' is not a date", "  mend:  give YYYY-MM-DD or an ISO time"]


@pytest.mark.parametrize(
    ("treatments", "words"),
    [
        ((Treatment("paracentesis", "paracentesis", start=DAY - timedelta(days=90)),),
         "paracentesis in the record on 2025-12-01"),
        ((Treatment("paracentesis", "paracentesis", start=DAY - timedelta(days=91)),), ""),
        ((Treatment("paracentesis", "paracentesis", start=DAY + timedelta(days=2)),), ""),
        ((Treatment("paracentesis", "paracentesis"),), "paracentesis in the record"),
        ((Treatment("lactulose", "lactulose", start=DAY),), ""),
    ],
)  # fmt: skip
def test_a_drainage_speaks_for_ascites_for_90_days(treatments: Any, words: str) -> None:
    from hepatica.staging.person import drained

    assert drained(person(treatments=treatments), DAY) == words
