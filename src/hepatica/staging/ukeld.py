"""UKELD: the British score for listing for a liver transplant."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec, adults_only, bands
from .units import Floats, floats, half_up, plain


def ukeld(
    bilirubin_umol_l: ArrayLike,
    inr: ArrayLike,
    creatinine_umol_l: ArrayLike,
    sodium_mmol_l: ArrayLike,
    *,
    rounded: bool = True,
) -> Floats:
    """Compute UKELD from bilirubin and creatinine (umol/L), INR and sodium (mmol/L), all above 0; no caps.

    >>> ukeld(50, 1.5, 100, 135)
    56.0
    """
    value = 5.395 * np.log(floats(inr)) + 1.485 * np.log(floats(creatinine_umol_l))
    value = value + 3.13 * np.log(floats(bilirubin_umol_l))
    value = value - 81.565 * np.log(floats(sodium_mmol_l)) + 435.0
    return plain(half_up(value) if rounded else value)


def _compute(age_years: ArrayLike | None = None, **labs: Any) -> Floats:
    return ukeld(**labs)


SCORES = (
    ScoreSpec(
        "ukeld", "UKELD", "Barber 2007", ("bilirubin", "inr", "creatinine", "sodium"),
        "5.395 ln INR + 1.485 ln creatinine + 3.13 ln bilirubin - 81.565 ln Na + 435, umol/L and mmol/L",
        "no caps; rounded to a whole point",
        "https://www.medicalalgorithms.com/uk-score-for-end-stage-liver-disease-ukeld-of-barber-et-al;"
        " github.com/SurgicalInformatics/transplantbenefit",
        "adults waiting for a liver transplant (UK)", "adults with chronic liver disease",
        "1-year mortality about 9 % at 49 (the threshold for listing), 50 % at 60", _compute,
        classes=(("below 49", "<49"), ("49 or more", ">=49")), classify=bands((49, "below 49"), last="49 or more"),
        optional={"age": None}, refuse=adults_only, digits=0,
    ),
)  # fmt: skip
