"""Groups of studies against R metafor (tests/reference/models.R)."""

import json
from pathlib import Path

import pytest

from hepatica.errors import InputError
from hepatica.evidence.statistics.subgroups import subgroups

ROOT = Path(__file__).parents[2] / "reference"
THEIRS = json.loads((ROOT / "models.json").read_text())
BCG = json.loads((ROOT / "metafor.json").read_text())["sets"]["bcg_rr"]
GROUPS = THEIRS["moderators"]["factor"]["alloc"]


def test_groups_and_the_tests_between_them_agree_with_metafor():
    theirs = THEIRS["subgroups"]
    ours = subgroups(BCG["yi"], BCG["vi"], GROUPS, ci="wald")
    assert [g["group"] for g in ours["groups"]] == theirs["names"]
    for field, key in (("estimate", "b"), ("se", "se"), ("tau2", "tau2")):
        assert [g[field] for g in ours["groups"]] == pytest.approx(theirs[key], rel=1e-6, abs=1e-9)
    assert ours["own_tau2"]["q"] == pytest.approx(theirs["q_between"], rel=1e-6)
    assert ours["own_tau2"]["p"] == pytest.approx(theirs["p"], rel=1e-6)
    assert ours["common_tau2"]["q"] == pytest.approx(theirs["common"]["q_between"], rel=1e-6)
    assert ours["common_tau2"]["tau2"] == pytest.approx(theirs["common"]["tau2"], rel=1e-6)


def test_one_group_has_no_test_and_small_groups_are_named():
    assert subgroups([0.1, 0.2], [0.1, 0.1], ["a", "a"])["own_tau2"] is None
    said = " ".join(subgroups([0.1, 0.2, 0.3], [0.1] * 3, ["a", "a", "b"])["warnings"])
    assert "not randomised against each other" in said and "below 5 studies: a, b" in said


def test_names_must_match():
    with pytest.raises(InputError, match="1 group names for 2"):
        subgroups([0.1, 0.2], [0.1, 0.1], ["a"])
