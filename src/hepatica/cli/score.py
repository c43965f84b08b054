"""Compute one score by hand, for example: hepatica score meld bilirubin=2.1mg/dL inr=1.4 creatinine=1.1mg/dL"""

from __future__ import annotations

import argparse
from typing import Any

from hepatica.cli import questionnaire, show
from hepatica.cli.parser import Parser, add_json
from hepatica.errors import InputError

HELP = "one score by hand: score meld bilirubin=2.1mg/dL inr=1.4 creatinine=1.1mg/dL"


def configure(parser: Parser) -> None:
    """Add the arguments of `score`."""
    parser.add_argument("name", metavar="NAME", help="meld, meld_na, meld_3, child_pugh, albi, fib4, apri, …")
    words = "an input, with its unit: bilirubin=2.1mg/dL; a questionnaire takes a FILE, or item=answer"
    parser.add_argument("inputs", nargs="*", metavar="key=value", help=words)
    add_json(parser)
    parser.reference = _reference


def run(arguments: argparse.Namespace) -> int:
    """Compute the score and print it with its formula and source."""
    if arguments.name == "ctcae":
        return _ctcae(arguments)
    if arguments.name in questionnaire.NAMES:
        return questionnaire.run(arguments.name, arguments.inputs, arguments.json)
    import hepatica

    document = hepatica.score(arguments.name, **_pairs(arguments.inputs)).to_json()
    if arguments.json:
        show.json_document(document)
        return 0
    grade = f" {document['class']}" if document.get("class") else ""
    show.heading(f"{document['name']} {show.number(document['value'])}{grade}")
    rows = [
        (n, used["value"], used["unit"].removesuffix("1"), used.get("note", ""))
        for n, used in document["inputs"].items()
    ]
    show.table(("input", "value", "unit", ""), rows, right=(1,))
    show.paragraph(f"formula: {document['formula']}")
    show.paragraph(f"valid for: {document['valid_range']}")
    show.paragraph(f"source: {document['source']}")
    for note in document.get("notes", []):
        show.paragraph(f"note: {note}")
    return 0


def _ctcae(arguments: argparse.Namespace) -> int:
    from hepatica import staging

    found = staging.ctcae_from_text(_pairs(arguments.inputs))
    if arguments.json:
        show.json_document({"name": "ctcae", "grades": [g.to_json() for g in found]})
        return 0
    show.heading(found[0].version)
    show.table(("term", "grade", "of the baseline", "why"), [(g.term, *grade_words(g), g.why or g.note) for g in found])
    return 0


def grade_words(g: Any) -> tuple[str, str]:
    """Return a CTCAE grade and that of its baseline in words: 2, "2, 3 with symptoms", or unknown."""
    grade = "unknown" if g.grade is None else str(g.grade)
    if g.grade is not None and g.at_most != g.grade:
        grade += f", {g.at_most} with symptoms"
    return grade, "–" if g.baseline_grade is None else str(g.baseline_grade)


def _reference() -> str:
    from hepatica import staging

    entries = {name: staging.describe(name) for name in staging.registry()}
    rows = ["scores and their inputs ([] optional, / either):"]
    inputs: dict[str, dict[str, Any]] = {}
    for name, entry in entries.items():
        either = {n for group in entry["one_of"] for n in group}
        words = [i["name"] if i["required"] else f"[{i['name']}]" for i in entry["inputs"] if i["name"] not in either]
        words += ["/".join(group) for group in entry["one_of"]]
        rows.append(f"  {name:<{max(map(len, entries))}}  {' '.join(words)}")
        inputs |= {i["name"]: i for i in entry["inputs"]}
    rows.append("inputs and the unit that a bare number has:")
    rows += [f"  {n:<16} {i['bare_number_unit']:<16} {i['text']}".rstrip() for n, i in sorted(inputs.items())]
    rows.append("beside them: ctcae ANALYTE=value [baseline=…] [uln=…] [lln=…] [anticoagulant=yes], CTCAE v5.0 grades")
    rows.append("questionnaires: " + ", ".join(questionnaire.NAMES[:-1]) + " FILE or item=answer …; FILE is a FHIR")
    rows.append("QuestionnaireResponse, a JSON object or a CSV of item and answer; eq5d STATE value_set=FILE.csv")
    return "\n".join(rows)


def _pairs(words: list[str]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or not key or not value:
            raise InputError(f"'{word}' is not key=value", mend="write inputs as bilirubin=2.1mg/dL")
        if key in pairs:
            raise InputError(f"'{key}' is given twice", mend="give each input once")
        pairs[key] = value
    return pairs
