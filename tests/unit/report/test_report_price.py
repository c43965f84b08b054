"""The sections on cost and on hospital days: every number is the plan's, curves have words, unknown is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hepatica
from hepatica import report
from hepatica.report.figures.acceptability import Chance, acceptability
from hepatica.report.lineage import value_at
from hepatica.report.view.book import Book
from hepatica.report.view.living import living
from hepatica.report.view.price import price

EXAMPLE = Path(__file__).parents[3] / "examples" / "decompensated_alcohol_cirrhosis.json"
PRICE = (
    '[[price]]\noption = "albumin"\nvalue = 4000\ncurrency = "EUR"\nyear = 2025\nper = "year"\nsource = "<b>ours</b>"\n'
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    path = tmp_path_factory.mktemp("prices") / "prices.toml"
    path.write_text(PRICE)
    return hepatica.plan(hepatica.read(EXAMPLE), draws=100, prices=path, people=30).to_json()


@pytest.fixture(scope="module")
def sections(plan):
    page = report.html(plan)
    return {
        name: re.search(rf'<section class="part" id="{name}">.*?</section>', page, re.S)[0]
        for name in ("price", "living")
    }


@pytest.mark.parametrize("name", ["price", "living"])
def test_every_number_is_the_plans_and_has_a_lineage(plan, sections, name):
    shown = re.findall(r'data-path="([^"]+)" value="([^"]+)"', sections[name])
    assert len(shown) > 60
    for path, value in shown:
        assert float(value) == value_at(plan, path), path
    assert len(re.findall(r'<data data-path="\$\.options', sections[name])) == 0, "each leads to its chain"


def test_the_users_own_price_is_marked_and_escaped(sections):
    assert "your own number: &lt;b&gt;ours&lt;/b&gt;" in sections["price"]


def test_both_kinds_of_curve_have_words_and_a_table(sections):
    labels = re.findall(r'role="img" aria-label="([^"]+)"', sections["price"])
    assert len(labels) == 2 and all(re.search(r"\d+ % at ", label) for label in labels)
    assert sections["price"].count("The same as a table") == 2


def test_who_pays_and_the_gaps_are_told(plan, sections):
    assert plan["coverage"]["said"] in sections["price"] and "Gap: " in sections["price"]


def test_a_plan_without_money_or_hospital_has_no_such_sections(plan):
    bare = {
        **plan,
        "options": [{k: v for k, v in o.items() if k not in ("economics", "hospital")} for o in plan["options"]],
    }
    assert price(Book(bare)) is None and living(Book(bare)) is None


def test_lines_are_told_apart_by_marker_and_thresholds_are_dashed():
    curves = [Chance(n, "cells", ((0.0, 0.0), (50.0, 0.5), (100.0, 1.0))) for n in ("one", "two")]
    svg = acceptability(curves, [30.0, 60.0], across="EUR", up="chance, %", title="T", desc="D")
    assert svg.count('class="zero"') == 2 and svg.count("chance s-cells") == 2
    assert "<circle" in svg and 'aria-label="T. D"' in svg


def test_a_long_name_is_cut_into_lines_and_none_is_lost():
    name = "Umbilical-cord mesenchymal stromal cells, with referral to a transplant centre"
    svg = acceptability([Chance(name, "cells", ((0.0, 1.0), (9.0, 0.0)))], [], across="", up="", title="", desc="")
    assert " ".join(re.findall(r'<text class="t" x="56"[^>]*>([^<]+)<', svg)) == name
