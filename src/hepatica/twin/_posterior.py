"""The stored posterior: what calibration learned by course and of the cells' potency, and how to draw from it."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._body import table
from ._population import stream
from ._virtual import COURSE_KEYS, bounded, hyper_prior

Array = NDArray[np.float64]


@cache
def posterior() -> dict[str, Any]:
    """Return the posterior file: draws by course, draws of potency, and how they were made."""
    path = resources.files("hepatica.twin") / "data" / "posterior.json"
    result: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return result


def calibrated(course: str) -> bool:
    """Return whether a course was fitted to published arms (else its wide prior stands)."""
    return course in posterior()["courses"]


def draw_hyper(course: str, n: int, seed: int) -> dict[str, Array]:
    """Return n draws of a course's calibrated quantities (arrays [n])."""
    if not calibrated(course):
        return hyper_prior(course, n, seed)
    rows = posterior()["courses"][course]["draws"]
    pick = stream(f"posterior:{course}", seed).integers(0, len(rows[COURSE_KEYS[0]]), n)
    return {k: np.asarray(rows[k], float)[pick] for k in COURSE_KEYS}


def smooth_hyper(course: str, n: int, seed: Any) -> dict[str, Array]:
    """Return n draws from the normal law with mean and covariance of the stored draws (a small move stays small)."""
    if not calibrated(course):
        return hyper_prior(course, n, seed)
    rows = np.array([posterior()["courses"][course]["draws"][k] for k in COURSE_KEYS], float)
    cov = np.cov(rows)
    root = np.linalg.cholesky(cov + 1e-9 * np.diag(np.diag(cov)) + 1e-18 * np.eye(len(cov)))
    z = stream(f"smooth:{course}", seed).standard_normal((len(COURSE_KEYS), n))
    moved = rows.mean(axis=1)[:, None] + root @ z
    return {k: bounded(k, moved[i]) for i, k in enumerate(COURSE_KEYS)}


def draw_potency(n: int, seed: int) -> dict[str, Array]:
    """Return n draws of the potency of MSC and how long restoration lasts (arrays [n]); zero and harm are possible."""
    rows = posterior()["potency"]["draws"]
    pick = stream("posterior:potency", seed).integers(0, len(rows["potency"]), n)
    return {k: np.asarray(rows[k], float)[pick] for k in ("potency", "restorative_off_1_d")}


def fitted_studies() -> frozenset[str]:
    """Return the ids of studies whose outcomes were fitted: everything else of the study base is validation."""
    rows = [*table("targets").values(), *table("pools").values()]
    heterogeneity = table("between")["calibration_studies"]["ids"]
    return frozenset([*(str(r["study"]) for r in rows if "study" in r), *heterogeneity])
