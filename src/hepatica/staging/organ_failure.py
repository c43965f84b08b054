"""EASL-CLIF organ failures and the ACLF grade, as far as the record's inputs allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .units import bilirubin_mg_dl, creatinine_mg_dl

SOURCE = "EASL-CLIF organ failures as tabulated at https://explorationpub.com/Journals/Tables/100552/t2"


@dataclass(frozen=True, slots=True)
class OrganFailures:
    """Failed organs with reasons, organs that cannot be judged, and the ACLF grade (None where it cannot be told)."""

    failed: tuple[str, ...]
    why: tuple[str, ...]
    unknown: tuple[str, ...]
    grade: int | None
    at_least: bool


def organ_failures(given: Mapping[str, float]) -> OrganFailures:
    """Grade ACLF from aligned inputs; heart and lungs count as not failing where nothing in the record says so.

    Grade 1: kidney failure alone, or one other organ with creatinine 1.5-1.9 mg/dL or encephalopathy 1-2;
    grade 2: two organs; grade 3: three or more. The grade is None where no organ fails but liver, kidney,
    brain or clotting is unknown.
    """
    found: dict[str, str] = {}
    unknown: list[str] = []
    creatinine = float(creatinine_mg_dl(given["creatinine"])) if "creatinine" in given else None
    brain = given.get("encephalopathy")
    _judge(found, unknown, "liver", _bilirubin(given), 12.0, "bilirubin {:.1f} mg/dL")
    if given.get("dialysis"):
        found["kidney"] = "dialysis"
    else:
        _judge(found, unknown, "kidney", creatinine, 2.0, "creatinine {:.1f} mg/dL")
    _judge(found, unknown, "brain", brain, 3.0, "encephalopathy grade {:.0f}")
    _judge(found, unknown, "clotting", given.get("inr"), 2.5, "INR {:.1f}")
    if given.get("vasopressor"):
        found["circulation"] = "vasopressor"
    elif "map" not in given:
        unknown.append("circulation")
    if given.get("ventilated"):
        found["lungs"] = "mechanical ventilation"
    elif "pao2" in given and "fio2" in given:
        ratio = given["pao2"] / given["fio2"]
        if ratio <= 200:
            found["lungs"] = f"PaO2/FiO2 {ratio:.0f} mmHg"
    else:
        unknown.append("lungs")
    return _grade(found, unknown, creatinine, brain)


def _bilirubin(given: Mapping[str, float]) -> float | None:
    return float(bilirubin_mg_dl(given["bilirubin"])) if "bilirubin" in given else None


def _judge(
    found: dict[str, str], unknown: list[str], organ: str, value: float | None, limit: float, words: str
) -> None:
    if value is None:
        unknown.append(organ)
    elif value >= limit:
        found[organ] = words.format(value)


def _grade(found: dict[str, str], unknown: list[str], creatinine: float | None, brain: float | None) -> OrganFailures:
    n = len(found)
    mild = (creatinine is not None and 1.5 <= creatinine < 2.0) or (brain is not None and 1 <= brain <= 2)
    grade: int | None
    if n >= 2:
        grade = min(n, 3)
    elif "kidney" in found or (n == 1 and mild):
        grade = 1
    else:
        core = {"liver", "kidney", "brain", "clotting"} & set(unknown)
        grade = None if core else 0
    why = tuple(f"{organ}: {reason}" for organ, reason in found.items())
    at_least = grade is not None and grade < 3 and bool(unknown)
    return OrganFailures(tuple(found), why, tuple(unknown), grade, at_least)
