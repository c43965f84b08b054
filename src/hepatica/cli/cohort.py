"""Draw virtual patients of every course and cause, and write each as one FHIR R4 Bundle marked as synthetic.

Laboratory values, signs, diagnoses and body come from the twin's populations; --days adds values under standard care
until death. The same seed gives the same patients, and the first N of a larger cohort are the cohort of N."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_json
from hepatica.cli.simulate import check_seed
from hepatica.errors import InputError

HELP = "synthetic patients as FHIR R4"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `cohort`."""
    parser.add_argument("n", metavar="N", help="how many patients")
    parser.add_argument("-o", "--out", required=True, metavar="DIR", help="a new or empty folder for their files")
    parser.add_argument("--course", metavar="C", help="only this course, as `hepatica stage` names it in --json")
    parser.add_argument("--cause", metavar="X", help="only this cause of liver disease, for example HBV")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="seed of the random streams (default 1)")
    parser.add_argument(
        "--days", default="0", metavar="D,D,…", help="days with values, for example 0,90,365 (default 0)"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Draw, write one file a patient, and print how many of each course there are."""
    import orjson
    from tqdm import tqdm

    from hepatica.twin import bundle, cohort

    n, days = _count(arguments.n), _days(arguments.days)
    check_seed(arguments.seed)
    people = cohort(n, course=arguments.course, cause=arguments.cause, seed=arguments.seed, days=days)
    drawn = next(people)
    folder = _empty(Path(arguments.out))
    courses: Counter[str] = Counter()
    died: Counter[str] = Counter()
    bar = tqdm(total=n, unit=" patients", file=sys.stderr, delay=2, disable=not sys.stderr.isatty(), leave=False)
    with bar:
        for row in _with(drawn, people):
            (folder / f"{row.patient.id}.json").write_bytes(orjson.dumps(bundle(row)))
            courses[row.course] += 1
            died[row.course] += row.died is not None
            bar.update()
    rows = [{"course": c, "n": courses[c], "died": died[c]} for c in sorted(courses)]
    head: dict[str, Any] = {"n": n, "seed": arguments.seed, "days": days, "folder": str(folder), "courses": rows}
    if arguments.json:
        show.json_document(head)
        return 0
    show.heading(f"{n} synthetic patients in {folder}: one FHIR R4 Bundle each, security label HTEST")
    show.table(
        ("course", "patients", f"died by day {days[-1]:g}"),
        [(r["course"], r["n"], r["died"]) for r in rows],
        right=(1, 2),
    )
    show.line()
    show.line(f"Next: hepatica stage {folder}")
    return 0


def _with(first: Any, rest: Any) -> Any:
    yield first
    yield from rest


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 8 or not 1 <= int(text) <= 10_000_000:
        raise InputError(
            f"N is {text[:40]}, not a whole number from 1 to 10000000", mend="for example hepatica cohort 100 -o out"
        )
    return int(text)


def _days(text: str) -> list[float]:
    try:
        return sorted({0.0, *(float(day) for day in text.split(","))})
    except ValueError:
        raise InputError(f"--days {text} is not a list of days", mend="for example --days 0,90,365") from None


def _empty(folder: Path) -> Path:
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise InputError(f"{folder} is not a new or empty folder", mend="name another one, so that no file is mixed in")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {folder}", mend=error.strerror or str(error)) from None
    return folder
