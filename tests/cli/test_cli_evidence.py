"""The study base on the command line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest


def test_gcsf_survival_is_pooled_apart_for_aclf_and_alcoholic_hepatitis(hepatica) -> None:
    pools = {}
    for condition in ("aclf", "alcoholic_hepatitis"):
        ended = hepatica(
            *("evidence", "pool", "--outcome", "survival", "--day", "90"),
            *("--condition", condition, "--intervention", "g_csf", "--json"),
        )
        assert ended.code == 0
        pools[condition] = ended.document
    studies = {c: {s["study"] for s in p["studies"]} for c, p in pools.items()}
    assert studies["aclf"] and studies["alcoholic_hepatitis"]
    assert studies["aclf"].isdisjoint(studies["alcoholic_hepatitis"])
    for pool in pools.values():
        assert (pool["method"], pool["ci_method"], pool["k"]) == ("REML", "hksj", len(pool["studies"]))
        assert pool["prediction_interval"][0] <= pool["ci"][0] <= pool["estimate"] <= pool["ci"][1]


def test_msc_on_meld_has_no_study_and_names_the_published_pools(hepatica) -> None:
    for more in ([], ["--json"]):
        ended = hepatica("evidence", "pool", "--outcome", "meld", "--day", "28", "--intervention", "msc", *more)
        ended.refused(1)
        assert "k=0 in this base" in ended.err
        assert "published pools: " in ended.err


def test_own_effects_are_pooled(hepatica, tmp_path: Path) -> None:
    file = tmp_path / "effects.csv"
    file.write_text("study,yi,vi\na,0.1,0.04\nb,0.5,0.04\nc,0.9,0.04\n")
    pool = hepatica("evidence", "pool", "--data", file, "--method", "DL", "--ci", "wald", "--json").document
    # Q = (0.4² + 0.4²) / 0.04 = 8; tau² = (8 - 2) / (75 - 25) = 0.12; SE = sqrt((0.04 + 0.12) / 3)
    assert pool["estimate"] == pytest.approx(0.5)
    assert pool["tau2"] == pytest.approx(0.12)
    assert pool["se"] == pytest.approx(math.sqrt(0.16 / 3))


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "empty"), ("a,b\n1,2\n", "columns"), ("study,yi,vi\na,0.1,-1\n", "vi"), ("study,yi,vi\na,x,1\n", "yi")],
)
def test_a_table_that_cannot_be_pooled_is_refused(hepatica, tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "effects.csv"
    file.write_text(text)
    ended = hepatica("evidence", "pool", "--data", file)
    ended.refused(2)
    assert says in ended.err


def test_list_show_and_check_agree(hepatica) -> None:
    rows = hepatica("evidence", "list", "--condition", "aclf", "--json").document["studies"]
    assert {r["condition"] for r in rows} == {"aclf"}
    one = hepatica("evidence", "show", rows[0]["id"], "--json").document
    assert (one["kind"], one["citation"]) == ("study", rows[0]["citation"])
    state = hepatica("evidence", "check", "--json").document
    assert state["ok"] and state["studies"] >= len(rows)


def test_every_study_can_be_shown_as_text(hepatica) -> None:
    for row in hepatica("evidence", "list", "--json").document["studies"]:
        ended = hepatica("evidence", "show", row["id"])
        assert ended.code == 0 and ended.out.startswith(row["id"])


def test_an_unknown_study_is_an_answer_that_cannot_be_given(hepatica) -> None:
    hepatica("evidence", "show", "nobody1999").refused(1)
