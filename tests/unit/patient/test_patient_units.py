"""Units and analytes: every spelling people use, impossible dimensions, plausible ranges, numbers without a unit."""

from __future__ import annotations

import pytest

from hepatica.errors import InputError
from hepatica.patient import ANALYTES, bare_unit, from_canonical, implausible, parse_quantity, to_canonical
from hepatica.patient.analytes import near
from hepatica.patient.units import readings

SAME = [
    ("bilirubin", 2.0, "mg/dL", 34.2),
    ("bilirubin", 34.2, "µmol/L", 34.2),
    ("bilirubin", 34.2, "μmol/l", 34.2),
    ("bilirubin", 34.2, "umol/L", 34.2),
    ("bilirubin", 20, "mg/L", 34.2),
    ("creatinine", 1.0, "MG/DL", 88.4),
    ("creatinine", 0.0884, "mmol/L", 88.4),
    ("albumin", 3.5, "g/dL", 35.0),
    ("albumin", 35, "G/L", 35.0),
    ("albumin", 3500, "mg/dl", 35.0),
    ("inr", 1.4, "{INR}", 1.4),
    ("inr", 1.4, "", 1.4),
    ("inr", 1.4, None, 1.4),
    ("inr", 1.4, "ratio", 1.4),
    *[
        ("platelets", 181, unit, 181.0)
        for unit in (
            "10*9/L",
            "10^9/L",
            "e9/L",
            "1e9/L",
            "10e9/L",
            "x10^9/L",
            "×10⁹/L",
            "10⁹/L",
            "10 9/L",
            "G/L",
            "Gpt/L",
            "K/uL",
            "k/µL",
            "10*3/uL",
            "10^3/µL",
            "x10E3/uL",
            "10*3/mm3",
            "thou/uL",
            "/nL",
            "Tsd/µL",
            "10*3/mcL",
        )
    ],
    ("platelets", 181_000, "/uL", 181.0),
    ("platelets", 181_000, "/mm3", 181.0),
    ("platelets", 181e9, "/L", 181.0),
    *[("alt", 40, unit, 40.0) for unit in ("U/L", "IU/L", "[IU]/L", "UI/L", "u/l", "iu/l", "U/l", "mU/mL")],
    ("alt", 0.5, "ukat/L", 30.0),
    ("sodium", 140, "mEq/L", 140.0),
    ("urea_nitrogen", 28, "mg/dL", 9.996),
    ("urea", 60.06, "mg/dL", 10.0),
    ("hemoglobin", 10, "g/dL", 100.0),
    ("hemoglobin", 6.2058, "mmol/L", 100.0),
    ("hba1c", 53, "mmol/mol", 7.0),
    ("temperature", 98.6, "[degF]", 37.0),
    ("pao2", 10, "kPa", 75.006),
    ("fio2", 40, "%", 0.4),
    ("hbv_dna", 5, "log10 IU/mL", 100_000),
    ("hbv_dna", 5, "{Log_IU}/mL", 100_000),
    ("afp", 10, "ng/mL", 10.0),
    ("crp", 1, "mg/dL", 10.0),
    ("egfr", 60, "mL/min/{1.73_m2}", 60.0),
    ("weight", 154.324, "lb", 70.0),
    ("height", 1.7, "m", 170.0),
    ("heart_rate", 80, "{beats}/min", 80.0),
    ("ammonia", 100, "ug/dL", 58.7),
]


@pytest.mark.parametrize(("analyte", "value", "unit", "expected"), SAME)
def test_spellings_of_units_give_the_canonical_value(analyte, value, unit, expected):
    assert to_canonical(analyte, value, unit) == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize(
    ("analyte", "unit"),
    [
        ("inr", "%"), ("inr", "s"), ("albumin", "mmHg"), ("platelets", "g/L"), ("sodium", "mg/dL"), ("alt", "mg/dL"),
        ("hbv_dna", "{copies}/mL"), ("bilirubin", "kg"), ("bilirubin", "nonsense"), ("weight", "cm"),
    ],
)  # fmt: skip
def test_impossible_and_unknown_units_are_refused(analyte, unit):
    with pytest.raises(InputError) as caught:
        to_canonical(analyte, 1.0, unit)
    assert caught.value.mend


def test_an_unknown_analyte_is_refused_with_a_near_one():
    with pytest.raises(InputError, match="did you mean bilirubin"):
        to_canonical("bilirubine", 1, "mg/dL")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "2"])
def test_what_is_not_a_finite_number_is_refused(value):
    with pytest.raises(InputError):
        to_canonical("bilirubin", value, "mg/dL")


@pytest.mark.parametrize("name", list(ANALYTES))
def test_every_analyte_reads_its_own_units(name):
    analyte = ANALYTES[name]
    assert to_canonical(name, 3.25, analyte.unit) == 3.25
    for unit in (*analyte.bare, *(b.unit for b in analyte.bridges)):
        middle = from_canonical(name, analyte.high / 2, unit)
        assert to_canonical(name, middle, unit) == pytest.approx(analyte.high / 2)


@pytest.mark.parametrize(
    ("analyte", "value", "word"), [("inr", 350, "outside"), ("albumin", 3.5, "outside"), ("bilirubin", -2, "negative")]
)
def test_what_cannot_be_is_named(analyte, value, word):
    assert word in implausible(analyte, value)


def test_what_can_be_is_not_named():
    assert not implausible("inr", 1.4)
    assert not implausible("crp", 0)


def test_a_number_without_a_unit_is_read_only_where_one_unit_fits():
    assert bare_unit("albumin", 3.5) == "g/dL"
    assert bare_unit("albumin", 35) == "g/L"
    assert bare_unit("creatinine", 88) == "umol/L"
    assert bare_unit("bilirubin", 12) is None
    assert bare_unit("inr", 1.4) == "1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<3", ("<", 3.0, "")), ("≥ 2.1 mg/dL", (">=", 2.1, "mg/dL")), ("181e9/L", ("", 181e9, "/L")),
        ("2.1mg/dL", ("", 2.1, "mg/dL")), (" .5 ", ("", 0.5, "")), ("181 x10^9/L", ("", 181.0, "x10^9/L")),
    ],
)  # fmt: skip
def test_quantities_in_text(text, expected):
    assert parse_quantity(text) == expected


@pytest.mark.parametrize("text", ["", "abc", "1,200", "2,1", "--3", "negative"])
def test_what_is_not_a_quantity_is_refused(text):
    with pytest.raises(InputError):
        parse_quantity(text)


def test_capital_g_a_litre_has_two_readings_and_small_g_one():
    assert {u.dimension for u in readings("G/L")} == {"count", "mass concentration"}
    assert {u.dimension for u in readings("g/L")} == {"mass concentration"}


def test_a_name_like_no_other_gets_a_short_hint():
    assert len(near("zzzzzz")) < 200
