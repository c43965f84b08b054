"""Questions put to the base: the pools that must be there, those that must not, and what is said about both."""

import json
import math

import pytest

from hepatica import evidence
from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.extract import answers
from hepatica.evidence.question import ask

CONTRACT = {
    "outcome", "day", "k", "estimate", "se", "ci", "prediction_interval", "tau2", "i2", "q", "method", "studies",
    "certainty",
}  # fmt: skip


def g_csf(condition, **more):
    return evidence.pool("survival", 90, condition, "g_csf", **more).to_json()


def test_aclf_survival_by_its_counts():
    a = g_csf("aclf")
    assert set(a) >= CONTRACT
    assert {s["study"]: (s["events"], s["n"], s["control_events"], s["control_n"]) for s in a["studies"]} == {
        "duan2013": (13, 27, 6, 28),
        "engelmann2021": (30, 88, 33, 88),
    }
    yi = [s["yi"] for s in a["studies"]]
    assert yi == pytest.approx([math.log(13 * 22 / (14 * 6)), math.log(30 * 55 / (58 * 33))])
    assert min(yi) < a["estimate"] < max(yi)
    assert a["prediction_df"] == 1 and a["method"] == "REML" and a["ci_method"] == "hksj"
    assert a["back_transformed"]["estimate"] == pytest.approx(math.exp(a["estimate"]))
    assert a["certainty"]["level"] == "very low"
    assert any("without transplant" in n for s in a["studies"] for n in s["notes"])
    assert "garg2012" in {x["study"] for x in a["left_out"]}
    assert {g["region"] for g in a["by_region"]} == {"asia", "europe"}
    assert a["published"][0]["id"] == "hou_2021_3"
    json.dumps(a)


def test_alcoholic_hepatitis_survival_by_its_counts():
    a = g_csf("alcoholic_hepatitis")
    assert [s["study"] for s in a["studies"]] == ["singh2014", "singh2018", "shasthry2019", "gpred2023"]
    gpred = a["studies"][-1]
    assert gpred["treated"] == ["G-CSF+prednisolone"] and gpred["comparator"] == "steroids"
    assert a["k"] == 4 and a["tau2"] == 0
    reasons = {x["study"]: x["reason"] for x in a["left_out"]}
    assert reasons["gcsf_us2023"] == "not randomised"
    assert "with cells" in reasons["spahr2013_lanthier2017"]
    assert {"asia", "europe"} <= {p.get("region") for p in a["published"]}


def test_mortality_mirrors_survival():
    alive = g_csf("alcoholic_hepatitis")
    dead = evidence.pool("mortality", 90, "alcoholic_hepatitis", "g_csf").to_json()
    assert dead["estimate"] == pytest.approx(-alive["estimate"])
    assert dead["direction"].startswith("below")


def test_cohorts_count_once():
    rows, out = answers(ask("survival", 90, None, "stem_cells", design="any"))
    cohorts = [r.study.cohort for r in rows]
    assert len(cohorts) == len(set(cohorts))
    assert "spahr2013" in {x.study.id for x in out if x.reason.startswith("same patients")}


def test_strict_endpoint_and_wider_window_change_the_studies():
    assert [s["study"] for s in g_csf("aclf", strict_endpoint=True)["studies"]] == ["duan2013"]
    assert "garg2012" in {s["study"] for s in g_csf("aclf", window=0.5)["studies"]}
    assert "gcsf_us2023" in {s["study"] for s in g_csf("alcoholic_hepatitis", design="any")["studies"]}


def test_sensitivity_names_what_changes():
    words = {s["what"] for s in g_csf("aclf")["sensitivity"]}
    assert "without transplant-free survival as a stand-in" in words
    assert "fixed effect" in words
    assert "without singh2018" in {s["what"] for s in g_csf("alcoholic_hepatitis")["sensitivity"]}


def test_no_two_arm_msc_laboratory_means():
    with pytest.raises(CannotAnswer, match=r"^k=0 in this base") as caught:
        evidence.pool("meld", 90, "decompensated_cirrhosis", "msc")
    assert "Pan 2014" in caught.value.mend and caught.value.exit_code == 1


def test_europe_alone_has_no_study_and_the_published_pool_says_so():
    with pytest.raises(CannotAnswer, match="k=0") as caught:
        g_csf("alcoholic_hepatitis", region="europe")
    assert "1.89" in caught.value.mend


def test_means_are_pooled_where_both_arms_have_them():
    a = evidence.pool("meld", 90, "cirrhosis", "stem_cells", design="any").to_json()
    assert [s["study"] for s in a["studies"]] == ["sharma2020"]
    assert a["estimate"] == pytest.approx(15.75 - 19.94)
    assert a["back_transformed"] is None and a["scale"].startswith("difference")
    assert a["ci_method"] == "wald" and a["certainty"]["level"] == "very low"


def test_suspect_standard_errors_are_left_out():
    _, out = answers(ask("meld_na", 90, "alcoholic_hepatitis", "g_csf"))
    assert "standard errors" in {x.study.id: x.reason for x in out}["gpred2023"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"outcome": "survival", "condition": "flu", "intervention": "g_csf"}, "condition 'flu'"),
        ({"outcome": "survival", "intervention": "prayer"}, "intervention 'prayer'"),
        ({"outcome": "survival", "intervention": "g_csf", "day": -4}, "day -4"),
        ({"outcome": "survival", "intervention": "g_csf", "measure": "MD"}, "measure MD"),
        ({"outcome": "survival", "intervention": "g_csf", "condition": "aclf", "region": "mars"}, "region 'mars'"),
        ({"outcome": "survival", "intervention": "g_csf"}, "which day"),
        ({"outcome": "survival", "day": 90}, "which intervention"),
    ],
)
def test_questions_that_cannot_be_read(options, words):
    with pytest.raises(InputError, match=words):
        evidence.pool(**options)


def test_published_pools_carry_their_doubts():
    rows = evidence.published_pools("meld", 90, "decompensated", "uc_msc")
    assert rows and all(r["doubts"] for r in rows)
    days = {r["day"]: r["value"] for r in evidence.published_pools("meld", None, "decompensated", "msc") if "day" in r}
    assert days[14] == -1.23 and days[168] == -2.01 and days[365] == 0.2


def test_verb_takes_options_as_the_command_line_gives_them(tmp_path):
    a = evidence.pool_question({"outcome": "survival", "day": 90, "condition": "aclf", "intervention": "g_csf",
                                "method": "DL", "ci": "wald", "data": None})  # fmt: skip
    assert a["method"] == "DL" and a["ci_method"] == "wald"
    file = tmp_path / "mine.csv"
    file.write_text("study;yi;vi\nA;0.1;0.04\nB;0.5;0.04\nC;0.9;0.04\n")
    b = evidence.pool_question({"data": str(file), "method": "DL", "ci": "wald"})
    assert set(b) >= CONTRACT and b["k"] == 3 and b["tau2"] == pytest.approx(0.12)
    with pytest.raises(InputError, match="asks the base"):
        evidence.pool_question({"data": str(file), "condition": "aclf"})
    with pytest.raises(InputError, match="no outcome"):
        evidence.pool_question({})
    with pytest.raises(InputError, match="'colour'"):
        evidence.pool_question({"outcome": "survival", "colour": "red"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("study,effect\nA,1\n", "columns are"),
        ("study,yi,vi\n", "no rows"),
        ("study,yi,vi\nA,0.1,0\n", "vi is 0"),
        ("study,yi,vi\nA,0.1,-1\n", "vi is -1"),
        ("study,yi,vi\nA,x,1\n", "yi is 'x'"),
        ("study,yi,vi\nA,,1\n", "yi is missing"),
        ("study,yi,vi\nA,0.1\n", "vi is missing"),
        ("study,yi,vi\nA,inf,1\n", "yi is inf"),
        ("study,yi,vi\nA,0.1,1\nA,0.1,1\n", "stands twice with the same numbers"),
    ],
)
def test_bad_tables_are_refused_with_the_line(tmp_path, text, words):
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=words):
        evidence.pool_file(file)


def test_files_that_are_no_tables(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        evidence.pool_file(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="cannot be read"):
        evidence.pool_file(tmp_path)
    file = tmp_path / "latin.csv"
    file.write_bytes("study,yi,vi\nMüller,1,1\n".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        evidence.pool_file(file)


def test_several_effects_of_one_study_are_warned_about(tmp_path):
    file = tmp_path / "arms.csv"
    file.write_text("study,yi,vi\nA,0.1,0.04\nA,0.5,0.04\nB,0.2,0.04\n")
    a = evidence.pool_file(file)
    assert a["k"] == 3 and any(w.startswith("A: several lines") for w in a["warnings"])


def test_standard_errors_stand_in_for_variances(tmp_path):
    file = tmp_path / "se.csv"
    file.write_text("study,yi,sei\nA,0.1,0.2\nB,0.5,0.2\n")
    assert evidence.pool_file(file, "FE", "wald")["se"] == pytest.approx(0.2 / math.sqrt(2))


def test_medians_are_used_only_when_asked():
    with pytest.raises(CannotAnswer, match="k=0") as caught:
        evidence.pool("meld", 90, "compensated", "stem_cells")
    assert "as medians" in caught.value.where
    a = evidence.pool("meld", 90, "compensated", "stem_cells", medians=True).to_json()
    assert a["studies"][0]["study"].startswith("newsome2018")
    assert any("median and quartiles" in n for n in a["studies"][0]["notes"])
    assert a["ci"][0] < 0 < a["ci"][1]


def test_more_than_one_look_at_the_same_studies():
    a = g_csf("alcoholic_hepatitis")
    assert [c["k"] for c in a["cumulative"]] == [1, 2, 3, 4]
    assert a["cumulative"][-1]["estimate"] == pytest.approx(a["estimate"])
    assert "below 10" in a["egger"]["why"]
    assert 0 < a["bayes"]["mu"]["mean"] < a["estimate"]
    assert all(s["risk_of_bias"].endswith("(ours)") for s in a["studies"])


def test_a_trial_without_deaths_says_so():
    with pytest.raises(CannotAnswer) as caught:
        evidence.pool("survival", 180, "decompensated", "g_csf")
    assert "kjim_pbmc: no one died in either arm: no ratio" in caught.value.where


@pytest.mark.parametrize(
    ("said", "meant"),
    [("bone marrow mononuclear cells", "bm_mnc"), ("CD34+ cells", "hsc"), ("hepatocytes", "hepatocyte"),
     ("prednisolone", "steroids"), ("filgrastim", "g_csf"), ("umbilical cord MSC", "uc_msc")],
)  # fmt: skip
def test_interventions_are_named_as_people_name_them(said, meant):
    assert ask("survival", 90, "cirrhosis", said).intervention == meant


def test_any_treatment_of_the_base_can_be_asked_for():
    a = evidence.pool("transplant_free_survival", 90, "aclf", "thymosin alpha 1").to_json()
    assert [s["study"] for s in a["studies"]] == ["chen2022ta1"]
    assert ask("survival", 90, "cirrhosis", "antibiotics").intervention == "antibiotic"
    with pytest.raises(InputError, match="'vitamin D' is not known"):
        ask("survival", 90, "pbc", "vitamin D")
    # without an intervention named, the usual ones are asked first
    assert evidence.pool("survival", 90, "aclf").question.intervention == "g_csf"
