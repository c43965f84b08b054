"""Predict a published trial from its population, baselines and arms alone, with the interval of an arm of that size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.therapy import Regimen
from hepatica.twin import draw_group, fates, run_group

from . import _arms as words
from ._read import Arm, Trial

Array = NDArray[np.float64]
TRIALS = 480
MOST_PER_ARM = 120
SHOWN = (
    "meld",
    "meld_na",
    "meld_3",
    "child_pugh",
    "inr",
    "albumin_g_l",
    "bilirubin_umol_l",
    "creatinine_umol_l",
    "sodium_mmol_l",
    "alt_u_l",
    "ast_u_l",
    "platelets_e9_l",
    "ammonia_umol_l",
    "hvpg_mmhg",
)


@dataclass(frozen=True, slots=True)
class Run:
    """Simulated repeats of one arm: values [variable][day, trial, patient] and alive [day, trial, patient]."""

    values: dict[str, Array]
    alive: Array
    native: Array
    n: int


def replicate(trial: Trial, *, seed: int = 1) -> dict[str, Any]:
    """Return the prediction of every arm and the differences from the first, as the contract's JSON.

    The interval of a mean carries what calibration could not tell (parameters), the disagreement between studies,
    and the sampling of an arm of that size. Means are of those alive and untransplanted that day.
    """
    days, course, why, runs = simulated(trial, seed)
    notes = [*trial.notes, f"population '{course}' from {why}"]
    return {
        "trial": trial.id,
        "population": course,
        "arms": [_arm_json(a, r, days) for a, r in zip(trial.arms, runs, strict=True)],
        "difference": [
            _difference(trial.arms[0], runs[0], a, r, days) for a, r in zip(trial.arms[1:], runs[1:], strict=True)
        ],
        "means_of": "those alive and untransplanted on the day",
        "repeats": TRIALS,
        "seed": seed,
        "notes": notes,
    }


def simulated(trial: Trial, seed: int, between: Mapping[str, Any] | None = None) -> tuple[Array, str, str, list[Run]]:
    """Return (days, population, why that population, one run an arm); see `draw_between` for `between`."""
    days = np.asarray(sorted({0.0, *trial.days}))
    named = [words.actions(a.name, a.background) for a in trial.arms]
    shared = words.shared_care(named)
    course, why = words.population(trial.condition, trial.etiology, _baseline_of(trial))
    runs = []
    for arm, actions in zip(trial.arms, named, strict=True):
        given = tuple(a for a in actions if a not in shared)
        runs.append(_run(arm, course, trial.etiology, given, days, seed, between))
    return days, course, why, runs


def _baseline_of(trial: Trial) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for arm in trial.arms:
        merged |= dict(arm.baseline)
    return merged


def _run(
    arm: Arm,
    course: str,
    causes: Mapping[str, float],
    actions: tuple[str, ...],
    days: Array,
    seed: int,
    between: Mapping[str, Any] | None,
) -> Run:
    people = min(arm.n, MOST_PER_ARM)
    rng = np.random.default_rng([seed, 7])
    group = draw_group(
        course,
        dict(arm.baseline),
        trials=TRIALS,
        people=people,
        seed=seed,
        horizon_d=float(days[-1]) + 1,
        causes=causes,
        between=between,
    )
    regimens = None
    if arm.cells is not None:
        regimens = _regimens(arm, float(np.median(group.virtual.parameters["weight_kg"])), rng)
    result = run_group(group, days, regimens=regimens, actions=actions, seed=seed)
    alive, native = fates(group, result, seed)
    values = {k: result[k] for k in SHOWN if k in result}
    return Run(values, alive, native, arm.n)


def _regimens(arm: Arm, weight_kg: float, rng: np.random.Generator) -> list[Regimen]:
    """Return the regimens that the words may mean, doses drawn where unknown; each takes a share of the repeats."""
    assert arm.cells is not None
    days = words.infusion_days(arm.cells)
    known = arm.cells.get("dose_cells_per_kg") or arm.cells.get("dose_cells_total")
    rows = []
    for product in words.product(arm.cells):
        for route in words.routes(arm.cells):
            for _ in range(1 if known else 3):
                rows.append(Regimen(product, route, words.dose_cells(arm.cells, product, weight_kg, rng), days))
    return rows


def _means(run: Run, name: str) -> tuple[Array, Array, Array]:
    """Return (mean [day, trial], SD [day], share observed [day]) among those there to be measured."""
    value, there = run.values[name], run.native
    count = there.sum(axis=2)
    mean = np.where(count > 0, (value * there).sum(axis=2) / np.maximum(count, 1), np.nan)
    pooled = there.sum(axis=(1, 2))
    center = (value * there).sum(axis=(1, 2)) / np.maximum(pooled, 1)
    spread = (there * (value - center[:, None, None]) ** 2).sum(axis=(1, 2)) / np.maximum(pooled, 1)
    return mean, np.sqrt(spread), there.mean(axis=(1, 2))


def arm_means(run: Run, name: str) -> Array:
    """Return the mean of an arm of this size in every repeat, [day, trial]."""
    mean, sd, _ = _means(run, name)
    return _widen(mean, sd, run)


def _widen(means: Array, sd: Array, run: Run) -> Array:
    """Return means with the extra sampling of an arm smaller or larger than was simulated."""
    simulated = run.native.shape[2]
    if run.n <= simulated:
        return means
    center = np.nanmean(means, axis=1, keepdims=True)
    between = np.nanvar(means, axis=1, keepdims=True)
    within = (sd[:, None] ** 2) / simulated
    want = np.maximum(between - within + (sd[:, None] ** 2) / run.n, 0)
    return np.asarray(center + (means - center) * np.sqrt(want / np.maximum(between, 1e-12)))


def _arm_json(arm: Arm, run: Run, days: Array) -> dict[str, Any]:
    variables = {}
    for name in run.values:
        mean, sd, there = _means(run, name)
        mean = _widen(mean, sd, run)
        variables[name] = [
            {"day": float(d), **_band(mean[i]), "sd": float(sd[i]), "at_risk": float(there[i] * arm.n)}
            for i, d in enumerate(days)
        ]
    return {
        "name": arm.name,
        "n": arm.n,
        "variables": variables,
        "survival": [_share(run.alive[i], d, arm.n) for i, d in enumerate(days)],
        "transplant_free_survival": [_share(run.native[i], d, arm.n) for i, d in enumerate(days)],
    }


def _band(draws: Array) -> dict[str, float | None]:
    ok = draws[np.isfinite(draws)]
    if not ok.size:
        return {"mean": None, "mean_lo90": None, "mean_hi90": None}
    lo, hi = np.quantile(ok, (0.05, 0.95))
    return {"mean": float(ok.mean()), "mean_lo90": float(lo), "mean_hi90": float(hi)}


def _share(alive: Array, day: float, n: int) -> dict[str, float]:
    """Return the share alive with its interval for an arm of n: repeats beyond the simulated size are re-sampled."""
    rng = np.random.default_rng([int(day), n])
    chance = np.clip(alive.mean(axis=1), 0, 1)
    if n > alive.shape[1]:
        inside = np.var(chance) - (chance * (1 - chance)).mean() / alive.shape[1] * (1 - alive.shape[1] / n)
        scale = np.sqrt(max(inside, 0) / max(np.var(chance), 1e-12))
        chance = np.clip(chance.mean() + (chance - chance.mean()) * scale, 0, 1)
    elif n < alive.shape[1]:
        chance = rng.binomial(n, chance) / n
    lo, hi = np.quantile(chance, (0.05, 0.95))
    return {"day": float(day), "p": float(alive.mean()), "lo90": float(lo), "hi90": float(hi)}


def _difference(first: Arm, base: Run, arm: Arm, run: Run, days: Array) -> dict[str, Any]:
    variables = {}
    for name in run.values:
        (a, sa, _), (b, sb, _) = _means(run, name), _means(base, name)
        gap = _widen(a, sa, run) - _widen(b, sb, base)
        variables[name] = [{"day": float(d), **_band(gap[i])} for i, d in enumerate(days)]
    survival = []
    for i, d in enumerate(days):
        gap = run.alive[i].mean(axis=1) - base.alive[i].mean(axis=1)
        lo, hi = np.quantile(gap, (0.05, 0.95))
        survival.append({"day": float(d), "p": float(gap.mean()), "lo90": float(lo), "hi90": float(hi)})
    return {"arm": arm.name, "against": first.name, "variables": variables, "survival": survival}
