"""List the literature behind a plan: every source it names, once.

A reference is one text with what is known of it (PMID, DOI, address, how much of it was read); nothing is guessed."""

from __future__ import annotations

import argparse
import sys

from hepatica.cli import show
from hepatica.cli.foreign import expected
from hepatica.cli.parser import add_json
from hepatica.cli.why import AGAIN, WRITTEN, load
from hepatica.output import visible

HELP = "the literature behind a plan, as text, BibTeX, CSL-JSON or RIS"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `cite`."""
    parser.add_argument("plan", metavar="PLAN", help="a plan.json, or the folder that holds it")
    parser.add_argument("--format", metavar="F", default="text", help="text, bibtex, csl-json or ris (default text)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the references."""
    from hepatica import report

    plan = load(arguments.plan)
    with expected(WRITTEN, arguments.plan, AGAIN):
        found = report.references(plan) if arguments.json else report.cite(plan, arguments.format)
    if isinstance(found, str):
        sys.stdout.write(visible(found))
    else:
        show.json_document(found)
    return 0
