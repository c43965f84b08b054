"""Baselines of a group: what a trial reports holds exactly; the rest follows from it and from the population."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from hepatica import staging

from ._body import table
from ._population import CORRELATED, correlation, draw_labs, possible, prior
from ._scores import ASCITES_STEPS_L

Array = NDArray[np.float64]
Reported = Mapping[str, tuple[float, float | None]]
FURTHEST_MELD, FURTHEST_CHILD = 8.0, 1.5
HALVINGS = 30


def group_labs(
    course: str, reported: Reported, ascites_l: Array, illness: Array, shape: tuple[int, int], seed: int
) -> dict[str, Array]:
    """Return laboratory values of repeats of a group (arrays [trials * people]).

    A reported mean holds in every repeat. How far an unreported mean lies from the population is drawn for each repeat
    given the reported ones; a reported MELD, else Child-Pugh, then moves the unreported values along with it.

    Args:
        course: population.
        reported: (mean, SD or None) by variable.
        ascites_l: litres by patient, for Child-Pugh.
        illness: how far groups lie from their population, in SDs of patients [trials, correlated values].
        shape: (trials, people).
        seed: keyed by purpose.
    """
    labs = draw_labs(course, {}, shape[0] * shape[1], seed)
    reported = _with_inr(dict(reported))
    for name, (mean, sd) in reported.items():
        if name in labs:
            labs[name] = _as_reported(labs[name].reshape(shape), mean, sd).ravel()
    free = [k for k in CORRELATED if k not in reported]
    if free:
        away = _unreported(course, reported, free, illness)
        for i, name in enumerate(free):
            labs[name] = labs[name] * np.exp(np.repeat(prior(course, name)[1] * away[:, i], shape[1]))
    parts = {"bilirubin_umol_l", "inr", "creatinine_umol_l"}
    if "meld" in reported and parts & set(free):
        _match(labs, free, reported["meld"], _meld, shape, FURTHEST_MELD)
    elif "child_pugh" in reported and {"bilirubin_umol_l", "inr", "albumin_g_l"} & set(free):
        _match(labs, free, reported["child_pugh"], _child_pugh(course, ascites_l), shape, FURTHEST_CHILD)
    return {k: possible(k, v) for k, v in labs.items()}


def _with_inr(reported: dict[str, tuple[float, float | None]]) -> dict[str, tuple[float, float | None]]:
    if "pt_percent" in reported and "inr" not in reported:
        row = table("parameters")
        lack = max(100 / reported["pt_percent"][0] - 1, 0.0)
        inr = row["inr_a"]["value"] + row["inr_b"]["value"] * lack ** row["inr_c"]["value"]
        reported["inr"] = (inr, None)
    return reported


def _unreported(course: str, reported: Reported, free: list[str], illness: Array) -> Array:
    """Return how far unreported means lie from the population, in SDs of patients [trials, free]."""
    corr = correlation(course)
    f, r = ([i for i, k in enumerate(CORRELATED) if (k in free) == unknown] for unknown in (True, False))
    root = np.linalg.cholesky(corr)
    away = illness @ root.T
    if r:
        rows = [prior(course, CORRELATED[i]) for i in r]
        seen = [np.log(reported[CORRELATED[i]][0] / m) - s**2 / 2 for i, (m, s) in zip(r, rows, strict=True)]
        known = np.array([x / s for x, (_, s) in zip(seen, rows, strict=True)])
        gain = np.linalg.solve(corr[np.ix_(r, r)], corr[np.ix_(r, f)])
        return np.asarray(away[:, f] + (known - away[:, r]) @ gain)
    return np.asarray(away[:, f])


def _as_reported(values: Array, mean: float, sd: float | None) -> Array:
    """Return values with exactly this mean in every repeat, and this SD where one is reported (log-normal shape)."""
    z = np.log(values)
    spread = float(np.std(z)) if sd is None else float(np.sqrt(np.log1p((sd / mean) ** 2)))
    if values.shape[1] > 2:
        z = (z - z.mean(axis=1, keepdims=True)) / np.maximum(z.std(axis=1, keepdims=True), 1e-9)
    else:
        z = (z - z.mean()) / max(float(z.std()), 1e-9)
    drawn = np.exp(spread * z)
    return np.asarray(mean * drawn / drawn.mean(axis=1, keepdims=True))


def _match(
    labs: dict[str, Array],
    free: list[str],
    target: tuple[float, float | None],
    score: Callable[[Mapping[str, Array]], Array],
    shape: tuple[int, int],
    furthest: float,
) -> None:
    """Shift the unreported values, each as it goes with the score, until its mean is the reported one."""
    base = {k: np.log(labs[k]).reshape(shape) for k in free}
    now = score(labs)
    spread = {k: float(v.std()) for k, v in base.items()}
    weight = {k: float(np.nan_to_num(np.corrcoef(v.ravel(), now)[0, 1])) for k, v in base.items()}
    if target[1]:
        shrink = float(np.clip(target[1] / max(now.reshape(shape).std(axis=1).mean(), 0.1), 0.3, 1.8))
        base = {
            k: v.mean(axis=1, keepdims=True) + shrink * (v - v.mean(axis=1, keepdims=True)) for k, v in base.items()
        }
    low, high = np.full(shape[0], -furthest), np.full(shape[0], furthest)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        for name in free:
            labs[name] = np.exp(base[name] + weight[name] * spread[name] * middle[:, None]).ravel()
        over = score(labs).reshape(shape).mean(axis=1) > target[0]
        high, low = np.where(over, middle, high), np.where(over, low, middle)


def _meld(labs: Mapping[str, Array]) -> Array:
    return np.asarray(
        staging.meld(labs["bilirubin_umol_l"], labs["inr"], labs["creatinine_umol_l"], False, rounded=False), float
    )


def _child_pugh(course: str, ascites_l: Array) -> Callable[[Mapping[str, Array]], Array]:
    ascites = np.digitize(ascites_l, ASCITES_STEPS_L)
    grade = np.full(len(ascites_l), round(float(table("population")[course]["encephalopathy_grade"])))

    def points(labs: Mapping[str, Array]) -> Array:
        three = (labs["bilirubin_umol_l"], labs["albumin_g_l"], labs["inr"])
        return np.asarray(staging.child_pugh_points(*three, ascites, grade, course == "cholestatic"), float)

    return points
