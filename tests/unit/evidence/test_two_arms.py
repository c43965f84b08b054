"""Mixed models, Mantel-Haenszel and Peto: metafor and the same likelihoods in R (tests/reference/two_arms.R)."""

import json
import math
from pathlib import Path

import pytest

from hepatica import evidence
from hepatica.cli import main
from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.rare import pool_counts, pool_rates
from hepatica.evidence.statistics.rare_events import unconditional

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "two_arms.json").read_text())
SETS = [(kind, name) for kind in ("counts", "rates") for name in REFERENCE[kind]]
RATIO = {"counts": "OR", "rates": "IRR"}
POOL = {"counts": pool_counts, "rates": pool_rates}
FIXED = [(kind, name, m) for kind, name in SETS for m in REFERENCE[kind][name]["mh"]]


def columns(kind, name):
    return [REFERENCE[kind][name][c] for c in "amcq"]


@pytest.mark.parametrize("model", ["UM.FS", "UM.RS"])
@pytest.mark.parametrize(("kind", "name"), SETS)
def test_mixed_models_agree_with_the_same_likelihood_in_r(kind, name, model):
    theirs = REFERENCE[kind][name][model[-2:].lower()]
    ours = unconditional(*columns(kind, name), model, RATIO[kind])
    assert ours.log_likelihood == pytest.approx(theirs["log_likelihood"], abs=1e-6)
    told = (ours.estimate, ours.se, ours.tau2)
    assert told == pytest.approx((theirs["mu"], theirs["se"], theirs["tau2"]), abs=5e-6)
    if model == "UM.RS":
        assert ours.sigma2 == pytest.approx(theirs["sigma2"], abs=5e-6)


@pytest.mark.parametrize(("kind", "name"), SETS)
def test_mixed_models_agree_with_metafor_as_far_as_it_goes(kind, name):
    # UM.FS by glmer with 41 nodes and its optimiser; UM.RS by glmer's Laplace approximation
    for key, model, close in (("fs_metafor", "UM.FS", 1e-3), ("rs_metafor_laplace", "UM.RS", 5e-3)):
        theirs = REFERENCE[kind][name][key]
        ours = unconditional(*columns(kind, name), model, RATIO[kind])
        told = (ours.estimate, ours.se, ours.tau2)
        assert told == pytest.approx((theirs["mu"], theirs["se"], theirs["tau2"]), abs=close), model


@pytest.mark.parametrize(("kind", "name", "measure"), FIXED)
def test_mantel_haenszel_agrees_with_metafor(kind, name, measure):
    theirs, ours = REFERENCE[kind][name]["mh"][measure], POOL[kind](*columns(kind, name), "MH", measure)
    told = (ours.estimate, ours.se, *ours.ci, ours.q, ours.q_p, ours.i2)
    wanted = [theirs["estimate"], theirs["se"], *theirs["ci"], theirs["q"], theirs["q_p"], theirs["i2"]]
    assert told == pytest.approx(wanted, abs=1e-8)
    if theirs["weights"]:
        assert [100 * w for w in ours.weights if w] == pytest.approx([w for w in theirs["weights"] if w], abs=1e-7)


@pytest.mark.parametrize("name", REFERENCE["counts"])
def test_peto_agrees_with_metafor(name):
    theirs, ours = REFERENCE["counts"][name]["peto"], pool_counts(*columns("counts", name), "PETO")
    told = (ours.estimate, ours.se, *ours.ci, ours.q, ours.q_p, ours.i2)
    wanted = [theirs["estimate"], theirs["se"], *theirs["ci"], theirs["q"], theirs["q_p"], theirs["i2"]]
    assert told == pytest.approx(wanted, abs=1e-8)
    assert [100 * w for w in ours.weights if w] == pytest.approx([w for w in theirs["weights"] if w], abs=1e-7)


def test_one_study_is_its_own_odds_ratio():
    ours = unconditional([4], [20], [2], [20])
    assert ours.estimate == pytest.approx(math.log(4 * 18 / (16 * 2)), abs=1e-6)
    assert ours.se == pytest.approx(math.sqrt(1 / 4 + 1 / 16 + 1 / 2 + 1 / 18), rel=1e-4)


def test_swapping_arms_turns_the_sign():
    a, m, c, q = columns("counts", "nielweise2007")
    for model in ("UM.FS", "UM.RS"):
        there, back = unconditional(a, m, c, q, model), unconditional(c, q, a, m, model)
        assert there.estimate == pytest.approx(-back.estimate, abs=1e-5)
        assert (there.se, there.tau2) == pytest.approx((back.se, back.tau2), abs=1e-5)


def test_peto_says_where_it_does_not_fit():
    said = " ".join(pool_counts([1, 4], [100, 300], [20, 40], [100, 90], "PETO").warnings)
    assert "differ in size" not in said and "differ much in size" in said
    assert "risks below 1 %" in said and "effects are large" in said
    rare = pool_counts([3, 4], [1000, 1200], [4, 5], [1000, 1190], "PETO")
    assert not any("Peto" in w for w in rare.warnings)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: unconditional([0, 0], [9, 9], [2, 1], [9, 9]), CannotAnswer, "one arm"),
        (lambda: unconditional([0], [9], [0], [9]), CannotAnswer, "no study with an event in some"),
        (lambda: unconditional([1], [9], [1], [9], "CM.EL"), InputError, "UM.FS or UM.RS"),
        (lambda: pool_counts([1], [9], [1], [9], "UM.RS", "RR"), InputError, "gives no RR"),
        (lambda: pool_rates([1], [9.0], [1], [9.0], "PETO"), InputError, "'PETO' is not known"),
        (lambda: pool_rates([0], [9.0], [0], [9.0], "MH"), CannotAnswer, "no study had an event"),
        (lambda: pool_rates([0], [9.0], [0], [9.0], "MH", "IRD"), CannotAnswer, "no variance"),
        (lambda: pool_rates([1], [0.0], [1], [9.0], "MH"), InputError, "1 events in 0"),
    ],
)
def test_what_cannot_be_pooled_is_said(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("method", ["UM.FS", "um.rs", "MH", "GLMM"])
def test_methods_are_chosen_on_the_command_line_for_counts_and_rates(tmp_path, capsys, method):
    for kind, head, name in (("counts", "n,control_events,control_n", "zeros"),
                             ("rates", "time,control_events,control_time", "nielweise2008")):  # fmt: skip
        rows = zip(*columns(kind, name), strict=True)
        file = tmp_path / f"{kind}.csv"
        file.write_text(
            f"study,events,{head}\n" + "".join(f"s{i},{','.join(map(str, r))}\n" for i, r in enumerate(rows))
        )
        assert main(["evidence", "pool", "--data", str(file), "--method", method, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["method"] == method.upper() and told["measure"] == RATIO[kind]
        wanted = POOL[kind](*columns(kind, name), method.upper()).estimate
        assert told["estimate"] == pytest.approx(wanted) and len(told["studies"]) == told["k"]
        assert sum(r["weight_percent"] for r in told["studies"]) == pytest.approx(100)


def test_a_table_without_events_counts_for_a_difference(tmp_path):
    # the last study of `zeros` has no event in either arm: metafor keeps it for the differences
    for kind, size, measure in (("counts", "n", "RD"), ("rates", "time", "IRD")):
        file = tmp_path / f"{kind}.csv"
        rows = zip(*columns(kind, "zeros"), strict=True)
        head = f"study,events,{size},control_events,control_{size}\n"
        file.write_text(head + "".join(f"s{i},{','.join(map(str, r))}\n" for i, r in enumerate(rows)))
        told = evidence.pool_file(file, "MH", measure=measure)
        theirs = REFERENCE[kind]["zeros"]["mh"][measure]
        assert (told["estimate"], told["se"]) == pytest.approx((theirs["estimate"], theirs["se"]), abs=1e-8)
        assert told["k"] == 5 and not told["left_out"]
        assert any("0.5 added" in n for n in evidence.pool_file(file, "DL", measure=measure)["studies"][3]["notes"])


def test_the_base_is_pooled_by_a_mixed_model():
    how = {"condition": "aclf", "intervention": "g_csf"}
    exact, mixed = (evidence.pool("survival", 90, **how, method=m).to_json() for m in ("GLMM", "UM.FS"))
    assert mixed["method"] == "UM.FS" and mixed["k"] == exact["k"]
    assert mixed["estimate"] == pytest.approx(exact["estimate"], abs=0.1)
    assert any("mixed model of both arms" in r for r in mixed["rules"])
