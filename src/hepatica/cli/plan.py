"""Plan one patient, or each of a cohort: writes plan.html, plan.pdf, plan.json and plan.fhir.json.

Files go to DIR (default out; a folder a patient for a cohort). With --json and no -o nothing is written."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_patients
from hepatica.cli.simulate import add_draws, add_products, check_draws
from hepatica.errors import InputError

ASKED = ("draws", "seed", "jurisdiction", "weights", "country", "payer", "prices", "language")
ANOTHER = "choose another folder"
HELP = "the main job: plan.html, plan.pdf, plan.json, plan.fhir.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `plan`."""
    add_patients(parser)
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, help="where the files go (default out)")
    add_draws(parser)
    add_asked(parser)
    parser.add_argument("--people", metavar="N", type=int, help="a budget for so many people like this one")


def add_asked(parser: argparse.ArgumentParser) -> None:
    """Add what a plan and a what-if are asked beside the record: what counts, whose rules and costs, the language."""
    parser.add_argument(
        "--weights", metavar="NAME=NUMBER,…",
        help="what counts for this person: survival, quality, harms, burden, cost, pay_a_qaly (default 1, 1, 1, 0, 0)",
    )  # fmt: skip
    add_products(parser)
    parser.add_argument("--jurisdiction", default="EU", metavar="J", help="whose rules: US, EU, UK, … (default EU)")
    parser.add_argument("--country", metavar="C", help="where it is paid for (default: the jurisdiction)")
    parser.add_argument("--payer", metavar="P", help="whose costs: health_system, insurer, patient or society")
    parser.add_argument("--prices", metavar="FILE", type=Path, help="your own prices of treatments (TOML)")
    parser.add_argument("--language", metavar="L", help="of the sentences: en, es (default en)")


def run(arguments: argparse.Namespace) -> int:
    """Plan one record, or each of a cohort."""
    from hepatica.cli import records

    check_draws(arguments)
    if arguments.product:
        from hepatica import therapy

        arguments.product = [therapy.read_product(file) for file in arguments.product]
    folder = arguments.output or (None if arguments.json else Path("out"))
    if folder:
        _check_folder(folder)
    patient = records.one(arguments.patient, arguments.codes)
    if patient is None:
        return _cohort(arguments, folder)
    plan = _plan(patient, arguments)
    written = plan.save(folder) if folder else []
    if arguments.json:
        show.json_document(plan.to_json())
    else:
        report_on(plan.to_json(), written)
    return 0


def _plan(patient: Any, arguments: argparse.Namespace) -> Any:
    import hepatica

    options = {name: getattr(arguments, name) for name in (*ASKED, "people")}
    return hepatica.plan(patient, products=arguments.product, **options)


def _check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be made or written before anything is planned for it."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise InputError("cannot write the report: this is a file, not a folder", where=str(there), mend=ANOTHER)
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError("cannot write the report: no right to write here", where=str(there), mend=ANOTHER)


def _cohort(arguments: argparse.Namespace, folder: Path | None) -> int:
    from hepatica.cli import records

    taken: set[str] = set()

    def work(patient: Any) -> Any:
        plan = _plan(patient, arguments)
        if folder:
            plan.save(folder / _folder_name(patient.id, taken))
        document = plan.to_json()
        return document if arguments.json else (document["stage"]["label"], document["recommendation"]["headline"])

    answers = list(records.each(arguments.patient, work, arguments.codes))
    if arguments.json:
        show.json_document({"records": [a.to_json() for a in answers]})
    else:
        rows = [(*a.names, *(("–", a.problem) if a.exit_code else a.result)) for a in answers]
        show.table(("file", "patient", "stage", "recommendation"), rows)
        show.line(f"\n  Reports: {folder}/*/plan.html")
    return records.close(answers, "plan")


def _folder_name(identity: str, taken: set[str]) -> str:
    base = re.sub(r"[^\w.-]+", "_", identity).strip("._")[:80] or "patient"
    name, copy = base, 1
    while name in taken:
        copy += 1
        name = f"{base}_{copy}"
    taken.add(name)
    return name


def report_on(document: dict[str, Any], written: list[Path]) -> None:
    """Print a plan on one screen, and where its files are."""
    from hepatica import report

    folder = written[0].parent
    show.line(report.terminal(document, str(folder)))
    show.line(f"Files: {', '.join(path.name for path in written)} in {folder}")
