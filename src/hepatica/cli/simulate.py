"""Simulate treatments for one person on draws fitted to the record; trajectories with 90 % bands.

R is a regimen product:route:dose[@days] (the dose in cells, or cells a kilogram with /kg), for example
uc_msc:peripheral_vein:1e6/kg@0,7,14, or a treatment without cells such as g_csf. Repeat --regimen to compare."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_json
from hepatica.errors import InputError

HELP = "trajectories with bands under a regimen"
SHOWN = ("meld", "bilirubin_umol_l", "albumin_g_l", "inr", "creatinine_umol_l", "ammonia_umol_l")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `simulate`."""
    parser.add_argument("patient", metavar="PATIENT", help="a record")
    parser.add_argument("--regimen", action="append", metavar="R", default=[], help="may be repeated")
    parser.add_argument("--days", metavar="D,D,…", default="0,7,28,90", help="days to show (default 0,7,28,90)")
    parser.add_argument("--variable", action="append", metavar="V", help=f"what to show (default {', '.join(SHOWN)})")
    add_products(parser)
    add_draws(parser)
    add_json(parser)


def add_products(parser: argparse.ArgumentParser) -> None:
    """Add --product."""
    parser.add_argument(
        "--product", action="append", metavar="FILE", default=[],
        help="a product of your own (TOML, see docs/how-to/define-a-product.md); may be repeated",
    )  # fmt: skip


def add_draws(parser: argparse.ArgumentParser) -> None:
    """Add --draws and --seed."""
    parser.add_argument("--draws", type=int, default=2000, metavar="N", help="posterior draws (default 2000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="seed of the random streams (default 1)")


def run(arguments: argparse.Namespace) -> int:
    """Simulate and print a table a variable."""
    import hepatica

    days = _days(arguments.days)
    if not arguments.regimen:
        raise InputError("nothing to simulate", mend="add --regimen product:route:dose[@days] or --regimen g_csf")
    check_draws(arguments)
    patient = hepatica.read(arguments.patient)
    forecasts = hepatica.simulate(
        patient, arguments.regimen, days, draws=arguments.draws, seed=arguments.seed, products=arguments.product
    )
    options = {name: _document(forecast) for name, forecast in forecasts.items()}
    wanted = arguments.variable or [*SHOWN, "survival"]
    _check_known(wanted, options)
    if arguments.json:
        head = {"patient": patient.id, "draws": arguments.draws, "seed": arguments.seed, "days": days}
        show.json_document({**head, "options": options})
        return 0
    show.heading(f"{patient.id}: {arguments.draws} draws; median [5 % to 95 %]")
    for variable in wanted:
        _print(variable, options)
    return 0


def check_draws(arguments: argparse.Namespace) -> None:
    """Refuse a number of draws that no band can be drawn from, and a seed that no stream begins at."""
    if not 20 <= arguments.draws <= 1_000_000:
        raise InputError(f"--draws {arguments.draws} is not between 20 and 1000000", mend="leave it out for 2000")
    check_seed(arguments.seed)


def check_seed(seed: int) -> None:
    """Refuse a seed below 0 or beyond 63 bits."""
    if not 0 <= seed < 2**63:
        raise InputError(f"--seed {seed} is not a whole number from 0 to 2**63 - 1", mend="leave it out for 1")


def _document(forecast: Any) -> dict[str, Any]:
    series = {**forecast.variables, "survival": forecast.survival}
    series["transplant_free_survival"] = forecast.transplant_free_survival
    return {"forecast": series}


def _check_known(variables: list[str], options: dict[str, Any]) -> None:
    known = sorted(set.intersection(*(set(o["forecast"]) for o in options.values())))
    for variable in variables:
        if variable not in known:
            raise InputError(f"the twin has no variable '{variable}'", mend=f"one of {', '.join(known)}")


def _print(variable: str, options: dict[str, Any]) -> None:
    series = {name: o["forecast"][variable] for name, o in options.items()}
    head = [f"day {_field(p, 'day'):g}" for p in next(iter(series.values()))]
    show.line()
    show.line(f"  {variable}")
    write = show.percent if "survival" in variable else show.number
    rows = [(name, *(_band(p, write) for p in points)) for name, points in series.items()]
    show.table(("", *head), rows, indent="    ")


def _band(point: Any, write: Callable[[Any], str]) -> str:
    middle, low, high = (write(_field(point, name)) for name in ("p50", "p05", "p95"))
    return f"{middle} [{low} to {high}]"


def _field(point: Any, name: str) -> float:
    return float(point[name] if isinstance(point, dict) else getattr(point, name))


def _days(text: str) -> list[float]:
    try:
        days = sorted({float(day) for day in text.split(",")})
    except ValueError:
        days = []
    if not days or not all(0 <= day <= 3653 for day in days):
        raise InputError(f"--days {text} is not a list of days from 0 to 3653", mend="for example --days 0,7,28,90")
    return days
