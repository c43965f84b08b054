"""Acute liver failure: King's College criteria and the revised Wilson index."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec, bands, yes_no
from .units import Floats, floats, plain, points

_KINGS = "https://gut.bmj.com/highwire/markup/162869/expansion (table 8); doi:10.5500/wjt.v15.i3.101865 (table 1)"


def kings_college_paracetamol(
    ph: ArrayLike, inr: ArrayLike, creatinine_umol_l: ArrayLike, encephalopathy_grade: ArrayLike
) -> Floats:
    """Return 1 where the paracetamol criteria hold: pH below 7.30, or INR > 6.5, creatinine > 300 umol/L and coma 3-4.

    >>> kings_college_paracetamol(7.35, 7, 320, 3)
    1.0
    """
    three = (floats(inr) > 6.5) & (floats(creatinine_umol_l) > 300.0)
    three = three & (floats(encephalopathy_grade) >= 3.0)
    return plain(((floats(ph) < 7.30) | three).astype(float))


def kings_college_other(
    age_years: ArrayLike,
    inr: ArrayLike,
    bilirubin_umol_l: ArrayLike,
    unfavourable_cause: ArrayLike,
    jaundice_to_encephalopathy_d: ArrayLike,
) -> Floats:
    """Return 1 where the criteria without paracetamol hold: INR > 6.5, or three of five lesser signs.

    Lesser signs: age under 10 or over 40, non-A non-B hepatitis or a drug reaction, jaundice more than 7 days
    before encephalopathy, INR > 3.5, bilirubin > 300 umol/L.

    >>> kings_college_other(45, 4, 320, False, 3)
    1.0
    """
    age, ratio = floats(age_years), floats(inr)
    signs = ((age < 10.0) | (age > 40.0)).astype(float) + floats(unfavourable_cause)
    signs = signs + points(jaundice_to_encephalopathy_d, (">", 7.0)) + points(ratio, (">", 3.5))
    signs = signs + points(bilirubin_umol_l, (">", 300.0))
    return plain(((ratio > 6.5) | (signs >= 3.0)).astype(float))


def wilson(
    bilirubin_umol_l: ArrayLike, inr: ArrayLike, ast_u_l: ArrayLike, wbc_e9_l: ArrayLike, albumin_g_l: ArrayLike
) -> Floats:
    """Add the revised Wilson index: five items, 0 to 4 points each, 0 to 20.

    Bilirubin (umol/L), AST (U/L) and albumin (g/L) are rounded to whole numbers, INR and white cells (1e9/L)
    to one decimal, as the table is printed.

    >>> wilson(320, 2.5, 160, 9.0, 30)
    14.0
    """
    bilirubin, ast, albumin = (np.rint(floats(x)) for x in (bilirubin_umol_l, ast_u_l, albumin_g_l))
    ratio, cells = (np.round(floats(x), 1) for x in (inr, wbc_e9_l))
    total = points(bilirubin, (">=", 100), (">=", 151), (">=", 201), (">=", 301))
    total = total + points(ast, (">=", 100), (">=", 151), (">=", 301), (">=", 401))
    total = total + points(ratio, (">=", 1.3), (">=", 1.7), (">=", 2.0), (">=", 2.5))
    total = total + points(cells, (">=", 6.8), (">=", 8.4), (">=", 10.4), (">=", 15.4))
    return plain(total + 4.0 - points(albumin, (">=", 21), (">=", 25), (">=", 34), (">=", 45)))


SCORES = (
    ScoreSpec(
        "kings_college_paracetamol", "King's College criteria, paracetamol", "1989",
        ("ph", "inr", "creatinine", "encephalopathy"),
        "arterial pH < 7.30, or INR > 6.5 with creatinine > 300 umol/L and encephalopathy 3-4",
        "pH after fluids; 1 met, 0 not met", _KINGS, "paracetamol-induced acute liver failure",
        "paracetamol-induced acute liver failure", "death without transplant", kings_college_paracetamol,
        classes=(("not met", "0"), ("met", "1")), classify=yes_no, digits=0, criteria=True,
        only_for=("acute failure by paracetamol",),
    ),
    ScoreSpec(
        "kings_college_other", "King's College criteria, other causes", "1989",
        ("age", "inr", "bilirubin", "unfavourable_cause", "jaundice_to_encephalopathy"),
        "INR > 6.5, or three of: age < 10 or > 40; non-A non-B hepatitis or drug reaction;"
        " jaundice to encephalopathy > 7 d; INR > 3.5; bilirubin > 300 umol/L",
        "1 met, 0 not met", _KINGS, "acute liver failure without paracetamol",
        "acute liver failure without paracetamol", "death without transplant", kings_college_other,
        classes=(("not met", "0"), ("met", "1")), classify=yes_no, digits=0, criteria=True,
        only_for=("acute failure without paracetamol",),
    ),
    ScoreSpec(
        "wilson", "Revised Wilson index", "2005", ("bilirubin", "inr", "ast", "wbc", "albumin"),
        "0 to 4 points each: bilirubin <100, -150, -200, -300, >300 umol/L; INR <1.3, -1.6, -1.9, -2.4, >2.4;"
        " AST <100, -150, -300, -400, >400 U/L; white cells <6.8, -8.3, -10.3, -15.3, >15.3;"
        " albumin >44, 34-44, 25-33, 21-24, <21 g/L",
        "values rounded as the table is printed; 11 or more: high risk",
        "https://empendium.com/ua/table/B27.7.8-1. (after Liver Transpl 2005;11:441-448)",
        "children with Wilson disease", "acute liver failure by Wilson disease",
        "death without transplant is likely from 11", wilson,
        classes=(("below 11", "<11"), ("11 or more", ">=11")), classify=bands((11, "below 11"), last="11 or more"),
        digits=0, only_for=("Wilson disease",),
    ),
)  # fmt: skip
