"""What treatments without cells do to the twin: parameters drawn from published effects with their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.errors import CannotAnswer
from hepatica.language import say

from ._body import table
from ._population import stream

Array = NDArray[np.float64]
IN_A_COURSE = {
    "rx_albumin_g_d", "rx_bilirubin_removal_1_d", "rx_regeneration", "rx_acute_death", "rx_inflammation",
    "rx_resolution_1_d", "rx_glutathione", "rx_vasodilatation",
}  # fmt: skip
"""Effects that act only while a course of treatment runs."""


def applies(action: str, course: str) -> bool:
    """Return whether the twin has an effect for this treatment in this course."""
    row = table("actions").get(action)
    return row is not None and course in row.get("courses", [course])


def apart(actions: Sequence[str]) -> str:
    """Return why treatments cannot be simulated together, or nothing where they can.

    The twin holds one window for courses of treatment and one for direct effects on death, so two treatments whose
    windows differ would lend each other their length.
    """
    rows = {a: table("actions").get(a, {}) for a in dict.fromkeys(actions)}
    courses = {a: r.get("off_d") for a, r in rows.items() if IN_A_COURSE & set(r.get("effect", {})) and "off_d" in r}
    direct = {a: r.get("direct_off_d") for a, r in rows.items() if "rx_hazard" in r.get("effect", {})}
    if len(set(courses.values())) > 1:
        return "their courses last differently long, and the model holds one length for all"
    if len(set(direct.values())) > 1:
        return say("their effects on survival last differently long, and the model holds one length for all")
    tightened = any("rx_vasodilatation" in r.get("effect", {}) for r in rows.values())
    if tightened and any(map(lasts, rows.values())):
        return "one ends and the other lasts, and in the model both would last"
    return ""


def lasts(row: Mapping[str, Any]) -> bool:
    """Return whether a treatment has effects that go on without end."""
    return bool(row.get("effect")) and "off_d" not in row


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
        lasting = lasting or lasts(row)
    if any_course:
        given["course_on_d"] = np.zeros(n)
        given["course_off_d"] = np.full(n, course_off)
        given["rx_hazard_off_d"] = np.full(n, direct_off)
        breaks |= {course_off, direct_off} - {0.0}
    if lasting:
        given["start_d"] = np.zeros(n)
    return given, tuple(sorted(breaks))
