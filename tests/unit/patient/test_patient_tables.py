"""Tables: wide and long, units in headers or a column, decimal commas, several patients, and what is set aside."""

from __future__ import annotations

from datetime import datetime

import pytest

from hepatica.errors import InputError
from hepatica.patient import parse, read_many
from hepatica.patient.headers import read_header


@pytest.mark.parametrize(
    ("header", "analyte", "unit"),
    [
        ("bilirubin_mg_dl", "bilirubin", "mg/dl"), ("bilirubin (mg/dL)", "bilirubin", "mg/dL"),
        ("Bilirubin [µmol/L]", "bilirubin", "µmol/L"), ("albumin_g_l", "albumin", "g/l"), ("INR", "inr", ""),
        ("platelets_e9_l", "platelets", "e9/l"), ("platelets_10_9_l", "platelets", "10^9/l"),
        ("platelets_k_ul", "platelets", "k/ul"), ("pt_percent", "pt_percent", ""), ("ALT (SGPT)", "", ""),
        ("weight_kg", "weight", "kg"), ("heart_rate_min", "heart_rate", "1/min"), ("sodium mmol/L", "sodium", "mmol/L"),
    ],
)  # fmt: skip
def test_headers(header, analyte, unit):
    (column,) = read_header([header])
    assert (column.analyte if column.role == "measure" else "", column.unit) == (analyte, unit)


WIDE = """id,date,sex,age,bilirubin_mg_dl,"albumin (g/dL)",INR,platelets_10e9_l,ascites,shoe size
a,2026-01-01,M,50,2.0,3.5,1.4,120,none,44
a,2026-02-01,M,50,<0.5,35,350,NA,moderate,44
b,2026-01-02,F,60,2,3,1.1,200,slight,38
"""


def test_a_wide_table_of_two_patients(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(WIDE)
    a, b = read_many(path)
    assert (a.id, a.sex, a.age_years(), a.ascites) == ("a", "male", 50, "moderate")
    assert [o.value for o in a.at("bilirubin")] == pytest.approx([34.2, 8.55])
    assert a.at("bilirubin")[1].comparator == "<"
    assert {s.what for s in a.set_aside} == {"albumin 35 g/dL", "inr 350"}
    assert a.notes == ("columns not used here: shoe size",)
    assert (b.id, b.sex, len(b.observations)) == ("b", "female", 4)


def test_two_patients_are_refused_by_read():
    with pytest.raises(InputError, match="2 patients in one file"):
        parse(WIDE.encode(), name="wide.csv")


def test_a_long_table_with_semicolons_and_decimal_commas():
    text = (
        "patient_id;analyte;value;unit;time;ref_high\n"
        "x;Bilirubin;2,1;mg/dL;01.02.2026;1,2\n"
        "x;Kreatinin;1,0;mg/dl;2026-02-02 10:00;\n"
    )
    p = parse(text.encode(), name="long.csv")
    assert (p.at("bilirubin")[0].value, p.at("bilirubin")[0].ref_high) == pytest.approx((35.91, 20.52))
    assert (p.at("creatinine")[0].value, p.at("creatinine")[0].time) == (pytest.approx(88.4), datetime(2026, 2, 2, 10))


def test_a_number_without_a_unit_is_read_only_where_one_unit_fits():
    p = parse(b"analyte,value,unit\nalbumin,35,\nbilirubin,34,\nINR,1.4,\n", name="long.csv")
    assert {o.analyte: o.value for o in p.observations} == {"albumin": 35, "inr": 1.4}
    assert "mg/dL or umol/L" in p.set_aside[0].why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id,inr,date\nx,1.4,03/04/2026\nx,1.5,2026-01-01\n", "day/month or month/day"),
        ('id,inr,sodium\nx,"1,4",138\n', "not a number"),
        ("id,inr,bilirubin_foo\nx,1.4,3\n", "is not a unit of bilirubin"),
        ("id,inr\nx,1.4,7\nx,1.5\n", "the header has 2 columns"),
        ("id,inr,sex\nx,1.4,M\nx,1.5,F\n", "an earlier row says M"),
        ("id,analyte,value\nx,unobtainium,7\nx,inr,1.2\n", "unknown analyte"),
    ],
)
def test_what_cannot_be_used_is_set_aside(text, why):
    p = parse(text.encode(), name="t.csv")
    assert p.observations
    assert why in " | ".join(s.why for s in p.set_aside)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "id,inr\n", "just words\n", 'id,inr\nx,"1.4\n', "id,inr\nx,1.4\x00\n"])
def test_what_is_no_table_of_patients_is_an_error(text):
    with pytest.raises(InputError) as caught:
        parse(text.encode(), name="t.csv")
    assert 1 <= len(caught.value.lines()) <= 4


def test_a_prothrombin_time_without_a_unit_may_be_seconds_or_percent():
    p = parse(b"id,PT,inr\nx,70,1.4\n", name="t.csv")
    assert p.at("pt_s") == () and "seconds or percent" in p.set_aside[0].why
    assert parse(b"id,pt_s\nx,17\n", name="t.csv").at("pt_s")[0].value == 17
    assert parse(b"id,PT (s)\nx,17\n", name="t.csv").at("pt_s")[0].value == 17


def test_the_file_name_stands_in_for_a_missing_id():
    assert parse(b"inr\n1.4\n", name="/data/maria.csv").id == "maria"


def test_a_column_without_a_unit_has_the_one_that_fits_all_its_values():
    p = parse(b"date,bilirubin\n2026-10-01,20\n2026-10-02,180\n", name="t.csv")
    assert [o.value for o in p.at("bilirubin")] == [20, 180]
    assert any("all its values fit umol/L alone" in note for note in p.notes)


def test_a_column_whose_values_fit_two_units_is_not_guessed():
    p = parse(b"date,bilirubin,inr\n2026-10-01,20,1.4\n2026-10-02,30,1.5\n", name="t.csv")
    assert not p.at("bilirubin") and len(p.set_aside) == 2


@pytest.mark.parametrize("row", ["7,1.4", "7,1.4,35", "7,1.4,35,5,end,9"])
def test_a_row_that_lost_or_won_a_cell_is_set_aside_whole(row):
    p = parse(f"id,inr,albumin,bilirubin_mg_dl,remark\n7,1.2,31,2,end\n{row}\n".encode(), name="t.csv")
    assert len(p.observations) == 3
    assert "cut off" in p.set_aside[0].why and p.set_aside[0].where == "line 3"


def test_empty_cells_after_the_last_column_do_no_harm():
    p = parse(b"id,inr,,\n7,1.2\n7,1.3,,,,\n", name="t.csv")
    assert [o.value for o in p.observations] == [1.2, 1.3] and not p.set_aside
