"""Draw virtual patients of a course around one record: measured labs with their noise, the rest from the population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._body import table
from ._sheet import Sheet

Array = NDArray[np.float64]
CORRELATED = ("albumin_g_l", "bilirubin_umol_l", "inr", "creatinine_umol_l", "sodium_mmol_l", "platelets_e9_l")
FREE = ("alt_u_l", "ast_u_l", "ammonia_umol_l", "hvpg_mmhg", "collagen_percent")
NOT_COURSES = ("correlation", "pressure_correlation", "noise", "possible")
COURSES = tuple(k for k in table("population") if k not in NOT_COURSES)


@dataclass(frozen=True, slots=True)
class Known:
    """What a record says of one laboratory value: its value and, optionally, the log-SD of its error."""

    value: float
    log_sd: float | None = None


def stream(purpose: str, seed: int | Sheet) -> Any:
    """Return the random stream of a purpose, independent of every other purpose's; a sheet is read instead of drawn."""
    import zlib

    if isinstance(seed, Sheet):
        return seed.stream(purpose)
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])


def possible(name: str, values: Array) -> Array:
    """Return values within what a living person can have, as laboratories report it."""
    bounds = table("population")["possible"]
    return np.clip(values, *bounds.get(name, bounds["default"]))


def correlation(course: str) -> Array:
    """Return how the correlated laboratory values of a course go together (log scale)."""
    coupling, k = float(table("population")[course]["coupling"]), len(CORRELATED)
    block = np.array(table("population")["correlation"]["log_correlation"])
    return np.asarray(coupling * block + (1 - coupling) * np.eye(k))


def prior(course: str, name: str) -> tuple[float, float]:
    """Return median and log-SD of a quantity in a course."""
    median, log_sd = table("population")[course][name]
    return float(median), float(log_sd)


def population_sd(course: str) -> dict[str, tuple[float, float]]:
    """Return median and log-SD of patients of a course by correlated laboratory value."""
    return {k: prior(course, k) for k in CORRELATED}


def noise(name: str) -> float:
    """Return the log-SD of assay and day-to-day biology of one laboratory value."""
    row = table("population")["noise"]
    return float(row[name][0]) if name in row else 0.1


def draw_labs(course: str, known: Mapping[str, Known], n: int, seed: int) -> dict[str, Array]:
    """Return n draws of every laboratory value, given those known (log scale, exact Gaussian conditioning).

    Args:
        course: one of `COURSES`.
        known: measured values in canonical units, by name with unit ("bilirubin_umol_l").
        n: draws.
        seed: keyed by purpose, so that two options share their patients.
    """
    mean, cov = _joint(course)
    names = [*CORRELATED, *FREE]
    rows = [i for i, k in enumerate(names) if k in known]
    rng = stream("labs", seed)
    base = rng.standard_normal((n, len(names))) @ np.linalg.cholesky(cov).T + mean
    if rows:
        seen = np.array([np.log(known[names[i]].value) for i in rows])
        error = np.array([known[names[i]].log_sd or noise(names[i]) for i in rows])
        noisy = base[:, rows] + rng.standard_normal((n, len(rows))) * error
        gain = cov[:, rows] @ np.linalg.inv(cov[np.ix_(rows, rows)] + np.diag(error**2))
        base = base + (_within(seen, mean[rows], cov[np.ix_(rows, rows)]) - noisy) @ gain.T
        far = seen - _within(seen, mean[rows], cov[np.ix_(rows, rows)])
        base[:, rows] += far
    return {name: np.exp(base[:, i]) for i, name in enumerate(names)}


def expected(course: str, known: Mapping[str, Known], name: str) -> tuple[float, float]:
    """Return mean and SD of the log of a value in a course, given others."""
    mean, cov = _joint(course)
    names = [*CORRELATED, *FREE]
    i, rows = names.index(name), [j for j, k in enumerate(names) if k in known and k != name]
    error = np.array([known[names[j]].log_sd or noise(names[j]) for j in rows])
    gain = np.linalg.solve(cov[np.ix_(rows, rows)] + np.diag(error**2), cov[rows, i])
    far = np.array([np.log(known[names[j]].value) for j in rows]) - mean[rows]
    return float(mean[i] + gain @ far), float(np.sqrt(cov[i, i] - gain @ cov[rows, i]))


def _joint(course: str) -> tuple[Array, Array]:
    names = [*CORRELATED, *FREE]
    rows = [prior(course, k) for k in names]
    mean = np.log([m for m, _ in rows])
    sd = np.array([s for _, s in rows])
    coupling = float(table("population")[course]["coupling"])
    corr = np.eye(len(names))
    k = len(CORRELATED)
    corr[:k, :k] = correlation(course)
    pressure = table("population")["pressure_correlation"]
    h, c = names.index("hvpg_mmhg"), names.index("collagen_percent")
    corr[h, c] = corr[c, h] = pressure["collagen_percent"]
    p = names.index("platelets_e9_l")
    corr[h, p] = corr[p, h] = pressure["platelets_e9_l"] * coupling
    eigen, vectors = np.linalg.eigh(corr)
    corr = vectors @ np.diag(np.maximum(eigen, 1e-3)) @ vectors.T
    return mean, corr * np.outer(sd, sd)


def _within(seen: Array, mean: Array, cov: Array) -> Array:
    """Return the known values pulled to at most three SDs of the population, so that no neighbour is dragged away."""
    sd = np.sqrt(np.diag(cov))
    return np.clip(seen, mean - 3 * sd, mean + 3 * sd)
