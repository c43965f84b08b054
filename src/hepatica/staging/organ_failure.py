"""EASL-CLIF organ failures and the ACLF grade, as far as the record's inputs allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hepatica.language import mark, say

from .units import bilirubin_mg_dl, creatinine_mg_dl

ORGANS = (mark("liver"), mark("kidney"), mark("brain"), mark("clotting"), mark("circulation"), mark("lungs"))
SOURCE = "https://efclif.com/research-infrastructure/score-calculators/clif-c-of-aclf-ad/"


@dataclass(frozen=True, slots=True)
class OrganFailures:
    """Failed organs with reasons, organs that cannot be judged, and the ACLF grade (None where it cannot be told)."""

    failed: tuple[str, ...]
    why: tuple[str, ...]
    unknown: tuple[str, ...]
    grade: int | None
    at_least: bool


def organ_failures(given: Mapping[str, float], *, kidney_chronic: bool = False) -> OrganFailures:
    """Grade ACLF from aligned inputs by the EASL-CLIF rules.

    Failing: bilirubin >= 12 mg/dL, creatinine >= 2 mg/dL or dialysis, encephalopathy 3-4, INR >= 2.5,
    vasopressors, PaO2/FiO2 <= 200 (SpO2/FiO2 <= 214 where it is not known) or ventilation. Grade 1: kidney alone, or
    one other organ with creatinine 1.5-1.9 mg/dL or encephalopathy 1-2; 2: two organs; 3: three or more. Circulation
    and lungs count as not failing where the record is silent (`at_least` then holds); where liver, kidney, brain or
    clotting is unknown and nothing fails, the grade is None. A kidney that may have failed long before
    (`kidney_chronic`) neither fails nor counts as mild: over the limit, or on dialysis, it is unknown.

    >>> organ_failures({"bilirubin": 250, "creatinine": 150, "encephalopathy": 1, "inr": 2.0}).grade
    1
    """
    found: dict[str, str] = {}
    unknown: list[str] = []
    bilirubin = float(bilirubin_mg_dl(given["bilirubin"])) if "bilirubin" in given else None
    creatinine = float(creatinine_mg_dl(given["creatinine"])) if "creatinine" in given else None
    brain = given.get("encephalopathy")
    _judge(found, unknown, "liver", bilirubin, 12.0, mark("bilirubin {value:.1f} mg/dL"))
    if kidney_chronic:
        if given.get("dialysis") or creatinine is None or creatinine >= 2.0:
            unknown.append("kidney")
    elif given.get("dialysis"):
        found["kidney"] = say("dialysis")
    else:
        _judge(found, unknown, "kidney", creatinine, 2.0, mark("creatinine {value:.1f} mg/dL"))
    _judge(found, unknown, "brain", brain, 3.0, mark("encephalopathy grade {value:.0f}"))
    _judge(found, unknown, "clotting", given.get("inr"), 2.5, mark("INR {value:.1f}"))
    if given.get("vasopressor"):
        found["circulation"] = say("vasopressor")
    elif "map" not in given:
        unknown.append("circulation")
    if given.get("ventilated"):
        found["lungs"] = say("mechanical ventilation")
    elif "pao2" in given and "fio2" in given:
        ratio = given["pao2"] / given["fio2"]
        if ratio <= 200:
            found["lungs"] = say("PaO2/FiO2 {ratio:.0f} mmHg", ratio=ratio)
    elif "spo2" in given and "fio2" in given:
        ratio = given["spo2"] / given["fio2"]
        if ratio <= 214:
            found["lungs"] = say("SpO2/FiO2 {ratio:.0f} %", ratio=ratio)
    else:
        unknown.append("lungs")
    mild = []
    if creatinine is not None and 1.5 <= creatinine < 2.0 and not kidney_chronic:
        mild.append(say("creatinine {value:.1f} mg/dL", value=creatinine))
    if brain is not None and 1 <= brain <= 2:
        mild.append(say("encephalopathy grade {value:.0f}", value=float(brain)))
    return _graded(found, unknown, mild)


def _judge(
    found: dict[str, str], unknown: list[str], organ: str, value: float | None, limit: float, words: str
) -> None:
    if value is None:
        unknown.append(organ)
    elif value >= limit:
        found[organ] = say(words, value=value)


def _graded(found: dict[str, str], unknown: list[str], mild: list[str]) -> OrganFailures:
    n = len(found)
    grade: int | None
    if n >= 2:
        grade = min(n, 3)
    elif "kidney" in found or (n == 1 and mild):
        grade = 1
    else:
        grade = None if {"liver", "kidney", "brain", "clotting"} & set(unknown) else 0
    why = [say("{organ} failure: {reason}", organ=say(organ), reason=reason) for organ, reason in found.items()]
    if n == 1 and "kidney" not in found and mild:
        why.append(
            say("with {signs}", signs=say("{first} and {last}", first=mild[0], last=mild[1]) if mild[1:] else mild[0])
        )
    at_least = grade is not None and grade < 3 and bool(unknown)
    return OrganFailures(tuple(found), tuple(why), tuple(unknown), grade, at_least)
