"""How often the advice hangs on the seed: `python -m hepatica.planning._stability examples` prints a row a record.

Only what may be recommended is simulated: nothing else can change the choice, so it is that of the whole plan.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from hepatica.errors import InputError
from hepatica.patient import Patient, read
from hepatica.planning.choose import Choice
from hepatica.planning.forecasts import forecasts
from hepatica.planning.race import Race
from hepatica.planning.weights import Weights
from hepatica.planning.work import Asked, Screened, judged, screen

SEEDS = 50
WANTED = 0.95


@dataclass(frozen=True, slots=True)
class Stability:
    """The commonest choice over seeds and how many seeds chose it, or chose what they call tied with it."""

    option: str
    seeds: int
    chose: int
    tied: int

    @property
    def share(self) -> float:
        """Return the share of seeds with the same option or a declared tie."""
        return (self.chose + self.tied) / self.seeds


def choice(patient: Patient, asked: Asked, twin: Any = None, found: Screened | None = None) -> Choice:
    """Return the choice of the plan that these arguments make, simulating only what may be recommended.

    `found` is what screening found, where it is at hand: no seed changes it.
    """
    if twin is None:
        from hepatica import twin as model

        twin = model
    found = found or screen(patient, asked)
    options = tuple(o for o in found.options if o.live and o.recommendable)
    fit = twin.fit(patient, found.facts.staging, draws=asked.draws, seed=asked.seed)
    told = forecasts(twin, fit, options, found.days)
    return judged(asked, found, twin, fit, Race((), (), ()), options, told).choice


def stability(patient: Patient, seeds: Sequence[int], draws: int, today: date, twin: Any = None) -> Stability:
    """Return how stable the choice is over seeds."""
    asked = Asked(draws, seeds[0], today, "EU", Weights())
    found = screen(patient, asked)
    made = [choice(patient, replace(asked, seed=s), twin, found) for s in seeds]
    option, chose = Counter(c.option.id for c in made).most_common(1)[0]
    tied = sum(c.option.id != option and option in c.ties for c in made)
    return Stability(option, len(made), chose, tied)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each record; return 1 where one is less stable than wanted."""
    parser = argparse.ArgumentParser(prog="hepatica.planning._stability", description=__doc__)
    parser.add_argument("records", nargs="+", type=Path, help="records, or folders of them")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--draws", type=int, default=2000)
    given = parser.parse_args(arguments)
    files = [f for p in given.records for f in (sorted(p.glob("*.json")) if p.is_dir() else [p])]
    if not files:
        raise InputError("no record there", where=str(given.records[0]), mend="name a folder of JSON records")
    worst = 1.0
    print(f"{'record':36} {'option':24} same  tied  share ({given.seeds} seeds, {given.draws} draws)")
    for file in files:
        found = stability(read(file), range(1, given.seeds + 1), given.draws, date.today())
        worst = min(worst, found.share)
        print(f"{file.stem:36} {found.option:24} {found.chose:4}  {found.tied:4}  {found.share:.2f}", flush=True)
    return 0 if worst >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
