"""Organs that MELD does not hold: how far brain, circulation and lungs raise the hazard of death."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.staging import Staging

from ._body import table

Array = NDArray[np.float64]
Chances = Mapping[str, tuple[float, float]]
HALF, FAILING = 1.0, 2.0


def excess(course: str, known: Mapping[str, Any], chances: Chances | None, n: int, rng: Any) -> Array:
    """Return n draws of the log hazard from these organs, against the average of the course (0 in other courses).

    Args:
        course: population.
        known: points over a sound organ (0, 1, 2) by organ, as the record says (numbers or arrays [n]).
        chances: shares half failing and failing by organ instead of those of the course (a cohort of one grade).
        n: draws.
        rng: stream.
    """
    rows = table("kinds")["organs"]
    usual = rows.get(course)
    if usual is None:
        return np.zeros(n)
    points = np.zeros(n)
    for organ, (half, failing) in usual.items():
        luck = rng.random(n)
        half_now, failing_now = (chances or usual)[organ]
        drawn = np.where(luck < failing_now, FAILING, np.where(luck < failing_now + half_now, HALF, 0.0))
        points += known.get(organ, drawn) - (HALF * half + FAILING * failing)
    return np.asarray(rows["log_a_point"] * points)


def organs_seen(signs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the points over a sound organ that signs show, by organ (EASL-CLIF); numbers or arrays.

    Args:
        signs: encephalopathy (grade), map (mmHg), pao2 (mmHg) or spo2 (%) with fio2 (0.21 to 1), as far as known.
    """
    found: dict[str, Any] = {}
    if "encephalopathy" in signs:
        found["brain"] = np.digitize(signs["encephalopathy"], [1, 3]) * HALF
    if "map" in signs:
        found["circulation"] = HALF * (np.asarray(signs["map"]) < 70)
    oxygen, limits = ("pao2", (200.0, 300.0)) if "pao2" in signs else ("spo2", (214.0, 357.0))
    if oxygen in signs and "fio2" in signs:
        found["lungs"] = FAILING - HALF * np.digitize(signs[oxygen] / signs["fio2"], limits, right=True)
    return found


def known_organs(staging: Staging) -> dict[str, Any]:
    """Return the points over a sound organ of brain, circulation and lungs that a record shows."""
    signs = {k: float(v.value) for k, v in staging.labs.items() if isinstance(v.value, int | float)}
    if staging.encephalopathy_grade is not None:
        signs["encephalopathy"] = float(staging.encephalopathy_grade)
    failing = {organ: FAILING for organ in ("circulation", "lungs") if organ in staging.organ_failures}
    return organs_seen(signs) | failing
