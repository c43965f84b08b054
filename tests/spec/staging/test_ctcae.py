"""CTCAE v5.0 at every cut; a ladder lists values with the grade each has, `2/3` where symptoms can make it 3."""

from __future__ import annotations

import pytest

from hepatica import staging
from hepatica.errors import InputError

# Read from the criteria as transcribed in data-raw/adlb_grading/ncictcaev5.json of github.com/pharmaverse/admiral.
TABLES = {
    "term": """
term                                 | known                                 | ladder
Alanine aminotransferase increased   | uln=40 baseline=40                    | 40:0 40.1:1 120:1 120.1:2 200:2 200.1:3 800:3 800.1:4
Alanine aminotransferase increased   | uln=40 baseline=60                    | 89.9:0 90:1 180:1 180.1:2 300:2 300.1:3 1200:3 1200.1:4
Aspartate aminotransferase increased | uln=35 baseline=20                    | 35:0 35.1:1 105:1 105.1:2 175:2 175.1:3 700:3 700.1:4
Aspartate aminotransferase increased | uln=35 baseline=100                   | 149.9:0 150:1 300:1 300.1:2 500:2 500.1:3 2000:3 2000.1:4
Alkaline phosphatase increased       | uln=120 baseline=100                  | 120:0 120.1:1 300:1 300.1:2 600:2 600.1:3 2400:3 2400.1:4
Alkaline phosphatase increased       | uln=120 baseline=200                  | 399.9:0 400:1 500:1 500.1:2 1000:2 1000.1:3 4000:3 4000.1:4
GGT increased                        | uln=60 baseline=50                    | 60:0 60.1:1 150:1 150.1:2 300:2 300.1:3 1200:3 1200.1:4
GGT increased                        | uln=60 baseline=100                   | 199.9:0 200:1 250:1 250.1:2 500:2 500.1:3 2000:3 2000.1:4
Blood bilirubin increased            | uln=20 baseline=20                    | 20:0 20.1:1 30:1 30.1:2 60:2 60.1:3 200:3 200.1:4
Blood bilirubin increased            | uln=20 baseline=50                    | 50:0 50.1:1 75:1 75.1:2 150:2 150.1:3 500:3 500.1:4
INR increased                        |                                       | 1.2:0 1.21:1 1.5:1 1.51:2 2.5:2 2.51:3 9:3
INR increased                        | baseline=1.8                          | 1.8:2 2.5:2 2.51:3
INR increased                        | baseline=2.4 anticoagulant=1          | 2.4:0 2.41:1 3.6:1 3.61:2 6:2 6.01:3
Creatinine increased                 | uln=100 baseline=100                  | 100:0 100.1:1 150:1 150.1:2 300:2 300.1:3 600:3 600.1:4
Creatinine increased                 | uln=100 baseline=50                   | 75:0 75.1:2 150:2 150.1:3 600:3 600.1:4
Hypoalbuminemia                      | lln=35                                | 35:0 34.9:1 30:1 29.9:2 20:2 19.9:3 5:3
Hyponatremia                         | lln=135                               | 135:0 134.9:1 130:1 129.9:2/3 125:2/3 124.9:3 120:3 119.9:4
Hypernatremia                        | uln=145                               | 145:0 145.1:1 150:1 150.1:2 155:2 155.1:3 160:3 160.1:4
Hypokalemia                          | lln=3.5                               | 3.5:0 3.49:1/2 3:1/2 2.99:3 2.5:3 2.49:4
Hyperkalemia                         | uln=5                                 | 5:0 5.01:1 5.5:1 5.51:2 6:2 6.01:3 7:3 7.01:4
Hypoglycemia                         | lln=3.9                               | 3.9:0 3.89:1 3:1 2.99:2 2.2:2 2.19:3 1.7:3 1.69:4
Anemia                               | lln=120                               | 120:0 119:1 100:1 99:2 80:2 79:3 30:3
Hemoglobin increased                 | uln=165                               | 165:0 166:1 185:1 186:2 205:2 206:3 250:3
Platelet count decreased             | lln=150                               | 150:0 149:1 75:1 74:2 50:2 49:3 25:3 24:4
White blood cell decreased           | lln=4                                 | 4:0 3.9:1 3:1 2.9:2 2:2 1.9:3 1:3 0.9:4
Leukocytosis                         |                                       | 100:0 100.1:3 400:3
Neutrophil count decreased           | lln=2                                 | 2:0 1.9:1 1.5:1 1.4:2 1:2 0.9:3 0.5:3 0.4:4
Lymphocyte count decreased           | lln=1                                 | 1:0 0.9:1 0.8:1 0.7:2 0.5:2 0.4:3 0.2:3 0.1:4
Lymphocyte count increased           |                                       | 4:0 4.1:2 20:2 20.1:3
Fibrinogen decreased                 | lln=2 baseline=3                      | 2:0 1.99:1 1.5:1 1.49:2 1:2 0.99:3 0.5:3 0.49:4
Fibrinogen decreased                 | lln=2 baseline=1.6                    | 1.6:0 1.59:1 1.21:1 1.2:2 0.81:2 0.8:3 0.5:3 0.49:4
Fibrinogen decreased                 | lln=20 baseline=10                    | 2.51:3 2.5:4
Lipase increased                     | uln=100                               | 100:0 101:1 150:1 151:2 200:2 201:2/3 500:2/3 501:3/4
Serum amylase increased              | uln=100                               | 100:0 101:1 150:1 151:2 200:2 201:2/3 500:2/3 501:3/4
CPK increased                        | uln=200                               | 200:0 201:1 500:1 501:2 1000:2 1001:3 2000:3 2001:4
Blood lactate dehydrogenase increased | uln=250                              | 250:0 251:1 9000:1
Cholesterol high                     | uln=5                                 | 5:0 5.01:1 7.75:1 7.76:2 10.34:2 10.35:3 12.92:3 12.93:4
Hypertriglyceridemia                 |                                       | 1.7:0 1.71:1 3.42:1 3.43:2 5.7:2 5.71:3 11.4:3 11.41:4
Hypocalcemia                         | lln=2.2                               | 2.2:0 2.19:1 2:1 1.99:2 1.75:2 1.74:3 1.5:3 1.49:4
Hypercalcemia                        | uln=2.6                               | 2.6:0 2.61:1 2.9:1 2.91:2 3.1:2 3.11:3 3.4:3 3.41:4
Hypomagnesemia                       | lln=0.7                               | 0.7:0 0.69:1 0.5:1 0.49:2 0.4:2 0.39:3 0.3:3 0.29:4
Hypermagnesemia                      | uln=1                                 | 1:0 1.01:1 1.23:1 1.24:3 3.3:3 3.31:4
"""  # noqa: E501
}
OF = {term.name: term for term in staging.ctcae_terms()}


def graded(term: str, value: float, known: str = "") -> staging.Grade:
    numbers = {k: float(v) for k, v in (word.split("=") for word in known.split())}
    thinned = bool(numbers.pop("anticoagulant", 0))
    rows = staging.ctcae(OF[term].analyte, value, **numbers, anticoagulant=thinned)
    return next(row for row in rows if row.term == term)


def test_grade_at_every_cut(table: str, row: dict[str, str]) -> None:
    found, wanted = [], []
    for step in row["ladder"].split():
        value, _, grades = step.partition(":")
        low, _, high = grades.partition("/")
        g = graded(row["term"], float(value), row.get("known", ""))
        found.append((value, g.grade, g.at_most))
        wanted.append((value, int(low), int(high or low)))
    assert found == wanted


def test_every_term_with_cuts_has_a_ladder_and_reaches_every_grade() -> None:
    reached: dict[str, set[int]] = {}
    for line in TABLES["term"].strip().splitlines()[1:]:
        name, _, ladder = (cell.strip() for cell in line.split("|"))
        reached.setdefault(name, set()).update(int(s.split(":")[1][0]) for s in ladder.split())
    assert {n: {0, *(c.grade for c in t.cuts)} for n, t in OF.items() if t.cuts} == reached


@pytest.mark.parametrize(
    ("term", "value", "known", "grade", "needs", "why"),
    [
        ("Alanine aminotransferase increased", 260, "uln=40", None, ("baseline",), "grade 0 to 3, by baseline"),
        ("Alanine aminotransferase increased", 30, "uln=40", 0, (), ""),
        ("Alanine aminotransferase increased", 260, "baseline=80", None, ("uln",), "grade 0 to 2, by uln"),
        ("Alanine aminotransferase increased", 260, "", None, ("baseline", "uln"), "grade 0 to 4, by baseline and uln"),
        ("Creatinine increased", 200, "baseline=60", None, ("uln",), "grade 3 to 4, by uln"),
        ("Creatinine increased", 200, "uln=100", None, ("baseline",), "grade 2 to 3, by baseline"),
        ("INR increased", 1.1, "", 0, (), ""),
        ("INR increased", 2.8, "anticoagulant=1", None, ("baseline",), "grade 0 to 3, by baseline"),
        ("Platelet count decreased", 60, "", 2, (), ""),
        ("Platelet count decreased", 90, "", None, ("lln",), "grade 0 to 1, by lln"),
        ("Fibrinogen decreased", 0.4, "", 4, (), ""),
        ("Hemoglobin increased", 190, "", None, ("uln",), "grade 0 to 3, by uln"),
    ],
)
def test_what_is_not_known_and_matters_is_named(
    term: str, value: float, known: str, grade: int | None, needs: tuple[str, ...], why: str
) -> None:
    g = graded(term, value, known)
    assert (g.grade, g.needs, g.why) == (grade, needs, why)


def test_a_value_beyond_one_limit_is_not_beyond_the_other() -> None:
    assert [(g.term, g.grade) for g in staging.ctcae("sodium", 128)] == [("Hyponatremia", 2), ("Hypernatremia", 0)]
    assert [g.needs for g in staging.ctcae("sodium", 140)] == [("lln",), ("uln",)]


def test_terms_without_a_cut_say_why() -> None:
    found = {g.term: g for g in staging.ctcae("glucose", 20, lln=3.9)}
    assert found["Hypoglycemia"].grade == 0
    high = found["Hyperglycemia"]
    assert (high.grade, high.at_most, high.needs) == (None, None, ()) and "treatment" in high.why


def test_how_much_worse_than_the_baseline() -> None:
    assert graded("INR increased", 2.6, "baseline=1.8").worse_by == 1
    assert graded("INR increased", 1.6, "baseline=2.6").worse_by == 0
    assert graded("Alanine aminotransferase increased", 260, "baseline=80 uln=40").worse_by == 2
    assert graded("Platelet count decreased", 60).worse_by is None
    assert graded("Platelet count decreased", 60, "baseline=90").baseline_grade is None


def test_an_analyte_without_a_term_is_refused() -> None:
    with pytest.raises(InputError, match="no laboratory term here for 'ammonia'"):
        staging.ctcae("ammonia", 90)


def test_a_grade_as_json() -> None:
    row = graded("Platelet count decreased", 60, "baseline=160 lln=150").to_json()
    assert (row["grade"], row["baseline_grade"], row["worse_by"], row["needs"]) == (2, 0, 2, [])
    assert row["version"] == "CTCAE v5.0 (27 November 2017)" and row["unit"] == "1e9/L"


def test_a_grade_in_full() -> None:
    assert graded("Hyponatremia", 128, "baseline=139 lln=135").to_json() == {
        "term": "Hyponatremia", "analyte": "sodium", "value": 128, "unit": "mmol/L", "grade": 2, "at_most": 3,
        "baseline": 139, "baseline_grade": 0, "needs": [], "why": "", "version": "CTCAE v5.0 (27 November 2017)",
        "note": "125 to 129 mmol/L is grade 2, or 3 with symptoms; a value between 129 and 130 counts with it",
        "at": None, "baseline_at": None, "worse_by": 2,
    }  # fmt: skip
    other = staging.ctcae("sodium", 128)[1]
    assert (other.grade, other.at_most, other.needs, other.why) == (0, 0, (), "")


def test_the_baseline_is_graded_by_the_same_rules() -> None:
    assert graded("Hyponatremia", 118, "baseline=128").baseline_grade == 2
    assert graded("INR increased", 2.8, "baseline=2.5 anticoagulant=1").baseline_grade == 0
    assert graded("Lipase increased", 600, "baseline=250 uln=100").baseline_grade == 2


@pytest.mark.parametrize(
    ("term", "value", "known", "why"),
    [
        ("Hyponatremia", 132, "", "grade 0 to 1, by lln"),
        ("Hypokalemia", 3.2, "", "grade 0 to 1, by lln"),
        ("Lipase increased", 300, "", "grade 0 to 3, by uln"),
        ("Hemoglobin increased", 300, "", "grade 0 to 3, by uln"),
        ("Fibrinogen decreased", 1.0, "baseline=2.0", "grade 0 to 3, by lln"),
        ("Fibrinogen decreased", 1.0, "lln=2.0", "grade 0 to 2, by baseline"),
        ("GGT increased", 100, "uln=50", "grade 0 to 1, by baseline"),
    ],
)
def test_the_range_of_what_is_not_known(term: str, value: float, known: str, why: str) -> None:
    assert graded(term, value, known).why == why


def test_a_baseline_on_its_limit_is_normal() -> None:
    assert graded("Fibrinogen decreased", 1.4, "lln=2 baseline=2").grade == 2
    assert graded("Fibrinogen decreased", 1.4, "lln=2 baseline=1.99").grade == 2
    assert graded("Fibrinogen decreased", 1.5, "lln=2 baseline=2").grade == 1
    assert graded("Fibrinogen decreased", 1.49, "lln=2 baseline=1.98").grade == 1


def test_without_a_word_on_an_anticoagulant_there_is_none() -> None:
    assert [g.grade for g in staging.ctcae("inr", 1.8, baseline=1.8)] == [2]
