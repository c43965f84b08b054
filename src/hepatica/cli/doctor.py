"""Say what this machine can do, and what to install where it cannot: compiler, lanes, GPU, PDF, browser, database."""

from __future__ import annotations

import argparse
import shutil
from importlib import metadata
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_json
from hepatica.errors import CannotAnswer

HELP = "what this machine can do (compiler, SIMD, GPU, browser, database)"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `doctor`."""
    parser.add_argument(
        "--warm", action="store_true", help="compile the twin now, so that the first plan starts at once"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look at the machine; end with 1 where models cannot run."""
    from hepatica import engine

    document = {**engine.doctor(), "pdf": _pdf(), "browser": _browser(), "database": _database()}
    if arguments.warm and document["works"]:
        document["warm_s"] = _warm()
    show.json_document(document) if arguments.json else _print(document)
    if not document["works"]:
        raise CannotAnswer("models cannot run on this machine", mend="; ".join(document["advice"]))
    return 0


def _warm() -> float:
    import time

    import hepatica
    from hepatica.cli.demo import built_in

    began = time.perf_counter()
    hepatica.simulate(hepatica.read(built_in()), ["g_csf"], [0, 7], draws=100)
    return round(time.perf_counter() - began, 1)


def _pdf() -> dict[str, Any]:
    try:
        return {"works": True, "typst": metadata.version("typst")}
    except metadata.PackageNotFoundError:
        return {"works": False, "typst": None, "advice": "pip install 'hepatica[pdf]'"}


def _browser() -> dict[str, Any]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return {"found": found, "why": "only to look at reports; hepatica itself needs none"}


def _database() -> dict[str, Any]:
    import sqlite3

    return {"sqlite": sqlite3.sqlite_version}


def _print(document: dict[str, Any]) -> None:
    machine, compilers = document["machine"], document["compilers"]
    show.heading("This machine can run models" if document["works"] else "This machine cannot run models")
    lanes = machine["lanes"]
    rows = [
        ("processor", f"{machine['cpu']}, {machine['cores']} cores"),
        ("lanes", f"{lanes['f32']} patients at a time in single precision, {lanes['f64']} in double"),
        ("compiler", compilers[0]["version"] if compilers else "none"),
        ("cache", f"{document['cache']['folder']}, {document['cache'].get('models', 0)} models"),
        ("GPU", f"{document['gpu']['found'] or 'none'}; {document['gpu']['why']}"),
        ("PDF", f"typst {document['pdf']['typst']}" if document["pdf"]["works"] else document["pdf"]["advice"]),
        ("browser", document["browser"]["found"] or "none found"),
        ("database", f"SQLite {document['database']['sqlite']}"),
        ("Python", f"{machine['python']} on {machine['system']}"),
    ]
    if "warm_s" in document:
        rows.append(("twin", f"compiled and run in {document['warm_s']} s"))
    show.table(("", ""), rows)
    for text in document["advice"]:
        show.paragraph(text)
    show.line("\n  next  hepatica demo")
