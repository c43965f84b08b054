"""MELD, MELD-Na (UNOS 2016), MELD-Na (Kim 2008) and MELD 3.0: one family, one set of caps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hepatica.language import say

from .spec import ScoreSpec
from .units import Floats, bilirubin_mg_dl, creatinine_mg_dl, floats, half_up, plain

_AMELD = "R/meld.R of github.com/ampel-leipzig/ameld"
_OPTN = "caps and rounding as the SAS macro of R. Lopez (2023, after OPTN policy 9.1.D)"
_KIDNEY = "dialysis twice within a week, or 24 h of CVVHD, sets creatinine to its cap"


def _core(bilirubin_umol_l: ArrayLike, inr: ArrayLike, creatinine_umol_l: ArrayLike, dialysis: ArrayLike) -> Any:
    bilirubin = np.maximum(bilirubin_mg_dl(bilirubin_umol_l), 1.0)
    creatinine = np.clip(creatinine_mg_dl(creatinine_umol_l), 1.0, 4.0)
    creatinine = np.where(np.asarray(dialysis, bool), 4.0, creatinine)
    ratio = np.maximum(floats(inr), 1.0)
    return 9.57 * np.log(creatinine) + 3.78 * np.log(bilirubin) + 11.2 * np.log(ratio) + 6.43


def meld(
    bilirubin_umol_l: ArrayLike,
    inr: ArrayLike,
    creatinine_umol_l: ArrayLike,
    dialysis: ArrayLike = False,
    *,
    rounded: bool = True,
) -> Floats:
    """Compute MELD (UNOS form): 6 to 40 points, whole unless `rounded` is false.

    Bilirubin and creatinine in umol/L; floats or arrays. In mg/dL, values below 1 count as 1, creatinine
    above 4 or dialysis as 4. Source: Wiesner 2003, doi:10.1053/gast.2003.50016.

    >>> meld(2.1 * 17.1, 1.4, 1.1 * 88.4)
    14.0
    >>> round(meld(2.1 * 17.1, 1.4, 1.1 * 88.4, rounded=False), 2)
    13.92
    """
    value = _core(bilirubin_umol_l, inr, creatinine_umol_l, dialysis)
    return plain(np.clip(half_up(value) if rounded else value, 6.0, 40.0))


def meld_na(
    bilirubin_umol_l: ArrayLike,
    inr: ArrayLike,
    creatinine_umol_l: ArrayLike,
    sodium_mmol_l: ArrayLike,
    dialysis: ArrayLike = False,
    *,
    rounded: bool = True,
) -> Floats:
    """Compute MELD-Na as UNOS did from 2016 to 2023: 6 to 40 points.

    Sodium (mmol/L) is held to 125..137 and counts only where the MELD is above 11; MELD is rounded first.

    >>> meld_na(2.1 * 17.1, 1.4, 1.1 * 88.4, 130)
    20.0
    """
    base = _core(bilirubin_umol_l, inr, creatinine_umol_l, dialysis)
    base = half_up(base) if rounded else base
    gap = 137.0 - np.clip(floats(sodium_mmol_l), 125.0, 137.0)
    value = np.where(base > 11.0, base + 1.32 * gap - 0.033 * base * gap, base + 0.0 * gap)
    return plain(np.clip(half_up(value) if rounded else value, 6.0, 40.0))


def meld_na_kim(
    bilirubin_umol_l: ArrayLike,
    inr: ArrayLike,
    creatinine_umol_l: ArrayLike,
    sodium_mmol_l: ArrayLike,
    dialysis: ArrayLike = False,
    *,
    rounded: bool = True,
) -> Floats:
    """Compute MELD-Na as published by Kim in 2008 (sodium held to 125..140 mmol/L): 6 to 40 points.

    MELD enters unrounded; only the result is rounded.

    >>> meld_na_kim(2.1 * 17.1, 1.4, 1.1 * 88.4, 130)
    20.0
    """
    base = _core(bilirubin_umol_l, inr, creatinine_umol_l, dialysis)
    gap = 140.0 - np.clip(floats(sodium_mmol_l), 125.0, 140.0)
    value = base + gap - 0.025 * base * gap
    return plain(np.clip(half_up(value) if rounded else value, 6.0, 40.0))


def meld_3(
    bilirubin_umol_l: ArrayLike,
    inr: ArrayLike,
    creatinine_umol_l: ArrayLike,
    sodium_mmol_l: ArrayLike,
    albumin_g_l: ArrayLike,
    female: ArrayLike,
    dialysis: ArrayLike = False,
    *,
    rounded: bool = True,
) -> Floats:
    """Compute MELD 3.0 (allocation score since 2023): 6 to 40 points.

    Creatinine is held to 1..3 mg/dL (dialysis: 3), sodium to 125..137 mmol/L, albumin to 15..35 g/L;
    `female` is true for women and, by the allocation rule, for anyone aged 12 to 17.

    >>> meld_3(3 * 17.1, 2.0, 1.0 * 88.4, 130, 30, True)
    23.0
    """
    bilirubin = np.log(np.maximum(bilirubin_mg_dl(bilirubin_umol_l), 1.0))
    creatinine = np.clip(creatinine_mg_dl(creatinine_umol_l), 1.0, 3.0)
    creatinine = np.log(np.where(np.asarray(dialysis, bool), 3.0, creatinine))
    ratio = np.log(np.maximum(floats(inr), 1.0))
    sodium = 137.0 - np.clip(floats(sodium_mmol_l), 125.0, 137.0)
    albumin = 3.5 - np.clip(floats(albumin_g_l) / 10.0, 1.5, 3.5)
    value = (
        1.33 * floats(female)
        + 4.56 * bilirubin
        + 0.82 * sodium
        - 0.24 * sodium * bilirubin
        + 9.09 * ratio
        + 11.14 * creatinine
        + 1.85 * albumin
        - 1.83 * albumin * creatinine
        + 6.0
    )
    return plain(np.clip(half_up(value) if rounded else value, 6.0, 40.0))


def meld_survival_90d(meld_points: ArrayLike) -> Floats:
    """Return the chance of being alive after 90 days on the waiting list, from MELD or MELD-Na, 0 to 1.

    Source: Wiesner 2003, doi:10.1053/gast.2003.50016, as in R/meld.R of github.com/ampel-leipzig/ameld.

    >>> round(meld_survival_90d(20), 3)
    0.924
    """
    return plain(0.98465 ** np.exp(0.1635 * (floats(meld_points) - 10.0)))


def _too_young(inputs: Mapping[str, Any]) -> str | None:
    age = inputs.get("age")
    return say("not valid under 12 years: use PELD") if age is not None and age < 12 else None


def _meld_3(age_years: ArrayLike | None = None, *, female: ArrayLike, **labs: Any) -> Floats:
    teenager = False if age_years is None else floats(age_years) < 18
    return meld_3(female=np.asarray(female, bool) | np.asarray(teenager, bool), **labs)


def _ageless(formula: Any) -> Any:
    return lambda age_years=None, **labs: formula(**labs)


_THREE_MONTHS = (
    "death within 3 months: MELD <=9 1.9 %, 10-19 6.0 %, 20-29 19.6 %, 30-39 52.6 %, >=40 71.3 % (MSD Manual);"
    " alive after 90 days 0.98465^exp(0.1635 (MELD - 10)) (Wiesner 2003; `meld_survival_90d`)"
)
_LABS = ("bilirubin", "inr", "creatinine")
_OPTIONAL = {"dialysis": False, "age": None}
_VALID = "age 12 and over; warfarin and other causes of a high INR make it too high"

SCORES = (
    ScoreSpec(
        "meld", "MELD", "UNOS, whole points, capped at 40", _LABS,
        "10*(0.957 ln creatinine + 0.378 ln bilirubin + 1.120 ln INR + 0.643), mg/dL",
        f"values below 1 count as 1; creatinine above 4 as 4; {_KIDNEY} (4); rounded to a whole point, 6 to 40",
        f"Malinchoc 2000, doi:10.1053/he.2000.5852; UNOS form: Wiesner 2003, doi:10.1053/gast.2003.50016; {_AMELD}",
        "cirrhosis, after TIPS and in hospital", _VALID, _THREE_MONTHS, _ageless(meld),
        optional=_OPTIONAL, refuse=_too_young, digits=0,
    ),
    ScoreSpec(
        "meld_na", "MELD-Na", "UNOS 2016", (*_LABS, "sodium"),
        "MELD + 1.32*(137-Na) - 0.033*MELD*(137-Na) where MELD > 11, else MELD",
        f"sodium held to 125..137 mmol/L; MELD rounded before sodium counts; {_KIDNEY} (4); 6 to 40",
        f"UNOS notice 11/2015 (https://optn.transplant.hrsa.gov/media/1575/policynotice_20151101.pdf);"
        f" {_AMELD}; {_OPTN}",
        "adults waiting for a liver transplant (US)", _VALID,
        "death within 3 months: <=9 1.8 %, 10-19 6.2 %, 20-29 28.0 %, 30-39 51.8 % (MSD Manual)", _ageless(meld_na),
        optional=_OPTIONAL, refuse=_too_young, digits=0,
    ),
    ScoreSpec(
        "meld_na_kim", "MELD-Na (Kim 2008)", "Kim 2008", (*_LABS, "sodium"),
        "MELD + (140-Na) - 0.025*MELD*(140-Na)",
        f"sodium held to 125..140 mmol/L; {_KIDNEY} (4); 6 to 40",
        f"Kim 2008, doi:10.1056/NEJMoa0801209; {_AMELD}",
        "adults waiting for a liver transplant (US)", _VALID, "death within 90 days on the waiting list",
        _ageless(meld_na_kim), optional=_OPTIONAL, refuse=_too_young, digits=0,
    ),
    ScoreSpec(
        "meld_3", "MELD 3.0", "3.0 (allocation since July 2023)", (*_LABS, "sodium", "albumin", "sex"),
        "1.33*female + 4.56 ln bili + 0.82(137-Na) - 0.24(137-Na) ln bili + 9.09 ln INR + 11.14 ln Cr"
        " + 1.85(3.5-alb) - 1.83(3.5-alb) ln Cr + 6, mg/dL and g/dL",
        f"creatinine held to 1..3 mg/dL; {_KIDNEY} (3); sodium 125..137; albumin 1.5..3.5 g/dL;"
        " age 12 to 17 scores as female; whole points, 6 to 40",
        f"Kim 2021, doi:10.1053/j.gastro.2021.08.050, PMID 34481845; {_AMELD}; {_OPTN}",
        "adults newly listed for liver transplant (US)", _VALID,
        "death within 3 months: <=9 0.6 %, 10-19 6.7 %, 20-29 24.8 %, 30-39 41.9 %, >=40 51.1 % (MSD Manual)", _meld_3,
        optional=_OPTIONAL, refuse=_too_young, digits=0,
    ),
)  # fmt: skip
