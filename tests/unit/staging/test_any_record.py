"""Whatever a record holds, staging answers, and an interval holds the value that later turns up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hepatica import staging
from hepatica.patient import ANALYTES, Condition, Observation, Patient, Treatment
from hepatica.staging.causes import CAUSE_OF

DAY = datetime(2026, 3, 1)
NAMES = ("cirrhosis", "ascites", "encephalopathy", "aclf", "alcoholic_hepatitis", "acute_liver_failure", "varices",
         "sepsis", "paracetamol_overdose", "dialysis", "chronic_kidney_disease", "heart_failure")  # fmt: skip
KINDS = ("steroid", "udca", "dialysis", "vasopressor", "ventilation", "paracentesis", "diuretic")
LABS = ("bilirubin", "albumin", "inr", "pt_percent", "creatinine", "sodium", "platelets", "alt", "ast", "alp", "wbc",
        "stiffness", "pt_s", "pt_control_s", "lactate", "ph", "urea", "map", "pao2", "fio2")  # fmt: skip


@st.composite
def records(draw: Any) -> Patient:
    def observation(analyte: str) -> Observation:
        low, high = ANALYTES[analyte].low, ANALYTES[analyte].high
        value = draw(st.floats(low, high) | st.sampled_from([low, high, -1.0, 1e9]))
        days = draw(st.sampled_from([None, 0, 1, 5, 8, 40, 120]))
        time = None if days is None else DAY - timedelta(days=days)
        return Observation(analyte, value, ANALYTES[analyte].unit, time, draw(st.sampled_from(["", "<", ">"])))

    def some(names: tuple[str, ...], most: int) -> list[str]:
        return draw(st.lists(st.sampled_from(names), max_size=most))

    onset = st.sampled_from([None, DAY, DAY - timedelta(days=7), DAY - timedelta(days=400)])
    return Patient(
        "x",
        sex=draw(st.sampled_from([None, "male", "female"])),
        age_stated_years=draw(st.sampled_from([None, 0.5, 11.0, 16.0, 55.0, 80.0])),
        etiology=tuple(draw(st.lists(st.sampled_from(sorted(set(CAUSE_OF.values()))), max_size=2))),
        ascites=draw(st.sampled_from([None, "none", "slight", "massive"])),
        encephalopathy_grade=draw(st.sampled_from([None, 0, 1, 3])),
        conditions=tuple(Condition(n, onset=draw(onset)) for n in some(NAMES, 4)),
        treatments=tuple(Treatment(k, k, start=draw(onset)) for k in some(KINDS, 2)),
        observations=tuple(observation(a) for a in some(LABS, 16)),
    )


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(records())
def test_every_record_is_staged(patient: Patient) -> None:
    found = staging.stage(patient)
    assert {*found.scores, *(m.score for m in found.missing)} == set(staging.registry())
    assert found.course in staging.COURSES and found.why
    assert found.aclf_grade in (None, 0, 1, 2, 3)
    json.dumps(found.to_json(), allow_nan=False)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(records(), st.sampled_from(LABS), st.floats(0, 1))
def test_an_interval_holds_the_value_that_turns_up(patient: Patient, analyte: str, place: float) -> None:
    rest = replace(patient, observations=tuple(o for o in patient.observations if o.analyte != analyte))
    low, high = ANALYTES[analyte].low, ANALYTES[analyte].high
    at = staging.stage(rest).at or DAY
    known = rest.with_observation(Observation(analyte, low + place * (high - low), ANALYTES[analyte].unit, at))
    before, after = staging.stage(rest, at=at), staging.stage(known, at=at)
    if before.window_d != after.window_d:
        return
    for gap in before.missing:
        if gap.interval is not None and gap.score in after.scores and gap.score != "lille":
            value = after.scores[gap.score].value
            assert gap.interval[0] - 1e-3 <= value <= gap.interval[1] + 1e-3, (gap.score, gap.interval, value)
