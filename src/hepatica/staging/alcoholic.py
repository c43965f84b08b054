"""Alcoholic hepatitis: Maddrey discriminant function, Lille model, Glasgow score and ABIC."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec, bands
from .units import Floats, bilirubin_mg_dl, creatinine_mg_dl, floats, plain, points

_TABLE = "https://pmc.ncbi.nlm.nih.gov/articles/PMC6448617/table/tbl1"
_ONLY = ("alcoholic hepatitis",)


def maddrey_df(pt_s: ArrayLike, pt_control_s: ArrayLike, bilirubin_umol_l: ArrayLike) -> Floats:
    """Compute the modified discriminant function from prothrombin times (s) and bilirubin (umol/L).

    >>> round(maddrey_df(13.7, 12.5, 7 * 17.1), 2)
    12.52
    """
    longer = floats(pt_s) - floats(pt_control_s)
    return plain(4.6 * longer + bilirubin_mg_dl(bilirubin_umol_l))


def lille(
    age_years: ArrayLike,
    albumin_g_l: ArrayLike,
    bilirubin_umol_l: ArrayLike,
    bilirubin_day7_umol_l: ArrayLike,
    creatinine_umol_l: ArrayLike,
    pt_s: ArrayLike,
) -> Floats:
    """Compute the Lille model: 0 (responds to steroids) to 1; values of day 0, bilirubin also of day 7.

    Renal insufficiency is creatinine above 115 umol/L (1.3 mg/dL).

    >>> round(lille(50, 30, 300, 200, 80, 20), 3)
    0.113
    """
    start = floats(bilirubin_umol_l)
    kidney = (floats(creatinine_umol_l) > 115.0).astype(float)
    r = 3.19 - 0.101 * floats(age_years) + 0.147 * floats(albumin_g_l)
    r = r + 0.0165 * (start - floats(bilirubin_day7_umol_l)) - 0.206 * kidney
    r = r - 0.0065 * start - 0.0096 * floats(pt_s)
    return plain(1.0 / (1.0 + np.exp(r)))


def gahs(
    age_years: ArrayLike, wbc_e9_l: ArrayLike, urea_mmol_l: ArrayLike, inr: ArrayLike, bilirubin_umol_l: ArrayLike
) -> Floats:
    """Add the Glasgow alcoholic hepatitis score: 5 to 12 points; the INR stands for the PT ratio.

    >>> gahs(55, 16, 6, 1.8, 260)
    11.0
    """
    total = 5.0 + points(age_years, (">=", 50.0)) + points(wbc_e9_l, (">=", 15.0)) + points(urea_mmol_l, (">=", 5.0))
    total = total + points(inr, (">=", 1.5), (">", 2.0))
    return plain(total + points(bilirubin_umol_l, (">=", 125.0), (">", 250.0)))


def abic(age_years: ArrayLike, bilirubin_umol_l: ArrayLike, creatinine_umol_l: ArrayLike, inr: ArrayLike) -> Floats:
    """Compute ABIC from age (years), bilirubin and creatinine (umol/L) and INR.

    >>> round(abic(50, 10 * 17.1, 1.0 * 88.4, 1.8), 2)
    7.54
    """
    value = 0.1 * floats(age_years) + 0.08 * bilirubin_mg_dl(bilirubin_umol_l)
    return plain(value + 0.3 * creatinine_mg_dl(creatinine_umol_l) + 0.8 * floats(inr))


SCORES = (
    ScoreSpec(
        "maddrey_df", "Maddrey discriminant function", "modified (Carithers)", ("pt_s", "pt_control_s", "bilirubin"),
        "4.6*(PT - control PT) + bilirubin mg/dL", "severe from 32; no caps, no rounding",
        _TABLE + "; cut: https://www.gastrotraining.com/calculators/maddreys-discriminant",
        "alcoholic hepatitis", "alcoholic hepatitis",
        "28-day survival without treatment about 65 % from 32, 93 % below", maddrey_df,
        classes=(("not severe", "<32"), ("severe", ">=32")), classify=bands((32, "not severe"), last="severe"),
        digits=1, only_for=_ONLY,
    ),
    ScoreSpec(
        "lille", "Lille model", "2007", ("age", "albumin", "bilirubin", "bilirubin_day7", "creatinine", "pt_s"),
        "1/(1+exp(R)), R = 3.19 - 0.101 age + 0.147 albumin g/L + 0.0165 (bilirubin day 0 - day 7, umol/L)"
        " - 0.206 (creatinine > 115 umol/L) - 0.0065 bilirubin day 0 - 0.0096 PT s",
        "day 0 is the first day of steroids; response up to 0.45",
        _TABLE + "; http://lillemodel.com/lillept.asp; https://clinideck.com/lille-model-for-alcoholic-hepatitis/",
        "severe alcoholic hepatitis on steroids", "day 7 of steroids",
        "6-month survival about 85 % below 0.45, 25 % above", lille,
        classes=(("responder", "<=0.45"), ("non-responder", ">0.45")),
        classify=bands((0.45, "responder"), last="non-responder", closed="high"), digits=3, only_for=_ONLY,
    ),
    ScoreSpec(
        "gahs", "Glasgow alcoholic hepatitis score", "2005", ("age", "wbc", "urea", "inr", "bilirubin"),
        "age <50, >=50; white cells <15, >=15; urea <5, >=5 mmol/L (1 or 2 points each);"
        " INR or PT ratio <1.5, 1.5-2.0, >2.0; bilirubin <125, 125-250, >250 umol/L (1 to 3)",
        "5 to 12 points; poor prognosis from 9; INR taken for the PT ratio",
        "doi:10.1136/gut.2004.050781, PMID 16009691; https://gut.bmj.com/highwire/markup/174992/expansion (table 1)",
        "alcoholic hepatitis (241 patients)", "alcoholic hepatitis", "poor 28-day and 84-day survival from 9", gahs,
        classes=(("below 9", "<9"), ("9 or more", ">=9")), classify=bands((9, "below 9"), last="9 or more"),
        digits=0, only_for=_ONLY,
    ),
    ScoreSpec(
        "abic", "ABIC", "2008", ("age", "bilirubin", "creatinine", "inr"),
        "0.1 age + 0.08 bilirubin mg/dL + 0.3 creatinine mg/dL + 0.8 INR", "no caps, no rounding", _TABLE,
        "alcoholic hepatitis", "alcoholic hepatitis",
        "90-day survival (its classes were not verified and are not given)", abic,
        digits=2, only_for=_ONLY,
    ),
)  # fmt: skip
