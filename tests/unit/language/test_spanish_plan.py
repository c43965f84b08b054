"""Every example's plan in Spanish: no English on the page, the contract unchanged, and answers that can be read."""

from __future__ import annotations

import html as entities
import json
import re
from datetime import date
from pathlib import Path

import pytest
from readability import EIGHTH_YEAR, SIXTH_YEAR, fernandez_huerta, syllables

import hepatica as hp
from hepatica import report
from hepatica.language import speaking
from hepatica.report import words

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.json"))
ENGLISH = frozenset({
    "the", "and", "of", "with", "without", "is", "are", "from", "for", "in", "by", "not", "it", "this", "that", "to",
    "at", "or", "be", "has", "have", "than", "after", "before", "was", "were", "which", "who", "what", "when", "these",
    "those", "its", "their", "may", "can", "only", "more", "less", "each", "every", "least",
})  # fmt: skip
ABBREVIATION = re.compile(r"\b[A-Z-]+ [A-Z]{2}\b")
"""Names such as CLIF-C OF."""
TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda p: p.stem)
def spanish(request: pytest.FixtureRequest) -> tuple[dict, str]:
    plan = hp.plan(hp.read(request.param), draws=100, today=TODAY, language="es").to_json()
    return plan, report.html(plan)


def shown(page: str) -> list[str]:
    """Return what a reader meets outside lang="en": text nodes and the labels that are read aloud."""
    page = re.sub(r"<(style|script|code|kbd)\b.*?</\1>", "", page, flags=re.S)
    page = re.sub(r'<((?!html)\w+)\b[^>]*\blang="en"[^>]*>.*?</\1>', "", page, flags=re.S)
    labels = re.findall(r'\b(?:aria-label|data-label|data-hint|data-press)="([^"]*)"', page)
    texts = [*re.sub(r"<[^>]*>", "\n", page).split("\n"), *labels]
    return [" ".join(entities.unescape(t).split()) for t in texts if t.strip()]


def english(texts: list[str], identity: str) -> list[str]:
    """Return the texts that hold an English function word; a patient's id is no sentence."""
    rows = dict.fromkeys(ABBREVIATION.sub("", t.replace(identity, "")) for t in texts)
    return [t for t in rows if set(re.findall(r"\w+", t.lower().replace(" e in ", " "))) & ENGLISH]


def test_no_english_is_left_on_the_page(spanish) -> None:
    plan, page = spanish
    assert english(shown(page), plan["patient"]["id"]) == []


def test_no_english_message_is_left_on_the_page(spanish) -> None:
    texts = set(shown(spanish[1]))
    with speaking("es"):
        from hepatica.language import _catalogue

        known = {k: v for k, v in _catalogue("es")._catalog.items() if isinstance(k, str) and len(k.split()) > 2}
    assert [t for t in texts if t in known and known[t] != t] == []


def test_the_page_says_its_language_and_who_translated_it(spanish) -> None:
    assert '<html lang="es">' in spanish[1]
    assert "ningún hepatólogo de lengua materna española la ha revisado" in spanish[1]


def test_the_contract_stays_english(spanish) -> None:
    plan, _ = spanish
    assert plan["language"] == "es"
    assert {o["status"] for o in plan["options"]} <= {"offered", "trial only", "ruled out"}
    assert {o["certainty"] for o in plan["options"]} <= set(words.CERTAINTY)
    assert {r["status"] for r in plan["audit"]} <= {"met", "not met", "unknown", "not applicable"}
    assert {m["verdict"] for m in plan["eligibility"]} <= {"eligible", "not eligible", "unknown"}
    assert {c["verdict"] for m in plan["eligibility"] for c in m["criteria"]} <= {"met", "not met", "unknown"}


def test_the_terminal_speaks_the_plans_language(spanish) -> None:
    plan, _ = spanish
    lines = [line for line in report.terminal(plan).split("\n") if "plan.json" not in line and "plan.html" not in line]
    assert english(lines, plan["patient"]["id"]) == []


def test_numbers_and_ids_do_not_depend_on_the_language() -> None:
    record = next(p for p in EXAMPLES if p.stem == "chronic_hepatitis_b")
    plans = [hp.plan(hp.read(record), draws=100, today=TODAY, language=code).to_json() for code in ("en", "es")]

    def bones(node):
        if isinstance(node, dict):
            return {k: bones(v) for k, v in node.items()}
        if isinstance(node, list):
            return [bones(v) for v in node]
        return "text" if isinstance(node, str) else node

    assert json.dumps(bones(plans[0])) == json.dumps(bones(plans[1]))
    assert [o["id"] for o in plans[0]["options"]] == [o["id"] for o in plans[1]["options"]]


def test_the_detector_sees_english() -> None:
    page = '<html lang="es"><p>No hay nada.</p><p lang="en">Read in the paper.</p><td data-label="Worth of it">1</td>'
    assert english(shown(page), "x") == ["Worth of it"]
    assert english(["CLIF-C OF 8", "one of the trials"], "x") == ["one of the trials"]


def test_a_plan_that_names_no_language_is_english() -> None:
    assert '<html lang="en">' in report.html({"patient": {"id": "x"}, "options": []})


def test_answers_and_consent_can_be_read(spanish) -> None:
    plan, _ = spanish
    for row in plan["questions"]:
        assert fernandez_huerta(row["answer"]) >= SIXTH_YEAR, row["answer"]
    assert fernandez_huerta(" ".join(e["text"] for e in plan["consent"]["elements"])) >= EIGHTH_YEAR


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("hígado", 3), ("células", 3), ("cirrosis", 3), ("país", 2), ("aéreo", 4), ("cuidado", 3), ("hay", 1),
        ("quien", 1), ("oír", 2), ("estudio", 3), ("sangre", 2), ("y", 1),
    ],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_index_tells_easy_from_hard() -> None:
    assert fernandez_huerta("El pan es bueno. Hay sol.") > 90
    assert fernandez_huerta("La caracterización farmacológica comparativa requiere interdisciplinariedad.") < 10
