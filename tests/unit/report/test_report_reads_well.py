"""What a reader stumbled over: empty columns, sums that look like a bill, the same words again and again."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

import hepatica
from hepatica import report
from hepatica.report.view.document import document

HOME = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module")
def plan():
    return hepatica.plan(hepatica.read(HOME / "decompensated_alcohol_cirrhosis.json"), draws=100).to_json()


@pytest.fixture(scope="module")
def sections(plan):
    page = report.html(plan)
    return dict(re.findall(r'<section class="part" id="([^"]+)">(.*?)</section>', page, re.S))


def heads(section: str) -> list[str]:
    return [
        unescape(re.sub("<[^>]+>", " ", h)).strip() for h in re.findall(r"<th scope=\"col\".*?</th>", section, re.S)
    ]


def test_prices_that_nobody_knows_are_said_once(plan, sections):
    assert not any((o.get("economics") or {}).get("price", {}).get("value") for o in plan["options"])
    assert "Price of a course" not in heads(sections["price"])
    assert sections["price"].count(">unknown<") == 0
    assert "No source opened here gives the price of a course of any of these." in sections["price"]


def test_known_prices_have_their_column(tmp_path):
    file = tmp_path / "prices.toml"
    row = 'option = "g_csf"\nvalue = 3000\ncurrency = "EUR"\nyear = 2025\nper = "course"\nsource = "ours"\n'
    file.write_text(f"[[price]]\n{row}", encoding="utf-8")
    patient = hepatica.read(HOME / "decompensated_alcohol_cirrhosis.json")
    page = report.html(hepatica.plan(patient, draws=100, prices=file).to_json())
    assert "Price of a course" in page and "No source opened here gives the price of a course of any" not in page


def test_symptoms_that_no_option_changes_are_said_in_one_sentence(plan, sections):
    still = [
        o["name"] for o in plan["options"]
        if (o.get("energy") or {}).get("change") and abs(o["energy"]["change"]["mean"]) < 0.05
        and (o["energy"]["p_change_that_matters"] or 0) < 0.01
    ]  # fmt: skip
    assert len(still) > 5
    said = re.search(r"No change that one would notice: ([^<]+)", sections["living"])
    assert said and all(name in unescape(said[1]) for name in still)


def test_laboratory_columns_without_a_value_are_left_out(plan, sections):
    assert not any(r["ref_low"] or r["ref_high"] for r in plan["patient"]["labs"])
    assert {"Flag", "Reference", "In its range"}.isdisjoint(heads(sections["record"]))
    assert not re.search(r">0</\w+>(&#8239;|\u202f)?<span class=\"u\">d</span>", sections["record"]), "0 d old"


def test_elements_of_consent_with_the_same_words_stand_together(plan, sections):
    texts = [e["text"] for e in plan["consent"]["elements"]]
    same = next(t for t in texts if texts.count(t) > 1)
    assert sections["consent"].count(same) == 1
    titles = [e["title"] for e in plan["consent"]["elements"]]
    assert all(title in unescape(sections["consent"]) for title in titles), "none is lost"


def test_consent_to_usual_care_says_what_is_not_known_of_that_care(plan):
    chosen = next(o for o in plan["options"] if o["id"] == plan["recommendation"]["option"])
    assert chosen["product"] is None
    unknown = next(e["text"] for e in plan["consent"]["elements"] if e["id"] == "50.25(b)(1)")
    assert "cells" not in unknown and "NCT" not in unknown and "How long any effect lasts" in unknown


def test_the_cost_of_care_does_not_read_as_a_bill(plan):
    cost = next(e["text"] for e in plan["consent"]["elements"] if e["id"] == "50.25(b)(3)")
    assert "whoever pays" in cost and "Ask what part of it you would pay." in cost


def test_time_is_told_in_words(plan):
    assert "2 years" in plan["recommendation"]["regret"] and "day 730" not in plan["recommendation"]["regret"]


def test_a_quantity_that_moves_next_to_nothing_has_no_bar(plan):
    for option in plan["sensitivity"]["options"]:
        spans = [abs(r["high"]["net"] - r["low"]["net"]) for r in option["rows"]]
        assert all(s >= 0.05 * max(spans) for s in spans)


def test_names_of_scores_start_with_a_capital():
    plan = hepatica.plan(hepatica.read(HOME / "paracetamol_acute_failure.json"), draws=100, language="es").to_json()
    labels = [s["label"] for s in document(plan)["record"]["scores"]]
    assert any("Hy" in label for label in labels) and all(label[0] == label[0].upper() for label in labels)


def test_a_caution_that_the_reason_says_is_not_said_again():
    plan = hepatica.plan(hepatica.read(HOME / "paracetamol_acute_failure.json"), draws=64).to_json()
    told = [c for o in plan["options"] for c in o["cautions"] or [] if c.lower() in o["because"].lower()]
    assert told
    rows = document(plan)["comparison"]["rows"]
    assert not [c for r in rows for c in r["cautions"] if c.lower() in r["because"].lower()]
    assert sum(len(r["cautions"]) for r in rows) > 10


def test_regulation_names_its_product_as_the_options_do(plan, sections):
    product = plan["regulation"]["product"]
    names = {o["name"] for o in plan["options"] if o["product"] == product and not o["parts_given"]}
    shown = document(plan)["regulation"]["product"]
    assert shown in names and f"({shown})" in unescape(sections["regulation"])
