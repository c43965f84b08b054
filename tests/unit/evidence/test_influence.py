"""Influence, leave-one-out and cumulative pools against R metafor (tests/reference/models.R)."""

import json
from pathlib import Path

import pytest

from hepatica.errors import CannotAnswer
from hepatica.evidence.statistics.influence import cumulative, influence, leave_one_out

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "models.json").read_text())
FIELDS = {"rstudent": "rstudent", "dffits": "dffits", "cook.d": "cook", "cov.r": "cov_ratio", "hat": "hat",
          "tau2.del": "tau2_without", "QE.del": "q_without", "weight": "weight", "dfbs": "dfbetas"}  # fmt: skip


@pytest.mark.parametrize(("method", "ci"), [("REML", "z"), ("REML", "knha"), ("DL", "z"), ("DL", "knha"), ("FE", "z")])
@pytest.mark.parametrize("name", REFERENCE["sets"])
def test_influence_agrees_with_metafor(name, method, ci):
    data, theirs = REFERENCE["sets"][name], REFERENCE["influence"][name][method][ci]
    ours = influence(data["yi"], data["vi"], method=method, ci="wald" if ci == "z" else "hksj")
    for field, mine in FIELDS.items():
        assert [getattr(o, mine) for o in ours] == pytest.approx(theirs[field], rel=1e-6, abs=1e-8), field
    assert [o.influential for o in ours] == theirs["influential"]


@pytest.mark.parametrize("name", REFERENCE["sets"])
def test_pools_with_fewer_studies_agree_with_metafor(name):
    data = REFERENCE["sets"][name]
    for ours, theirs in (
        (leave_one_out(data["yi"], data["vi"], ci="wald"), data["leave1out"]),
        (cumulative(data["yi"], data["vi"], ci="wald"), data["cumul"]),
    ):
        for field, values in theirs.items():
            assert [row[field] for row in ours] == pytest.approx(values, rel=1e-6, abs=1e-6), field


def test_names_come_through():
    y, v = [0.1, 0.2, 3.0, 0.15], [0.02, 0.03, 0.02, 0.04]
    found = influence(y, v, ["a", "b", "far", "d"], "FE")
    assert max(found, key=lambda i: i.cook).study == "far" and "Cook" in found[2].why
    assert leave_one_out(y, v, ["a", "b", "far", "d"])[2]["without"] == "far"


def test_too_few_studies_are_told():
    with pytest.raises(CannotAnswer, match="needs 3"):
        influence([0.1, 0.2], [0.1, 0.1])
    with pytest.raises(CannotAnswer, match="one study"):
        leave_one_out([0.1], [0.1])
