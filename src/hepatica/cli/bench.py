"""Time the engine on the twin against other solvers, in one run: same model, same tolerance, same exact solution.

One year, two doses of cells, patients whose every parameter varies by 10 %. Solvers of the extra [bench] take part
where they are installed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_json
from hepatica.errors import InputError

HELP = "speed and accuracy against other solvers, in one run"
OBSERVABLES = ("bilirubin_umol_l", "inr", "albumin_g_l", "creatinine_umol_l", "alive_untransplanted")
INTO, MILLION_CELLS, DOSE_DAYS = "cells_venous", 100.0, (0.0, 28.0)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `bench`."""
    parser.add_argument("--seconds", type=float, default=3.0, metavar="S", help="how long each row runs (default 3)")
    parser.add_argument("--no-peers", action="store_true", help="this engine alone")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the comparison and print a table."""
    from hepatica import engine, twin

    if not 0.1 <= arguments.seconds <= 60:
        raise InputError(f"--seconds {arguments.seconds:g} is not between 0.1 and 60", mend="leave it out for 3")
    document = engine.bench(
        twin.build(),
        [365.0 * month / 12 for month in range(13)],
        observables=OBSERVABLES,
        doses=[engine.Dose(day, INTO, MILLION_CELLS) for day in DOSE_DAYS],
        seconds=arguments.seconds,
        with_peers=not arguments.no_peers,
        progress=_progress if sys.stderr.isatty() else None,
    )
    show.json_document(document) if arguments.json else _print(document)
    return 0


def _progress(text: str) -> None:
    print(f"  … {text}", file=sys.stderr)


def _print(document: dict[str, Any]) -> None:
    machine, model = document["machine"], document["model"]
    show.heading(f"{model['name']}: {model['states']} states, {model['doses']} doses, one year, rtol {model['rtol']:g}")
    show.line(f"  {machine['cpu']}, {machine['cores']} cores")
    show.line()
    head = ("engine", "method", "precision", "threads", "patient-years/s", "largest relative error")
    rows = [
        (r["engine"], r["method"], r["precision"], str(r["threads"]), r["patients_per_s"], r["max_rel_error"])
        for r in document["rows"]
    ]
    show.table(head, rows, right=(3, 4, 5))
    show.line()
    for name, ratio in document["ratios"].items():
        show.line(f"  {name}: {show.number(ratio)} ×")
    show.line(f"  error: {document['error']}")
    for row in document["rows"]:
        if row.get("note"):
            show.paragraph(f"{row['engine']}: {row['note']}")
