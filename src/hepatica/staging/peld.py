"""PELD: the score of children under 12 years, where MELD does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hepatica.language import say

from .spec import ScoreSpec
from .units import Floats, bilirubin_mg_dl, floats, half_up, plain


def peld(
    bilirubin_umol_l: ArrayLike,
    inr: ArrayLike,
    albumin_g_l: ArrayLike,
    age_years: ArrayLike,
    growth_failure: ArrayLike,
    *,
    rounded: bool = True,
) -> Floats:
    """Compute PELD in the form used until 2023 (without creatinine).

    Bilirubin umol/L, albumin g/L; in mg/dL and g/dL values below 1 count as 1. `growth_failure` is true where
    height or weight is more than 2 SD below the mean. The higher score of a child listed before its first
    birthday, kept to 24 months, is an allocation rule and is not applied.

    >>> peld(10 * 17.1, 1.8, 28, 0.7, True)
    26.0
    """
    value = 4.80 * np.log(np.maximum(bilirubin_mg_dl(bilirubin_umol_l), 1.0))
    value = value + 18.57 * np.log(np.maximum(floats(inr), 1.0))
    value = value - 6.87 * np.log(np.maximum(floats(albumin_g_l) / 10.0, 1.0))
    value = value + 4.36 * (floats(age_years) < 1.0) + 6.67 * floats(growth_failure)
    return plain(half_up(value) if rounded else value)


def _refuse(inputs: Mapping[str, Any]) -> str | None:
    age = inputs.get("age")
    return say("not valid from 12 years on: use MELD") if age is not None and age >= 12 else None


SCORES = (
    ScoreSpec(
        "peld", "PELD", "McDiarmid 2002, as used for allocation until 2023",
        ("bilirubin", "inr", "albumin", "age", "growth_failure"),
        "10*(0.480 ln bilirubin + 1.857 ln INR - 0.687 ln albumin + 0.436 if under 1 year + 0.667 if growth failure),"
        " mg/dL and g/dL",
        "values below 1 count as 1; whole points, may be negative; the form with creatinine (since 2023) is not here",
        "https://reference.medscape.com/calculator/183/peld-score-age-younger-than-12-years;"
        " https://wikidoc.org/index.php/Pediatric_end-stage_liver_disease",
        "children waiting for a liver transplant (SPLIT, 884 children)", "under 12 years",
        "death, or death or intensive care, within 3 months on the waiting list", peld, refuse=_refuse, digits=0,
    ),
)  # fmt: skip
