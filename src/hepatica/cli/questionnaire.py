"""Score what a patient reports: hepatica score rand36 FILE, hepatica score eq5d 21232 value_set=FILE.csv"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hepatica.cli import show
from hepatica.cli.foreign import expected
from hepatica.errors import CannotAnswer, InputError

NAMES = ("rand36", "promis29", "cldq", "facit_f", "eq5d")


def run(name: str, words: list[str], as_json: bool) -> int:
    """Score one questionnaire and print its scales."""
    from hepatica import outcomes

    if name == "eq5d":
        return _eq5d(words, as_json)
    found = outcomes.score_pro(name, _answers(name, words))
    if all(scale.value is None for scale in found.scales.values()):
        reason = next(iter(found.scales.values())).why
        raise CannotAnswer(f"no scale of {found.title} can be scored", where=reason, mend="answer more items")
    if as_json:
        show.json_document(found.to_json())
        return 0
    show.heading(f"{found.title}: {found.direction}")
    rows = [
        (scale, _number(s.value), _number(s.t_score), f"{s.answered} of {s.of}", s.why)
        for scale, s in found.scales.items()
    ]
    show.table(("scale", "score", "T-score", "answered", ""), rows, right=(1, 2))
    for text in filter(None, (found.note, f"source: {found.source}")):
        show.paragraph(text)
    return 0


def _number(value: float | None) -> str:
    return "–" if value is None else show.number(value)


def _answers(name: str, words: list[str]) -> dict[int, float | None]:
    if len(words) == 1 and "=" not in words[0]:
        return _file(name, Path(words[0]))
    return {_item(key): _answer(key, value) for key, value in _pairs(words).items()}


def _pairs(words: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or not key or not value:
            raise InputError(f"'{word}' is not item=answer", mend="write answers as 1=3 2=4, or give one file")
        if key in pairs:
            raise InputError(f"item {key} is given twice", mend="give each item once")
        pairs[key] = value
    return pairs


def _file(name: str, path: Path) -> dict[int, float | None]:
    import csv

    import orjson

    from hepatica import outcomes

    try:
        raw = path.read_bytes()
        if path.suffix.lower() == ".csv":
            rows = [row for row in csv.reader(raw.decode("utf-8-sig").splitlines()) if row]
            start = 0 if rows and rows[0][0].strip().isdigit() else 1
            document: Any = {row[0].strip(): row[1].strip() if len(row) > 1 else "" for row in rows[start:]}
        else:
            document = orjson.loads(raw)
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{path} cannot be read: {error}", mend="give a JSON or CSV file of answers") from None
    if isinstance(document, dict) and "resourceType" in document:
        with expected("a QuestionnaireResponse", str(path), "export it as FHIR R4"):
            return outcomes.answers_from_response(name, document)
    if not isinstance(document, dict):
        raise InputError(f"{path} holds no answers", mend='give {"1": 3, "2": 4, …} or a QuestionnaireResponse')
    return {_item(key): _answer(key, value) for key, value in document.items()}


def _item(key: Any) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", str(key)):
        raise InputError(f"{str(key)[:40]!r} is not an item number", mend="number the items as on the form: 1=3 2=4")
    return int(key)


def _answer(key: Any, value: Any) -> float | None:
    if value in (None, ""):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError(
            f"item {key}: the answer {value!r} is not a number", mend="give the code on the form"
        ) from None


def _eq5d(words: list[str], as_json: bool) -> int:
    from hepatica import outcomes

    pairs = _pairs([w for w in words if "=" in w])
    states = [w for w in words if "=" not in w]
    if len(states) != 1 or set(pairs) != {"value_set"}:
        raise InputError("eq5d takes one state and a value set", mend="score eq5d 21232 value_set=FILE.csv")
    found = outcomes.eq5d_utility(states[0], outcomes.read_value_set(pairs["value_set"]))
    if as_json:
        show.json_document(found.to_json())
    else:
        show.heading(f"EQ-5D-5L {found.state}: utility {found.value:g}")
        show.paragraph(f"lowest of this set {found.lowest:g}; {found.source}")
    return 0
