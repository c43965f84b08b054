"""Time eligibility: N patients against every protocol, and a million virtual patients against one.

Run: python benchmarks/eligibility.py FOLDER [--million 1000000]. FOLDER is what `hepatica cohort 10000 -o FOLDER`
wrote. Reading and staging are timed apart. Times are of the wall and, since a machine may be busy, of this process.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hepatica.eligibility import Fact, Table, Within, leaves, match, protocols, screen, screen_cohort
from hepatica.patient import Patient, read_many
from hepatica.staging import stage
from hepatica.therapy import Record


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Do the work and print how long it took."""
    wall, own = time.perf_counter(), time.process_time()
    result = work()
    print(f"{what:55} {time.perf_counter() - wall:7.2f} s wall {time.process_time() - own:7.2f} s process", flush=True)
    return result


def million(n: int, protocol: str) -> None:
    """Screen n virtual patients, every leaf of the protocol a column, a tenth of each unknown."""
    rng = np.random.default_rng(1)
    rules = [c.rule for c in protocols()[protocol].criteria]
    numbers, facts = {}, {}
    for leaf in dict.fromkeys(x for rule in rules for x in leaves(rule)):
        if isinstance(leaf, Within):
            low, high = (v if np.isfinite(v) else 0.0 for v in (leaf.low, leaf.high))
            column = rng.normal((low + high) / 2, max(low, high) / 2 + 1, n)
            column[rng.random(n) < 0.1] = np.nan
            numbers[leaf.quantity.key] = (column, column)
        elif isinstance(leaf, Fact):
            facts[leaf.key] = rng.choice(np.array([-1, 0, 1], np.int8), n, p=[0.8, 0.1, 0.1])
    table = Table(n, numbers, facts)
    verdicts = timed(f"{n} virtual patients x {protocol}", lambda: screen(protocols()[protocol], table))
    counts = {word: int((verdicts == v).sum()) for word, v in (("eligible", 1), ("unknown", 0), ("not", -1))}
    print(f"    {len(numbers) + len(facts)} columns, {counts}")


def main() -> None:
    """Print the times."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--million", type=int, default=1_000_000)
    chosen = options.parse_args()
    asked = list(protocols().values())
    people = timed("reading", lambda: [p for p in read_many(chosen.folder) if isinstance(p, Patient)])
    staged = timed(f"staging {len(people)}", lambda: [stage(p) for p in people])
    records = [Record(p, s) for p, s in zip(people, staged, strict=True)]
    found = timed(f"{len(people)} patients x {len(asked)} protocols", lambda: screen_cohort(records, asked))
    print(f"    eligible {sum(f.eligible for f in found)}, unknown {sum(f.unknown for f in found)} verdicts")
    some = list(zip(people, staged, strict=True))[:500]
    timed("500 of them with every reason, distance and way in", lambda: [match(p, s) for p, s in some])
    for name in sorted(protocols(), key=lambda n: -len(protocols()[n].criteria))[:2]:
        million(chosen.million, name)


if __name__ == "__main__":
    main()
