"""The blind holdout: in the base, told from every other cohort, and in no table that is fitted."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from hepatica import evidence, twin
from hepatica.trials import _blind, _judge, _validate, _words

ROOT = Path(__file__).parents[3] / "src/hepatica"
ROWS = tomllib.loads((ROOT / "trials/data/holdout.toml").read_text("utf-8"))["study"]
TABLES = sorted(p.name for p in (ROOT / "twin/data").glob("*.toml"))


def _names(study):
    known = (study.pmid, study.doi, study.pmcid, *study.registry)
    return {str(x).lower() for x in known if x}


def test_every_row_names_a_study_its_source_and_its_day():
    assert len(ROWS) >= 15 and len({r["id"] for r in ROWS}) == len(ROWS)
    for row in ROWS:
        study = evidence.study(row["id"])
        assert row["source"] in {p.source for p in study.provenance}
        assert row["extracted"].isoformat() >= "2026-11-25" and row["outcomes_fitted"] is False


@pytest.mark.parametrize("name", TABLES)
def test_no_table_of_the_twin_fits_a_study_held_out(name):
    text = (ROOT / f"twin/data/{name}").read_text("utf-8")
    for study in _validate.holdout_studies():
        found = [x for x in {study.id, *_names(study)} if f'"{x}"' in text.lower() or f":{x}" in text.lower()]
        assert not found, f"{study.id} is held out and {name} names {found}"


def test_no_study_held_out_is_fitted_or_judged_with_the_others():
    blind = _validate.held_out()
    assert not blind & twin.fitted_studies()
    assert not blind & {x for s in twin.disagreement()["studies"].values() for x in s}
    assert not blind & {x for s in _validate.liver_studies() for x in (s.id, s.cohort)}


def test_studies_held_out_share_no_cohort_and_no_record_with_the_others():
    blind = _validate.held_out()
    others = [s for s in evidence.studies().values() if s.id not in blind]
    for study in _validate.holdout_studies():
        assert study.cohort not in {s.cohort for s in others} and not study.may_overlap
        same = [s.id for s in others if _names(s) & _names(study)]
        assert not same, f"{study.id} is held out, and {same} have the same record"


def test_each_has_an_outcome_of_an_arm_of_twenty_or_more_within_two_years():
    for study in _validate.holdout_studies():
        rows = _validate.seen_in(study)
        arms = {a.name for a in study.arms}
        assert rows and all(arm in arms and 7 <= day <= 730 for arm, _, day, _, _ in rows), study.id
        assert min(a.n for a in study.arms) >= 20, study.id


def case(study, variable, seen, lo, hi, course="decompensated", carried=None, day=90.0, fitted=False):
    mean = (lo + hi) / 2
    return _validate.Case(
        study, study, fitted, "control", False, variable, day, 50, seen, mean, lo, hi, carried, course
    )


def others():
    """Return arms whose survival falls as the fourth root of the day says, and bilirubin that halves."""
    rows = []
    for i, day in enumerate((28.0, 90.0, 180.0, 365.0, 730.0)):
        alive = float(np.exp(-0.1 * day**0.25))
        rows.append(case(f"s{i}", "survival", alive, alive - 0.1, alive + 0.1, day=day))
        rows.append(case(f"s{i}", "bilirubin_umol_l", 50.0, 40, 60, carried=(100.0, 90.0, 110.0), day=day, fitted=True))
    return rows


def test_the_rule_of_survival_is_the_curve_through_the_other_studies():
    rules = _judge.survival_regression(others())
    asked = case("new", "survival", 0.5, 0.4, 0.6, day=100.0)
    assert _judge.survival_middle(asked, rules) == pytest.approx(np.exp(-0.1 * 100**0.25), rel=1e-6)
    low, high = _judge.survival_by_rule(asked, rules)
    assert low <= _judge.survival_middle(asked, rules) <= high
    unknown = case("new", "survival", 0.5, 0.4, 0.6, course="never seen")
    assert _judge.survival_by_rule(unknown, rules) == _judge.survival_by_rule(
        case("new", "survival", 0.5, 0.4, 0.6, course=""), rules
    )


def test_the_holdout_is_judged_by_the_rules_of_the_others_and_its_misses_named():
    held_out = [
        case("a", "survival", 0.70, 0.6, 0.8),
        case("b", "survival", 0.40, 0.6, 0.8),
        case("tellez2022", "survival", 0.10, 0.98, 1.0, course="chronic_hepatitis"),
        case("c", "bilirubin_umol_l", 50.0, 45, 55, carried=(100.0, 90.0, 110.0)),
    ]
    part = _judge.blind(others(), held_out)
    assert part["coverage"] == 0.5 and part["cohorts"] == 4 and part["paired_held"] == 1
    assert [r.study for r in part["missed"]] == ["tellez2022", "b"], "farthest outside first"
    assert part["by_course"]["decompensated"]["survival_bias"] == pytest.approx((0.0 + 0.3) / 2)
    assert part["interval_score"] < part["interval_score_carried_forward"]
    text = _blind.section(others(), held_out)
    assert "The 90 % interval held 50 % of them" in text
    assert _words.BLIND_MISSES["tellez2022"] in text and "Not looked into." in text
    assert text.index("Predicted blind, the 90 % interval held 58 % (44 to 71)") < text.index("Now: ")


def test_the_log_begins_with_the_extraction_and_the_blind_prediction():
    log = tomllib.loads((ROOT / "trials/data/holdout_runs.toml").read_text("utf-8"))["entry"]
    assert "none predicted yet" in log[0]["what"] and "held" not in log[0]
    assert "blind" in log[1]["what"] and log[1]["held"]
