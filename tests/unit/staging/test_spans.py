"""Values that span an input's range, and the reasons that a clinical stage and an APASL verdict give."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hepatica import staging
from hepatica.patient import Condition, Observation, Patient
from hepatica.staging.align import align
from hepatica.staging.spec import Input, adults_only

DAY = datetime(2026, 3, 1)


@pytest.mark.parametrize(
    ("kind", "low", "high", "n", "span"),
    [
        ("number", 1.0, 100.0, 3, [1, 10, 100]),
        ("number", 0.5, 5.5, 2, [0.5, 5.5]),
        ("number", 1.0, 10.0, 4, [1, 4, 7, 10]),
        ("number", 1.0, 10.5, 3, [1, 10.5**0.5, 10.5]),
        ("number", 0.0, 100.0, 5, [0, 25, 50, 75, 100]),
        ("number", 20.0, 50.0, 4, [20, 30, 40, 50]),
        ("level", 1.0, 3.0, 41, [1, 2, 3]),
        ("flag", 0.0, 1.0, 41, [0, 1]),
        ("sex", 0.0, 1.0, 41, [0, 1]),
    ],
)
def test_values_span_a_range(kind: str, low: float, high: float, n: int, span: list[float]) -> None:
    found = Input("x", "x", "", "", low, high, "x", kind).candidates(n)  # type: ignore[arg-type]
    assert found == pytest.approx(span)


def test_adults_begin_at_18() -> None:
    assert [adults_only({"age": a}) for a in (17.99, 18)] == ["not valid under 18 years", None]
    assert adults_only({}) is None


def person(*labs: Observation, conditions: tuple[Condition, ...] = (), **more: object) -> Patient:
    return Patient("p", conditions=conditions, observations=labs, **more)  # type: ignore[arg-type]


def test_reasons_of_a_clinical_stage() -> None:
    def why(*names: str, **more: object) -> tuple[tuple[int, ...], tuple[str, ...]]:
        patient = person(conditions=tuple(Condition(n) for n in names), **more)
        found = staging.stage(patient, DAY).clinical_stage
        assert found is not None
        return found.possible, found.why

    assert why("cirrhosis")[1] == ("no decompensation in the record",)
    assert why("cirrhosis", "varices") == ((2,), ("varices (undated) in the record",))
    assert why("ascites")[0] == (4,)
    possible, reasons = why("cirrhosis", "ascites", "encephalopathy")
    assert (possible, len(reasons)) == ((5,), 2)
    assert why("cirrhosis", "sbp", "ascites")[0] == (4,)


@pytest.mark.parametrize(
    "name", ["ascites", "encephalopathy", "variceal_bleeding", "sbp", "hepatorenal_syndrome", "varices"]
)
def test_an_earlier_decompensation_rules_apasl_out(name: str) -> None:
    labs = (Observation("bilirubin", 200.0, "umol/L", DAY), Observation("inr", 2.0, "1", DAY))
    before = (Condition("cirrhosis"), Condition(name, onset=DAY - timedelta(days=60)))
    found = staging.stage(person(*labs, conditions=before, encephalopathy_grade=2, ascites="none"), DAY).apasl
    assert found is not None
    assert found.parts["no decompensation before"] == ("met" if name == "varices" else "not met")


def test_an_unnamed_cause_is_no_chronic_disease() -> None:
    found = staging.stage(person(etiology=("other",)), DAY).apasl
    assert found is not None
    assert found.parts["chronic liver disease"] == "unknown"


def test_arterial_pressure_is_two_thirds_diastolic() -> None:
    labs = tuple(Observation(a, v, "mmHg", DAY) for a, v in (("systolic", 120.0), ("diastolic", 90.0)))
    assert align(person(*labs)).given["map"] == pytest.approx(100.0)
