"""Networks against R metafor's rma.mv (tests/reference/more.R), by hand, and on trials that do not link."""

import json
import math
from pathlib import Path

import pytest

from hepatica import evidence
from hepatica.cli import main
from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.networks import ArmEffect, network

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "more.json").read_text())["networks"]


def arms(name):
    data = REFERENCE[name]
    return [ArmEffect(*row) for row in zip(data["study"], data["trt"], data["y"], data["v"], strict=True)]


@pytest.mark.parametrize("name", REFERENCE)
def test_agrees_with_metafor(name):
    data = REFERENCE[name]
    first, *others = data["treatments"]
    for method, part in (("FE", "fixed"), ("REML", "random")):
        net = network(arms(name), method)
        theirs = data[part]
        tight = 1e-6 if method == "FE" else 1e-5
        for t, b, se in zip(others, theirs["b"], theirs["se"], strict=True):
            e = net.of(t, first)
            assert e.estimate == pytest.approx(b, rel=tight, abs=tight)
            assert e.se == pytest.approx(se, rel=tight)
        assert net.tau2 == pytest.approx(theirs.get("tau2", 0), rel=1e-5, abs=1e-8)
    assert (net.q, net.q_df) == (pytest.approx(data["fixed"]["q"], rel=1e-8), data["fixed"]["df"])
    assert (net.q_within, net.q_within_df) == (pytest.approx(data["within"]["q"], rel=1e-8), data["within"]["df"])
    assert net.q_between == pytest.approx(data["fixed"]["q"] - data["within"]["q"], rel=1e-7)


def two(study, a, b, effect, v):
    return [ArmEffect(study, a, 0.0, v / 2), ArmEffect(study, b, effect, v / 2)]


def test_indirect_comparison_by_hand():
    # A-B 1.0 (v 0.04) and A-C 0.4 (v 0.09) give C-B = -0.6 with v 0.13 (Bucher)
    net = network([*two("1", "A", "B", 1.0, 0.04), *two("2", "A", "C", 0.4, 0.09)], "FE", "higher")
    e = net.of("C", "B")
    assert e.estimate == pytest.approx(-0.6) and e.se == pytest.approx(math.sqrt(0.13)) and e.direct_k == 0
    assert net.of("B", "A").direct_k == 1
    assert any("inconsistency cannot be seen" in w for w in net.warnings)
    assert net.q_between_p is None


def test_loop_inconsistency_by_hand():
    # AB 1, BC 1, AC 0 each with v 0.03: the loop is off by 2, Q = 2^2 / 0.09
    net = network([*two("1", "A", "B", 1, 0.03), *two("2", "B", "C", 1, 0.03), *two("3", "A", "C", 0, 0.03)], "FE")
    assert net.q_between == pytest.approx(4 / 0.09) and net.q_between_df == 1


def test_p_scores_lie_between_nought_and_one_and_average_a_half():
    net = network(arms("senn2013"), "REML", "lower")
    scores = list(net.p_scores.values())
    assert scores == sorted(scores, reverse=True) and 0 <= scores[-1] <= scores[0] <= 1
    assert sum(scores) / len(scores) == pytest.approx(0.5)
    other = network(arms("senn2013"), "REML", "higher").p_scores
    assert all(other[t] == pytest.approx(1 - p) for t, p in net.p_scores.items())


def test_order_of_arms_and_names_does_not_matter():
    given = arms("hasselblad1998")
    one = network(given, "FE")
    two_ = network(list(reversed(given)), "FE")
    assert [e.estimate for e in one.league] == pytest.approx([e.estimate for e in two_.league])


def test_trials_that_do_not_link_are_told():
    with pytest.raises(CannotAnswer) as caught:
        network([*two("1", "A", "B", 1, 0.1), *two("2", "C", "D", 1, 0.1)])
    assert "A, B" in caught.value.where and "C, D" in caught.value.where


def test_arms_that_cannot_be_used_are_refused():
    with pytest.raises(InputError, match="one arm"):
        network([ArmEffect("1", "A", 0, 1)])
    with pytest.raises(InputError, match="twice"):
        network([*two("1", "A", "B", 0, 1), ArmEffect("1", "A", 0, 1)])
    with pytest.raises(InputError, match="v 0"):
        network([ArmEffect("1", "A", 0, 0), ArmEffect("1", "B", 0, 1)])
    with pytest.raises(CannotAnswer, match="k=0"):
        network([])


def test_the_base_as_a_network():
    a = evidence.network_question("survival", 90, "alcoholic_hepatitis")
    assert a["treatments"] == sorted(a["treatments"]) and "standard care" in a["treatments"]
    assert len(a["league"]) == len(a["treatments"]) * (len(a["treatments"]) - 1)
    there = next(e for e in a["league"] if (e["treatment"], e["against"]) == ("G-CSF", "standard care"))
    back = next(e for e in a["league"] if (e["treatment"], e["against"]) == ("standard care", "G-CSF"))
    assert there["ratio"]["estimate"] == pytest.approx(1 / back["ratio"]["estimate"])
    assert there["direct_k"] == sum(
        {"G-CSF", "standard care"} <= {x["treatment"] for x in s["arms"]} for s in a["used"]
    )
    assert not a["apart"] and "de2009ptx" in {s["study"] for s in a["used"]}, "it links pentoxifylline to steroids"
    assert {s["study"] for s in a["used"]}.isdisjoint(x["study"] for x in a["left_out"])
    assert sum(row["k"] for row in a["transitivity"]) == a["studies"]


def test_two_treatments_agree_with_the_pool():
    a = evidence.network_question("survival", 90, "aclf")
    e = next(e for e in a["league"] if (e["treatment"], e["against"]) == ("G-CSF", "standard care"))
    pooled = evidence.pool("survival", 90, "aclf", "g_csf", ci="wald").to_json()
    both = {s["study"] for s in a["used"] if {x["treatment"] for x in s["arms"]} == {"G-CSF", "standard care"}}
    assert both == {s["study"] for s in pooled["studies"]}
    assert e["estimate"] == pytest.approx(pooled["estimate"], abs=1e-5)
    assert e["se"] == pytest.approx(pooled["se"], rel=1e-4)
    assert any("stands in for overall survival: chen2022ta1, engelmann2021" in w for w in a["warnings"])


def test_mortality_mirrors_survival():
    def of(outcome):
        a = evidence.network_question(outcome, 90, "alcoholic_hepatitis", method="FE")
        return {(e["treatment"], e["against"]): e["estimate"] for e in a["league"]}

    alive, dead = of("survival"), of("mortality")
    assert all(dead[pair] == pytest.approx(-value) for pair, value in alive.items())


def test_network_on_the_command_line(capsys):
    args = ["evidence", "network", "--outcome", "survival", "--condition", "alcoholic_hepatitis", "--day"]
    assert main([*args, "90"]) == 0
    said = capsys.readouterr().out
    assert "P-score" in said and "not linked" not in said and "left out" in said
    assert main([*args, "90", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["measure"] == "OR"
    assert main([*args, "7000"]) == 1
    assert "k=0" in capsys.readouterr().err


def test_routes_and_doses_tell_cells_apart_and_parts_add_up(capsys):
    plain = evidence.network_question("meld", 90, "cirrhosis", "any", "FE")
    fine = evidence.network_question("meld", 90, "cirrhosis", "any", "FE", "cell+route+dose", parts=True)
    assert "CD34+ or CD133+ cells (hepatic artery, dose not stated) + G-CSF" in fine["treatments"]
    assert "CD34+ or CD133+ cells + G-CSF" in plain["treatments"] and "parts" not in plain
    assert "not to be told from" in fine["parts"]["where"]
    with pytest.raises(InputError, match="'colour'"):
        evidence.network_question("meld", 90, "cirrhosis", detail="colour")
    args = ["evidence", "network", "--outcome", "survival", "--condition", "alcoholic_hepatitis", "--day", "90"]
    assert main([*args, "--parts", "--method", "DL"]) == 0
    said = capsys.readouterr().out
    assert "what each part adds" in said and "what could differ between trials" in said


def test_direct_and_indirect_evidence_of_the_base():
    a = evidence.network_question("survival", 90, "alcoholic_hepatitis")
    assert set(a["design_by_treatment"]) == {"q", "df", "p", "tau2"}
    for s in a["node_splits"]:
        assert s["difference"] == pytest.approx(s["direct"] - s["indirect"])
    for row in a["transitivity"]:
        assert sum(row["risk_of_bias"].values()) == row["k"]
