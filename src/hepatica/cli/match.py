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
    from hepatica.cli import cohort

    def work(patient: Any) -> list[dict[str, Any]]:
        return [m.to_json() for m in hepatica.match(patient, protocol=arguments.protocol)]

    if path := cohort.single(arguments.patient):
        document = work(hepatica.read(path))
        show.json_document(document) if arguments.json else _print(document, every=arguments.protocol is not None)
        return 0
    answers = list(cohort.each(arguments.patient, work))
    if arguments.json:
        show.json_document({"records": [a.to_json(lambda d: d) for a in answers]})
    else:
        rows = [(a.patient or a.file, *_counts(a)) for a in answers]
        show.table(("record", "eligible", "unknown", "not eligible"), rows, right=(1, 2, 3))
    return cohort.close(answers, "match")


def _counts(answer: Any) -> tuple[str, ...]:
    if answer.exit_code:
        return (answer.reason.split(";")[0], "–", "–")
    verdicts = [m["verdict"] for m in answer.result]
    return tuple(str(verdicts.count(v)) for v in ("eligible", "unknown", "not eligible"))


def _print(matches: list[dict[str, Any]], *, every: bool) -> None:
    for match in matches:
        as_of = match.get("status_as_of") or "date unknown"
        show.heading(f"{match['protocol']}: {match['verdict']}")
        show.paragraph(f"recruitment: {match.get('recruitment_status') or 'unknown'} ({as_of})")
        if not match.get("criteria_complete", True):
            show.paragraph("the criteria list is incomplete, so this protocol can never say eligible")
        for criterion in match["criteria"]:
            if every or criterion["verdict"] != "met":
                _criterion(criterion)
        show.line()
    if not every and matches:
        show.line("Criteria that are met are left out; every one: hepatica match PATIENT --protocol ID")


def _criterion(criterion: dict[str, Any]) -> None:
    verdict = criterion["verdict"]
    show.paragraph(f"{MARKS[verdict]} {verdict}: {criterion['text']}: {criterion['because']}", indent="    ")
    if verdict == "unknown" and criterion.get("needs"):
        needs = criterion["needs"]
        show.paragraph(f"would settle it: {needs if isinstance(needs, str) else ', '.join(needs)}", indent="        ")
