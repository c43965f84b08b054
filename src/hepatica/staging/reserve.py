"""ALBI: liver reserve from albumin and bilirubin alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec, bands
from .units import Floats, plain


def albi(bilirubin_umol_l: ArrayLike, albumin_g_l: ArrayLike) -> Floats:
    """Compute ALBI from bilirubin (umol/L, above 0) and albumin (g/L); lower is better.

    >>> round(albi(10, 40), 2)
    -2.74
    """
    bilirubin = np.asarray(bilirubin_umol_l, float)
    return plain(0.66 * np.log10(bilirubin) - 0.085 * np.asarray(albumin_g_l, float))


SCORES = (
    ScoreSpec(
        "albi", "ALBI", "2015", ("bilirubin", "albumin"),
        "0.66*log10(bilirubin umol/L) - 0.085*(albumin g/L)",
        "no caps, no rounding; grade 1 up to -2.60, grade 2 up to -1.39, grade 3 above",
        "Johnson 2015; formula and grades seen at https://aihaoyisheng.com/en/tools/albi",
        "hepatocellular carcinoma (1,345 patients)", "hepatocellular carcinoma and chronic liver disease",
        "survival in hepatocellular carcinoma, and in cirrhosis of any cause", albi,
        classes=(("1", "<= -2.60"), ("2", "> -2.60 to -1.39"), ("3", "> -1.39")),
        classify=bands((-2.60, "1"), (-1.39, "2"), last="3", closed="high"), digits=3,
    ),
)  # fmt: skip
