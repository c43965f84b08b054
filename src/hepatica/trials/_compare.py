"""Models on the same people: AUC, Brier score and their differences cell by cell, with paired bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._landmark import HORIZONS_Y, LANDMARKS_Y, Predicted
from ._pbcseq import DEAD, YEAR_D
from ._risk import auc, brier, weights

Array = NDArray[np.float64]
REPEATS = 2000


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One landmark and horizon: people, deaths by then, and by model the AUC and Brier score."""

    landmark: int
    horizon: int
    people: int
    deaths: int
    auc: dict[str, float]
    brier: dict[str, float]
    auc_gain: dict[str, Interval]
    brier_gain: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every cell, and the mean over them, of models against Cox."""

    cells: tuple[Cell, ...]
    auc: dict[str, float]
    brier: dict[str, float]
    auc_gain: dict[str, Interval]
    brier_gain: dict[str, Interval]


def compare(found: Predicted, models: tuple[str, ...], seed: int = 1) -> Comparison:
    """Return how the models differ from Cox; the bootstrap draws people, who bring all their landmarks along."""
    ids = found.column(lambda c: c.id)
    known, where = np.unique(ids, return_inverse=True)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(known), np.full(len(known), 1 / len(known)), REPEATS).astype(float)[:, where]
    cells, boot = [], []
    for landmark in LANDMARKS_Y:
        for j, horizon in enumerate(HORIZONS_Y):
            rows = np.flatnonzero(found.column(lambda c: c.landmark) == landmark)
            cell, repeats = _cell(found, models, rows, j, landmark, horizon, times[:, rows])
            cells.append(cell)
            boot.append(repeats)
    mean = {name: np.mean([b[name] for b in boot], axis=0) for name in boot[0]}
    every = ("cox", *models)
    a = {m: float(np.mean([c.auc[m] for c in cells])) for m in every}
    b = {m: float(np.mean([c.brier[m] for c in cells])) for m in every}
    return Comparison(
        tuple(cells),
        a,
        b,
        {m: _interval(a[m] - a["cox"], mean[m][0] - mean["cox"][0]) for m in models},
        {m: _interval(b[m] - b["cox"], mean[m][1] - mean["cox"][1]) for m in models},
    )


def _cell(
    found: Predicted,
    models: tuple[str, ...],
    rows: NDArray[np.int64],
    j: int,
    landmark: int,
    horizon: int,
    times: Array,
) -> tuple[Cell, dict[str, Array]]:
    left, status = (found.column(what)[rows] for what in (lambda c: c.left_d, lambda c: c.status))
    w, died = weights(left, status, horizon * YEAR_D)
    risks = {m: found.risks[m][rows, j] for m in ("cox", *models)}
    boot = {m: np.array([_auc_repeats(r, died, w, times), _brier_repeats(r, died, w, times)]) for m, r in risks.items()}
    a = {m: auc(r, died, w) for m, r in risks.items()}
    b = {m: brier(r, died, w) for m, r in risks.items()}
    cell = Cell(
        landmark,
        horizon,
        len(rows),
        int(((status == DEAD) & (left <= horizon * YEAR_D)).sum()),
        a,
        b,
        {m: _interval(a[m] - a["cox"], boot[m][0] - boot["cox"][0]) for m in models},
        {m: _interval(b[m] - b["cox"], boot[m][1] - boot["cox"][1]) for m in models},
    )
    return cell, boot


def _auc_repeats(risk: Array, died: Array, w: Array, times: Array) -> Array:
    case, control = (died == 1) & (w > 0), (died == 0) & (w > 0)
    order = (np.sign(risk[case][:, None] - risk[control][None, :]) + 1) / 2
    one, two = times[:, case] * w[case], times[:, control] * w[control]
    return np.asarray(((one @ order) * two).sum(axis=1) / np.maximum(one.sum(axis=1) * two.sum(axis=1), 1e-12))


def _brier_repeats(risk: Array, died: Array, w: Array, times: Array) -> Array:
    return np.asarray(times @ (w * (died - risk) ** 2) / times.sum(axis=1))


def _interval(value: float, repeats: Array) -> Interval:
    low, high = np.quantile(repeats, (0.025, 0.975))
    return Interval(value, float(low), float(high))


def losses(found: Predicted, model: str) -> Array:
    """Return for each case the weighted squared error of a model less that of Cox, summed over the horizons."""
    landmark, left, status = (
        found.column(what) for what in (lambda c: c.landmark, lambda c: c.left_d, lambda c: c.status)
    )
    total = np.zeros(len(landmark))
    for where in LANDMARKS_Y:
        rows = np.flatnonzero(landmark == where)
        for j, horizon in enumerate(HORIZONS_Y):
            w, died = weights(left[rows], status[rows], horizon * YEAR_D)
            ours, theirs = (w * (died - found.risks[m][rows, j]) ** 2 for m in (model, "cox"))
            total[rows] += ours - theirs
    return total


def part(found: Predicted, model: str, inside: NDArray[np.bool_], seed: int = 1) -> Interval:
    """Return the mean difference of the Brier score from Cox among some cases, interval by people."""
    loss, ids = losses(found, model)[inside] / len(HORIZONS_Y), found.column(lambda c: c.id)[inside]
    known, where = np.unique(ids, return_inverse=True)
    times = np.random.default_rng(seed).multinomial(len(known), np.full(len(known), 1 / len(known)), REPEATS)[:, where]
    return _interval(float(loss.mean()), times @ loss / np.maximum(times.sum(axis=1), 1))


def calibration(found: Predicted, model: str, groups: int = 5) -> list[tuple[int, float, float]]:
    """Return by group of rising two-year risk: people at a landmark, mean predicted risk, and the observed share."""
    left, status = found.column(lambda c: c.left_d), found.column(lambda c: c.status)
    w, died = weights(left, status, HORIZONS_Y[-1] * YEAR_D)
    risk = found.risks[model][:, -1]
    rows = np.array_split(np.argsort(risk, kind="stable"), groups)
    return [(len(r), float(risk[r].mean()), float((w[r] * died[r]).sum() / w[r].sum())) for r in rows]
