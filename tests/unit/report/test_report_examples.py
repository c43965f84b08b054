"""Reports of the example patients, planned for real."""

import re
from html import unescape
from pathlib import Path

import pytest

import hepatica
from hepatica import report
from hepatica.errors import CannotAnswer
from hepatica.report.view.book import Book
from hepatica.report.view.document import document

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.json"))


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda p: p.stem)
def plan(request):
    try:
        return hepatica.plan(hepatica.read(request.param), draws=64).to_json()
    except CannotAnswer as answer:
        pytest.skip(f"this record has no plan: {answer.what}")


def test_the_page_is_whole_small_and_in_words(plan):
    text = report.html(plan)
    assert len(text.encode()) < 2_000_000
    seen = unescape(re.sub(r"<(style|script)>.*?</\1>|<[^>]+>", " ", text, flags=re.S))
    assert not re.search(r"\bNone\b|\bnan\b|\{'|\bTrue\b|\bFalse\b", seen)
    assert all(o["name"].split("(")[0].strip() in seen for o in plan["options"])
    assert len(re.findall(r'popovertarget="why-', text)) > 50


def test_the_first_page_credits_cells_with_nothing_that_a_partner_does(plan):
    combined = [o["name"] for o in plan["options"] if o.get("parts_given") and o["product"]]
    labels = [row["label"] for row in document(plan)["decision"]["numbers"]]
    assert len(labels) >= 1
    assert not [name for name in combined if any(label.startswith(f"{name}:") for label in labels)]


def test_every_dotted_number_names_a_lineage_that_is_there(plan):
    text = report.html(plan)
    wanted = set(re.findall(r'popovertarget="(why-\d+)"', text))
    assert wanted <= set(re.findall(r'id="(why-\d+)"', text))


def test_the_other_forms_are_made(plan):
    assert report.fhir_bundle(plan)["entry"][0]["resource"]["resourceType"] == "CarePlan"
    assert report.terminal(plan)
    pytest.importorskip("typst")
    assert report.pdf(plan).startswith(b"%PDF-")


def test_the_chance_of_being_alive_is_one_number_everywhere(plan):
    standard = next(o for o in plan["options"] if o["id"] == "standard_care")
    alive = {p["day"]: p["mean"] for p in standard["forecast"]["survival"]}
    asked = next(q for q in plan["questions"] if q["id"] == "only_option")["numbers"][-1]["value"]
    assert asked == alive[standard["qaly"]["horizon_days"]]
    page = document(plan)
    shown = page["decision"]["numbers"][0]["value"]
    assert shown.value == alive[Book(plan).main_day]
    row = next(r for r in page["comparison"]["rows"] if r["id"] == "standard_care")
    assert row["survival"]["value"].value == shown.value
