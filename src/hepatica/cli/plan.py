"""Plan one patient, or each of a cohort: writes plan.html, plan.pdf, plan.json and plan.fhir.json.

Files go to DIR (default out; a folder a patient for a cohort). With --json and no -o nothing is written."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_patients
from hepatica.cli.simulate import add_draws, check_draws

HELP = "the main job: plan.html, plan.pdf, plan.json, plan.fhir.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `plan`."""
    add_patients(parser)
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, help="where the files go (default out)")
    add_draws(parser)
    parser.add_argument("--jurisdiction", default="EU", metavar="J", help="whose rules: US, EU, UK, … (default EU)")


def run(arguments: argparse.Namespace) -> int:
    """Plan one record, or each of a cohort."""
    import hepatica
    from hepatica.cli import cohort

    check_draws(arguments)
    folder = arguments.output or (None if arguments.json else Path("out"))

    def work(patient: Any) -> Any:
        return hepatica.plan(patient, draws=arguments.draws, seed=arguments.seed, jurisdiction=arguments.jurisdiction)

    patient = cohort.one(arguments.patient)
    if patient is not None:
        plan = work(patient)
        written = plan.save(folder) if folder else []
        document = plan.to_json()
        if arguments.json:
            show.json_document(document)
        else:
            report_on(document, written)
        return 0
    taken: set[str] = set()
    rows = []
    for answer in cohort.each(arguments.patient, work):
        rows.append(answer)
        if answer.exit_code == 0 and folder:
            answer.result.save(folder / _folder_name(answer.record, taken))
    if arguments.json:
        show.json_document({"records": [a.to_json(lambda plan: plan.to_json()) for a in rows]})
    else:
        show.table(("record", "stage", "recommendation"), [_row(a) for a in rows])
        show.line(f"\n  Reports: {folder}/*/plan.html")
    return cohort.close(rows, "plan")


def _folder_name(identity: str, taken: set[str]) -> str:
    base = re.sub(r"[^\w.-]+", "_", identity).strip("._") or "patient"
    name, copy = base, 1
    while name in taken:
        copy += 1
        name = f"{base}_{copy}"
    taken.add(name)
    return name


def _row(answer: Any) -> tuple[str, str, str]:
    name = answer.record
    if answer.exit_code:
        return (name, "–", answer.reason.split(";")[0])
    document = answer.result.to_json()
    advice = document["recommendation"]
    return (name, document["stage"]["label"], advice["headline"])


def report_on(document: dict[str, Any], written: list[Path]) -> None:
    """Print a plan on one screen, and where its files are."""
    from hepatica import report

    folder = written[0].parent
    show.line(report.terminal(document, str(folder)))
    show.line(f"Files: {', '.join(path.name for path in written)} in {folder}")
