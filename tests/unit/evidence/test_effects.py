"""Effect sizes and pooled tables against R metafor, and the stated rule for zero cells."""

import json
import math
from pathlib import Path

import pytest

from hepatica.errors import InputError
from hepatica.evidence.effects import (
    from_counts,
    from_rates,
    from_ratio_interval,
    mean_change,
    mean_difference,
    ratio_of_means,
    standardised_difference,
)
from hepatica.evidence.proportions import freeman_tukey
from hepatica.evidence.tables import mantel_haenszel, peto

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "metafor.json").read_text())
TABLES, MEANS = REFERENCE["tables"], REFERENCE["means"]
MORE = json.loads((Path(__file__).parents[2] / "reference" / "rare.json").read_text())["effects"]


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@pytest.mark.parametrize("name", TABLES)
def test_counts_agree_with_escalc(name, measure):
    t = TABLES[name]
    theirs = t["effects"][measure]
    for row in zip(t["ai"], t["n1i"], t["ci"], t["n2i"], theirs["yi"], theirs["vi"], strict=True):
        ours = from_counts(*row[:4], measure)
        assert (ours.yi is None) == (row[4] is None)
        if ours.yi is not None:
            assert (ours.yi, ours.vi) == pytest.approx(row[4:], abs=1e-10)
            zero = 0 in (row[0], row[1] - row[0], row[2], row[3] - row[2])
            assert ours.added == (0.5 if zero else 0.0)


def test_double_zero_is_left_out_with_the_reason():
    assert "no arm had the event" in from_counts(0, 20, 0, 20, "OR").left_out
    assert "every patient" in from_counts(20, 20, 15, 15, "RR").left_out
    assert from_counts(0, 20, 0, 20, "RD").yi == 0


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@pytest.mark.parametrize("name", TABLES)
def test_mantel_haenszel_agrees_with_metafor(name, measure):
    t = TABLES[name]
    ours = mantel_haenszel(t["ai"], t["n1i"], t["ci"], t["n2i"], measure)
    theirs = t[f"mh_{measure.lower()}"]
    assert (ours.estimate, ours.se) == pytest.approx((theirs["estimate"], theirs["se"]), abs=1e-8)
    assert ours.ci == pytest.approx(theirs["ci"], abs=1e-8)


@pytest.mark.parametrize("name", TABLES)
def test_peto_agrees_with_metafor(name):
    t = TABLES[name]
    ours = peto(t["ai"], t["n1i"], t["ci"], t["n2i"])
    assert (ours.estimate, ours.se) == pytest.approx((t["peto"]["estimate"], t["peto"]["se"]), abs=1e-8)


@pytest.mark.parametrize(("measure", "function"), [("MD", mean_difference), ("SMD", standardised_difference)])
def test_means_agree_with_escalc(measure, function):
    theirs = MEANS["effects"][measure]
    rows = zip(*(MEANS[c] for c in ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")), strict=True)
    for i, row in enumerate(rows):
        ours = function(*row)
        assert (ours.yi, ours.vi) == pytest.approx((theirs["yi"][i], theirs["vi"][i]), abs=1e-10)


def test_ratio_interval_gives_back_its_interval():
    e = from_ratio_interval(1.058, 0.727, 1.548)
    half = 1.959963984540054 * math.sqrt(e.vi)
    width = (math.log(1.548) - math.log(0.727)) / 2
    assert half == pytest.approx(width)


@pytest.mark.parametrize(
    "call",
    [
        lambda: from_counts(5, 4, 1, 10, "OR"),
        lambda: from_counts(1, 0, 1, 10, "OR"),
        lambda: from_counts(1, 10, 1, 10, "HR"),
        lambda: mean_difference(1, 0, 10, 2, 1, 10),
        lambda: mean_difference(1, 1, 1, 2, 1, 10),
        lambda: from_ratio_interval(2, 3, 4),
        lambda: mantel_haenszel([0], [10], [0], [10]),
        lambda: mantel_haenszel([3], [10], [0], [10]),
        lambda: peto([], [], [], []),
    ],
)
def test_refuses_what_has_no_effect(call):
    with pytest.raises(InputError):
        call()


def test_ratios_of_means_agree_with_escalc():
    columns = [MORE["means"][c] for c in ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")]
    for row, y, v in zip(zip(*columns, strict=True), MORE["rom"]["yi"], MORE["rom"]["vi"], strict=True):
        ours = ratio_of_means(*row)
        assert (ours.yi, ours.vi) == pytest.approx((y, v), rel=1e-10)


@pytest.mark.parametrize("row", MORE["change"], ids=lambda r: f"r={r['r']}")
def test_changes_agree_with_escalc(row):
    for i, (before, sd, after, sd_after, n) in enumerate(((21, 4, 18, 5, 20), (26, 6, 25, 7, 35))):
        ours = mean_change(before, sd, after, sd_after, n, row["r"])
        assert (ours.yi, ours.vi) == pytest.approx((row["yi"][i], row["vi"][i]))


@pytest.mark.parametrize(("measure", "key"), [("IRR", "irr"), ("IRD", "ird")])
def test_rates_agree_with_escalc(measure, key):
    columns = [MORE["rates"][c] for c in ("x1i", "t1i", "x2i", "t2i")]
    for row, y, v in zip(zip(*columns, strict=True), MORE[key]["yi"], MORE[key]["vi"], strict=True):
        ours = from_rates(*row, measure)
        assert (ours.yi, ours.vi) == pytest.approx((y, v), rel=1e-9)
    assert "no arm had" in from_rates(0, 10.0, 0, 10.0).left_out
    assert from_rates(0, 10.0, 3, 10.0).added == 0.5


def test_freeman_tukey_agrees_with_metafor_and_carries_its_warning():
    estimate, ci, said = freeman_tukey(MORE["proportion"]["xi"], MORE["proportion"]["ni"])
    assert estimate == pytest.approx(MORE["freeman_tukey"]["estimate"], rel=1e-6)
    assert ci == pytest.approx(MORE["freeman_tukey"]["ci"], rel=1e-6)
    assert "can mislead" in said[0]
