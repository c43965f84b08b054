"""Rows of a forest plot stand where their numbers say."""

import math
import re

import pytest

from hepatica.report.figures.forest import EDGE, WIDTH, forest_axis, forest_row, forest_scale


def test_axis_holds_every_bound_and_no_effect():
    scale = forest_scale([0.5, 2.0], ratio=False)
    assert scale.low < 0 and scale.high > 2
    assert EDGE < scale(0) < scale(2.0) < WIDTH - EDGE


def test_ratios_stop_at_fifty_and_get_an_arrow():
    scale = forest_scale([math.log(0.5), math.log(4000)], ratio=True)
    assert scale.high < math.log(4000)
    row = forest_row(math.log(40), (math.log(0.5), math.log(4000)), scale, title="x")
    assert row.count("<path") == 2  # the square and one arrow
    assert ">1<" in forest_axis(scale, ratio=True, title="a") and ">10<" in forest_axis(scale, ratio=True, title="a")


def test_diamond_spans_the_interval():
    scale = forest_scale([-4.0, 1.0], ratio=False)
    row = forest_row(-2.0, (-3.0, -1.0), scale, title="x", diamond=True, prediction=(-4.0, 0.5))
    left, middle, right = (float(x) for x in re.search(r"M([\d.]+) .*?L([\d.]+) .*?L([\d.]+) ", row).groups())
    assert (left, middle, right) == pytest.approx((scale(-3), scale(-2), scale(-1)), abs=0.06)
    assert "dash" in row
