"""The section on whether the choice stands: its numbers are the plan's own, the picture says in words what it shows."""

from __future__ import annotations

import re

from hepatica.report.figures.front import Axis, Course, front
from hepatica.report.view.book import Book
from hepatica.report.view.robust import robust

AXES = (Axis("longer life", "days", True), Axis("lost to harms", "days", False))


def a_plan():
    def option(name, survival, harms, beaten=()):
        parts = {"survival": survival, "quality": 0.0, "harms": harms, "burden": 0.0}
        net = {"mean": survival - harms, "unit": "days"}
        return {
            "id": name, "name": name.upper(), "status": "offered", "family": "drug", "parts": parts,
            "net_benefit": net, "beaten_in_everything_by": list(beaten),
        }  # fmt: skip

    net = {"mean": 0.5, "p05": -1.0, "p95": 2.0, "unit": "days"}
    return {
        "judged_on_day": 90,
        "options": [option("standard_care", 0.0, 0.0), option("a", 5.0, 2.0), option("b", 4.0, 3.0, ["a"])],
        "robustness": {
            "text": ["It stands."], "method": "m", "sources": ["method"],
            "ratio_of_odds_ratios": {"mean": 0.8, "p05": 0.64, "p95": 1.0},
            "options": [{"id": "a", "gain_kept": 0.25, "net_benefit": net},
                        {"id": "b", "gain_kept": None, "net_benefit": net}],
        },
        "timing": [{"text": "Now or later cannot be told apart.", "why": "w", "sources": []}],
        "screened": {"combinations": {"left_out": [{"name": "A with B", "because": "they differ"}]}},
    }  # fmt: skip


def test_numbers_are_the_plans_own():
    shown = robust(Book(a_plan()))
    row = shown["rows"][0]
    assert (row["before"].value, row["kept"].value, row["after"]["p05"].value) == (3.0, 0.25, -1.0)
    assert row["after"]["mean"].path == "$.robustness.options[0].net_benefit.mean"
    assert shown["rows"][1]["kept"] is None
    assert shown["timing"][0]["text"].startswith("Now or later") and shown["left_out"] == ["A with B: they differ"]


def test_the_front_is_told_in_words_and_as_a_table():
    shown = robust(Book(a_plan()))["front"]
    assert "Beaten by no other in everything, 2 of 3: STANDARD_CARE; A." in shown["svg"]
    assert shown["heads"] == ["longer life, days", "lost to harms, days"], "parts that nobody changes have no axis"
    assert [(r["number"], r["beaten"], [c.value for c in r["cells"]]) for r in shown["rows"]] == [
        (1, False, [0.0, 0.0]), (2, False, [5.0, 2.0]), (3, True, [4.0, 3.0]),
    ]  # fmt: skip


def test_what_cost_leaves_out_is_said_only_where_cost_is_drawn():
    plan = a_plan()
    assert robust(Book(plan))["front"]["cost_note"] == ""
    plan["options"][1]["parts"]["cost"] = 100.0
    assert "beats nothing while it has no weight" in robust(Book(plan))["front"]["cost_note"]
    plan["weights"] = {"cost": 1.0}
    assert robust(Book(plan))["front"]["cost_note"] == ""


def places(svg, css):
    return [(float(x), float(y)) for x, y in re.findall(rf'class="mk f-{css}" cx="([\d.]+)" cy="([\d.]+)"', svg)]


def test_better_is_up_on_every_axis_and_the_beaten_are_grey():
    svg = front(AXES, [Course(1, (5.0, 2.0), "cells", False), Course(2, (4.0, 3.0), "drug", True)], title="t", desc="d")
    best, grey = places(svg, "cells"), places(svg, "none")
    assert len(best) == len(grey) == 2 and not places(svg, "drug")
    assert all(b[1] < g[1] for b, g in zip(best, grey, strict=True))
    assert ">1</text>" in svg and ">2</text>" not in svg.split("axis")[-1]


def test_a_fraction_of_a_day_is_not_drawn_as_a_day():
    svg = front(AXES, [Course(1, (0.1, 0.0), "cells", False), Course(2, (0.0, 0.0), "drug", False)], title="t", desc="")
    first, second = places(svg, "cells")[0], places(svg, "drug")[0]
    assert 0 < second[1] - first[1] < 0.2 * 210


def test_an_unknown_value_has_no_mark():
    svg = front(AXES, [Course(1, (5.0, None), "cells", False)], title="t", desc="")
    assert len(places(svg, "cells")) == 1


def test_an_older_plan_has_no_such_section():
    assert robust(Book({"options": []})) is None
