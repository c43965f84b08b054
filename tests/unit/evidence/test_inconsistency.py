"""Node splits, design-by-treatment tests and component networks: rma.mv (tests/reference/splits.R), and by hand."""

import json
import math
from pathlib import Path

import pytest

from hepatica.errors import CannotAnswer
from hepatica.evidence.additive import component_network
from hepatica.evidence.inconsistency import design_by_treatment, node_splits
from hepatica.evidence.networks import ArmEffect

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "splits.json").read_text())
NETWORKS, COMPONENTS = REFERENCE["networks"], REFERENCE["components"]
NONE = frozenset()


def arms(data):
    return [ArmEffect(*row) for row in zip(data["study"], data["trt"], data["y"], data["v"], strict=True)]


def two(study, a, b, effect, v):
    return [ArmEffect(study, a, 0.0, v / 2), ArmEffect(study, b, effect, v / 2)]


def parts(names):
    return {n: frozenset() if n == "placebo" else frozenset(n.split(" + ")) for n in names}


@pytest.mark.parametrize("name", NETWORKS)
def test_splits_agree_with_metafor(name):
    theirs = {(s["b"], s["a"]): s for s in NETWORKS[name]["splits"]}
    ours = {(s.treatment, s.against): s for s in node_splits(arms(NETWORKS[name]))}
    assert set(ours) == set(theirs)
    for pair, s in ours.items():
        for field in ("direct", "indirect", "difference", "se", "p", "tau2"):
            assert getattr(s, field) == pytest.approx(theirs[pair][field], rel=1e-6, abs=1e-6), (pair, field)
        half = (s.direct_ci[1] - s.direct_ci[0]) / 2
        assert half == pytest.approx(1.959963984540054 * theirs[pair]["direct_se"], rel=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_designs_agree_with_metafor(name):
    theirs, ours = NETWORKS[name]["design_by_treatment"], design_by_treatment(arms(NETWORKS[name]))
    assert ours.df == theirs["df"]
    assert ours.q == pytest.approx(theirs["q"], rel=1e-6)
    assert ours.tau2 == pytest.approx(theirs["tau2"], rel=1e-5, abs=1e-8)


def test_a_loop_by_hand():
    # AB 1, BC 1, AC 0, each with variance 0.03: direct AC 0, indirect 2 with variance 0.06
    net = [*two("1", "A", "B", 1, 0.03), *two("2", "B", "C", 1, 0.03), *two("3", "A", "C", 0, 0.03)]
    s = next(s for s in node_splits(net, "FE") if (s.treatment, s.against) == ("C", "A"))
    assert (s.direct, s.indirect, s.difference) == pytest.approx((0, 2, -2))
    assert s.se == pytest.approx(math.sqrt(0.09))
    assert design_by_treatment(net, "FE").q == pytest.approx(4 / 0.09)


def test_no_loop_gives_no_split():
    net = [*two("1", "A", "B", 1, 0.03), *two("2", "A", "C", 0, 0.03)]
    assert node_splits(net) == () and design_by_treatment(net).p is None


@pytest.mark.parametrize(("method", "key"), [("FE", "fixed"), ("REML", "random")])
def test_components_agree_with_metafor(method, key):
    ours = component_network(arms(COMPONENTS), parts(COMPONENTS["trt"]), method)
    theirs = COMPONENTS[key]
    assert [c.name for c in ours.components] == ["A", "B", "C"]
    assert [c.estimate for c in ours.components] == pytest.approx(theirs["b"], rel=1e-6)
    assert [c.se for c in ours.components] == pytest.approx(theirs["se"], rel=1e-6)
    assert ours.q == pytest.approx(COMPONENTS["fixed"]["q"]) and ours.q_df == COMPONENTS["fixed"]["df"]
    assert ours.q_additivity == pytest.approx(COMPONENTS["fixed"]["q"] - COMPONENTS["standard"]["q"])
    assert ours.additivity_df == COMPONENTS["fixed"]["df"] - COMPONENTS["standard"]["df"]


def test_parts_join_what_treatments_do_not():
    # placebo v A, and B v A + B: two trials without a common treatment, both about A
    net = [*two("1", "placebo", "A", 1, 0.02), *two("2", "B", "A + B", 2, 0.02)]
    ours = component_network(net, parts(["placebo", "A", "B", "A + B"]), "FE")
    assert [(c.name, c.k) for c in ours.components] == [("A", 2)]
    assert ours.components[0].estimate == pytest.approx(1.5)
    assert ours.not_estimable == ("B: no trial has it on one side only",)
    assert ours.q_additivity is None and "cannot be tested" in ours.warnings[0]


def test_method_of_moments_is_dersimonian_laird_for_two_treatments():
    from hepatica.evidence.networks import network
    from hepatica.evidence.pooling import pool_effects

    y, v = [0.1, 0.9, 0.4], [0.04, 0.06, 0.05]
    net = network([a for i, (e, w) in enumerate(zip(y, v, strict=True)) for a in two(str(i), "A", "B", e, w)], "DL")
    plain = pool_effects(y, v, "DL", "wald")
    e = net.of("B", "A")
    assert (net.tau2, e.estimate, e.se) == pytest.approx((plain.tau2, plain.estimate, plain.se))
    # t with k - 1 degrees of freedom, 4.303 (any table of t), where a plain pool with a Wald interval takes 1.960
    wide = 4.302653 * math.sqrt(e.se**2 + net.tau2)
    assert e.prediction_interval == pytest.approx((e.estimate - wide, e.estimate + wide), rel=1e-6)


def test_parts_always_given_together_cannot_be_told_apart():
    net = two("1", "placebo", "A + B", 1, 0.02)
    with pytest.raises(CannotAnswer, match="no part") as caught:
        component_network(net, parts(["placebo", "A + B"]))
    assert "A: not to be told from B" in caught.value.where
