"""One score by hand: units, words, refusals, the reference entry."""

from __future__ import annotations

import math

import pytest

from hepatica import staging
from hepatica.errors import InputError
from hepatica.patient import to_canonical
from hepatica.staging import units

MELD = {"bilirubin": "2.1mg/dL", "inr": "1.4", "creatinine": "1.1mg/dL"}


def test_text_and_canonical_floats_agree() -> None:
    by_text = staging.score_from_text("meld", MELD)
    by_float = staging.score("meld", bilirubin=2.1 * 17.1, inr=1.4, creatinine=1.1 * 88.4)
    assert by_text.value == by_float.value == 14
    assert by_text.inputs["bilirubin"].note == "given as 2.1mg/dL"
    assert by_text.inputs["dialysis"].note == "not given: assumed"


@pytest.mark.parametrize("bilirubin", ["2.1", "2.1 mg/dL", "35.91umol/L", "35.91 µmol/L", "21mg/L"])
def test_spellings_of_one_bilirubin(bilirubin: str) -> None:
    assert staging.score_from_text("meld", MELD | {"bilirubin": bilirubin}).value == 14


def test_cell_count_with_a_power_of_ten_is_a_unit_not_an_exponent() -> None:
    found = staging.score_from_text("fib4", {"age": "50", "ast": "40", "alt": "36", "platelets": "181e9/L"})
    assert found.inputs["platelets"].value == 181


def test_an_exponent_is_a_number() -> None:
    inputs = {"age": "50 years", "ast": "4e1", "alt": "36.0 U/L", "platelets": "200"}
    assert staging.score_from_text("fib4", inputs).value == 1.667


@pytest.mark.parametrize(
    ("name", "inputs", "words"),
    [
        ("moon", {}, "no score named"),
        ("meld", {"bilirubin": "2"}, "meld needs inr, creatinine"),
        (
            "child_pugh",
            {"bilirubin": "2", "albumin": "3", "ascites": "none", "encephalopathy": "0"},
            "inr or pt_percent",
        ),
        ("meld", MELD | {"colour": "red"}, "takes no input 'colour'"),
        ("meld", MELD | {"bili": "3"}, "bilirubin is given twice"),
        ("meld", MELD | {"bilirubin": "high"}, "cannot be read"),
        ("meld", MELD | {"bilirubin": "<2"}, "cannot be read"),
        ("meld", MELD | {"bilirubin": "2,1"}, "cannot be read"),
        ("meld", MELD | {"dialysis": "1 times"}, "no unit"),
        ("meld", MELD | {"dialysis": "perhaps"}, "cannot be read"),
        ("meld", MELD | {"dialysis": "2"}, "not plausible"),
        ("meld", MELD | {"bilirubin": "-2"}, "not plausible"),
        ("meld", MELD | {"inr": "350"}, "not plausible"),
        ("meld", MELD | {"bilirubin": "2 mmHg"}, "bilirubin"),
        ("meld", MELD | {"bilirubin": "nan"}, "cannot be read"),
        ("meld", MELD | {"age": "11"}, "use PELD"),
        ("meld", MELD | {"age": "50 mg"}, "age"),
        ("peld", {"bilirubin": "9", "inr": "2", "albumin": "3", "age": "12", "growth_failure": "no"}, "use MELD"),
        ("fib4", {"age": "17", "ast": "40", "alt": "40", "platelets": "200"}, "under 18"),
        ("kings_college_other", {"jaundice_to_encephalopathy": "3 weeks"}, "no unit"),
        ("child_pugh", {"encephalopathy": "1.5"}, "not plausible"),
        ("child_pugh", {"ascites": "some"}, "none or absent"),
    ],
)
def test_refusals_say_what_is_wrong(name: str, inputs: dict[str, str], words: str) -> None:
    with pytest.raises(InputError) as caught:
        staging.score_from_text(name, inputs)
    assert words in str(caught.value)
    assert 1 <= len(caught.value.lines()) <= 4


def test_adult_scores_begin_at_18_and_meld_at_12() -> None:
    fib4 = {"ast": "40", "alt": "40", "platelets": "200"}
    assert staging.score_from_text("fib4", fib4 | {"age": "18"}).value > 0
    assert staging.score_from_text("meld", MELD | {"age": "12"}).value == 14


def test_albumin_in_the_wrong_unit_is_refused_not_scored() -> None:
    with pytest.raises(InputError, match="not plausible"):
        staging.score_from_text("albi", {"bilirubin": "1", "albumin": "35"})


def test_a_value_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(InputError):
        staging.score("meld", bilirubin=math.nan, inr=1.4, creatinine=97.0)
    with pytest.raises(InputError, match="not one number"):
        staging.score("meld", bilirubin=[1, 2], inr=1.4, creatinine=97.0)
    with pytest.raises(InputError):
        staging.score("meld", bilirubin=20, inr=1.4, creatinine=97.0, dialysis=math.nan)


def test_python_booleans_and_none_are_inputs() -> None:
    found = staging.score("meld", bilirubin=17.1, inr=1, creatinine=88.4, dialysis=True, age=None)
    assert found.value == 20
    assert found.inputs["dialysis"].value is True
    assert "age" not in found.inputs


def test_formulas_use_the_factors_the_readers_use() -> None:
    assert to_canonical("bilirubin", 1, "mg/dL") == pytest.approx(units.BILIRUBIN_UMOL_L_PER_MG_DL)
    assert to_canonical("creatinine", 1, "mg/dL") == pytest.approx(units.CREATININE_UMOL_L_PER_MG_DL)


@pytest.mark.parametrize("name", sorted(staging.registry()))
def test_reference_entry_is_complete(name: str) -> None:
    entry = staging.describe(name)
    for key in ("title", "version", "formula", "rules", "source", "population", "valid_range", "predicts"):
        assert entry[key], key
    assert [row["name"] for row in entry["inputs"]] == list(staging.registry()[name].all_inputs)
    assert all(row["plausible"][0] < row["plausible"][1] for row in entry["inputs"])
    assert "http" in entry["source"] or "doi" in entry["source"] or not entry["verified"]


def test_an_unverified_source_says_so_in_the_score() -> None:
    inputs = {"age": "55", "bilirubin": "2", "albumin": "3.5", "pt_s": "11", "edema": "0"}
    assert staging.score_from_text("mayo_pbc", inputs).source.startswith("unverified: ")


def test_json_shape_of_a_score() -> None:
    row = staging.score_from_text("albi", {"bilirubin": "0.6", "albumin": "4"}).to_json()
    assert {"name", "value", "class", "inputs", "formula", "source", "valid_range"} <= set(row)
    assert row["inputs"]["albumin"] == {
        "value": 40.0, "unit": "g/L", "time": None, "age_d": None, "note": "given as 4"
    }  # fmt: skip
    assert "class" not in staging.score_from_text("meld", MELD).to_json()


def test_child_pugh_and_organ_scores_need_one_of_two_measures() -> None:
    with pytest.raises(TypeError):
        staging.child_pugh_points(20, 40, None, 0, 0)
    with pytest.raises(TypeError):
        staging.clif_c_of(20, 80, 0, 1, 80, 0.21)


def test_a_rule_is_decided_by_hand_as_soon_as_it_can_be() -> None:
    found = staging.score_from_text("kings_college_paracetamol", {"ph": "7.2"})
    assert (found.value, found.notes) == (1, ("decided whatever the value of inr, creatinine, encephalopathy",))
    with pytest.raises(InputError, match="needs inr, creatinine, encephalopathy"):
        staging.score_from_text("kings_college_paracetamol", {"ph": "7.4"})


@pytest.mark.parametrize("inputs", [{"bili": "2", "alb": "3.0"}, {"bilirubin_total": "2", "albumin": "3"}])
def test_usual_spellings_of_inputs_are_understood(inputs: dict[str, str]) -> None:
    more = {"INR": "1.4", "ascites": "none", "encephalopathy_grade": "0"}
    assert staging.score_from_text("child_pugh", inputs | more).value == 7
