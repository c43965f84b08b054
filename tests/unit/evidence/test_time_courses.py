"""Courses and further answers from the base: what the days share, what is empty, what is said."""

import math

import numpy as np
import pytest

from hepatica import evidence
from hepatica.cli import main
from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.moderators import MODERATORS, values


def course(**more):
    return evidence.pool_course("survival", [28, 90, 180], "alcoholic_hepatitis", "g_csf", **more)


def test_days_of_one_trial_share_their_dead():
    c = course()
    a = c.to_json()
    assert [d["day"] for d in a["days"]] == [28, 90] and a["not_estimable_days"] == [180]
    assert a["effects"] > a["studies"]
    assert np.linalg.eigvalsh(np.array(a["covariance"])).min() > 0 and a["covariance"][0][1] > 0
    assert "from the counts" in a["within_study_correlation"]
    pooled = evidence.pool("survival", 90, "alcoholic_hepatitis", "g_csf").to_json()
    assert {p["study"] for p in a["points"] if p["day"] == 90} == {s["study"] for s in pooled["studies"]}


def test_covariance_of_two_days_by_hand():
    # 100 a side; alive 80 then 60 treated, 70 then 50 control: 1/(100 * .8 * .4) + 1/(100 * .7 * .5)
    from hepatica.evidence.courses import _by_counts
    from hepatica.evidence.effects import from_counts

    class Row:
        def __init__(self, day, a, c):
            self.day, self.effect = day, from_counts(a, 100, c, 100, "OR")
            self.numbers = (("events", a), ("n", 100), ("control_events", c), ("control_n", 100))

    v = _by_counts([(30, Row(30, 80, 70)), (90, Row(90, 60, 50))], ["x", "x"])
    assert v[0, 1] == pytest.approx(1 / 32 + 1 / 35)
    assert _by_counts([(30, Row(30, 80, 70)), (90, Row(90, 60, 50))], ["x", "y"])[0, 1] == 0


def test_means_on_several_days_state_their_correlation():
    a = evidence.pool_course("meld", [90, 365], "cirrhosis", "stem_cells", design="any").to_json()
    assert [round(d["estimate"], 2) for d in a["days"]] == [-4.19, -4.3]
    assert a["within_study_correlation"].startswith("0.5") and {s["within"] for s in a["sensitivity"]} == {0.2, 0.8}


def test_a_course_that_nobody_reports():
    with pytest.raises(CannotAnswer, match="k=0 in this base on every day"):
        evidence.pool_course("meld", [30], "decompensated_cirrhosis", "msc")
    with pytest.raises(InputError, match="no day"):
        evidence.pool_course("meld", [], "cirrhosis", "msc")


@pytest.mark.parametrize("name", MODERATORS)
def test_every_moderator_can_be_read(name):
    rows = evidence.pool("survival", 90, "alcoholic_hepatitis", "g_csf").rows
    got = values(rows, name)
    assert len(got) == len(rows) and all(v is None or isinstance(v, str | float | int) for v in got)
    if name == "year":
        assert got == [float(r.study.year) for r in rows]


def test_a_dose_per_kg_is_not_made_up():
    rows = evidence.pool("alt_u_l", 180, None, "stem_cells", design="any", window=2.0, medians=True).rows
    doses = values(rows, "dose_per_kg")
    for row, dose in zip(rows, doses, strict=True):
        cells = [a.cells for a in row.contrast.treated if a.cells]
        weights = [m for m in row.study.measures if m.variable == "weight_kg"]
        if dose is None:
            assert not any(c.dose_cells_per_kg for c in cells)
        else:
            assert any(c.dose_cells_per_kg or (c.dose_cells_total and weights) for c in cells)


def test_counts_without_anything_added_from_the_base():
    reml = evidence.pool("survival", 90, "alcoholic_hepatitis", "g_csf").to_json()
    for method in ("GLMM", "MH", "PETO"):
        a = evidence.pool("survival", 90, "alcoholic_hepatitis", "g_csf", method=method).to_json()
        assert a["method"] == method and a["k"] == reml["k"]
        assert any(r.startswith("zero cells: nothing added") for r in a["rules"])
        assert abs(a["estimate"] - reml["estimate"]) < 0.3
    with pytest.raises(InputError, match="GLMM pools counts"):
        evidence.pool("meld", 90, "cirrhosis", "stem_cells", design="any", method="GLMM")


def test_a_stated_correlation_makes_changes():
    plain = evidence.pool("meld", 90, "cirrhosis", "stem_cells", design="any", window=0.5).to_json()
    low, high = (
        evidence.pool("meld", 90, "cirrhosis", "stem_cells", design="any", window=0.5, correlation=r).to_json()
        for r in (0.2, 0.9)
    )
    made = [s for s in low["studies"] if any("correlation of 0.2" in n for n in s["notes"])]
    for s in made:
        other = next(x for x in high["studies"] if x["study"] == s["study"])
        assert other["vi"] < s["vi"] and other["yi"] == pytest.approx(s["yi"])
    assert {s["study"] for s in low["studies"]} == {s["study"] for s in plain["studies"]}
    with pytest.raises(InputError, match="no use for survival"):
        evidence.pool("survival", 90, "aclf", "g_csf", correlation=0.5)


def test_percentages_of_a_curve_only_when_asked():
    a = evidence.pool("survival", 90, "alcoholic_hepatitis", "g_csf", curves=True).to_json()
    read = [s for s in a["studies"] if any("percentage of a curve" in n for n in s["notes"])]
    plain = evidence.pool("survival", 90, "alcoholic_hepatitis", "g_csf").to_json()
    assert a["k"] == plain["k"] + len(read)
    for s in read:
        p, c = s["events"] / s["n"], s["control_events"] / s["control_n"]
        assert s["yi"] == pytest.approx(math.log(p / (1 - p)) - math.log(c / (1 - c)))


def test_studies_that_may_share_patients_count_once():
    from dataclasses import replace

    from hepatica.evidence.answer import _without_overlap

    rows = list(evidence.pool("survival", 90, "alcoholic_hepatitis", "g_csf").rows)
    assert _without_overlap(rows) == rows
    small, large = sorted(rows[:2], key=lambda r: sum(v for n, v in r.numbers if n in ("n", "control_n")))
    linked = replace(small, study=replace(small.study, may_overlap=(large.study.id,)))
    kept = _without_overlap([linked, large, *rows[2:]])
    assert [r.study.id for r in kept] == [r.study.id for r in (large, *rows[2:])]


def test_on_the_command_line(capsys):
    args = [
        "evidence",
        "pool",
        "--outcome",
        "survival",
        "--condition",
        "alcoholic_hepatitis",
        "--intervention",
        "g_csf",
    ]
    assert main([*args, "--course", "28", "90", "180"]) == 0
    said = capsys.readouterr().out
    assert "not estimable, k = 0: day 180" in said and "from the counts" in said
    assert main([*args, "--day", "90", "--by", "region", "--moderators", "dose_per_kg", "--influence"]) == 0
    said = capsys.readouterr().out
    assert "not estimable: no study has every moderator asked" in said and "between groups" in said
    assert main([*args, "--day", "90", "--moderators", "colour"]) == 2
    assert "moderator 'colour'" in capsys.readouterr().err
