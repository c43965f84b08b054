"""Pictures of evidence stand where their numbers say, and say in words what they draw."""

import math
import re
import sys
from itertools import combinations

import pytest

from hepatica.errors import CannotAnswer
from hepatica.evidence import pool_question
from hepatica.report import save_pool
from hepatica.report._review.export import png_file, svg_file
from hepatica.report.figures import flowchart, forest_plot, funnel, network, shares, timecourse, traffic
from hepatica.report.figures.axes import effect_range, effect_ticks
from hepatica.report.figures.bubble import bubble
from hepatica.report.figures.forest import effect_mark
from hepatica.report.figures.scale import Scale


def numbers(pattern, svg):
    return [tuple(float(x) for x in found) for found in re.findall(pattern, svg)]


def circles(svg, css):
    return numbers(rf'<circle class="{css}" cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', svg)


def test_a_funnel_puts_precise_studies_on_top_and_its_edge_at_the_quantile():
    svg = funnel.funnel([(0.5, 0.2), (1.0, 0.8)], 0.6, ratio=False, unit="u", title="t", desc="d")
    (x1, y1, _), (x2, y2, _) = circles(svg, "mk f-cells")
    assert x1 < x2 and y1 < y2
    middle = (funnel.LEFT + funnel.RIGHT) / 2
    scale = (x2 - middle) / 1.0
    deep = 1.12 * 0.8
    edge = float(re.search(r'class="c2" d="M[\d. ]+L([\d.]+) ', svg)[1])
    assert edge == pytest.approx(middle + 1.96 * deep * scale, abs=0.2)


def test_a_course_says_k_0_where_nothing_is_known_and_keeps_published_apart():
    point = timecourse.Point
    svg = timecourse.timecourse(
        [point(90, 1.0, 0.5, 1.5, 4)], [(30, "1 month"), (90, "3 months")],
        [("Theirs", [point(90, 1.0, 0.5, 1.5, 9)])], ratio=False, unit="u", title="t", desc="d",
    )  # fmt: skip
    assert re.findall(r">(k \d)<", svg) == ["k 0", "k 4"]
    (x_own, y_own, _), *_ = circles(svg, "mk f-cells")
    theirs = re.search(r'class="mk f-ink" d="M([\d.]+) ([\d.]+)', svg)
    assert x_own < 190 < float(theirs[1]) and "not ours" in svg
    assert y_own == pytest.approx(float(theirs[2]) + 3.6, abs=0.2)  # a square's corner, its middle 0.9 × 4 below


def test_an_interval_without_end_gets_arrows_and_stays_inside():
    point = timecourse.Point
    svg = timecourse.timecourse(
        [point(30, 0.8, -8.0, 9.0, 2), point(90, 1.8, 0.9, 2.9, 4)], [(30, "1 month"), (90, "3 months")], [],
        ratio=True, unit="u", title="t", desc="d",
    )  # fmt: skip
    assert svg.count("w90 s-cells open") == 2
    heights = numbers(r'y1="([\d.]+)" x2="[\d.]+" y2="([\d.]+)"', svg)
    assert all(timecourse.TOP - 1 <= y <= timecourse.BOTTOM + 4 for pair in heights for y in pair)


def test_nodes_grow_with_patients_and_edges_with_studies():
    svg = network.network(
        [("a", 400, "cells"), ("b", 100, "drug"), ("c", 25, "standard")], {("a", "b"): 4, ("a", "c"): 1},
        title="t", desc="d",
    )  # fmt: skip
    big, middle, small = (circles(svg, f"mk f-{c}")[0][2] for c in ("cells", "drug", "standard"))
    assert (middle - 5) / (big - 5) == pytest.approx(0.5, abs=0.01)
    assert (small - 5) / (big - 5) == pytest.approx(0.25, abs=0.01)
    thick, thin = (float(w) for w in re.findall(r'class="edge"[^>]*stroke-width="([\d.]+)"', svg))
    assert thick > 2 * thin


def test_bubbles_weigh_by_area():
    points = [{"x": 1.0, "yi": 0.0, "weight": 0.64}, {"x": 2.0, "yi": 1.0, "weight": 0.16}]
    line = [{"x": x, "y": x - 1, "lo": x - 2, "hi": x} for x in (1.0, 2.0)]
    svg = bubble(points, line, ratio=False, across="dose", unit="u", title="t", desc="d")
    large, small = (r for _, _, r in circles(svg, "bubble s-cells f-cells"))
    assert (large - 3.5) / (small - 3.5) == pytest.approx(2.0, abs=0.02)


def test_a_flow_names_every_step_and_every_reason():
    steps = [
        {"step": "reports", "n": 9, "out": []},
        {"step": "kept", "n": 4, "out": [{"reason": "single arm", "n": 3}, {"reason": "animals", "n": 2}]},
    ]
    svg = flowchart.flowchart(steps, title="Flow")
    assert "kept: 4, less 3 single arm, less 2 animals" in svg
    assert ">3 single arm<" in svg and ">2 animals<" in svg


def test_each_judgement_has_a_sign_of_its_own():
    words = list(traffic.SIGNS)
    svg = traffic.traffic(["a", "b", "c", "d"], [("study", words)], title="Bias")
    assert len(set(traffic.SIGNS.values())) == 4
    for word in words:
        assert svg.count(f">{traffic.SIGNS[word]}<") == 2  # the study's and the key's
    assert "study: a low, b some concerns, c high, d no information" in svg


def test_a_whole_forest_draws_every_line():
    rows = [
        forest_plot.Line("head", "Asia"),
        forest_plot.Line("study", "one", "1 of 2", 0.5, 0.7, (0.1, 1.3), "2.0 (1.1 to 3.7)"),
        forest_plot.Line("pool", "Pooled", estimate=0.6, ci=(0.2, 1.0), text="1.8", prediction=(-0.5, 1.7)),
    ]
    scale = effect_range([-0.5, 1.7], ratio=True)
    svg = forest_plot.forest_plot(rows, scale, ratio=True, unit="OR", sides=("worse", "better"), title="T")
    to = scale.to(402, 602)
    left, middle, right = (float(x) for x in re.search(r'f-ink" d="M([\d.]+) .*?L([\d.]+) .*?L([\d.]+) ', svg).groups())
    assert (left, middle, right) == pytest.approx((to(0.2), to(0.6), to(1.0)), abs=0.1)
    assert "one 2.0 (1.1 to 3.7)" in svg and "dash" in svg and ">50 %<" in svg


def test_shares_stand_on_a_scale_of_a_hundred():
    svg = shares.shares_row((50, 25, 75), (0, 0, 100), title="t")
    (x, _, _), *_ = circles(svg, "mk f-harm")
    assert x == pytest.approx(shares.WIDTH / 2)


def test_an_exported_picture_bears_its_title_and_colours():
    svg = svg_file(flowchart.flowchart([{"step": "a", "n": 1, "out": []}], title="x"), "From & to").decode()
    assert 'xmlns="http://www.w3.org/2000/svg"' in svg and ">From &amp; to</text>" in svg and "var(--" not in svg


def test_png_needs_the_extra_and_says_so(monkeypatch):
    svg = shares.shares_axis()
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(CannotAnswer, match=r"hepatica\[pdf\]"):
        png_file(svg, "t")


def test_png_is_a_picture():
    pytest.importorskip("typst")
    data = png_file(shares.shares_axis(), "Axis")
    assert data.startswith(b"\x89PNG") and int.from_bytes(data[16:20]) > 500


def test_ratio_axes_stop_where_reading_stops():
    scale = effect_range([-9.0, 0.5], ratio=True)
    assert scale.low == pytest.approx(-math.log(50) - 0.06 * (math.log(50) + 0.5))
    assert isinstance(scale, Scale)


def test_pools_and_networks_are_drawn_from_the_command_line(tmp_path, capsys):
    from hepatica.cli import main

    table = tmp_path / "effects.csv"
    table.write_text("study,yi,vi\nA,-0.9,0.3\nB,-1.6,0.2\nC,-1.3,0.4\n")
    assert main(["evidence", "pool", "--data", str(table), "-o", str(tmp_path / "p")]) == 0
    network_of = ["--outcome", "survival", "--day", "90", "--condition", "alcoholic_hepatitis"]
    assert main(["evidence", "network", *network_of, "-o", str(tmp_path / "n")]) == 0
    written = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.svg")}
    assert written == {"p/forest.svg", "p/funnel.svg", "n/network.svg"}
    assert "G-CSF" in (tmp_path / "n" / "network.svg").read_text()
    assert main(["evidence", "pool", "--data", str(table), "--png"]) == 2
    assert "-o DIR" in capsys.readouterr().err


def test_an_estimate_off_the_axis_is_an_arrow_and_no_square():
    scale = effect_range([-1.0, 1.0], ratio=True).to(0, 100)
    inside, outside = (effect_mark(y, (y - 1, y + 1), scale, 10, "cells") for y in (0.0, 6.0))
    assert 'class="mk' in inside and 'class="mk' not in outside and "open" in outside


def test_names_too_long_keep_what_tells_them_apart():
    name = "A very long name of a collaborative group and its trial, 20{:02d}"
    rows = [forest_plot.Line("study", name.format(i), "1 of 2", 0.5, 0.7, (0.1, 1.3), "2.0") for i in (1, 2)]
    svg = forest_plot.forest_plot(rows, effect_range([-1, 2], ratio=True), ratio=True, unit="OR", sides=("a", "b"),
                                  title="T")  # fmt: skip
    assert "trial, 2001<" in svg and "trial, 2002<" in svg


@pytest.mark.parametrize("names", ["abcdefg", "abcdefghijk"])
def test_numbers_on_crossing_lines_cover_neither_each_other_nor_a_node(names):
    edges = dict.fromkeys([("a", "c"), ("b", "f"), ("c", "f"), ("a", "d"), ("b", "e"), (names[1], names[-1])], 1)
    svg = network.network([(n, 200 if n == "c" else 50, "drug") for n in names], edges, title="t", desc="d")
    tags, nodes = circles(svg, "tag"), circles(svg, "mk f-drug")
    assert (len(tags), len(nodes)) == (len(edges), len(names))
    assert all(math.dist(p[:2], q[:2]) > p[2] + q[2] for p, q in combinations([*tags, *nodes], 2))
    assert all(r < x < network.WIDTH - r and r < y < network.HEIGHT - 20 - r for x, y, r in nodes)


def test_a_narrow_axis_of_ratios_has_marks():
    scale = effect_range([math.log(0.8), math.log(1.4)], ratio=True)
    assert [words for _, words in effect_ticks(scale, ratio=True)] == ["0.8", "0.9", "1", "1.1", "1.25"]


def saved(tmp_path, document):
    [forest, *_] = [p for p in save_pool(document, tmp_path) if p.name == "forest.svg"]
    text = forest.read_text()
    return re.findall(r">(favours control|favours treatment|lower|higher)<", text), text


def test_a_hazard_ratio_of_survival_favours_treatment_below_one(tmp_path):
    document = pool_question({"outcome": "survival", "condition": "aclf", "intervention": "g_csf", "measure": "HR"})
    sides, text = saved(tmp_path, document)
    assert sides == ["favours treatment", "favours control"] and "G-CSF v. control in ACLF" in text


def test_nobody_said_what_is_good_of_a_table_of_ones_own(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("study,events,time,control_events,control_time\na,3,100,6,90\nb,4,80,9,85\n")
    sides, text = saved(tmp_path, pool_question({"data": str(file)}))
    assert sides == ["lower", "higher"] and ">rate ratio<" in text and "0.45 (0.11 to 1.80)" in text
    sides, _ = saved(tmp_path, pool_question({"data": str(file), "outcome": "mortality"}))
    assert sides == ["favours treatment", "favours control"]
