"""Primary biliary cholangitis: the Mayo risk score and GLOBE."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec, bands
from .units import Floats, bilirubin_mg_dl, floats, plain


def mayo_pbc(
    age_years: ArrayLike,
    bilirubin_umol_l: ArrayLike,
    albumin_g_l: ArrayLike,
    pt_s: ArrayLike,
    edema_level: ArrayLike,
) -> Floats:
    """Compute the Mayo risk score of PBC; edema 0 none, 1 untreated or gone with diuretics, 2 despite diuretics.

    >>> round(mayo_pbc(55, 2 * 17.1, 35, 11, 0), 2)
    5.29
    """
    value = 0.871 * np.log(bilirubin_mg_dl(bilirubin_umol_l)) + 0.039 * floats(age_years)
    value = value - 2.53 * np.log(floats(albumin_g_l) / 10.0) + 2.38 * np.log(floats(pt_s))
    return plain(value + 0.859 * floats(edema_level) / 2.0)


def globe(
    age_years: ArrayLike,
    bilirubin_umol_l: ArrayLike,
    alp_u_l: ArrayLike,
    albumin_g_l: ArrayLike,
    platelets_e9_l: ArrayLike,
    bilirubin_uln_umol_l: ArrayLike,
    alp_uln_u_l: ArrayLike,
    albumin_lln_g_l: ArrayLike,
) -> Floats:
    """Compute GLOBE from values after one year of UDCA and the laboratory's limits; age at the start of UDCA.

    >>> round(globe(55, 10, 240, 40, 200, 20, 120, 35), 3)
    0.132
    """
    bilirubin = floats(bilirubin_umol_l) / floats(bilirubin_uln_umol_l)
    alp = floats(alp_u_l) / floats(alp_uln_u_l)
    albumin = floats(albumin_g_l) / floats(albumin_lln_g_l)
    value = 0.044378 * floats(age_years) + 0.93982 * np.log(bilirubin) + 0.335648 * np.log(alp)
    return plain(value - 2.266708 * albumin - 0.002581 * floats(platelets_e9_l) + 1.216865)


SCORES = (
    ScoreSpec(
        "mayo_pbc", "Mayo risk score of PBC", "1989", ("age", "bilirubin", "albumin", "pt_s", "edema"),
        "0.039 age + 0.871 ln(bilirubin mg/dL) - 2.53 ln(albumin g/dL) + 2.38 ln(PT s) + 0.859 edema (0, 0.5, 1)",
        "no caps, no rounding; edema 0.5 where untreated or gone with diuretics, 1 despite diuretics",
        "coefficients as in three public programs on the Mayo data (found by search, not the paper)",
        "418 patients with PBC at the Mayo Clinic", "PBC", "survival up to 7 years without transplant", mayo_pbc,
        digits=2, verified=False, only_for=("PBC",),
    ),
    ScoreSpec(
        "globe", "GLOBE", "2015",
        ("age", "bilirubin", "alp", "albumin", "platelets", "bilirubin_uln", "alp_uln", "albumin_lln"),
        "0.044378 age + 0.93982 ln(bilirubin/ULN) + 0.335648 ln(ALP/ULN) - 2.266708 albumin/LLN"
        " - 0.002581 platelets + 1.216865",
        "values after one year of UDCA, age at its start; above 0.30 survival is worse than that of the population",
        "https://modelling.cds-platform.com/ckm/view/ckm-cambio-community/GLOBE_Score_Final/0.0.1",
        "PBC treated with UDCA (2,488 patients)", "PBC, one year of UDCA", "survival without transplant", globe,
        classes=(("up to 0.30", "<=0.30"), ("above 0.30", ">0.30")),
        classify=bands((0.30, "up to 0.30"), last="above 0.30", closed="high"), digits=3,
        only_for=("PBC after a year of UDCA",),
    ),
)  # fmt: skip
