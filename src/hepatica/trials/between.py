"""Estimate how studies differ beyond their baselines: `python -m hepatica.trials.between`, after the calibration.

Residuals of the arms without cells among the fitted studies, against a twin whose studies all agree. Laboratory
values: zero-mean Gaussian likelihood with the twin's own variance and a common correlation within a study; the SD of
each is one factor common to all, times its prior scale, times its own departure (log-normal). Deaths: REML on the log
hazards of published cohorts of one course. Both on grids; draws of the SDs are stored, so that what the few studies
cannot tell widens the bands. The twin's bias counts as disagreement.
"""

from __future__ import annotations

import json
from collections import defaultdict
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import evidence
from hepatica.twin import (
    disagreement_prior,
    disagreement_shown,
    fitted_studies,
    population_sd,
    posterior,
    survival_cohorts,
)

from ._replicate import arm_means, simulated
from ._validate import liver_studies, seen_in, trial_of

Array = NDArray[np.float64]
DRAWS, CHECKED = 400, 20
GRID = np.exp(np.linspace(np.log(0.1), np.log(20), 60))
APART = np.linspace(-2.5, 2.5, 41)
SCORES = ("child_pugh", "meld")
Residual = tuple[str, float, float, float]
"""Study, residual, its variance in the twin, and how much of a drift has shown by that day."""


def estimate(seed: int = 1) -> dict[str, Any]:
    """Return draws of every SD between studies, the spread of unreported baselines, and what was used."""
    rng = np.random.default_rng([seed, 11])
    rows = disagreement_prior()
    labs = [k for k, row in rows.items() if "onset_d" in row]
    agreeing, aside = _residuals(labs, seed, {})
    sd = _lab_sds({k: agreeing.get(k, []) for k in labs}, rows, rng)
    sd["death_log"] = _death_sd(float(rows["death_log"]["scale"]), rng)
    found = {"sd": sd, "illness": _illness()}
    held = left_out({k: agreeing.get(k, []) for k in labs}, rows, rng)
    beyond, _ = _residuals(list(SCORES), seed, found)
    for name in SCORES:
        sd[name] = _score_sd(beyond.get(name, []), float(rows[name]["scale"]), rows, rng)
    return {
        "source": "residuals",
        "command": "python -m hepatica.trials.between",
        "posterior": posterior()["data"],
        "residuals": {k: len(v) for k, v in (agreeing | beyond).items()},
        "studies": {k: sorted({r[0] for r in v}) for k, v in (agreeing | beyond).items()},
        "death_cohorts": sorted(survival_cohorts()),
        "set_aside": sorted(aside),
        "left_out": held,
        "illness": round(found["illness"], 4),
        "sd": {k: [float(f"{x:.4g}") for x in v] for k, v in sd.items()},
    }


def _residuals(names: list[str], seed: int, between: dict[str, Any]) -> tuple[dict[str, list[Residual]], set[str]]:
    """Return residuals by variable, and what contradicts itself in its own paper and is therefore left out."""
    found: dict[str, list[Residual]] = defaultdict(list)
    aside: set[str] = set()
    for study, course, run_of, days in _fitted(seed, between):
        for arm, name, day, _, value in seen_in(study):
            if name not in names or arm not in run_of or not _reported(study, arm, name):
                continue
            if _contradicts(study, arm, name, day, value):
                aside.add(f"{study.id}: {arm}, {name}, day {day:g}")
                continue
            draws = arm_means(run_of[arm], name)[days.index(day)]
            if name in SCORES:
                residual, shown = value - float(np.nanmean(draws)), 1.0
                variance = float(np.nanvar(draws))
            else:
                residual = float(np.log(value) - np.nanmean(np.log(draws)))
                variance = float(np.nanvar(np.log(draws)))
                fast, slow = disagreement_shown(name, course, np.array([day]))
                shown = float(np.hypot(fast[0], slow[0]))
            found[name].append((study.id, residual, variance, shown))
    return dict(found), aside


def _fitted(seed: int, between: dict[str, Any]) -> Any:
    for study in liver_studies():
        if study.id not in fitted_studies() and study.cohort not in fitted_studies():
            continue
        seen = seen_in(study)
        if not seen:
            continue
        trial = trial_of(study, [row[2] for row in seen])
        days, course, _, runs = simulated(trial, seed, between)
        plain = {a.name: r for a, r in zip(trial.arms, runs, strict=True) if a.cells is None}
        yield study, course, plain, list(days)


def _reported(study: evidence.Study, arm: str, name: str) -> bool:
    return any(m.kind == "baseline" and m.arm == arm and m.variable == name for m in study.measures)


def _contradicts(study: evidence.Study, arm: str, name: str, day: float, value: float) -> bool:
    """Return whether baseline and printed change miss the printed mean by more than two of the change's errors."""
    mine = [m for m in study.measures if m.arm == arm and m.variable == name]
    change = next((m for m in mine if m.kind == "change" and m.day == day and m.mean is not None and m.sd), None)
    starts = [m.mean for m in mine if m.kind == "baseline" and m.mean is not None]
    if change is None or not starts or not change.n:
        return False
    miss = min(abs(start + change.mean - value) for start in starts)
    return bool(miss > 2 * change.sd / np.sqrt(change.n) + 0.02 * abs(value))


def _log_likelihood(rows: list[Residual], sd: Array, correlation: float) -> Array:
    """Return the log likelihood of each SD [grid]: zero mean, one correlation within a study."""
    total = np.zeros(len(sd))
    for study in {r[0] for r in rows}:
        mine = [r for r in rows if r[0] == study]
        r, v, g = (np.array([x[i] for x in mine]) for i in (1, 2, 3))
        shape = (correlation + (1 - correlation) * np.eye(len(r))) * np.outer(g, g)
        for i, s in enumerate(sd):
            cov = s**2 * shape + np.diag(v + 1e-8)
            total[i] -= 0.5 * (r @ np.linalg.solve(cov, r) + np.linalg.slogdet(cov)[1])
    return total


def _lab_sds(residuals: dict[str, list[Residual]], rows: dict[str, Any], rng: np.random.Generator) -> dict[str, Array]:
    """Return draws of the SD of each laboratory value: one common factor, each its own departure."""
    spread, same = float(rows["prior"]["spread"]), float(rows["prior"]["same_study"])
    weight = np.exp(-0.5 * APART**2)
    each = {}
    for name, mine in residuals.items():
        sds = rows[name]["scale"] * GRID[:, None] * np.exp(spread * APART)[None, :]
        each[name] = _log_likelihood(mine, sds.ravel(), same).reshape(sds.shape) + np.log(weight)
    common = sum(np.logaddexp.reduce(x, axis=1) for x in each.values())
    p = np.exp(common - common.max())
    factor = rng.choice(len(GRID), DRAWS, p=p / p.sum())
    made = {}
    for name, x in each.items():
        chance = np.exp(x[factor] - x[factor].max(axis=1, keepdims=True))
        reached = np.cumsum(chance, axis=1) / chance.sum(axis=1, keepdims=True)
        k = (reached < rng.random((DRAWS, 1))).sum(axis=1)
        made[name] = rows[name]["scale"] * GRID[factor] * np.exp(spread * APART[k])
    return made


def left_out(
    residuals: dict[str, list[Residual]], rows: dict[str, Any], rng: np.random.Generator
) -> dict[str, list[int]]:
    """Return (held, asked) of each study's residuals by the 90 % interval that the other studies alone would give."""
    found = {}
    for study in sorted({r[0] for mine in residuals.values() for r in mine}):
        others = {k: [r for r in mine if r[0] != study] for k, mine in residuals.items()}
        sd = _lab_sds(others, rows, rng)
        held = []
        for name, mine in residuals.items():
            for _, residual, variance, shown in (r for r in mine if r[0] == study):
                width = np.hypot(np.tile(sd[name], CHECKED) * shown, np.sqrt(variance))
                low, high = np.quantile(width * rng.standard_normal(DRAWS * CHECKED), (0.05, 0.95))
                held.append(bool(low <= residual <= high))
        found[study] = [sum(held), len(held)]
    return found


def _score_sd(rows: list[Residual], scale: float, prior: dict[str, Any], rng: np.random.Generator) -> Array:
    sds = scale * np.exp(np.linspace(-3, 2.5, 200))
    log_p = _log_likelihood(rows, sds, float(prior["prior"]["same_study"]))
    log_p -= 0.5 * (np.log(sds / scale) / 1.0) ** 2
    p = np.exp(log_p - log_p.max())
    return np.asarray(sds[rng.choice(len(sds), DRAWS, p=p / p.sum())])


def _death_sd(scale: float, rng: np.random.Generator) -> Array:
    """Return draws of the SD of the log hazard between cohorts of one course: REML, half-normal before looking."""
    sds = np.linspace(0.02, 3, 300)
    log_p = -0.5 * (sds / scale) ** 2
    for row in survival_cohorts().values():
        alive, n = (np.array([c[k] for c in row["cohorts"]], float) for k in ("alive", "n"))
        y, v = np.log(-np.log(alive)), (1 - alive) / (n * alive * np.log(alive) ** 2)
        w = 1 / (sds[:, None] ** 2 + v)
        mean = (w * y).sum(axis=1) / w.sum(axis=1)
        log_p += 0.5 * (np.log(w).sum(axis=1) - np.log(w.sum(axis=1)) - (w * (y - mean[:, None]) ** 2).sum(axis=1))
    p = np.exp(log_p - log_p.max())
    return np.asarray(sds[rng.choice(len(sds), DRAWS, p=p / p.sum())])


def _illness() -> float:
    """Return how far the mean of a group lies from its population, in SDs of patients, over all reported baselines."""
    far = []
    for study in liver_studies():
        trial = trial_of(study, [28.0])
        rows = population_sd(_course(trial))
        for name, (median, log_sd) in rows.items():
            told = [(a.baseline[name][0], a.n) for a in trial.arms if name in a.baseline]
            if told:
                mean = sum(x * n for x, n in told) / sum(n for _, n in told)
                size = sum(n for _, n in told)
                far.append((np.log(mean / median) / log_sd - log_sd / 2) ** 2 - 1 / size)
    return float(np.sqrt(max(np.mean(far), 0.01)))


def _course(trial: Any) -> str:
    from ._arms import population

    merged: dict[str, Any] = {}
    for arm in trial.arms:
        merged |= dict(arm.baseline)
    return population(trial.condition, trial.etiology, merged)[0]


def main() -> None:
    """Estimate and store the disagreement between studies beside the posterior it belongs to."""
    found = estimate()
    path = Path(str(resources.files("hepatica.twin"))) / "data" / "between.json"
    path.write_text(json.dumps(found, separators=(",", ":")) + "\n", "utf-8")
    print(f"unreported baselines lie {found['illness']:.2f} SDs of a patient from their population")
    for name, draws in found["sd"].items():
        low, middle, high = np.quantile(draws, (0.05, 0.5, 0.95))
        used = ", ".join(found["studies"].get(name, [])) or (
            "cohorts" if name == "death_log" else "no study: the prior"
        )
        print(f"{name:<18} {middle:.3f} ({low:.3f} to {high:.3f})  {found['residuals'].get(name, 0)} residuals, {used}")
    for study, (held, asked) in found["left_out"].items():
        print(f"left out, {study}: the others' intervals hold {held} of {asked}")
    for row in found["set_aside"]:
        print(f"set aside, its paper contradicts itself: {row}")


if __name__ == "__main__":
    main()
