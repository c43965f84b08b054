"""`hepatica what-if`: one change or each of several, as text and as JSON."""

from __future__ import annotations

from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "decompensated_alcohol_cirrhosis.json"


def test_several_changes_are_one_question(hepatica) -> None:
    ended = hepatica(
        *("what-if", EXAMPLE, "--set", "uc_msc.dose=2x", "--set", "weights.harms=2", "--draws", "100", "--json")
    )
    assert ended.code == 0
    assert [c["name"] for c in ended.document["changes"]] == ["uc_msc.dose", "weights.harms"]


def test_each_is_asked_by_itself(hepatica) -> None:
    asked = ("--set", "uc_msc.dose=2x", "--set", "alcohol_active=false")
    ended = hepatica("what-if", EXAMPLE, "--each", *asked, "--draws", "100", "--json")
    assert ended.code == 0
    assert [len(a["changes"]) for a in ended.document["answers"]] == [1, 1]


def test_the_text_says_what_is_recommended_and_what_moved(hepatica) -> None:
    ended = hepatica("what-if", EXAMPLE, "--set", "takes.beta_blocker=true", "--draws", "100")
    assert ended.code == 0
    assert "recommended as before" in ended.out
    assert "beta_blocker" in ended.out
    assert "not told apart from before" in ended.out


def test_a_change_that_is_none_ends_with_its_cure(hepatica) -> None:
    ended = hepatica("what-if", EXAMPLE, "--set", "biliruban=30", "--json")
    assert (ended.code, ended.out) == (2, "")
    assert "bilirubin" in ended.err
    assert hepatica("what-if", EXAMPLE).code == 2
