"""Portal hypertension without a catheter: the Baveno VI and VII rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec
from .units import Floats, floats, plain, points

_FIVE = ("no cACLD", "suggestive of cACLD", "highly suggestive of cACLD", "20 to 25 kPa", "25 kPa or more")
_VII = ("CSPH ruled out", "CSPH undetermined", "CSPH probable", "CSPH ruled in")


def baveno_vi(stiffness_kpa: ArrayLike, platelets_e9_l: ArrayLike) -> Floats:
    """Return 1 where screening endoscopy can be spared: stiffness < 20 kPa and platelets > 150e9/L.

    >>> baveno_vi(18, 160)
    1.0
    """
    spare = (floats(stiffness_kpa) < 20.0) & (floats(platelets_e9_l) > 150.0)
    return plain(spare.astype(float))


def baveno_vii(stiffness_kpa: ArrayLike, platelets_e9_l: ArrayLike) -> Floats:
    """Return 0 portal hypertension (CSPH) ruled out, 1 undetermined, 2 probable, 3 ruled in.

    Ruled out: up to 15 kPa with platelets from 150e9/L; probable: 20-25 kPa below 150 or 15-20 kPa below 110;
    ruled in: from 25 kPa.

    >>> baveno_vii(22, 120)
    2.0
    """
    kpa, platelets = floats(stiffness_kpa), floats(platelets_e9_l)
    probable = ((kpa >= 20.0) & (platelets < 150.0)) | ((kpa >= 15.0) & (kpa < 20.0) & (platelets < 110.0))
    grey = np.where(probable, 2.0, 1.0)
    return plain(np.where(kpa >= 25.0, 3.0, np.where((kpa <= 15.0) & (platelets >= 150.0), 0.0, grey)))


def baveno_five(stiffness_kpa: ArrayLike) -> Floats:
    """Return the step of the rule of five: 0 below 10 kPa, 1 from 10, 2 above 15, 3 from 20, 4 from 25 kPa.

    >>> baveno_five(17)
    2.0
    """
    return plain(points(stiffness_kpa, (">=", 10.0), (">", 15.0), (">=", 20.0), (">=", 25.0)))


def baveno_spleen(stiffness_kpa: ArrayLike, platelets_e9_l: ArrayLike, spleen_stiffness_kpa: ArrayLike) -> Floats:
    """Return 1 where screening endoscopy can be spared by Baveno VI, or by a spleen of at most 40 kPa; else 0.

    >>> baveno_spleen(22, 120, 38)
    1.0
    """
    return plain(np.maximum(baveno_vi(stiffness_kpa, platelets_e9_l), (floats(spleen_stiffness_kpa) <= 40.0) * 1.0))


def stiffness_fell(before_kpa: ArrayLike, after_kpa: ArrayLike) -> Floats:
    """Return 1 where a fall of liver stiffness means less risk: by 20 % to below 20 kPa, or any fall to below 10 kPa.

    Baveno VII, as stated in the abstract of Semmler and others, "Post-treatment LSM rather than change during
    treatment predicts decompensation in patients with cACLD after HCV cure" (which finds the rules wanting after cure).

    >>> stiffness_fell(25, 19), stiffness_fell(30, 23), stiffness_fell(10.5, 9.9)
    (1.0, 0.0, 1.0)
    """
    before, after = floats(before_kpa), floats(after_kpa)
    clearly = (np.round(after, 9) <= np.round(0.8 * before, 9)) & (after < 20.0)
    return plain((clearly | ((after < before) & (after < 10.0))).astype(float))


def _five_class(value: float, inputs: Mapping[str, Any]) -> str:
    return _FIVE[int(value)]


def _vi_class(value: float, inputs: Mapping[str, Any]) -> str:
    return "endoscopy can be spared" if value else "endoscopy advised"


def _vii_class(value: float, inputs: Mapping[str, Any]) -> str:
    return _VII[int(value)]


SCORES = (
    ScoreSpec(
        "baveno_vi", "Baveno VI rule", "2015", ("stiffness", "platelets"), "stiffness < 20 kPa and platelets > 150e9/L",
        "1 spare screening endoscopy, 0 do not",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC5511584 (doi:10.1111/liv.13379)",
        "compensated advanced chronic liver disease", "no decompensation; transient elastography, fasting",
        "no varices that need treatment", baveno_vi,
        classes=(("endoscopy advised", "0"), ("endoscopy can be spared", "1")), classify=_vi_class, digits=0,
        criteria=True, only_for=("no decompensation",),
    ),
    ScoreSpec(
        "baveno_vii", "Baveno VII rule", "2022", ("stiffness", "platelets"),
        "0: <= 15 kPa and platelets >= 150e9/L; 3: >= 25 kPa; 2: 20-25 kPa with < 150 or 15-20 kPa with < 110; else 1",
        "ruling in holds for viral, alcohol-related and non-obese metabolic disease",
        "https://www.thesecretsofmedicine.com/significant-portal-hypertension-in-patients-with-compensated-advanced-"
        "chronic-liver-disease/ (after J Hepatol 2022, Baveno VII, 959-974)",
        "compensated advanced chronic liver disease", "no decompensation; transient elastography, fasting",
        "clinically significant portal hypertension (CSPH)", baveno_vii,
        classes=tuple((label, str(k)) for k, label in enumerate(_VII)), classify=_vii_class, digits=0,
        criteria=True, only_for=("no decompensation",),
    ),
    ScoreSpec(
        "baveno_five", "Baveno VII rule of five", "2022", ("stiffness",),
        "0: < 10 kPa; 1: 10 to 15; 2: above 15; 3: from 20; 4: from 25 kPa",
        "below 10 kPa rules advanced chronic liver disease (cACLD) out where no other sign speaks for it",
        "https://www.echosens.com/baveno-vii-renewing-consensus-update-2021/;"
        " https://www.thesecretsofmedicine.com/compensated-advanced-chronic-liver-disease/",
        "chronic liver disease without decompensation", "no decompensation; transient elastography, fasting",
        "decompensation or liver-related death: below 10 kPa at most 1 % in 3 years, rising with each step"
        " (hazard ratio per step 1.52 for decompensation, 1.22 for death in 17,076 patients,"
        " doi:10.1097/HEP.0000000000001183)",
        baveno_five, classes=tuple((label, str(k)) for k, label in enumerate(_FIVE)), classify=_five_class, digits=0,
        only_for=("no decompensation",),
    ),
    ScoreSpec(
        "baveno_spleen", "Baveno VI rule with spleen stiffness", "2022",
        ("stiffness", "platelets", "spleen_stiffness"),
        "stiffness < 20 kPa and platelets > 150e9/L, or spleen stiffness <= 40 kPa",
        "1 spare screening endoscopy, 0 do not",
        "https://e-cmh.org/journal/view.php?number=2160", "compensated advanced chronic liver disease",
        "no decompensation; elastography, fasting; no beta-blocker", "no varices that need treatment", baveno_spleen,
        classes=(("endoscopy advised", "0"), ("endoscopy can be spared", "1")), classify=_vi_class, digits=0,
        criteria=True, only_for=("no decompensation",),
    ),
)  # fmt: skip
