"""Answers out of FHIR questionnaire responses: links, kinds of answer, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from hepatica import outcomes
from hepatica.errors import InputError

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


def response(*items: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": list(items)}


def item(link: str, answer: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"linkId": link, **({"answer": [answer]} if answer else {}), **more}


@pytest.mark.parametrize(
    "link", ["23", "q23", "Q23", "rand36_23", "rand36-23", "sf36/q23", "survey.23", "group/item-23"]
)
def test_links_that_end_in_the_number_of_the_item(link: str) -> None:
    assert outcomes.answers_from_response("rand36", response(item(link, {"valueInteger": 4}))) == {23: 4}


@pytest.mark.parametrize("link", ["61646-2", "/61645-4/61646-2", "consent", "q99", "comment", ""])
def test_links_that_are_no_item_are_passed_over(link: str) -> None:
    found = outcomes.answers_from_response(
        "rand36", response(item(link, {"valueInteger": 4}), item("q1", {"valueInteger": 2}))
    )
    assert found == {1: 2}


def test_the_codes_of_the_owner_are_known() -> None:
    found = outcomes.answers_from_response(
        "facit_f",
        response(item("HI7", {"valueInteger": 1}), item("an16", {"valueInteger": 2}), item("q5", {"valueInteger": 3})),
    )
    assert found == {1: 1, 13: 2}


@pytest.mark.parametrize(
    "answer",
    [
        {"valueInteger": 3},
        {"valueDecimal": 3.0},
        {"valueString": "3"},
        {"valueCoding": {"code": "3"}},
        {"valueCoding": {"code": "answer-3"}},
        {"valueCoding": {"code": "LA6568-5", "extension": [{"url": ORDINAL, "valueDecimal": 3}]}},
        {"valueCoding": {"code": "LA6568-5"}, "extension": [{"url": ORDINAL, "valueDecimal": 3}]},
        {"valueCoding": {"code": "3", "extension": [{"url": "http://example.org/colour", "valueDecimal": 9}]}},
    ],
)
def test_kinds_of_answer(answer: dict[str, Any]) -> None:
    assert outcomes.answers_from_response("rand36", response(item("q23", answer))) == {23: 3}


def test_groups_are_opened_and_a_blank_item_is_not_answered() -> None:
    group = {
        "linkId": "energy36",
        "item": [item("q23", {"valueInteger": 4}), item("q27"), item("q29", {"valueInteger": 3})],
    }
    answers = outcomes.answers_from_response("rand36", response(group))
    assert answers == {23: 4, 27: None, 29: 3}
    assert outcomes.score_pro("rand36", answers).scales["energy_fatigue"].value == 40


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ({"resourceType": "Observation"}, "a Observation is no QuestionnaireResponse"),
        ({}, "document without resourceType"),
        (response(), "no item of RAND"),
        ({"resourceType": "QuestionnaireResponse"}, "no item of RAND"),
        (response(item("a"), item("b")), "no item of RAND"),
        (response(item("q1", {"valueInteger": 1}), item("q01", {"valueInteger": 2})), "item 1 is answered twice"),
        (response({"linkId": "q1", "answer": [{"valueInteger": 1}, {"valueInteger": 2}]}), "item 1 is answered twice"),
        (response(item("q1", {"valueCoding": {"code": "LA6568-5"}})), "'LA6568-5' has no number"),
        (response(item("q1", {"valueBoolean": True})), "has no number"),
    ],
)
def test_what_cannot_be_read_is_refused(resource: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        outcomes.answers_from_response("rand36", resource)
