"""Plan a built-in patient and open the report."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from hepatica.cli import show
from hepatica.cli.parser import add_json

HELP = "the plan of a built-in patient, opened"
PATIENT = "decompensated_alcohol_cirrhosis.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `demo`."""
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, default=Path("out"), help="default out")
    parser.add_argument("--no-open", action="store_true", help="write the report and leave it closed")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Plan the built-in patient, say where the report is, and open it where there is a screen."""
    import hepatica
    from hepatica.cli.plan import report_on

    plan = hepatica.plan(hepatica.read(built_in()))
    written = plan.save(arguments.output)
    document = plan.to_json()
    show.json_document(document) if arguments.json else report_on(document, written)
    page = arguments.output / "plan.html"
    if not arguments.no_open and not arguments.json and page.exists() and _has_screen():
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return 0


def built_in() -> Path:
    """Return the built-in patient: in the installed package, or in the checkout's examples."""
    package = Path(__file__).parents[1] / "examples" / PATIENT
    return package if package.exists() else Path(__file__).parents[3] / "examples" / PATIENT


def _has_screen() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
