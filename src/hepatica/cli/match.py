"""Say which trial protocols a person may enter: met, not met or unknown, and what would settle the unknown."""

from __future__ import annotations

import argparse
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_patients

HELP = "eligibility for trial protocols, criterion by criterion"
MARKS = {"met": "+", "not met": "x", "unknown": "?"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `match`."""
    add_patients(parser)
    parser.add_argument("--protocol", metavar="ID", help="one protocol (NCT…), with every criterion")


def run(arguments: argparse.Namespace) -> int:
    """Match one record, or each of a cohort."""
    import hepatica
    from hepatica.cli import records

    def work(patient: Any) -> list[dict[str, Any]]:
        return [m.to_json() for m in hepatica.match(patient, protocol=arguments.protocol)]

    patient = records.one(arguments.patient, arguments.codes)
    if patient is not None:
        document = work(patient)
        if arguments.json:
            show.json_document(document)
        elif arguments.protocol:
            _detail(document[0])
        else:
            _overview(document, arguments.patient[0])
        return 0
    answers = list(records.each(arguments.patient, work, arguments.codes))
    if arguments.json:
        show.json_document({"records": [a.to_json() for a in answers]})
    else:
        rows = [(*a.names, *_counts(a)) for a in answers]
        show.table(("file", "patient", "eligible", "unknown", "not eligible"), rows, right=(2, 3, 4))
    return records.close(answers, "match")


def _counts(answer: Any) -> tuple[str, ...]:
    if answer.exit_code:
        return (answer.problem, "–", "–")
    verdicts = [m["verdict"] for m in answer.result]
    return tuple(str(verdicts.count(v)) for v in ("eligible", "unknown", "not eligible"))


def _overview(matches: list[dict[str, Any]], record: str) -> None:
    head = ("protocol", "verdict", "met", "not met", "unknown", "recruitment", "as of", "first reason")
    rows = [
        (m["protocol"], m["verdict"], *_tally(m), m["recruitment_status"], m["status_as_of"], _reason(m))
        for m in matches
    ]
    show.table(head, rows, right=(2, 3, 4))
    show.line(f"\n  Every criterion of one, and what would settle it: hepatica match {record} --protocol {rows[0][0]}")


def _tally(match: dict[str, Any]) -> tuple[str, str, str]:
    verdicts = [c["verdict"] for c in match["criteria"]]
    return (str(verdicts.count("met")), str(verdicts.count("not met")), str(verdicts.count("unknown")))


def _reason(match: dict[str, Any]) -> str:
    first = next((c for v in ("not met", "unknown") for c in match["criteria"] if c["verdict"] == v), None)
    text = f"{first['text']}: {first['because']}" if first else ""
    return text if len(text) <= 70 else text[:69] + "…"


def _detail(match: dict[str, Any]) -> None:
    show.heading(f"{match['protocol']}: {match['verdict']}")
    if match.get("title"):
        show.paragraph(match["title"])
    as_of = match["status_as_of"] or "date unknown"
    show.paragraph(f"recruitment: {match['recruitment_status'] or 'unknown'} ({as_of})")
    if not match["criteria_complete"]:
        show.paragraph("the criteria list is incomplete, so this protocol can never say eligible")
    for verdict in ("not met", "unknown", "met"):
        for criterion in match["criteria"]:
            if criterion["verdict"] == verdict:
                _criterion(criterion)


def _criterion(criterion: dict[str, Any]) -> None:
    verdict = criterion["verdict"]
    show.paragraph(f"{MARKS[verdict]} {verdict}: {criterion['text']}: {criterion['because']}", indent="    ")
    if verdict == "unknown" and criterion.get("needs"):
        needs = criterion["needs"]
        show.paragraph(f"would settle it: {needs if isinstance(needs, str) else ', '.join(needs)}", indent="        ")
