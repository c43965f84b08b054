"""The name of a fatty liver by the 2023 consensus: MASLD, MetALD, ALD, by cardiometabolic criteria and alcohol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from .align import Aligned, align
from .causes import causes_of

if TYPE_CHECKING:
    from hepatica.patient import Patient

SOURCE = (
    "names and alcohol limits https://pmc.ncbi.nlm.nih.gov/articles/PMC10653297; cardiometabolic criteria"
    " http://www.wjgnet.com/1948-5182/full/v17/i7/107837-T1.htm"
)
ALCOHOL_G_WEEK = {"female": (140.0, 350.0), "male": (210.0, 420.0)}  # up to the first MASLD, up to the second MetALD
_OTHER = ("HCV", "HBV", "HDV", "wilson", "alpha1", "haemochromatosis", "AIH", "PBC", "PSC", "DILI")
CRITERIA = ("overweight", "glucose", "blood pressure", "triglycerides", "HDL cholesterol")


@dataclass(frozen=True, slots=True)
class Steatotic:
    """The name, or the names still possible; each cardiometabolic criterion as true, false or None (unknown)."""

    name: str | None
    possible: tuple[str, ...]
    criteria: dict[str, bool | None]
    why: tuple[str, ...]
    needs: tuple[str, ...] = ()
    source: str = SOURCE

    def to_json(self) -> dict[str, Any]:
        """Return the name as plain values."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def steatotic_names(
    criteria: Mapping[str, bool | None],
    alcohol_g_week: float | None,
    sex: str | None,
    other_cause: str = "",
) -> tuple[str, ...]:
    """Return the names a fatty liver can have; unknown alcohol, sex or criteria leave more than one.

    At least one criterion and alcohol below 140 g a week (women) or 210 g (men): MASLD; up to 350 or 420 g:
    MetALD; above: ALD. Without a criterion: ALD from 140 or 210 g on, else cryptogenic. Another cause names it.

    >>> steatotic_names({"overweight": True}, 200, "female")
    ('MetALD',)
    >>> steatotic_names({"overweight": True}, None, "female")
    ('MASLD', 'MetALD', 'ALD')
    """
    known = [criteria.get(name) for name in CRITERIA]
    metabolic = (True,) if any(known) else (False,) if all(k is False for k in known) else (True, False)
    bands = {_band(alcohol_g_week, s) for s in ([sex] if sex else ALCOHOL_G_WEEK)}
    drinking = sorted(bands) if alcohol_g_week is not None else [0, 1, 2]
    if other_cause:
        return tuple(f"steatosis of {other_cause}{' with metabolic dysfunction' if m else ''}" for m in metabolic)
    names = {True: ("MASLD", "MetALD", "ALD"), False: ("cryptogenic", "ALD", "ALD")}
    return tuple(dict.fromkeys(names[m][d] for m in metabolic for d in drinking))


def _band(alcohol_g_week: float | None, sex: str) -> int:
    low, high = ALCOHOL_G_WEEK[sex]
    return 0 if alcohol_g_week is None or alcohol_g_week < low else 1 if alcohol_g_week <= high else 2


def steatotic(
    patient: Patient, at: datetime | date | str | None = None, *, alcohol_g_week: float | None = None
) -> Steatotic | None:
    """Name the fatty liver of a record at a time, or return None where it shows no steatosis; alcohol in g a week.

    A glucose not known to be fasting decides only where it is normal with HbA1c; a beta-blocker or a diuretic is
    not taken for a treatment of blood pressure. Ethnic limits of weight are not in a record: 25 kg/m2 is used.
    """
    return steatotic_of(patient, align(patient, at), alcohol_g_week)


def steatotic_of(patient: Patient, aligned: Aligned, alcohol_g_week: float | None = None) -> Steatotic | None:
    """Name the fatty liver of an aligned record; see `steatotic`."""
    causes = causes_of(patient)
    if not patient.has("steatosis", "steatohepatitis", "MASLD", "MASH") and "MASLD" not in causes:
        return None
    criteria = cardiometabolic(patient, aligned)
    other = next((c for c in causes if c in _OTHER), "")
    possible = steatotic_names(criteria, alcohol_g_week, patient.sex, other)
    if alcohol_g_week is None and "alcohol" in causes:
        possible = tuple(name for name in possible if name not in ("MASLD", "cryptogenic"))
    met = tuple(f"{name} met" for name, holds in criteria.items() if holds)
    decided = len(possible) == 1
    needs = () if decided else tuple(_needs(criteria, alcohol_g_week, patient.sex, other))
    return Steatotic(possible[0] if decided else None, possible, criteria, met, needs)


def _needs(criteria: Mapping[str, bool | None], alcohol_g_week: float | None, sex: str | None, other: str) -> list[str]:
    rows = [] if any(criteria.values()) else [name for name, holds in criteria.items() if holds is None]
    if not other:
        rows += [] if alcohol_g_week is not None else ["alcohol in g a week"]
        rows += [] if sex else ["sex"]
    return rows


def cardiometabolic(patient: Patient, aligned: Aligned) -> dict[str, bool | None]:
    """Return the five cardiometabolic criteria of an adult as true, false or None (the record does not say)."""
    lab = {name: float(row.value) for name, row in aligned.labs.items() if not isinstance(row.value, str)}
    lipids = patient.takes("statin", "fibrate")
    sugar = patient.has("diabetes") or patient.takes("antidiabetic", "glp1_agonist") or lab.get("hba1c", 0.0) >= 5.7
    hdl_limit = {"male": 1.0, "female": 1.3, None: 1.0}[patient.sex]
    hdl = _known(lab.get("hdl"), lambda x: x <= hdl_limit)
    if patient.sex is None and hdl is False and lab["hdl"] <= 1.3:
        hdl = None
    return {
        "overweight": _known(aligned.given.get("bmi"), lambda x: x >= 25.0),
        "glucose": sugar or (False if lab.get("glucose", 99.0) < 5.6 and "hba1c" in lab else None),
        "blood pressure": _pressure(patient, lab),
        "triglycerides": lipids or _known(lab.get("triglycerides"), lambda x: x >= 1.7),
        "HDL cholesterol": lipids or hdl,
    }


def _pressure(patient: Patient, lab: Mapping[str, float]) -> bool | None:
    if patient.has("hypertension") or lab.get("systolic", 0.0) >= 130.0 or lab.get("diastolic", 0.0) >= 85.0:
        return True
    return False if {"systolic", "diastolic"} <= set(lab) else None


def _known(value: float | None, holds: Any) -> bool | None:
    return None if value is None else bool(holds(value))
