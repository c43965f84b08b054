"""Every refusal in full: what, where, how to mend it; and the reference entry of a score, key by key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hepatica import staging
from hepatica.errors import InputError

MELD = {"bilirubin": "2", "inr": "1.4", "creatinine": "1"}
SCORES = ", ".join(staging.registry())
ANALYTES = ", ".join(dict.fromkeys(t.analyte for t in staging.ctcae_terms()))
WORDS = "none or absent or no or slight or mild or moderate or massive or severe"


def lines(call: Callable[[], Any]) -> list[str]:
    with pytest.raises(InputError) as refused:
        call()
    return refused.value.lines()


@pytest.mark.parametrize(
    ("name", "inputs", "wanted"),
    [
        ("moon", {}, ["no score named 'moon'", f"  mend:  one of {SCORES}"]),
        ("meld", {"bilirubin": "2"}, ["meld needs inr, creatinine", "  where: score meld",
                                      "  mend:  give inr=…, creatinine=… (a bare number is in mg/dL)"]),
        ("peld", {"inr": "1"}, ["peld needs bilirubin, albumin, age, growth_failure", "  where: score peld",
                                "  mend:  give bilirubin=… (a bare number is in mg/dL), albumin=… (a bare number is in"
                                " g/dL), age=… (a bare number is in a), growth_failure=…"]),
        ("child_pugh", {"bilirubin": "2", "albumin": "3", "ascites": "none", "encephalopathy": "0"},
         ["child_pugh needs inr or pt_percent", "  where: score child_pugh", "  mend:  give inr or pt_percent=…"]),
        ("meld", MELD | {"colour": "red"}, ["meld takes no input 'colour'", "  where: score meld",
                                            "  mend:  it takes bilirubin, inr, creatinine, dialysis, age"]),
        ("meld", {"inr": "1", "bilirubin": "3", "bili": "3"}, ["bilirubin is given twice", "  where: score meld",
                                                               "  mend:  give each input once"]),
        ("meld", MELD | {"age": "5"}, ["meld: not valid under 12 years: use PELD", "  where: score meld"]),
        ("meld", MELD | {"bilirubin": "high"}, ["bilirubin='high' cannot be read", "  mend:  give a number in mg/dL"]),
        ("meld", MELD | {"bilirubin": "<2"}, ["bilirubin='<2' cannot be read", "  mend:  give a number in mg/dL"]),
        ("meld", MELD | {"dialysis": "perhaps"}, ["dialysis='perhaps' cannot be read",
                                                  "  mend:  give yes or true or 1 or y or no or false or 0 or n"]),
        ("meld", MELD | {"dialysis": "2"}, ["dialysis of 2 is not plausible",
                                            "  mend:  expected 0 to 1; check the value and its unit"]),
        ("child_pugh", {"ascites": "wet"}, ["ascites='wet' cannot be read", f"  mend:  give {WORDS}"]),
        ("child_pugh", {"encephalopathy": "bad"}, ["encephalopathy='bad' cannot be read",
                                                   "  mend:  give a number in whole points"]),
        ("child_pugh", {"encephalopathy": "2 mg"}, ["encephalopathy: no unit 'mg'",
                                                    "  mend:  give it in whole points"]),
        ("child_pugh", {"encephalopathy": "none"}, ["encephalopathy='none' cannot be read",
                                                    "  mend:  give a number in whole points"]),
        ("child_pugh", {"encephalopathy": "1.5"}, ["encephalopathy of 1.5 is not plausible",
                                                   "  mend:  expected 0 to 4; check the value and its unit"]),
        ("meld", MELD | {"inr": "50"}, ["inr of 50 is not plausible",
                                        "  mend:  expected 0.5 to 20; check the value and its unit"]),
        ("meld", MELD | {"bilirubin": "5000"}, ["bilirubin of 85500 umol/L is not plausible",
                                                "  mend:  expected 0.5 to 1026 umol/L; check the value and its unit"]),
        ("kings_college_other", {"jaundice_to_encephalopathy": "3 kg"},
         ["jaundice_to_encephalopathy: no unit 'kg'", "  mend:  give it in d"]),
    ],
)  # fmt: skip
def test_a_score_says_what_where_and_how_to_mend(name: str, inputs: dict[str, str], wanted: list[str]) -> None:
    assert lines(lambda: staging.score_from_text(name, inputs)) == wanted


def test_a_list_is_for_the_formula() -> None:
    wanted = ["bilirubin=[1, 2] is not one number", "  mend:  give one value, or call the formula"]
    assert lines(lambda: staging.score("meld", bilirubin=[1, 2], inr=1, creatinine=80)) == wanted


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        ({"alt": "3", "ast": "3"}, ["ctcae grades one value at a time",
                                    f"  mend:  give one of {ANALYTES} as name=value"]),
        ({"ammonia": "3"}, ["CTCAE v5.0 has no laboratory term here for 'ammonia'",
                            f"  mend:  give one of {ANALYTES} as name=value"]),
        ({"alt": "3", "anticoagulant": "x"}, ["anticoagulant='x' cannot be read", "  mend:  give yes or no"]),
        ({"alt": "<3"}, ["alt='<3' is not one number", "  mend:  give the number, without < or >"]),
        ({"alt": "3", "baseline": ">3"}, ["baseline='>3' is not one number",
                                          "  mend:  give the number, without < or >"]),
        ({"alt": "0"}, ["alt of 0 is not plausible", "  mend:  give a value above 0"]),
        ({"alt": "3", "uln": "0"}, ["uln of 0 is not plausible", "  mend:  give a value above 0"]),
        ({"lipase": "3mmol/L"}, ["lipase: no unit 'mmol/L' for lipase", "  mend:  give it in U/L"]),
    ],
)  # fmt: skip
def test_a_grade_says_what_and_how_to_mend(inputs: dict[str, str], wanted: list[str]) -> None:
    assert lines(lambda: staging.ctcae_from_text(inputs)) == wanted


def test_a_grade_of_no_term_names_those_there_are() -> None:
    wanted = ["CTCAE v5.0 has no laboratory term here for 'ammonia'", f"  mend:  one of {ANALYTES}"]
    assert lines(lambda: staging.ctcae("ammonia", 1)) == wanted


def test_the_reference_entry_of_a_score() -> None:
    assert staging.describe("apri") == {
        "name": "apri",
        "title": "APRI",
        "version": "Wai 2003",
        "inputs": [
            {"name": "ast", "text": "AST", "unit": "U/L", "bare_number_unit": "U/L", "plausible": [1, 30000],
             "required": True},
            {"name": "platelets", "text": "platelets", "unit": "1e9/L", "bare_number_unit": "1e9/L",
             "plausible": [1, 2000], "required": True},
            {"name": "ast_uln", "text": "upper limit of normal of AST", "unit": "U/L", "bare_number_unit": "U/L",
             "plausible": [20, 60], "required": False},
        ],
        "one_of": [],
        "formula": "100*(AST/upper limit of normal)/platelets",
        "rules": "no caps, no rounding; low <=0.5, high >1.5;"
        " the upper limit of normal is the record's own, else 40 U/L",
        "source": "https://dx.doi.org/10.20517/mtod.2022.23 (table 1)",
        "verified": True,
        "population": "chronic hepatitis C",
        "valid_range": "adults; not in acute hepatitis",
        "classes": [["low", "<=0.5"], ["indeterminate", "0.5-1.5"], ["high", ">1.5"]],
        "predicts": "significant fibrosis and cirrhosis",
    }  # fmt: skip
    assert staging.describe("child_pugh")["one_of"] == [["inr", "pt_percent"]]


def test_spellings_of_inputs_and_what_was_given() -> None:
    words = {"total bilirubin": "2", "INR": "1.4", "serum_creatinine": "1"}
    found = staging.score_from_text("meld", words)
    assert found.value == staging.score_from_text("meld", MELD).value
    assert found.inputs["creatinine"].note == "given as 1"
    assert staging.score("meld", bilirubin=34.2, inr=1.4, creatinine=88.4).inputs["inr"].note == ""


def test_a_rule_decided_early_names_what_it_was_decided_from() -> None:
    found = staging.score_from_text("kings_college_paracetamol", {"ph": "7.2"})
    assert (found.value, list(found.inputs)) == (1, ["ph"])
    assert found.notes == ("decided whatever the value of inr, creatinine, encephalopathy",)
