"""How studies of one course differ beyond their baselines: SDs as estimated, and the effects drawn for each repeat."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._body import table
from ._history import drift
from ._population import CORRELATED, stream

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Between:
    """Effects of each repeat of a trial (arrays [trials]); drifts of laboratory values on the log scale."""

    death_log: Array
    pace: Array
    illness: Array
    drift: Mapping[str, Array]
    slow: Mapping[str, Array]
    score: Mapping[str, Array]


def measured() -> tuple[str, ...]:
    """Return the laboratory values whose disagreement between studies is estimated."""
    return tuple(k for k, row in table("between").items() if "onset_d" in row)


def scores() -> tuple[str, ...]:
    """Return the scores with a disagreement of their own."""
    return tuple(k for k, row in table("between").items() if row.get("score"))


def disagreement_prior() -> dict[str, dict[str, Any]]:
    """Return what is taken for granted before the disagreement between studies is estimated, by quantity."""
    return dict(table("between"))


def survival_cohorts() -> dict[str, dict[str, Any]]:
    """Return cohorts of one course and horizon under standard care, as published."""
    return dict(table("cohorts"))


@cache
def disagreement() -> dict[str, Any]:
    """Return the stored estimate: draws of every SD and how they were made (`python -m hepatica.trials.between`)."""
    path = resources.files("hepatica.twin") / "data" / "between.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def draw_between(trials: int, seed: int, estimate: Mapping[str, Any] | None = None) -> Between:
    """Return the effects of each repeat.

    Args:
        trials: repeats.
        seed: keyed by purpose.
        estimate: draws of the SDs; None: the stored estimate; a quantity it lacks does not differ between studies.
    """
    found = disagreement() if estimate is None else estimate
    rng = stream("between", seed)
    pick = rng.integers(0, 10**9, trials)

    def effect(name: str) -> Array:
        draws = np.asarray(found.get("sd", {}).get(name, [0.0]), float)
        return np.asarray(draws[pick % len(draws)] * rng.standard_normal(trials))

    death = effect("death_log")
    spread = float(table("between")["resolution"]["sd"]) if found else 0.0
    pace = np.exp(spread * rng.standard_normal(trials))
    fast = {k: effect(k) for k in measured()}
    slow = {k: effect(k) for k in measured()}
    score = {k: effect(k) for k in scores()}
    illness = float(found.get("illness", 0.0)) * rng.standard_normal((trials, len(CORRELATED)))
    return Between(death, pace, illness, fast, slow, score)


def disagreement_shown(name: str, course: str, days: Array) -> tuple[Array, Array]:
    """Return how much of the fast and of the slow part of a disagreement has shown by each day.

    The fast part (other laboratories, other care) comes at the pace of the value, the slow one at that of the drift
    of single persons; both have the same SD in the end.
    """
    fast = 1 - np.exp(-days / float(table("between")[name]["onset_d"]))
    _, time_d = drift(course, name)
    return np.asarray(fast), np.sqrt(-np.expm1(-2 * days / time_d))
