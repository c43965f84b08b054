"""Tables that a user brings: every kind agrees with its own formula, and what is wrong is named."""

import json
import math
from pathlib import Path

import pytest

from hepatica import evidence
from hepatica.cli import main
from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.statistics.rare_events import odds_ratio, rate_ratio
from hepatica.evidence.tables import mantel_haenszel, peto

RARE = json.loads((Path(__file__).parents[2] / "reference" / "rare.json").read_text())
ZEROS = [RARE["two"]["zeros"][c] for c in "amcq"]
COUNTS = "study,events,n,control_events,control_n"


def table(folder, head, *rows):
    file = folder / "mine.csv"
    file.write_text("\n".join([head, *(",".join(str(c) for c in r) for r in rows)]) + "\n")
    return str(file)


def zeros(folder):
    return table(folder, COUNTS, *((f"s{i}", *r) for i, r in enumerate(zip(*ZEROS, strict=True))))


@pytest.mark.parametrize("method", ["GLMM", "MH", "PETO"])
def test_counts_without_anything_added(tmp_path, method):
    a = evidence.pool_file(zeros(tmp_path), method)
    theirs = {"GLMM": odds_ratio, "MH": mantel_haenszel, "PETO": peto}[method](*ZEROS)
    assert (a["estimate"], a["se"]) == pytest.approx((theirs.estimate, theirs.se))
    assert [x["study"] for x in a["left_out"]] == ["s3"] and "no arm had the event" in a["left_out"][0]["reason"]
    assert sum(r["weight_percent"] for r in a["studies"]) == pytest.approx(100)
    assert a["back_transformed"]["estimate"] == pytest.approx(math.exp(theirs.estimate))


def test_zero_cells_are_marked_where_something_is_added(tmp_path):
    a = evidence.pool_file(zeros(tmp_path), "DL")
    assert "0.5 added" in a["studies"][0]["notes"][0]


def test_rates_of_one_and_two_arms(tmp_path):
    r = RARE["rates"]
    rows = [(f"s{i}", *x) for i, x in enumerate(zip(*(r[c] for c in ("x1", "t1", "x2", "t2")), strict=True))]
    file = table(tmp_path, "study,events,time,control_events,control_time", *rows)
    assert evidence.pool_file(file, "GLMM")["estimate"] == pytest.approx(
        rate_ratio(*(r[c] for c in ("x1", "t1", "x2", "t2"))).estimate
    )
    assert evidence.pool_file(file, "DL")["measure"] == "IRR"
    one = table(tmp_path, "study,events,time", *((s, x, t) for s, _, _, x, t in rows))
    assert evidence.pool_file(one)["estimate"] == pytest.approx(r["arm"]["mu"], abs=1e-6)


def test_proportions_by_likelihood_and_freeman_tukey_only_on_request(tmp_path):
    p = RARE["effects"]["proportion"]
    file = table(tmp_path, "study,events,n", *((f"s{i}", *x) for i, x in enumerate(zip(p["xi"], p["ni"], strict=True))))
    assert evidence.pool_file(file)["method"] == "GLMM"
    a = evidence.pool_file(file, "FT")
    assert a["estimate"] == pytest.approx(RARE["effects"]["freeman_tukey"]["estimate"], rel=1e-6)
    assert "can mislead" in a["warnings"][0]


def test_means_by_any_summary(tmp_path):
    head = "study,mean,sd,se,lo,hi,median,q1,q3,n,control_mean,control_sd,control_n"
    half = 2.063898562 * 4.0 / 5
    file = table(
        tmp_path, head,
        ("sd", 10, 4, "", "", "", "", "", "", 25, 12, 4, 25),
        ("se", 10, "", 0.8, "", "", "", "", "", 25, 12, 4, 25),
        ("ci", 10, "", "", 10 - half, 10 + half, "", "", "", 25, 12, 4, 25),
        ("quartiles", "", "", "", "", "", 10, 7.455, 12.545, 25, 12, 4, 25),
        ("one patient", 10, 4, "", "", "", "", "", "", 1, 12, 4, 25),
        ("no spread", 10, 0, "", "", "", "", "", "", 25, 12, 4, 25),
        ("no SD", 10, "", "", "", "", "", "", "", 25, 12, 4, 25),
        ("median only", "", "", "", "", "", 10, "", "", 25, 12, 4, 25),
    )  # fmt: skip
    a = evidence.pool_file(file, "FE", "wald")
    assert [r["study"] for r in a["studies"]] == ["sd", "se", "ci", "quartiles"]
    assert [r["vi"] for r in a["studies"]] == pytest.approx([1.28] * 4, rel=1e-3)
    reasons = {x["study"]: x["reason"] for x in a["left_out"]}
    assert set(reasons) == {"one patient", "no spread", "no SD", "median only"}
    assert "n = 1" in reasons["one patient"] and "SD of 0" in reasons["no spread"]
    assert evidence.pool_file(file, measure="SMD")["measure"] == "SMD"


def test_changes_need_a_stated_correlation(tmp_path):
    head = "study,before,sd_before,mean,sd,n,control_before,control_sd_before,control_mean,control_sd,control_n"
    file = table(tmp_path, head, ("a", 20, 5, 17, 5, 30, 20, 5, 19, 5, 30))
    with pytest.raises(InputError, match="needs a correlation"):
        evidence.pool_file(file)
    a = evidence.pool_file(file, correlation=0.5)
    assert (a["estimate"], a["se"] ** 2) == pytest.approx((-2, 2 * 25 / 30))


def test_a_cohort_counts_once(tmp_path):
    a = evidence.pool_file(
        table(tmp_path, "study,cohort,yi,vi", ("a", "x", 1, 0.1), ("b", "x", 2, 0.2), ("c", "y", 1, 1))
    )
    assert [r["study"] for r in a["studies"]] == ["a", "c"]
    assert a["left_out"][0] == {"study": "b", "citation": "", "reason": "same patients as a"}


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        (COUNTS, ("a", 5, 4, 1, 9), "5 events in 4"),
        (COUNTS, ("a", 1.5, 4, 1, 9), "not a whole number"),
        ("study,ratio,lo,hi", ("a", 2, 3, 4), "interval 3"),
        ("study,mean,sd,n,control_mean,control_sd,control_n", ("a", 1, -1, 9, 2, 1, 9), "sd is -1"),
        ("study,median,q1,q3,n,control_mean,control_sd,control_n", ("a", 1, 2, 3, 9, 2, 1, 9), "not in order"),
        ("study,events,time", ("a", 1, 0), "1 events in 0"),
    ],
)
def test_contradictions_are_refused_with_the_line(tmp_path, head, row, words):
    with pytest.raises(InputError, match=words):
        evidence.pool_file(table(tmp_path, head, row))


def test_methods_that_do_not_fit_are_said(tmp_path):
    effects = table(tmp_path, "study,yi,vi", ("a", 1, 1), ("b", 2, 1))
    with pytest.raises(InputError, match="PETO pools counts"):
        evidence.pool_file(effects, "PETO")
    with pytest.raises(InputError, match="no use for a table of effects"):
        evidence.pool_file(effects, measure="OR")
    with pytest.raises(InputError, match="gives no RR"):
        evidence.pool_file(zeros(tmp_path), "PETO", measure="RR")
    with pytest.raises(CannotAnswer):
        evidence.pool_file(table(tmp_path, COUNTS, ("a", 0, 9, 3, 9), ("b", 0, 9, 1, 9)), "GLMM")


def test_a_table_that_says_nothing_is_no_wrong_input(tmp_path):
    empty = table(tmp_path, COUNTS, ("a", 0, 9, 0, 9))
    with pytest.raises(CannotAnswer, match="k=0: a: no arm had the event"):
        evidence.pool_file(empty)
    with pytest.raises(CannotAnswer, match="has no variance"):
        evidence.pool_file(empty, "MH", measure="RD")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"permutations": 9}, "--permutations has no use without --moderators"),
        ({"steps": [0.05]}, "--steps has no use without --small-studies"),
        ({"tau_scale": 1.0}, "--tau-scale has no use without --tau-prior"),
        ({"within": 0.3}, "--within has no use without --course"),
        ({"permutations": -9, "moderators": ["n"]}, "-9 permutations"),
    ],
)
def test_options_that_would_do_nothing_are_said(tmp_path, options, words):
    with pytest.raises(InputError, match=words):
        evidence.pool_question({"data": zeros(tmp_path), **options})


def test_one_arm_has_no_influence(tmp_path):
    file = table(tmp_path, "study,events,n", ("a", 1, 9), ("b", 2, 9))
    with pytest.raises(InputError, match="need effects of two arms"):
        evidence.pool_question({"data": file, "influence": True})


def rows_of_effects():
    y, v, dose = (0.1, 0.3, 0.5, 0.4, 0.9), (0.05, 0.04, 0.06, 0.05, 0.1), (1, 2, 3, 4, 6)
    route = ("iv", "iv", "artery", "artery", "iv")
    return [(f"s{i}", *x) for i, x in enumerate(zip(y, v, dose, route, strict=True))]


def test_everything_else_a_reviewer_asks(tmp_path):
    file = table(tmp_path, "study,yi,vi,dose,route", *rows_of_effects())
    a = evidence.pool_question({"data": file, "by": "route", "moderators": ["dose"], "permutations": 120,
                                "influence": True, "leave_one_out": True, "cumulative": True, "small_studies": True,
                                "tau_prior": "half-cauchy", "tau_scale": 0.5})  # fmt: skip
    assert [g["group"] for g in a["subgroups"]["groups"]] == ["artery", "iv"]
    dose = a["meta_regression"]["coefficients"][1]
    assert dose["name"] == "dose" and dose["estimate"] > 0 and 0 < dose["p_permuted"] < 0.1
    assert a["meta_regression"]["permuted"] == "all 120 orders"
    assert len(a["influence"]) == len(a["leave_one_out"]) == len(a["bayes"]["shrunken"]) == 5
    assert a["cumulative_by_order"][-1]["estimate"] == pytest.approx(a["estimate"])
    assert set(a["small_studies"]) == {"egger", "trim_and_fill", "pet_peese", "step_model", "beta_model"}
    json.dumps(a)


def test_gaps_in_a_moderator_are_named(tmp_path):
    rows = rows_of_effects()
    rows[0] = (*rows[0][:3], "", "iv")
    a = evidence.pool_question({"data": table(tmp_path, "study,yi,vi,dose,route", *rows), "moderators": ["dose"]})
    assert a["meta_regression"]["left_out"] == [{"study": "s0", "reason": "dose not known"}]
    with pytest.raises(InputError, match="no column 'age'"):
        evidence.pool_question({"data": table(tmp_path, "study,yi,vi,dose,route", *rows), "moderators": ["age"]})


def test_several_days_of_a_study_are_one_course(tmp_path, capsys):
    rows = [(s, s, d, y, 0.05) for s, y0 in (("a", 0.2), ("b", 0.5), ("c", 0.3)) for d, y in ((30, y0), (90, y0 + 0.3))]
    file = table(tmp_path, "study,cohort,day,yi,vi", *rows)
    assert main(["evidence", "pool", "--data", file, "--course", "30", "90", "--json"]) == 0
    course = json.loads(capsys.readouterr().out)["course"]
    assert [d["estimate"] for d in course["days"]] == pytest.approx([1 / 3, 1 / 3 + 0.3], abs=1e-6)
    assert course["covariance"][0][1] > 0
