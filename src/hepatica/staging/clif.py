"""The CLIF scores of acute decompensation: organ failure (OF), ACLF and AD."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec
from .units import Floats, bilirubin_mg_dl, creatinine_mg_dl, floats, plain, points

_CALCULATOR = "https://efclif.com/research-infrastructure/score-calculators/clif-c-of-ad-aclf"
_TABLES = (
    "https://gut.bmj.com/highwire/markup/210726/expansion (table 7); bilirubin 12 mg/dL itself counts as failing"
    " as in https://pmc.ncbi.nlm.nih.gov/articles/PMC4641130/table/T1"
)


def clif_c_of(
    bilirubin_umol_l: ArrayLike,
    creatinine_umol_l: ArrayLike,
    encephalopathy_grade: ArrayLike,
    inr: ArrayLike,
    map_mmhg: ArrayLike,
    fio2: ArrayLike,
    pao2_mmhg: ArrayLike | None = None,
    spo2_percent: ArrayLike | None = None,
    dialysis: ArrayLike = False,
    vasopressor: ArrayLike = False,
    ventilated: ArrayLike = False,
) -> Floats:
    """Add the CLIF-C organ failure score: six organs, 1 to 3 points each, 6 to 18.

    Bilirubin and creatinine umol/L, arterial pressure and PaO2 mmHg, FiO2 0.21..1, SpO2 % (used where PaO2 is
    None). Dialysis, vasopressors and ventilation score 3 for kidney, circulation and lungs.

    >>> clif_c_of(13 * 17.1, 2.1 * 88.4, 2, 2.1, 65, 0.21, pao2_mmhg=75)
    12.0
    """
    bilirubin, creatinine = bilirubin_mg_dl(bilirubin_umol_l), creatinine_mg_dl(creatinine_umol_l)
    total = 6.0 + points(bilirubin, (">=", 6.0), (">=", 12.0))
    kidney = points(creatinine, (">=", 2.0), (">=", 3.5))
    total = total + np.where(np.asarray(dialysis, bool), 2.0, kidney)
    total = total + points(encephalopathy_grade, (">=", 1.0), (">=", 3.0))
    total = total + points(inr, (">=", 2.0), (">=", 2.5))
    pressure = 1.0 - points(map_mmhg, (">=", 70.0))
    total = total + np.where(np.asarray(vasopressor, bool), 2.0, pressure)
    oxygen = floats(fio2)
    if pao2_mmhg is not None:
        lungs = 2.0 - points(floats(pao2_mmhg) / oxygen, (">", 200.0), (">", 300.0))
    elif spo2_percent is not None:
        lungs = 2.0 - points(floats(spo2_percent) / oxygen, (">", 214.0), (">", 357.0))
    else:
        raise TypeError("clif_c_of needs pao2_mmhg or spo2_percent")
    return plain(total + np.where(np.asarray(ventilated, bool), 2.0, lungs))


def clif_c_aclf(organ_failure_score: ArrayLike, age_years: ArrayLike, wbc_e9_l: ArrayLike) -> Floats:
    """Compute CLIF-C ACLF from the CLIF-C OF score (6 to 18), age (years) and white cells (1e9/L).

    >>> round(clif_c_aclf(12, 56, 10), 1)
    56.5
    """
    value = 0.33 * floats(organ_failure_score) + 0.04 * floats(age_years)
    return plain(10.0 * (value + 0.63 * np.log(floats(wbc_e9_l)) - 2.0))


def clif_c_ad(
    age_years: ArrayLike, creatinine_umol_l: ArrayLike, inr: ArrayLike, wbc_e9_l: ArrayLike, sodium_mmol_l: ArrayLike
) -> Floats:
    """Compute CLIF-C AD from age (years), creatinine (umol/L), INR, white cells (1e9/L) and sodium (mmol/L).

    >>> round(clif_c_ad(57, 1.0 * 88.4, 1.5, 7, 134), 1)
    54.2
    """
    value = 0.03 * floats(age_years) + 0.66 * np.log(creatinine_mg_dl(creatinine_umol_l))
    value = value + 1.71 * np.log(floats(inr)) + 0.88 * np.log(floats(wbc_e9_l))
    return plain(10.0 * (value - 0.05 * floats(sodium_mmol_l) + 8.0))


def _aclf(age_years: ArrayLike, wbc_e9_l: ArrayLike, **organs: Any) -> Floats:
    return clif_c_aclf(clif_c_of(**organs), age_years, wbc_e9_l)


_ORGANS = ("bilirubin", "creatinine", "encephalopathy", "inr", "map", "fio2")
_SUPPORT = {"dialysis": False, "vasopressor": False, "ventilated": False}

SCORES = (
    ScoreSpec(
        "clif_c_of", "CLIF-C organ failure score", "Jalan 2014", _ORGANS,
        "1 to 3 points each: bilirubin <6, 6 to <12, >=12 mg/dL; creatinine <2, 2 to <3.5, >=3.5 mg/dL or dialysis;"
        " encephalopathy 0, 1-2, 3-4; INR <2, 2 to <2.5, >=2.5; arterial pressure >=70, <70 mmHg, vasopressor;"
        " PaO2/FiO2 >300, >200 to 300, <=200 or SpO2/FiO2 >357, >214 to 357, <=214 or ventilation",
        "6 to 18 points; room air (FiO2 0.21) is not assumed", _TABLES,
        "acute decompensation of cirrhosis",
        "cirrhosis with acute decompensation", "28-day and 90-day death", clif_c_of,
        one_of=(("pao2", "spo2"),), optional=_SUPPORT, digits=0, only_for=("cirrhosis",),
    ),
    ScoreSpec(
        "clif_c_aclf", "CLIF-C ACLF", "Jalan 2014", (*_ORGANS, "age", "wbc"),
        "10*(0.33*CLIF-C OF + 0.04*age + 0.63*ln(white cells) - 2)", "no rounding; only with ACLF",
        f"{_CALCULATOR}; doi:10.1016/j.jhep.2014.06.012; organ points: {_TABLES}",
        "acute-on-chronic liver failure (CANONIC)", "ACLF grade 1 to 3", "death at 1, 3, 6 and 12 months", _aclf,
        one_of=(("pao2", "spo2"),), optional=_SUPPORT, digits=1, only_for=("ACLF",),
    ),
    ScoreSpec(
        "clif_c_ad", "CLIF-C AD", "Jalan 2015", ("age", "creatinine", "inr", "wbc", "sodium"),
        "10*(0.03*age + 0.66*ln(creatinine mg/dL) + 1.71*ln(INR) + 0.88*ln(white cells) - 0.05*Na + 8)",
        "no caps, no rounding; only without ACLF", _CALCULATOR,
        "acute decompensation without ACLF (CANONIC)", "decompensated cirrhosis without ACLF",
        "death at 3, 6 and 12 months", clif_c_ad, digits=1, only_for=("decompensation without ACLF",),
    ),
)  # fmt: skip
