"""Find what cannot all be true in one record; each finding is a sentence, nothing is corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
            rows.append(f"{sign} is stated as absent, but {facts.said(condition)}")
    pregnant = facts.named(patient, "pregnancy")
    if pregnant and patient.sex == "male":
        rows.append(f"sex is male, but {facts.said(pregnant)}")
    if patient.birth_date and patient.age_stated_years is not None:
        born = patient.age_years()
        if born is not None and abs(born - patient.age_stated_years) > 1.5:
            rows.append(f"age is stated as {patient.age_stated_years:g}, but the birth date gives {born:.0f}")
    drinking = facts.named(patient, "alcohol_use_disorder")
    if drinking and patient.alcohol_active is False and drinking.resolved is None and "remission" not in drinking.text:
        rows.append(f"alcohol use is stated as stopped, but {facts.said(drinking)} as active")
    return rows


def _labs(aligned: Aligned) -> list[str]:
    g, rows = aligned.given, []
    values = {k: v.value for k, v in aligned.labs.items() if isinstance(v.value, (int, float))}
    if {"bilirubin", "bilirubin_direct"} <= set(values) and values["bilirubin_direct"] > 1.05 * values["bilirubin"]:
        rows.append(f"{facts.lab(aligned, 'bilirubin_direct')} exceeds {facts.lab(aligned, 'bilirubin')}")
    if "inr" in g and "pt_percent" in g:
        normal, low = g["pt_percent"] > 70, g["pt_percent"] < 40
        if (g["inr"] >= 1.7 and normal) or (g["inr"] <= 1.3 and low):
            rows.append(f"{facts.lab(aligned, 'inr')} does not fit {facts.lab(aligned, 'pt_percent')}")
    return rows


def _course(patient: Patient, aligned: Aligned) -> list[str]:
    g, rows = aligned.given, []
    scar = facts.named(patient, "cirrhosis")
    acute = facts.named(patient, "acute_liver_failure")
    if scar and acute:
        rows.append(f"{facts.said(acute)} excludes chronic disease, but {facts.said(scar)}")
    graft = facts.named(patient, "liver_transplant")
    grafted = graft is not None or any(t.name == "liver_transplant" for t in patient.treatments)
    if scar and grafted:
        rows.append(f"{facts.said(scar)} as active, but the record also shows a liver transplant")
    soft = g.get("stiffness", 99.0) < 7 and g.get("platelets", 0.0) > 200 and g.get("albumin", 0.0) > 40
    if scar and soft:
        rows.append(f"{facts.said(scar)}, but {facts.lab(aligned, 'stiffness')} with normal platelets and albumin")
    sign = facts.named(patient, "ascites", "variceal_bleeding", "encephalopathy")
    intact = g.get("albumin", 0.0) >= 45 and g.get("platelets", 0.0) >= 250 and g.get("inr", 9.0) <= 1.05
    if sign and intact:
        rows.append(f"{facts.said(sign)}, but albumin, platelets and INR are all normal")
    return rows


def _twice(patient: Patient) -> list[str]:
    seen: dict[tuple[str, object], float] = {}
    rows = []
    for o in patient.observations:
        if o.time is None:
            continue
        other = seen.setdefault((o.analyte, o.time), o.value)
        if abs(other - o.value) > 0.2 * max(abs(other), abs(o.value)):
            rows.append(f"{o.analyte} is both {other:g} and {o.value:g} {o.unit} on {o.time.date().isoformat()}")
    return rows
