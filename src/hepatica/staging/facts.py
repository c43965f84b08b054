"""What the record says about the liver, each fact with a sentence that names its source and date."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hepatica.language import date_text, decimal, say, say_as

from .align import Aligned
from .child_pugh import child_pugh_points
from .fibrosis import fib4
from .person import drained
from .times import days_between

if TYPE_CHECKING:
    from hepatica.patient import Condition, Patient

_ACUTE_EVENTS = ("variceal_bleeding", "sbp", "hepatorenal_syndrome", "sepsis", "infection")


_EVENTS = ("variceal_bleeding", "sbp", "hepatorenal_syndrome", "sepsis", "infection")


def named(patient: Patient, *names: str) -> Condition | None:
    """Return the first active condition with one of these names."""
    return next((c for c in patient.conditions if c.active and c.name in names), None)


def recent(patient: Patient, aligned: Aligned, name: str, within_d: float = 90.0) -> Condition | None:
    """Return an active condition whose onset is unknown or at most `within_d` days before the index time."""
    for c in patient.conditions:
        if c.active and c.name == name:
            undated = c.onset is None or aligned.at is None
            if undated or (c.onset and aligned.at and -1 <= days_between(aligned.at, c.onset) <= within_d):
                return c
    return None


def said(condition: Condition) -> str:
    """Return a condition as a phrase with its date."""
    name = say(condition.name.replace("_", " "))
    if condition.onset is None:
        return say("{condition} (undated) in the record", condition=name)
    return say("{condition} ({day}) in the record", condition=name, day=date_text(condition.onset.date().isoformat()))


def lab(aligned: Aligned, analyte: str) -> str:
    """Return a lab as a phrase with unit and date."""
    row = aligned.labs[analyte]
    unit = "" if row.unit in ("1", "") else f" {row.unit}"
    value = f"{row.value:.3g}" if isinstance(row.value, float) and row.value < 1000 else f"{row.value:.0f}"
    found = f"{say(analyte.replace('_', ' '))} {decimal(value)}{unit}"
    if row.time is None:
        return say("{value} (undated)", value=found)
    return say("{reason} on {day}", reason=found, day=date_text(row.time.date().isoformat()))


def cirrhosis(patient: Patient, aligned: Aligned) -> tuple[str, tuple[str, ...]]:
    """Return recorded, probable, no evidence or unknown, with the reasons.

    Probable: ascites without heart failure or cancer, varices, stiffness of 15 kPa or more, or FIB-4 above 3.25
    with platelets below 150. Neither stiffness nor FIB-4 counts where a transaminase is 200 U/L (five times the limit
    of normal) or more: inflammation raises both.
    """
    recorded = named(patient, "cirrhosis")
    if recorded:
        return "recorded", (said(recorded),)
    why: list[str] = []
    other = patient.has("heart_failure", "malignancy") and not patient.has("hcc")
    fluid = named(patient, "ascites", "sbp")
    acute = recent(patient, aligned, "acute_liver_failure") is not None
    if fluid and not other and not acute:
        why.append(said(fluid))
    elif patient.ascites not in (None, "none") and not other and not acute:
        why.append(say("ascites stated as {level}", level=say_as("ascites", patient.ascites or "")))
    elif drained(patient, aligned.at) and not other and not acute:
        why.append(drained(patient, aligned.at))
    portal = named(patient, "varices", "variceal_bleeding", "hepatorenal_syndrome", "portal_hypertension")
    if portal:
        why.append(said(portal))
    if aligned.given.get("stiffness", 0.0) >= 15.0 and not inflamed(aligned):
        why.append(say("{value}, 15 kPa or more", value=lab(aligned, "stiffness")))
    known = {"age", "ast", "alt", "platelets"} <= set(aligned.given)
    if known:
        g = aligned.given
        index = fib4(g["age"], g["ast"], g["alt"], g["platelets"])
        if float(index) > 3.25 and g["platelets"] < 150 and not inflamed(aligned) and g["age"] >= 18:
            why.append(say("FIB-4 {index:.1f} with {value}", index=index, value=lab(aligned, "platelets")))
    if why:
        return "probable", tuple(why)
    informed = known or "stiffness" in aligned.given or "platelets" in aligned.given
    return ("no evidence" if informed else "unknown"), ()


def inflamed(aligned: Aligned) -> bool:
    """Return whether a transaminase is five times the usual limit of normal (40 U/L) or more."""
    return max(aligned.given.get("alt", 0.0), aligned.given.get("ast", 0.0)) >= 200.0


def decompensation(patient: Patient, aligned: Aligned) -> tuple[str, ...]:
    """Return the record's signs of decompensation: ascites, overt encephalopathy, variceal bleeding, SBP, HRS."""
    why: list[str] = []
    fluid = named(patient, "ascites")
    if patient.ascites not in (None, "none"):
        why.append(say("ascites stated as {level}", level=say_as("ascites", patient.ascites or "")))
    elif fluid or drained(patient, aligned.at):
        why.append(said(fluid) if fluid else drained(patient, aligned.at))
    grade = patient.encephalopathy_grade
    if grade is not None and grade >= 2:
        why.append(say("encephalopathy grade {grade}", grade=grade))
    elif named(patient, "encephalopathy"):
        why.append(said(_found(patient, "encephalopathy")))
    why += [said(_found(patient, n)) for n in ("variceal_bleeding", "sbp", "hepatorenal_syndrome") if patient.has(n)]
    return tuple(why)


def child_pugh_floor(aligned: Aligned) -> tuple[float, tuple[str, ...]]:
    """Return the fewest Child-Pugh points the known items allow, with the labs that give them."""
    g = aligned.given
    least = child_pugh_points(
        g.get("bilirubin", 10.0),
        g.get("albumin", 45.0),
        g.get("inr", 1.0),
        g.get("ascites", 0.0),
        g.get("encephalopathy", 0.0),
        bool(g.get("cholestatic")),
    )
    odd = abnormal(aligned, (("bilirubin", ">", 34.0), ("albumin", "<", 35.1), ("inr", ">", 1.69)))
    return float(least), odd


def acute_signs(patient: Patient, aligned: Aligned) -> tuple[str, ...]:
    """Return what speaks for decompensation now: a stated sign beats a listed diagnosis, events count for 28 days."""
    why: list[str] = []
    if patient.ascites is not None:
        why += (
            []
            if patient.ascites == "none"
            else [say("ascites stated as {level}", level=say_as("ascites", patient.ascites or ""))]
        )
    elif patient.has("ascites") or drained(patient, aligned.at):
        fluid = named(patient, "ascites")
        why.append(said(fluid) if fluid else drained(patient, aligned.at))
    grade = patient.encephalopathy_grade
    if grade is not None:
        why += [say("encephalopathy grade {grade}", grade=grade)] if grade else []
    elif patient.has("encephalopathy"):
        why.append(said(_found(patient, "encephalopathy")))
    events = (recent(patient, aligned, name, within_d=28.0) for name in _EVENTS)
    return (*why, *(said(c) for c in events if c))


def kidney_chronic(patient: Patient, aligned: Aligned) -> str:
    """Return why a failing kidney is not shown to be acute, or ''.

    Chronic kidney disease, or dialysis begun over 90 days ago (the time limit of chronic kidney disease); undated
    dialysis counts so too unless the record names a kidney that failed now.
    """
    chronic = named(patient, "chronic_kidney_disease")
    if chronic:
        return said(chronic)
    starts = [t.start for t in patient.treatments if t.active and "dialysis" in (t.kind, t.name)]
    starts += [c.onset for c in patient.conditions if c.active and c.name == "dialysis"]
    known = [moment for moment in starts if moment]
    if known and aligned.at and days_between(aligned.at, min(known)) > 90:
        return say("dialysis since {day} in the record", day=date_text(min(known).date().isoformat()))
    now = any(recent(patient, aligned, name) for name in ("kidney_failure", "hepatorenal_syndrome"))
    if starts and not known and not now:
        return say("dialysis (undated) in the record, which may be older than this illness")
    return ""


def _found(patient: Patient, name: str) -> Condition:
    return next(c for c in patient.conditions if c.active and c.name == name)


def abnormal(aligned: Aligned, limits: Iterable[tuple[str, str, float]]) -> tuple[str, ...]:
    """Return the labs beyond their limits as phrases."""
    rows = []
    for analyte, side, limit in limits:
        value = aligned.given.get(analyte)
        if value is not None and (value > limit if side == ">" else value < limit):
            rows.append(lab(aligned, analyte))
    return tuple(rows)
