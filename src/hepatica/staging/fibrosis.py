"""Fibrosis from routine blood tests: FIB-4, APRI, NAFLD fibrosis score and the AST/ALT (De Ritis) ratio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec, adults_only, bands
from .units import Floats, floats, plain

_TABLE = "https://dx.doi.org/10.20517/mtod.2022.23 (table 1)"


def fib4(age_years: ArrayLike, ast_u_l: ArrayLike, alt_u_l: ArrayLike, platelets_e9_l: ArrayLike) -> Floats:
    """Compute FIB-4 from age (years), AST and ALT (U/L) and platelets (1e9/L).

    >>> round(fib4(60, 80, 50, 100), 2)
    6.79
    """
    ast = floats(age_years) * floats(ast_u_l)
    return plain(ast / (floats(platelets_e9_l) * np.sqrt(floats(alt_u_l))))


def apri(ast_u_l: ArrayLike, platelets_e9_l: ArrayLike, ast_uln_u_l: ArrayLike = 40.0) -> Floats:
    """Compute APRI from AST and its upper limit of normal (U/L) and platelets (1e9/L).

    >>> apri(80, 100, 40)
    2.0
    """
    ratio = floats(ast_u_l) / floats(ast_uln_u_l)
    return plain(100.0 * ratio / floats(platelets_e9_l))


def de_ritis(ast_u_l: ArrayLike, alt_u_l: ArrayLike) -> Floats:
    """Compute the AST/ALT ratio.

    >>> de_ritis(80, 50)
    1.6
    """
    return plain(floats(ast_u_l) / floats(alt_u_l))


def nafld_fs(
    age_years: ArrayLike,
    bmi_kg_m2: ArrayLike,
    diabetes: ArrayLike,
    ast_u_l: ArrayLike,
    alt_u_l: ArrayLike,
    platelets_e9_l: ArrayLike,
    albumin_g_l: ArrayLike,
) -> Floats:
    """Compute the NAFLD fibrosis score; `diabetes` is true for diabetes or impaired fasting glucose.

    >>> round(nafld_fs(55, 32, True, 60, 50, 150, 40), 3)
    1.096
    """
    value = -1.675 + 0.037 * floats(age_years) + 0.094 * floats(bmi_kg_m2)
    value = value + 1.13 * floats(diabetes) + 0.99 * np.asarray(de_ritis(ast_u_l, alt_u_l))
    return plain(value - 0.013 * floats(platelets_e9_l) - 0.66 * floats(albumin_g_l) / 10.0)


def _fib4_class(value: float, inputs: Mapping[str, Any]) -> str:
    """Name the band of FIB-4; from 65 years the lower cut is 2.0."""
    low = 2.0 if inputs.get("age", 0) >= 65 else 1.3
    return "low" if value < low else "indeterminate" if value <= 2.67 else "high"


SCORES = (
    ScoreSpec(
        "fib4", "FIB-4", "Sterling 2006", ("age", "ast", "alt", "platelets"),
        "age*AST/(platelets*sqrt(ALT)), years, U/L, 1e9/L",
        "no caps, no rounding; low <1.3 (<2.0 from 65 years), high >2.67 (original cuts 1.45 and 3.25)",
        _TABLE + "; cuts 1.3/2.67: https://ashpublications.net/view-large/12506453",
        "HIV and hepatitis C coinfection; cuts for fatty liver", "adults; less exact under 35 and in acute hepatitis",
        "advanced fibrosis (F3-F4)", fib4,
        classes=(("low", "<1.3"), ("indeterminate", "1.3-2.67"), ("high", ">2.67")),
        classify=_fib4_class, refuse=adults_only, digits=3,
    ),
    ScoreSpec(
        "apri", "APRI", "Wai 2003", ("ast", "platelets"),
        "100*(AST/upper limit of normal)/platelets",
        "no caps, no rounding; low <=0.5, high >1.5; the upper limit of normal is the record's own, else 40 U/L",
        _TABLE, "chronic hepatitis C", "adults; not in acute hepatitis", "significant fibrosis and cirrhosis", apri,
        classes=(("low", "<=0.5"), ("indeterminate", "0.5-1.5"), ("high", ">1.5")),
        classify=bands((0.5, "low"), (1.5, "indeterminate"), last="high", closed="high"),
        optional={"ast_uln": 40.0}, digits=3,
    ),
    ScoreSpec(
        "nafld_fs", "NAFLD fibrosis score", "Angulo 2007",
        ("age", "bmi", "diabetes", "ast", "alt", "platelets", "albumin"),
        "-1.675 + 0.037*age + 0.094*BMI + 1.13*(diabetes) + 0.99*AST/ALT - 0.013*platelets - 0.66*albumin g/dL",
        "no caps, no rounding; low < -1.455 (<0.12 from 65 years), high > 0.676",
        _TABLE + "; cuts: https://ashpublications.net/view-large/12506453",
        "biopsied fatty liver disease", "adults of 35 to 65 years with fatty liver", "advanced fibrosis (F3-F4)",
        nafld_fs,
        classes=(("low", "< -1.455"), ("indeterminate", "-1.455 to 0.676"), ("high", "> 0.676")),
        classify=lambda value, inputs: (
            "low" if value < (0.12 if inputs.get("age", 0) >= 65 else -1.455)
            else "indeterminate" if value <= 0.676 else "high"
        ),
        refuse=adults_only, digits=3,
    ),
    ScoreSpec(
        "de_ritis", "De Ritis ratio", "AST/ALT", ("ast", "alt"), "AST/ALT", "no caps, no rounding",
        _TABLE, "hepatitis and fatty liver", "any age; meaningless where both are normal",
        "below 0.8 speaks against, above 1 for advanced fibrosis in fatty liver", de_ritis,
        classes=(("low", "<0.8"), ("indeterminate", "0.8-1"), ("high", ">1")),
        classify=lambda value, inputs: "low" if value < 0.8 else "indeterminate" if value <= 1 else "high", digits=2,
    ),
)  # fmt: skip
