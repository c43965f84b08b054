"""Portal hypertension without a catheter: the Baveno VI and VII rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec
from .units import Floats, floats, plain

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
)  # fmt: skip
