"""The short form: what it says, what is set aside, and that writing it back gives the same patient."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from hepatica.errors import InputError
from hepatica.patient import parse_short, to_short

FULL = {
    "id": "x",
    "sex": "male",
    "age": 54,
    "weight_kg": 82,
    "height_cm": 178,
    "etiology": ["alcohol", "hep B"],
    "alcohol_active": False,
    "ascites": "moderate",
    "encephalopathy_grade": 1,
    "conditions": ["cirrhosis", "K70.31", {"text": "oesophageal varices", "onset": "2024-01-01"}],
    "treatments": ["propranolol 40 mg", {"name": "dialysis", "kind": "dialysis", "start": "2026-01-01"}],
    "observations": [
        {"analyte": "bilirubin", "value": 2.1, "unit": "mg/dL", "time": "2026-10-01"},
        {"analyte": "INR", "value": "<1.1", "time": datetime(2026, 10, 1, 8)},
        {"analyte": "platelets", "value": "181e9/L"},
    ],
}


def test_a_full_patient():
    p = parse_short(FULL, today=date(2026, 11, 1))
    assert (p.id, p.sex, p.age_years(), p.weight_kg, p.height_cm) == ("x", "male", 54, 82, 178)
    assert (p.etiology, p.alcohol_active, p.ascites, p.encephalopathy_grade) == (
        ("alcohol", "HBV"),
        False,
        "moderate",
        1,
    )
    assert p.has("cirrhosis") and p.has("varices") and p.takes("beta_blocker") and p.takes("dialysis")
    assert p.at("bilirubin")[0].value == pytest.approx(35.91)
    assert (p.at("inr")[0].comparator, p.at("platelets")[0].value) == ("<", 181)
    assert p.set_aside == ()


def test_what_is_absent_is_unknown():
    p = parse_short({"id": "x"})
    assert (p.sex, p.age_years(), p.ascites, p.alcohol_active, p.encephalopathy_grade, p.deceased) == (None,) * 6


def test_the_short_form_of_a_patient_reads_back():
    p = parse_short(FULL, today=date(2026, 11, 1))
    again = parse_short(to_short(p), today=date(2026, 11, 1))
    assert to_short(again) == to_short(p)


def test_a_bare_number_that_fits_two_units_is_not_guessed():
    rows = [
        {"analyte": "bilirubin", "value": 2.1},
        {"analyte": "bilirubin", "value": 200},
        {"analyte": "inr", "value": 1.4},
    ]
    p = parse_short({"id": "x", "observations": rows})
    assert [(o.analyte, o.value) for o in p.observations] == [("bilirubin", 200), ("inr", 1.4)]
    assert "it may be mg/dL or umol/L" in p.set_aside[0].why
    assert "read as umol/L" in p.notes[0]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"sex": "banana"}, "neither male nor female"),
        ({"age": -5}, "negative"),
        ({"age": "old"}, "not a number"),
        ({"birth_date": "2090-01-01"}, "future"),
        ({"birth_date": "01/02/1970"}, "YYYY-MM-DD"),
        ({"weight_kg": 0}, "outside"),
        ({"alcohol_active": "sometimes"}, "neither true nor false"),
        ({"ascites": "purple"}, "none, slight, moderate or massive"),
        ({"encephalopathy_grade": 7}, "0 to 4"),
        ({"etiology": ["fate"]}, "not a known cause"),
        ({"wieght_kg": 70}, "unknown key"),
        ({"observations": 5}, "not a list"),
        ({"observations": [5]}, "not an observation"),
        ({"observations": [{"analyte": "unobtainium", "value": 1}]}, "unknown analyte"),
        ({"observations": [{"analyte": "inr", "value": None}]}, "no number"),
        ({"observations": [{"analyte": "bilirubin", "value": "2 mg/dL", "unit": "umol/L"}]}, "the value says"),
        ({"observations": [{"analyte": "inr", "value": 1.2, "time": "2090-01-01"}]}, "future"),
        ({"observations": [{"analyte": "albumin", "value": 3.5, "unit": "g/L"}]}, "outside 5 to 70"),
        ({"conditions": [5]}, "not a condition"),
        ({"conditions": [{"text": "cirrhosis", "onset": "2090-01-01"}]}, "future"),
        ({"treatments": [5]}, "not a treatment"),
    ],
)
def test_what_cannot_be_used_is_set_aside(change, why):
    p = parse_short({"id": "x", "conditions": ["cirrhosis"], **change} if "conditions" not in change else
                    {"id": "x", "ascites": "none", **change})  # fmt: skip
    assert why in " | ".join(s.why for s in p.set_aside)


@pytest.mark.parametrize("data", [[], "x", {}, {"id": ""}, {"id": []}, {"sex": "male"}])
def test_a_wrong_shape_is_an_error(data):
    with pytest.raises(InputError):
        parse_short(data)


def test_values_at_one_time_that_differ_are_kept_and_named():
    rows = [{"analyte": "inr", "value": v, "time": "2026-01-01"} for v in (1.2, 2.4, 1.2)]
    p = parse_short({"id": "x", "observations": rows})
    assert len(p.at("inr")) == 2
    assert "inr on 2026-01-01 has different values: 1.2 and 2.4" in " ".join(p.notes)


def test_an_undated_weight_is_the_stated_weight():
    p = parse_short({"id": "x", "observations": [{"analyte": "weight", "value": 70, "unit": "kg"}]})
    assert (p.weight_kg, p.observations) == (70, ())


def test_the_newest_dated_weight_is_the_weight():
    rows = [
        {"analyte": "weight", "value": v, "unit": "kg", "time": t} for v, t in ((70, "2026-02-01"), (75, "2026-01-01"))
    ]
    assert parse_short({"id": "x", "observations": rows}).weight_kg == 70


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [("2010-01-01", "2028-01-01", 18), ("2010-01-01", "2027-12-31", 17), ("2008-02-29", "2026-02-28", 17),
     ("2008-02-29", "2026-03-01", 18), ("2026-11-01", "2026-11-01", 0)],
)  # fmt: skip
def test_a_year_of_age_is_complete_on_the_birthday(born, day, years):
    from datetime import date

    age = parse_short({"id": "x", "birth_date": born}).age_years(date.fromisoformat(day))
    assert int(age) == years and abs(age - years) < 1
