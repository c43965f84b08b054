"""Figures say what the numbers say."""

import re

import numpy as np
import pytest

from hepatica.report import figures, palette
from hepatica.report.figures.dots import quantiles
from hepatica.report.figures.draw import polyline
from hepatica.report.figures.scale import Scale


def count(svg: str, css: str) -> int:
    return sum(d.count("h.01") for d in re.findall(rf'<path class="{css}" d="([^"]*)"', svg))


@pytest.mark.parametrize(("p", "lo", "hi"), [(0.0, 0.0, 0.03), (0.07, 0.04, 0.12), (1.0, 0.9, 1.0), (0.5, None, None)])
def test_an_icon_array_always_holds_one_hundred_people(p, lo, hi):
    svg = figures.icon_array(p, lo, hi, css="harm", title="x")
    full, likely = count(svg, "ic s-harm"), count(svg, "ic likely s-harm")
    maybe, rest = count(svg, "ic maybe s-harm"), count(svg, "ic s-none")
    assert full + likely + maybe + rest == 100
    assert full + likely == round(100 * p)
    assert full + likely + maybe == round(100 * (hi if hi is not None else p))


def test_twenty_dots_keep_the_median():
    values = quantiles({"p05": 10, "p25": 20, "p50": 30, "p75": 50, "p95": 100})
    assert len(values) == 20
    assert sum(v <= 30 for v in values) == 10
    svg = figures.quantile_dots(values, 105, css="cells", title="x")
    assert count(svg, "dot s-cells") == 20


def test_a_lobule_loses_hepatocytes_with_the_state():
    full = figures.lobule(1.0, 2.0, None, when="x")
    half = figures.lobule(0.5, 20.0, None, when="x")
    assert count(full, "hep lost") == 0
    assert count(half, "hep") == pytest.approx(count(full, "hep") / 2, abs=1)
    thick = [float(w) for w in re.findall(r'class="septum" d="[^"]*Z" stroke-width="([\d.]+)"', full + half)]
    assert thick[0] < thick[1]


def test_the_body_says_its_shares_in_words():
    svg = figures.body_map({"lung": 31.4, "liver": 2.5, "spleen": 3, "blood": 0.02, "rest": None}, "day 1")
    assert "lung 31 %, liver 2.5 %, spleen 3 %, blood &lt; 0.1 %, rest ? %" in svg


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3.2, 1.1), (1e-6, 3e-6), (0, 123456), (5, 5)])
def test_ticks_are_round_and_inside(low, high):
    scale = Scale.over([low, high])
    ticks = scale.ticks(4)
    assert 2 <= len(ticks) <= 9
    assert all(scale.low <= t <= scale.high for t in ticks)


def test_a_standalone_figure_carries_literal_colours():
    svg = figures.standalone(figures.icon_array(0.1, 0, 0.2, css="harm", title="a & b"), palette.literal_css()).decode()
    assert "var(" not in svg and palette.LIGHT["harm"] in svg and 'xmlns="http://www.w3.org/2000/svg"' in svg


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    one, two = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (one + 0.05) / (two + 0.05)


@pytest.mark.parametrize("colours", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_contrast_meets_aa(colours):
    for text in ("ink", "muted", "link"):
        assert contrast(colours[text], colours["paper"]) >= 4.5
        assert contrast(colours[text], colours["raised"]) >= 4.5
    for hue in palette.FAMILIES:
        assert contrast(colours[hue], colours["paper"]) >= 3.0


def test_a_long_path_by_its_steps_ends_where_the_points_do() -> None:
    points = [(k * 1.37, 50 + 40 * np.sin(k)) for k in range(60)]
    start, steps = re.fullmatch(r"M([^l]+)l(.+)", re.search(r' d="([^"]+)"', polyline(points, "ln"))[1]).groups()
    moves = [float(v) for v in re.findall(r"-?(?:\d+(?:\.\d+)?|\.\d+)", steps)]
    path = np.cumsum([[float(v) for v in start.split()], *zip(moves[::2], moves[1::2], strict=True)], axis=0)
    assert path == pytest.approx(np.array(points), abs=0.051)
