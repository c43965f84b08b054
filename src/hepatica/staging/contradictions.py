"""Find what cannot all be true in one record; each finding is a sentence, nothing is corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hepatica.language import date_text, say

from . import facts
from .align import Aligned

if TYPE_CHECKING:
    from hepatica.patient import Patient


def contradictions(patient: Patient, aligned: Aligned) -> tuple[str, ...]:
    """Return the contradictions of a record as sentences."""
    found = [*_stated(patient), *_labs(aligned), *_course(patient, aligned), *_twice(patient)]
    return tuple(dict.fromkeys(found))


def _stated(patient: Patient) -> list[str]:
    rows = []
    for sign, value, absent in (
        ("ascites", patient.ascites, "none"),
        ("encephalopathy", patient.encephalopathy_grade, 0),
    ):
        condition = facts.named(patient, sign)
        if condition and value == absent:
            rows.append(
                say("{sign} is stated as absent, but {condition}", sign=say(sign), condition=facts.said(condition))
            )
    pregnant = facts.named(patient, "pregnancy")
    if pregnant and patient.sex == "male":
        rows.append(say("sex is male, but {pregnant}", pregnant=facts.said(pregnant)))
    if patient.birth_date and patient.age_stated_years is not None:
        born = patient.age_years()
        if born is not None and abs(born - patient.age_stated_years) > 1.5:
            rows.append(
                say(
                    "age is stated as {age_stated_years:g}, but the birth date gives {born:.0f}",
                    age_stated_years=patient.age_stated_years,
                    born=born,
                )
            )
    drinking = facts.named(patient, "alcohol_use_disorder")
    if drinking and patient.alcohol_active is False and drinking.resolved is None and "remission" not in drinking.text:
        rows.append(say("alcohol use is stated as stopped, but {drinking} as active", drinking=facts.said(drinking)))
    return rows


def _labs(aligned: Aligned) -> list[str]:
    g, rows = aligned.given, []
    values = {k: v.value for k, v in aligned.labs.items() if isinstance(v.value, (int, float))}
    if {"bilirubin", "bilirubin_direct"} <= set(values) and values["bilirubin_direct"] > 1.05 * values["bilirubin"]:
        rows.append(
            say(
                "{part} exceeds {whole}",
                part=facts.lab(aligned, "bilirubin_direct"),
                whole=facts.lab(aligned, "bilirubin"),
            )
        )
    if "inr" in g and "pt_percent" in g:
        normal, low = g["pt_percent"] > 70, g["pt_percent"] < 40
        if (g["inr"] >= 1.7 and normal) or (g["inr"] <= 1.3 and low):
            rows.append(
                say(
                    "{one} does not fit {other}",
                    one=facts.lab(aligned, "inr"),
                    other=facts.lab(aligned, "pt_percent"),
                )
            )
    return rows


def _course(patient: Patient, aligned: Aligned) -> list[str]:
    g, rows = aligned.given, []
    scar = facts.named(patient, "cirrhosis")
    acute = facts.named(patient, "acute_liver_failure")
    if scar and acute:
        rows.append(say("{acute} excludes chronic disease, but {scar}", acute=facts.said(acute), scar=facts.said(scar)))
    graft = facts.named(patient, "liver_transplant")
    grafted = graft is not None or any(t.name == "liver_transplant" for t in patient.treatments)
    if scar and grafted:
        rows.append(say("{scar} as active, but the record also shows a liver transplant", scar=facts.said(scar)))
    soft = g.get("stiffness", 99.0) < 7 and g.get("platelets", 0.0) > 200 and g.get("albumin", 0.0) > 40
    if scar and soft:
        rows.append(
            say(
                "{scar}, but {stiffness} with normal platelets and albumin",
                scar=facts.said(scar),
                stiffness=facts.lab(aligned, "stiffness"),
            )
        )
    sign = facts.named(patient, "ascites", "variceal_bleeding", "encephalopathy")
    intact = g.get("albumin", 0.0) >= 45 and g.get("platelets", 0.0) >= 250 and g.get("inr", 9.0) <= 1.05
    if sign and intact:
        rows.append(say("{sign}, but albumin, platelets and INR are all normal", sign=facts.said(sign)))
    return rows


def _twice(patient: Patient) -> list[str]:
    seen: dict[tuple[str, object], float] = {}
    rows = []
    for o in patient.observations:
        if o.time is None:
            continue
        other = seen.setdefault((o.analyte, o.time), o.value)
        if abs(other - o.value) > 0.2 * max(abs(other), abs(o.value)):
            rows.append(
                say(
                    "{analyte} is both {low:g} and {high:g} {unit} on {day}",
                    analyte=say(o.analyte),
                    low=other,
                    high=o.value,
                    unit=o.unit,
                    day=date_text(o.time.date().isoformat()),
                )
            )
    return rows
