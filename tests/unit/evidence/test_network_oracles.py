"""Networks, splits and components against netmeta (tests/reference/networks.R) and what its paper prints.

Printed: Balduzzi et al., J Stat Softw 2023;106(2), the COPD network of Baker et al. 2009.
"""

import json
import math
from pathlib import Path

import pytest

from hepatica.evidence.additive import component_network
from hepatica.evidence.inconsistency import design_by_treatment, node_splits
from hepatica.evidence.networks import ArmEffect, network

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "networks.json").read_text())["networks"]
FITS = [(name, method) for name, data in REFERENCE.items() for method in data["fits"]]
PARTED = [name for name, data in REFERENCE.items() if "parts" in data]


def arms(name):
    data = REFERENCE[name]
    return [ArmEffect(*row) for row in zip(data["study"], data["trt"], data["y"], data["v"], strict=True)]


def parts(name):
    none = REFERENCE[name]["parts"]["inactive"]
    return {t: frozenset(t.split(" + ")) - {none} for t in REFERENCE[name]["treatments"]}


@pytest.mark.parametrize(("name", "method"), FITS)
def test_estimates_rankings_and_predictions_are_those_of_netmeta(name, method):
    theirs, (first, *others) = REFERENCE[name]["fits"][method], REFERENCE[name]["treatments"]
    ours = network(arms(name), method, "lower")
    told = [ours.of(t, first) for t in others]
    assert [e.estimate for e in told] == pytest.approx(theirs["estimate"], abs=1e-7)
    assert [e.se for e in told] == pytest.approx(theirs["se"], abs=1e-7)
    assert ours.tau2 == pytest.approx(theirs["tau2"], abs=1e-7)
    assert ours.p_scores == pytest.approx(theirs["p_scores"], abs=1e-7)
    for e, reach in zip(told, theirs["predicted"] or [None] * len(told), strict=True):
        asked = None if reach is None or reach[0] is None else pytest.approx(reach, abs=1e-6)
        assert e.prediction_interval == asked


@pytest.mark.parametrize("name", REFERENCE)
def test_heterogeneity_and_inconsistency_are_those_of_netmeta(name):
    theirs, ours = REFERENCE[name], network(arms(name), "DL")
    for key in ("q", "q_within", "q_between"):
        assert getattr(ours, key) == pytest.approx(theirs[key], abs=1e-7), key
        assert getattr(ours, key + "_df") == theirs[key + "_df"], key
    whole = design_by_treatment(arms(name), "DL")
    designs = theirs["designs"]
    assert (whole.q, whole.df, whole.tau2) == pytest.approx((designs["q"], designs["df"], designs["tau2"]), abs=1e-7)


@pytest.mark.parametrize("name", REFERENCE)
def test_splits_are_those_of_netsplit_where_only_trials_of_two_arms_compare(name):
    data = REFERENCE[name]
    by = {}
    for study, treatment in zip(data["study"], data["trt"], strict=True):
        by.setdefault(study, set()).add(treatment)
    ours = {(s.treatment, s.against): s for s in node_splits(arms(name), "FE")}
    compared = 0
    for row in data["splits"]["FE"]:
        pair = {row["treatment"], row["against"]}
        if any(pair < held for held in by.values()):
            continue
        compared += 1
        turn = 1 if (row["treatment"], row["against"]) in ours else -1
        s = ours[(row["treatment"], row["against"])[::turn]]
        for key in ("direct", "indirect", "difference"):
            assert turn * getattr(s, key) == pytest.approx(row[key], abs=1e-7), (pair, key)
        assert (s.se, s.p) == pytest.approx((row["se"], row["p"]), abs=1e-7), pair
    assert compared > 0 or name in ("own_alcoholic_hepatitis", "own_cirrhosis")


def test_a_pair_seen_only_beside_a_third_arm_has_no_split():
    pair = ("Budesonide + Formoterol", "Budesonide")
    row = next(s for s in REFERENCE["baker2009"]["splits"]["FE"] if (s["treatment"], s["against"]) == pair)
    assert row["indirect_se"] > 30 * row["direct_se"]  # netsplit gives what hardly anything is known of
    assert not any({s.treatment, s.against} == set(pair) for s in node_splits(arms("baker2009"), "FE"))


@pytest.mark.parametrize("method", ["FE", "DL"])
@pytest.mark.parametrize("name", PARTED)
def test_components_are_those_of_netmeta(name, method):
    theirs = REFERENCE[name]["parts"]
    ours = component_network(arms(name), parts(name), method)
    known = zip(theirs["names"], theirs[method]["estimate"], theirs[method]["se"], strict=True)
    wanted = {n: (b, se) for n, b, se in known if b is not None}
    assert {c.name for c in ours.components} == set(wanted)
    for c in ours.components:
        assert (c.estimate, c.se) == pytest.approx(wanted[c.name], abs=1e-7), c.name
    assert (ours.q, ours.q_df) == pytest.approx((theirs["q"], theirs["q_df"]), abs=1e-7)
    assert (ours.q_additivity, ours.additivity_df) == pytest.approx(
        (theirs["q_difference"], theirs["difference_df"]), abs=1e-7
    )
    assert ours.tau2 == pytest.approx(theirs[method].get("tau2", 0), abs=1e-8)


def test_what_the_paper_of_netmeta_prints():
    net = network(arms("baker2009"), "DL", "lower")
    assert (len(net.treatments), round(net.tau2, 4)) == (8, 0.0111)
    assert [round(x, 2) for x in (net.q, net.q_within, net.q_between)] == [60.86, 43.20, 17.66]
    assert {t: round(p, 4) for t, p in net.p_scores.items()} == {
        "Tiotropium": 0.8719, "Budesonide + Formoterol": 0.8539, "Fluticasone + Salmeterol": 0.6856,
        "Budesonide": 0.5199, "Salmeterol": 0.5162, "Fluticasone": 0.3523, "Formoterol": 0.1132, "Placebo": 0.0871,
    }  # fmt: skip
    e = net.of("Tiotropium", "Placebo")
    assert [round(math.exp(x), 2) for x in (e.estimate, *e.ci)] == [0.69, 0.61, 0.77]
    added = component_network(arms("baker2009"), parts("baker2009"), "DL")
    assert (round(added.q_additivity, 2), round(added.additivity_p, 4), round(added.tau2, 4)) == (1.88, 0.3908, 0.0101)
    salmeterol = next(c for c in added.components if c.name == "Salmeterol")
    assert [round(math.exp(x), 2) for x in (salmeterol.estimate, *salmeterol.ci)] == [0.82, 0.75, 0.90]
