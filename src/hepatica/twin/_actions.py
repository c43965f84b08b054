"""What treatments without cells do to the twin: parameters drawn from published effects with their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hepatica.errors import CannotAnswer

from ._body import table
from ._population import stream

Array = NDArray[np.float64]


def applies(action: str, course: str) -> bool:
    """Return whether the twin has an effect for this treatment in this course."""
    row = table("actions").get(action)
    return row is not None and course in row.get("courses", [course])


def parameters(actions: Sequence[str], course: str, n: int, seed: int) -> tuple[dict[str, Array], tuple[float, ...]]:
    """Return treatment parameters (arrays [n]) and the days at which something starts or ends.

    Raises:
        CannotAnswer: the twin has no effect for one of the treatments.
    """
    given: dict[str, Array] = {}
    breaks: set[float] = set()
    course_off, direct_off, any_course, lasting = 0.0, 0.0, False, False
    for action in actions:
        row = table("actions").get(action)
        if row is None:
            raise CannotAnswer(f"the twin has no effect for {action!r}", mend="see twin/data/actions.toml")
        effects = row.get("effect", {})
        if effects and not applies(action, course):
            continue
        rng = stream(f"action:{action}", seed)
        for name, (mean, sd) in effects.items():
            draws = mean + sd * rng.standard_normal(n)
            if name == "rx_cause":
                given[name] = given.get(name, np.ones(n)) * np.clip(draws, 0.01, 1.5)
            elif name in ("rx_bilirubin_removal_1_d", "rx_albumin_g_d", "rx_shunt"):
                given[name] = given.get(name, np.zeros(n)) + np.clip(draws, 0, None)
            else:
                given[name] = given.get(name, np.zeros(n)) + draws
        if "transplant_1_d" in row:
            rates = row["transplant_1_d"]
            median, log_sd = rates.get(course, rates["default"])
            pace = median * np.exp(log_sd * rng.standard_normal(n))
            given["transplant_1_d"] = np.maximum(given.get("transplant_1_d", np.zeros(n)), pace)
        if "off_d" in row:
            any_course, course_off = True, max(course_off, float(row["off_d"]))
        if "direct_off_d" in row:
            any_course, direct_off = True, max(direct_off, float(row["direct_off_d"]))
        lasting = lasting or "off_d" not in row
    if any_course:
        given["course_on_d"] = np.zeros(n)
        given["course_off_d"] = np.full(n, course_off)
        given["rx_hazard_off_d"] = np.full(n, direct_off)
        breaks |= {course_off, direct_off} - {0.0}
    if lasting:
        given["start_d"] = np.zeros(n)
    return given, tuple(sorted(breaks))
