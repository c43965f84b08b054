"""Child-Pugh points and class, with INR limits, PT-% limits and the bilirubin variant for PBC and PSC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec
from .units import Floats, bilirubin_mg_dl, floats, plain, points


def child_pugh_points(
    bilirubin_umol_l: ArrayLike,
    albumin_g_l: ArrayLike,
    inr: ArrayLike | None,
    ascites_level: ArrayLike,
    encephalopathy_grade: ArrayLike,
    cholestatic: ArrayLike = False,
    *,
    pt_percent: ArrayLike | None = None,
) -> Floats:
    """Add the five Child-Pugh items: 5 to 15 points.

    Bilirubin umol/L, albumin g/L, ascites 0 none, 1 slight, 2 moderate or massive, encephalopathy West Haven
    0..4. `cholestatic` takes the PBC/PSC bilirubin limits (4 and 10 mg/dL instead of 2 and 3). `pt_percent`
    is used only where `inr` is None, by the French limits 50 and 40 %; a PT-% is never turned into an INR.

    >>> child_pugh_points(36, 32, 1.4, 1, 0)
    8.0
    >>> child_pugh_points(36, 32, None, 1, 0, pt_percent=45)
    9.0
    """
    bilirubin = bilirubin_mg_dl(bilirubin_umol_l)
    ordinary = points(bilirubin, (">=", 2.0), (">", 3.0))
    bile = points(bilirubin, (">=", 4.0), (">", 10.0))
    albumin = 2.0 - points(np.round(floats(albumin_g_l), 9), (">=", 28.0), (">", 35.0))
    total = 5.0 + np.where(np.asarray(cholestatic, bool), bile, ordinary) + albumin
    if inr is not None:
        total = total + points(inr, (">=", 1.7), (">", 2.3))
    elif pt_percent is not None:
        total = total + 2.0 - points(pt_percent, (">=", 40.0), (">", 50.0))
    else:
        raise TypeError("child_pugh_points needs inr or pt_percent")
    total = total + np.clip(floats(ascites_level), 0.0, 2.0)
    return plain(total + points(encephalopathy_grade, (">=", 1.0), (">=", 3.0)))


def child_pugh_class(value: float) -> str:
    """Return A (5-6), B (7-9) or C (10-15)."""
    return "A" if value < 7 else "B" if value < 10 else "C"


def _compute(inr: ArrayLike | None = None, **rest: Any) -> Floats:
    return child_pugh_points(inr=inr, **rest)


def _class(value: float, inputs: Mapping[str, Any]) -> str:
    return child_pugh_class(value)


SCORES = (
    ScoreSpec(
        "child_pugh", "Child-Pugh", "Pugh 1973 with INR limits",
        ("bilirubin", "albumin", "ascites", "encephalopathy"),
        "1 to 3 points each: bilirubin <2, 2-3, >3 mg/dL; albumin >3.5, 2.8-3.5, <2.8 g/dL; INR <1.7, 1.7-2.3, >2.3;"
        " ascites none, slight, moderate or massive; encephalopathy 0, 1-2, 3-4",
        "PBC and PSC: bilirubin <4, 4-10, >10 mg/dL; without an INR the PT-% counts: >50, 40-50, <40 %"
        " (French limits; German tables take >70, 40-70, <40)",
        "https://www.ccjm.org/highwire/markup/12320/expansion (table 1, adapted from Pugh 1973);"
        " PT-%: https://www.clinicaltoubib.com/form/ChildpughForm; PBC: https://anesthguide.com/?p=27098",
        "cirrhosis", "cirrhosis; ascites and encephalopathy are judged at the bedside",
        "1-year survival about 100 % (A), 80 % (B), 45 % (C) (secondary sources)", _compute,
        one_of=(("inr", "pt_percent"),), optional={"cholestatic": False},
        classes=(("A", "5-6"), ("B", "7-9"), ("C", "10-15")), classify=_class, digits=0,
    ),
)  # fmt: skip
