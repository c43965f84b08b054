"""The blind holdout: in the base, told from every other cohort, and in no table that is fitted."""

import tomllib
from pathlib import Path

import pytest

from hepatica import evidence, twin
from hepatica.trials import _validate

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
