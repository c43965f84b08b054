"""Which quantities a record can tell: how much narrower each becomes when simulated people are fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._history import LAB_NAMES, History, degrees, drift, drift_cov, error, series_of
from ._lived import Life, live
from ._population import Known, stream
from ._posterior import smooth_hyper
from ._sheet import Sheet
from ._virtual import Context, draw_latent, kind

Array = NDArray[np.float64]
ANALYTES = ("albumin", "bilirubin", "inr", "creatinine", "sodium", "platelets", "alt", "ast")
CHRONIC_DAYS = (0.0, 180.0, 365.0, 730.0, 1050.0)
ACUTE_DAYS = (0.0, 3.0, 7.0, 14.0, 21.0)


@dataclass(frozen=True, slots=True)
class Told:
    """How much a typical record narrows one quantity: mean, least and most over records.

    1 less the ratio of SDs after and before, of the quantity's rank among the population (0 to 1), so that neither its
    scale nor a long tail matters.
    """

    quantity: str
    narrowed: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Lives:
    """Simulated people: labs as they are and as measured [dates, n] by name, latents, who lives to the end."""

    true: dict[str, Array]
    seen: dict[str, Array]
    latent: dict[str, Array]
    alive: NDArray[np.bool_]


def days_of(course: str) -> tuple[float, ...]:
    """Return the dates of a typical record of a course."""
    return CHRONIC_DAYS if kind(course)["history_d"] > 365 else ACUTE_DAYS


def simulated(course: str, days: tuple[float, ...], context: Context, n: int, seed: int) -> Lives:
    """Return n people of a course who live on as the model says, drift from it, and are measured with noise."""
    rng, nu, t = stream("simulated", seed), degrees(), np.asarray(days)
    life = Life(History(course, days, {}, (), 0, ()), context, True)
    virtual, latent, _ = life.people(Sheet(n, rng, still=("person",)))
    values, good = life.run(virtual)
    true, seen = {}, {}
    for name in LAB_NAMES.values():
        scale = np.sqrt(nu / rng.chisquare(nu, n))
        root = np.linalg.cholesky(drift_cov(t, t, *drift(course, name)) + 1e-12 * np.eye(len(t)))
        miss = error(course, name) * rng.standard_normal((len(t), n))
        miss[1:] *= scale
        true[name] = values[name] * np.exp(scale * (root @ rng.standard_normal((len(t), n))))
        seen[name] = true[name] * np.exp(miss)
    return Lives(true, seen, latent, good & (rng.random(n) < values["alive_untransplanted"][-1]))


def identifiability(course: str, records: int = 8, seed: int = 1, draws: int = 1000) -> tuple[list[Told], int]:
    """Return how far records of five dates narrow what no laboratory shows, and how many records could be fitted."""
    days, context = days_of(course), Context()
    lives = simulated(course, days, context, 6 * records, seed)
    hyper = smooth_hyper(course, 4000, seed)
    before = draw_latent(course, hyper, context, 4000, seed)
    before |= {f"course: {k}": v for k, v in hyper.items() if not np.array_equal(v, before.get(k))}
    ratios: dict[str, list[float]] = {k: [] for k, v in before.items() if np.ptp(v) > 0}
    fitted = 0
    for i in np.flatnonzero(lives.alive)[:records]:
        after = _fitted(course, days, lives, int(i), context, draws, seed)
        if after is None:
            continue
        fitted += 1
        for name, values in ratios.items():
            rank = np.searchsorted(np.sort(before[name]), after[name]) / len(before[name])
            values.append(float(np.std(rank) * np.sqrt(12)))
    told = [Told(k, 1 - float(np.mean(v)), 1 - max(v), 1 - min(v)) for k, v in ratios.items() if v]
    return sorted(told, key=lambda x: -x.narrowed), fitted


def _fitted(
    course: str, days: tuple[float, ...], lives: Lives, i: int, context: Context, draws: int, seed: int
) -> dict[str, Any] | None:
    names = [LAB_NAMES[a] for a in ANALYTES]
    first = {name: Known(float(lives.seen[name][0, i]), error(course, name)) for name in names}
    series = tuple(series_of(name, course, days, lives.seen[name][:, i]) for name in names)
    record = History(course, days, first, series, len(names) * len(days), ())
    lived = live(record, context, draws=draws, seed=seed + i, pool=10_000, budget=40_000)
    return None if lived is None else lived.past | {f"course: {k}": v for k, v in lived.hyper.items()}
