"""Time the engine on the twin against other solvers, in one run: same model, same tolerance, same exact solution.

One year, two doses of cells, patients whose every parameter varies by 10 %. Solvers of the extra [bench] take part
where they are installed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_json
from hepatica.errors import InputError

HELP = "speed and accuracy against other solvers, in one run"
OBSERVABLES = ("bilirubin_umol_l", "inr", "albumin_g_l", "creatinine_umol_l", "alive_untransplanted")
INTO, MILLION_CELLS, DOSE_DAYS = "cells_venous", 100.0, (0.0, 28.0)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `bench`."""
    parser.add_argument("--seconds", type=float, default=3.0, metavar="S", help="length of a round (default 3)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds of every row, in turn (default 5)")
    parser.add_argument("--no-peers", action="store_true", help="this engine alone")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the comparison and print a table."""
    from hepatica import engine, twin

    if not 0.1 <= arguments.seconds <= 60:
        raise InputError(f"--seconds {arguments.seconds:g} is not between 0.1 and 60", mend="leave it out for 3")
    if not 1 <= arguments.rounds <= 100:
        raise InputError(f"--rounds {arguments.rounds} is not between 1 and 100", mend="leave it out for 5")
    with _progress() as progress:
        document = engine.bench(
            twin.build(),
            [365.0 * month / 12 for month in range(13)],
            observables=OBSERVABLES,
            doses=[engine.Dose(day, INTO, MILLION_CELLS) for day in DOSE_DAYS],
            seconds=arguments.seconds,
            rounds=arguments.rounds,
            with_peers=not arguments.no_peers,
            progress=progress,
        )
    show.json_document(document) if arguments.json else _print(document)
    return 0


@contextmanager
def _progress() -> Iterator[Callable[[float, str], None]]:
    from tqdm import tqdm

    shape = "{l_bar}{bar}| {elapsed} {desc}"
    with tqdm(total=100, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False, bar_format=shape) as bar:

        def tell(share: float, text: str) -> None:
            bar.set_description_str(text, refresh=False)
            bar.update(100 * share - bar.n)

        yield tell


def _print(document: dict[str, Any]) -> None:
    machine, model = document["machine"], document["model"]
    show.heading(f"{model['name']}: {model['states']} states, {model['doses']} doses, one year, rtol {model['rtol']:g}")
    show.line(f"  {machine['cpu']}, {machine['cores']} cores")
    show.line()
    head = (
        "engine", "method", "precision", "threads", "patient-years/s", "best round", "largest relative error", "steps",
        "compile s", "memory MB",
    )  # fmt: skip
    keys = (
        "engine", "method", "precision", "threads", "patients_per_s", "best_patients_per_s", "max_rel_error", "steps",
        "compile_s", "peak_memory_mb",
    )  # fmt: skip
    rows = [[str(row[k]) if k == "threads" else row.get(k) for k in keys] for row in document["rows"]]
    show.table(head, rows, right=range(3, len(head)))
    show.line()
    for name, ratio in document["ratios"].items():
        best = document["ratios_of_best_rounds"][name]
        show.line(f"  {name}: {show.number(ratio)} × (best rounds: {show.number(best)} ×)")
    for row in document["limit"]:
        show.line(
            f"  {row['precision']}, one core: {row['achieved_gflop_s']:g} of {row['peak_gflop_s']:g} GFLOP/s at "
            f"most ({100 * row['share']:.0f} %)"
        )
    for text in (document["rate"], f"error: {document['error']}", _notes(document)):
        show.paragraph(text)
    for row in document["rows"]:
        if row.get("note"):
            show.paragraph(f"{row['engine']}: {row['note']}")


def _notes(document: dict[str, Any]) -> str:
    exact = document["exact"]
    return (
        f"the exact solution and this engine at rtol {exact['rtol']:g} differ by "
        f"{exact['hepatica_f64_differs_by']:.1e}; {document['took_s']:.0f} s in all; "
        f"load of the machine before: {show.number(document['load']['before'])}; "
        "how it is measured: docs/bench.md"
    )
