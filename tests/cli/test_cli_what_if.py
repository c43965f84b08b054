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


def test_it_takes_the_payer_the_prices_and_the_language_of_a_plan(hepatica, tmp_path) -> None:
    prices = tmp_path / "prices.toml"
    row = 'option = "g_csf"\nvalue = 40000\ncurrency = "EUR"\nyear = 2025\nper = "course"\nsource = "ours"\n'
    prices.write_text(f"[[price]]\n{row}", encoding="utf-8")
    money = ("--payer", "society", "--country", "Greece", "--weights", "cost=1,pay_a_qaly=40000")
    asked = ("--set", "weights.cost=0", "--draws", "100", *money)
    dear = hepatica("what-if", EXAMPLE, *asked, "--prices", prices, "--json").document
    free = hepatica("what-if", EXAMPLE, *asked, "--json").document
    gain = [next(o for o in d["options"] if o["id"] == "g_csf")["net_benefit_difference"]["mean"] for d in (dear, free)]
    assert 364 < gain[0] - gain[1] < 367, "a course at what a quality-adjusted year may cost counts a year"
    spoken = hepatica("what-if", EXAMPLE, *asked, "--language", "es")
    assert "se recomienda" in spoken.out and "no se distingue de antes" in spoken.out


def test_a_payer_that_is_none_ends_with_the_choices(hepatica) -> None:
    ended = hepatica("what-if", EXAMPLE, "--set", "uc_msc.dose=2x", "--payer", "santa")
    assert (ended.code, ended.out) == (2, "") and "health_system" in ended.err
