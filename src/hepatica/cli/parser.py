"""The verbs and their options; building this imports nothing heavy."""

from __future__ import annotations

import argparse
import difflib
import importlib
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from hepatica import __version__
from hepatica.errors import InputError

# Order of the help. Each is a module of this package with HELP, configure(parser) and run(arguments).
VERBS = (
    "plan", "stage", "score", "match", "simulate", "what-if", "why", "cite", "evidence", "trial", "cohort", "bench",
    "doctor", "demo",
)  # fmt: skip

EPILOG = """\
PATIENT is a FHIR R4 bundle or NDJSON, a CSV (wide or long), or hepatica's own short JSON or TOML; a folder, a
glob, a FHIR bulk export or OMOP CDM tables (Parquet, CSV, DuckDB) are a cohort. Every verb takes --json: one JSON
document on stdout, progress on stderr. Exit codes: 0 done, 1 the answer is "cannot", 2 wrong
input; the reason stands on stderr.

Research and decision support. Not a medical device; a clinician decides."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are hepatica's own: one line of what, one of how to mend it."""

    reference: Callable[[], str] | None = None

    def format_help(self) -> str:
        """Return the help, with the reference that is dear to make and only made when asked for."""
        return super().format_help() + (f"\n{self.reference()}\n" if self.reference else "")

    def error(self, message: str) -> NoReturn:
        """Raise InputError in place of printing the usage and leaving."""
        raise InputError(message, mend=f"see {self.prog} --help")


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the parsed arguments with `run` set to the verb's function."""
    parser = Parser(
        prog="hepatica",
        description="Stage, simulate, compare and plan stem-cell therapy for liver disorders.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"hepatica {__version__}")
    verbs = parser.add_subparsers(title="verbs", dest="verb", metavar="VERB", parser_class=Parser)
    words = list(argv) if argv is not None else None
    for name in VERBS:
        module = importlib.import_module(f"hepatica.cli.{name.replace('-', '_')}")
        verb = verbs.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(verb)
        verb.set_defaults(run=module.run)
    _refuse_unknown_verb(words)
    arguments = parser.parse_args(words)
    if arguments.verb is None:
        arguments.run = lambda _: parser.print_help() or 0
    return arguments


def _refuse_unknown_verb(words: Sequence[str] | None) -> None:
    rest = list(words if words is not None else sys.argv[1:])
    if not rest or rest[0].startswith("-") or rest[0] in VERBS:
        return
    near = difflib.get_close_matches(rest[0], VERBS, n=1)
    hint = f"did you mean hepatica {near[0]}?" if near else f"the verbs are {', '.join(VERBS)}"
    raise InputError(f"there is no verb '{rest[0]}'", mend=hint)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def add_patients(parser: argparse.ArgumentParser) -> None:
    """Add the PATIENT argument (one or more files, folders or globs) and --json."""
    parser.add_argument("patient", nargs="+", metavar="PATIENT", help="a record, or a folder or glob of records")
    parser.add_argument(
        "--codes", metavar="FILE", help="what your hospital's own codes mean: a CSV of kind,system,code,name,unit"
    )
    add_json(parser)
