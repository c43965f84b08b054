"""AARC: the score of acute-on-chronic liver failure as Asia defines it (APASL)."""

from __future__ import annotations

from numpy.typing import ArrayLike

from .spec import ScoreSpec, bands
from .units import Floats, bilirubin_mg_dl, creatinine_mg_dl, plain, points


def aarc(
    bilirubin_umol_l: ArrayLike,
    creatinine_umol_l: ArrayLike,
    encephalopathy_grade: ArrayLike,
    inr: ArrayLike,
    lactate_mmol_l: ArrayLike,
) -> Floats:
    """Add the AARC score: five items, 1 to 3 points each, 5 to 15; umol/L and mmol/L.

    >>> aarc(20 * 17.1, 1.0 * 88.4, 1, 2.0, 2.0)
    10.0
    """
    total = 5.0 + points(bilirubin_mg_dl(bilirubin_umol_l), (">=", 15.0), (">", 25.0))
    total = total + points(creatinine_mg_dl(creatinine_umol_l), (">=", 0.7), (">", 1.5))
    total = total + points(encephalopathy_grade, (">=", 1.0), (">=", 3.0))
    return plain(total + points(inr, (">=", 1.8), (">", 2.5)) + points(lactate_mmol_l, (">=", 1.5), (">", 2.5)))


SCORES = (
    ScoreSpec(
        "aarc", "AARC", "APASL ACLF research consortium",
        ("bilirubin", "creatinine", "encephalopathy", "inr", "lactate"),
        "1 to 3 points each: bilirubin <15, 15-25, >25 mg/dL; creatinine <0.7, 0.7-1.5, >1.5 mg/dL;"
        " encephalopathy 0, 1-2, 3-4; INR <1.8, 1.8-2.5, >2.5; lactate <1.5, 1.5-2.5, >2.5 mmol/L",
        "5 to 15 points; grade I 5-7, II 8-10, III 11-15",
        "https://explorationpub.com/Journals/Tables/100552/t2",
        "acute-on-chronic liver failure by APASL", "ACLF",
        "death within 28 days: grade I 13 %, II 45 %, III 86 %"
        " (https://pmc.ncbi.nlm.nih.gov/articles/PMC10366797/table/t1-cmh-2022-0103)", aarc,
        classes=(("I", "5-7"), ("II", "8-10"), ("III", "11-15")), classify=bands((8, "I"), (11, "II"), last="III"),
        digits=0, only_for=("ACLF",),
    ),
)  # fmt: skip
