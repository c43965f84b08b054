"""Liver reserve from albumin and bilirubin (ALBI), and with platelets (PALBI)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec, bands
from .units import Floats, floats, plain

_TABLE = "https://pmc.ncbi.nlm.nih.gov/articles/PMC5859293/table/Tab1"


def albi(bilirubin_umol_l: ArrayLike, albumin_g_l: ArrayLike) -> Floats:
    """Compute ALBI from bilirubin (umol/L, above 0) and albumin (g/L); lower is better.

    >>> round(albi(10, 40), 2)
    -2.74
    """
    bilirubin = floats(bilirubin_umol_l)
    return plain(0.66 * np.log10(bilirubin) - 0.085 * floats(albumin_g_l))


def palbi(bilirubin_umol_l: ArrayLike, albumin_g_l: ArrayLike, platelets_e9_l: ArrayLike) -> Floats:
    """Compute PALBI from bilirubin (umol/L), albumin (g/L) and platelets (1e9/L); lower is better.

    >>> round(palbi(10, 40, 200), 2)
    -2.61
    """
    bilirubin = np.log10(floats(bilirubin_umol_l))
    platelets = np.log10(floats(platelets_e9_l))
    value = 2.02 * bilirubin - 0.37 * bilirubin**2 - 0.04 * floats(albumin_g_l)
    return plain(value - 3.48 * platelets + 1.01 * platelets**2)


SCORES = (
    ScoreSpec(
        "albi", "ALBI", "2015", ("bilirubin", "albumin"),
        "0.66*log10(bilirubin umol/L) - 0.085*(albumin g/L)",
        "no caps, no rounding; grade 1 up to -2.60, grade 2 up to -1.39, grade 3 above",
        f"{_TABLE}; doi:10.1038/s41598-018-22923-4",
        "hepatocellular carcinoma", "hepatocellular carcinoma and chronic liver disease",
        "survival in hepatocellular carcinoma, and in cirrhosis of any cause", albi,
        classes=(("1", "<= -2.60"), ("2", "> -2.60 to -1.39"), ("3", "> -1.39")),
        classify=bands((-2.60, "1"), (-1.39, "2"), last="3", closed="high"), digits=3,
    ),
    ScoreSpec(
        "palbi", "PALBI", "platelet-albumin-bilirubin", ("bilirubin", "albumin", "platelets"),
        "2.02 log10(bilirubin umol/L) - 0.37 (log10 bilirubin)^2 - 0.04 albumin g/L - 3.48 log10(platelets)"
        " + 1.01 (log10 platelets)^2",
        "no caps, no rounding; grade 1 up to -2.53, grade 2 up to -2.09, grade 3 above",
        f"{_TABLE}; variceal bleeding: doi:10.4254/wjh.v12.i3.99",
        "hepatocellular carcinoma", "hepatocellular carcinoma and cirrhosis",
        "survival in hepatocellular carcinoma, and after variceal bleeding", palbi,
        classes=(("1", "<= -2.53"), ("2", "> -2.53 to -2.09"), ("3", "> -2.09")),
        classify=bands((-2.53, "1"), (-2.09, "2"), last="3", closed="high"), digits=3,
    ),
)  # fmt: skip
