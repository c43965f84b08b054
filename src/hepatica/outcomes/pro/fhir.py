"""Read the answers of a FHIR QuestionnaireResponse by item number; a pure function of the resource."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hepatica.errors import InputError

from .instruments import Instrument, instrument

_ORDINAL = ("ordinalValue", "itemWeight")
# q07, 7, rand36_7; never the check digit of a LOINC code (61646-2, LA6568-5)
_ITEM = re.compile(r"(?:[a-z_-]*\d{0,2}[a-z_-]*[_-])?[a-z]*(\d{1,2})")
_CODE = re.compile(r"[A-Za-z_ :-]*(\d{1,2})")


def answers_from_response(name: str, resource: Mapping[str, Any]) -> dict[int, float | None]:
    """Return answers by item number from a QuestionnaireResponse (R4 or R5) of one questionnaire.

    An item is known by its link: the owner's code (HI7) or the number at its end (q07, /rand36/7). An answer is a
    number, or a coding with an ordinal value, a numeric code, or a number at the end of its code. Groups are opened.
    Items that are neither numbered nor coded (consent, comments) are passed over. Raises InputError where nothing can
    be used, an item is answered twice, or an answer has no number.
    """
    form = instrument(name)
    if resource.get("resourceType") != "QuestionnaireResponse":
        what = f"a {resource.get('resourceType') or 'document without resourceType'} is no QuestionnaireResponse"
        raise InputError(what, mend="give the FHIR resource of one filled-in questionnaire")
    found: dict[int, float | None] = {}
    for item in _leaves(resource.get("item") or ()):
        number = _number(form, str(item.get("linkId", "")))
        if number is None:
            continue
        given = item.get("answer") or []
        if number in found or len(given) > 1:
            raise InputError(f"item {number} is answered twice", where=f"linkId {item['linkId']}")
        found[number] = _value(given[0], f"linkId {item['linkId']}") if given else None
    if not found:
        example = form.links[0] if form.links else "q1"
        raise InputError(f"no item of {form.title} in this response", mend=f"link items as {example}, …")
    return found


def _leaves(items: Any) -> Iterator[Mapping[str, Any]]:
    for item in items:
        if item.get("item"):
            yield from _leaves(item["item"])
        else:
            yield item


def _number(form: Instrument, link: str) -> int | None:
    codes = [code.lower() for code in form.links]
    last = re.split(r"[/.]", link.lower())[-1]
    if codes:
        return codes.index(last) + 1 if last in codes else None
    digits = _ITEM.fullmatch(last)
    return int(digits.group(1)) if digits and int(digits.group(1)) in form.values else None


def _value(answer: Mapping[str, Any], where: str) -> float:
    for key in ("valueInteger", "valueDecimal"):
        if key in answer:
            return float(answer[key])
    coding = answer.get("valueCoding") or {}
    for extension in (*coding.get("extension", ()), *answer.get("extension", ())):
        if str(extension.get("url", "")).endswith(_ORDINAL) and "valueDecimal" in extension:
            return float(extension["valueDecimal"])
    text = str(coding.get("code", answer.get("valueString", "")))
    digits = _CODE.fullmatch(text)
    if digits is None:
        what = f"the answer {text!r} has no number"
        raise InputError(what, where=where, mend="code answers by number or ordinalValue")
    return float(digits.group(1))
