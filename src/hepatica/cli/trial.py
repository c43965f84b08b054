"""Predict a published trial from its population, baselines and arms alone; its outcomes are not read.

FILE is JSON with population, arms and baseline (docs/how-to/predict-a-trial.md shows the shape); "ask": {"days": [28,
90]} chooses the days. Intervals are for the mean of an arm of that size and carry parameters, disagreement between
studies and sampling."""

from __future__ import annotations

import argparse
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_json
from hepatica.cli.simulate import check_seed

HELP = "predict a published trial (replicate)"
SHOWN = ("meld", "child_pugh", "bilirubin_umol_l", "albumin_g_l", "inr", "creatinine_umol_l")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add `replicate` and its arguments."""
    from hepatica.cli.parser import Parser

    verbs = parser.add_subparsers(title="what to do", dest="what", metavar="WHAT", required=True, parser_class=Parser)
    replicate = verbs.add_parser("replicate", help=HELP, description=__doc__)
    replicate.add_argument("file", metavar="FILE", help="a trial without its outcomes, as JSON")
    replicate.add_argument("--seed", type=int, default=1, metavar="S", help="seed of the random streams (default 1)")
    add_json(replicate)


def run(arguments: argparse.Namespace) -> int:
    """Predict and print a table an arm."""
    from hepatica import trials

    check_seed(arguments.seed)
    prediction = trials.replicate(trials.read_trial(arguments.file), seed=arguments.seed)
    if arguments.json:
        show.json_document(prediction)
        return 0
    show.heading(f"{prediction['trial']}: population {prediction['population']}; mean (90 % interval of an arm's mean)")
    for arm in prediction["arms"]:
        _print(arm)
    for note in prediction["notes"]:
        show.line(f"note: {note}")
    return 0


def _print(arm: dict[str, Any]) -> None:
    days = [point["day"] for point in arm["survival"]]
    rows = [["day", *(f"{day:g}" for day in days)]]
    for name in SHOWN:
        rows.append([name, *(_band(p["mean"], p["mean_lo90"], p["mean_hi90"]) for p in arm["variables"][name])])
    for name in ("survival", "transplant_free_survival"):
        rows.append([name, *(_band(p["p"], p["lo90"], p["hi90"]) for p in arm[name])])
    rows.append(["at risk", *(f"{p['at_risk']:.0f}" for p in arm["variables"]["meld"])])
    show.line()
    show.heading(f"{arm['name']}, n = {arm['n']}")
    widths = [max(len(row[i]) for row in rows) for i in range(len(days) + 1)]
    for row in rows:
        show.line("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _band(mean: float | None, low: float | None, high: float | None) -> str:
    if mean is None or low is None or high is None:
        return "none left"
    return f"{mean:.3g} ({low:.3g} to {high:.3g})"
