"""Organs beside the liver: a kidney that fails with the precipitant recovers; brain, lungs and circulation count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hepatica import patient, staging, twin
from hepatica.twin._organs import excess, known_organs

DAYS = [28, 90]
ILL = {"bilirubin": 230, "albumin": 27, "inr": 2.2, "creatinine": 280, "sodium": 131, "platelets": 80}
UNITS = {"bilirubin": "umol/L", "albumin": "g/L", "inr": "1", "creatinine": "umol/L", "sodium": "mmol/L",
         "platelets": "10*9/L", "map": "mm[Hg]", "spo2": "%", "fio2": "1"}  # fmt: skip


def record(labs: dict[str, float], **more: Any) -> patient.Patient:
    rows = [{"analyte": a, "value": v, "unit": UNITS[a], "time": "2026-10-01"} for a, v in labs.items()]
    known = {"id": "x", "sex": "male", "age": 57, "weight_kg": 75, "etiology": ["alcohol"], "ascites": "moderate",
             "conditions": ["cirrhosis", "ascites"], "observations": rows, **more}  # fmt: skip
    return patient.parse_short(known)


def forecast(p: patient.Patient) -> Any:
    fit = twin.fit(p, staging.stage(p), draws=400)
    return twin.forecast(fit, [], DAYS)["standard_care"]


def test_a_kidney_that_failed_with_the_precipitant_comes_back_in_those_who_live() -> None:
    """In acute-on-chronic failure acute kidney injury receded in 44 % (doi:10.1186/s12876-022-02316-8)."""
    found = forecast(record(ILL, encephalopathy_grade=0))
    creatinine = found.draws["creatinine_umol_l"]
    assert np.median(creatinine[0]) == pytest.approx(280, rel=0.05)
    fell_a_stage = (creatinine[1] < creatinine[0] / 1.5).mean()
    assert 0.2 < fell_a_stage < 0.65


def test_in_acute_on_chronic_failure_a_kidney_that_failed_before_does_not_come_back() -> None:
    p = record(ILL | {"inr": 2.6}, encephalopathy_grade=3,
               conditions=["cirrhosis", "ascites", "chronic_kidney_disease"])  # fmt: skip
    assert staging.stage(p).aclf_grade == 3
    creatinine = forecast(p).draws["creatinine_umol_l"]
    assert (creatinine[1] < creatinine[0] / 1.5).mean() < 0.1


def test_a_chronic_kidney_stays_as_it_is() -> None:
    labs = {"bilirubin": 40, "albumin": 32, "inr": 1.4, "creatinine": 160, "sodium": 136, "platelets": 90}
    creatinine = forecast(record(labs, conditions=["cirrhosis", "ascites", "chronic_kidney_disease"])).draws
    assert np.median(creatinine["creatinine_umol_l"][2]) == pytest.approx(160, rel=0.12)


def test_the_same_meld_is_worse_with_brain_lungs_and_circulation_failing() -> None:
    sound = record(ILL | {"map": 85, "spo2": 97, "fio2": 0.21}, encephalopathy_grade=0)
    failing = record(
        ILL | {"map": 60, "spo2": 92, "fio2": 0.6},
        encephalopathy_grade=4,
        treatments=[{"name": "norepinephrine", "start": "2026-09-30"}],
    )
    staged = staging.stage(failing)
    assert {"brain", "lungs"} <= set(staged.organ_failures) and staged.aclf_grade == 3
    assert forecast(sound).survival[1]["mean"] > forecast(failing).survival[1]["mean"] + 0.15


@pytest.mark.parametrize(
    ("labs", "grade", "points"),
    [
        ({}, None, {}),
        ({}, 0, {"brain": 0}),
        ({}, 2, {"brain": 1}),
        ({}, 3, {"brain": 2}),
        ({"map": 70}, None, {"circulation": 0}),
        ({"map": 69}, None, {"circulation": 1}),
        ({"spo2": 97, "fio2": 0.21}, None, {"lungs": 0}),
        ({"spo2": 90, "fio2": 0.40}, None, {"lungs": 1}),
        ({"spo2": 90, "fio2": 0.50}, None, {"lungs": 2}),
        ({"spo2": 97}, None, {}),
    ],
)
def test_points_are_those_of_the_clif_organ_failure_score(
    labs: dict[str, float], grade: int | None, points: dict[str, float]
) -> None:
    found = staging.stage(record(ILL | labs, encephalopathy_grade=grade))
    assert known_organs(found) == points


def test_unknown_organs_are_those_of_the_course_on_average_and_none_in_others() -> None:
    """0.33 a point (CLIF-C ACLF): six points over sound organs against the average of 1.06."""
    rng = np.random.default_rng(1)
    assert abs(excess("aclf", {}, None, 40_000, rng).mean()) < 0.01
    worst = excess("aclf", {"brain": 2.0, "circulation": 2.0, "lungs": 2.0}, None, 3, rng)
    assert worst == pytest.approx(0.33 * (6 - 0.35 - 2 * (0.186 + 0.09 + 0.08)))
    assert not excess("decompensated", {"brain": 2.0}, None, 3, rng).any()


@pytest.mark.parametrize("grade", [1, 2, 3])
def test_every_grade_of_acute_on_chronic_failure_is_fitted_within_two_sds(grade: int) -> None:
    rows = [t for t in twin.posterior()["courses"]["aclf"]["targets"] if f"aclf_grade_{grade}:" in t["target"]]
    assert [t["target"].split("day ")[1] for t in rows] == ["28", "90"]
    for t in rows:
        assert abs(t["fitted"] - t["seen"]) < 2 * t["sd"] and t["p05"] < t["fitted"] < t["p95"]


def test_early_biliary_cholangitis_with_normal_bilirubin_has_years() -> None:
    """Mayo data, stages 1 to 3 with bilirubin up to 1 mg/dL: 98.7 % alive at two years, 97.4 % at five."""
    labs = {"bilirubin": 10, "albumin": 40, "inr": 1.0, "creatinine": 70, "sodium": 140, "platelets": 280}
    p = record(labs, etiology=["PBC"], conditions=["primary_biliary_cholangitis"], ascites="none", age=50)
    assert staging.stage(p).course == "cholestatic"
    fit = twin.fit(p, staging.stage(p), draws=400)
    alive = twin.forecast(fit, [], [731, 1826])["standard_care"].survival
    assert alive[1]["mean"] > 0.965 and alive[2]["mean"] > 0.92
