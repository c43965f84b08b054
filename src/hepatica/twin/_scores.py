"""Scores of simulated laboratory values, by the same code that scores real ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import staging

Array = NDArray[np.float64]
SCORES = ("meld", "meld_na", "meld_3", "child_pugh")
ASCITES_STEPS_L = (0.3, 2.0)


def scores(values: Mapping[str, Array], fixed: Mapping[str, float]) -> dict[str, Array]:
    """Return MELD, MELD-Na, MELD 3.0 and Child-Pugh of arrays of any one shape.

    Args:
        values: laboratory values by name with unit, and ascites_l.
        fixed: encephalopathy_grade, female, dialysis, cholestatic; absent ones count as 0.
    """
    dialysis, female = bool(fixed.get("dialysis")), bool(fixed.get("female"))
    labs = (values["bilirubin_umol_l"], values["inr"], values["creatinine_umol_l"])
    ascites: Any = np.digitize(values["ascites_l"], ASCITES_STEPS_L)
    grade = np.full(np.shape(ascites), round(float(fixed.get("encephalopathy_grade", 0.0))))
    sodium, albumin = values["sodium_mmol_l"], values["albumin_g_l"]
    made = {
        "meld": staging.meld(*labs, dialysis),
        "meld_na": staging.meld_na(*labs, sodium, dialysis),
        "meld_3": staging.meld_3(*labs, sodium, albumin, female, dialysis),
        "child_pugh": staging.child_pugh_points(
            labs[0], albumin, labs[1], ascites, grade, bool(fixed.get("cholestatic"))
        ),
    }
    return {k: np.asarray(v, float) for k, v in made.items()}
