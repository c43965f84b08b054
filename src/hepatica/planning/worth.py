"""Add to every option what it is worth: price and value, days in hospital, how the person would feel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hepatica.planning.compare import Compared
from hepatica.planning.economics import economics
from hepatica.planning.energy import energy
from hepatica.planning.hospital import hospital
from hepatica.planning.payment import Payment


def worth(
    compared: Sequence[Compared], base: Any, payment: Payment, course: str, judged_day: int, causes: Sequence[str],
    seed: int,
) -> list[Compared]:  # fmt: skip
    """Return the options with `economics`, `hospital` and `energy` among their rows; `base` forecasts standard care."""
    days = np.array([p["day"] for p in base.survival if p["day"] <= judged_day], dtype=float)
    standard = next(c for c in compared if c.option.id == "standard_care")
    return [_one(c, standard, days, payment, course, judged_day, tuple(causes), seed) for c in compared]


def _one(
    c: Compared, standard: Compared, days: Any, payment: Payment, course: str, judged_day: int,
    causes: tuple[str, ...], seed: int,
) -> Compared:  # fmt: skip
    if c.draws["survival"].shape != standard.draws["survival"].shape:
        return c
    rows = {
        "hospital": hospital(c, standard, days, course, judged_day, seed),
        "energy": energy(c, standard, course, judged_day, seed),
    }
    if c is not standard:
        rows["economics"] = economics(c, standard, days, payment, course, judged_day, causes, seed)
    return replace(c, rows={**c.rows, **rows})
