"""Signs that a record grades or implies: weight, encephalopathy, ascites, pregnancy, cirrhosis, failure."""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import TYPE_CHECKING

from hepatica.language import say, say_as
from hepatica.therapy.answers import Finding, Reading
from hepatica.therapy.concepts import Concept

if TYPE_CHECKING:
    from hepatica.therapy.facts import Record

ASCITES_LEVELS = ("none", "slight", "moderate", "massive")
CHILD_BEARING_YEARS = (10, 60)
NO_ACUTE_EVENT = ("compensated", "cholestatic", "chronic_hepatitis", "steatosis", "none", "metabolic", "urea_cycle")
CHRONIC_COURSES = ("decompensated", "compensated", "cholestatic", "chronic_hepatitis", "steatosis")


def _age(r: Record) -> tuple[float | None, str, str]:
    """Return the age in completed years, as trials count it; exact in the first year of life."""
    age = r.patient.age_years(r.at)
    return (age if age is None or age < 1 else float(floor(age)), "years", say("date of birth"))


def _bmi(r: Record) -> tuple[float | None, str, str]:
    p = r.patient
    known = p.weight_kg and p.height_cm
    return (p.weight_kg / (p.height_cm / 100) ** 2 if known else None, "kg/m2", say("weigh and measure height"))


def _weight(r: Record) -> tuple[float | None, str, str]:
    measured = r.patient.at("weight")
    return (r.patient.weight_kg or (measured[-1].value if measured else None), "kg", "weigh")


def _ast_alt_ratio(r: Record) -> tuple[float | None, str, str]:
    ast, alt = r.number("ast"), r.number("alt")
    known = isinstance(ast, Reading) and isinstance(alt, Reading) and ast.low == ast.high and alt.low == alt.high > 0
    return (ast.low / alt.low if known else None, "", say("AST and ALT"))


def _encephalopathy_grade(r: Record) -> float | None:
    staged = getattr(r.staging, "encephalopathy_grade", None)
    return r.patient.encephalopathy_grade if staged is None else staged


def _ascites_level(r: Record) -> float | None:
    level = getattr(r.staging, "ascites", None) or r.patient.ascites
    return None if level is None else float(ASCITES_LEVELS.index(level))


PERSONAL: dict[str, Callable[[Record], tuple[float | None, str, str]]] = {
    "age": _age,
    "weight": _weight,
    "bmi": _bmi,
    "ast_alt_ratio": _ast_alt_ratio,
    "encephalopathy_grade": lambda r: (_encephalopathy_grade(r), "", say("West Haven grade at the bedside")),
    "ascites_level": lambda r: (_ascites_level(r), "", say("examination or ultrasound")),
    "aclf_grade": lambda r: (getattr(r.staging, "aclf_grade", None), "", say("organ failures by EASL-CLIF")),
}


def _pregnancy(r: Record, concept: Concept) -> Finding | None:
    low, high = CHILD_BEARING_YEARS
    age = r.patient.age_years(r.at)
    if r.patient.sex == "male":
        return Finding(False, say("not applicable: male"))
    if age is not None and not low <= age < high:
        return Finding(False, say("not applicable: aged {age:.0f}", age=age))
    return None


def _ascites(r: Record, concept: Concept) -> Finding | None:
    level = _ascites_level(r)
    return (
        None
        if level is None
        else Finding(level > 0, say("ascites: {level}", level=say_as("ascites", ASCITES_LEVELS[int(level)])))
    )


def _refractory_ascites(r: Record, concept: Concept) -> Finding | None:
    return Finding(False, say("ascites: none")) if _ascites_level(r) == 0 else None


def _encephalopathy(r: Record, concept: Concept) -> Finding | None:
    grade = _encephalopathy_grade(r)
    return None if grade is None else Finding(grade > 0, say("encephalopathy grade {value:.0f}", value=float(grade)))


def _dialysis(r: Record, concept: Concept) -> Finding | None:
    return Finding(True, say("on dialysis")) if getattr(r.staging, "dialysis", False) else None


def _cirrhosis(r: Record, concept: Concept) -> Finding | None:
    staged = getattr(r.staging, "cirrhosis", "unknown")
    if staged == "recorded":
        return Finding(True, say("cirrhosis is recorded"))
    if staged == "no evidence":
        return Finding(False, say("staging found no evidence of cirrhosis"))
    if staged == "probable":
        return Finding(
            None,
            say("cirrhosis is probable, not recorded"),
            say("confirm cirrhosis: {settled_by}", settled_by=concept.settled_by),
        )
    return None


def _aclf(r: Record, concept: Concept) -> Finding | None:
    grade = getattr(r.staging, "aclf_grade", None)
    if r.course == "aclf" or (grade or 0) > 0:
        return Finding(True, say("staged as acute-on-chronic liver failure, grade {grade}", grade=grade))
    if grade == 0:
        return Finding(False, say("EASL-CLIF grade 0"))
    return (
        Finding(False, say("staged as {staging_label}", staging_label=r.staging.label))
        if r.course in NO_ACUTE_EVENT
        else None
    )


def _acute_liver_failure(r: Record, concept: Concept) -> Finding | None:
    if r.course == "alf":
        return Finding(True, say("staged as acute liver failure"))
    return (
        Finding(False, say("staged as {staging_label}", staging_label=r.staging.label))
        if r.course in CHRONIC_COURSES
        else None
    )


GRADED: dict[str, Callable[[Record, Concept], Finding | None]] = {
    "pregnancy": _pregnancy,
    "ascites": _ascites,
    "refractory_ascites": _refractory_ascites,
    "encephalopathy": _encephalopathy,
    "dialysis": _dialysis,
    "cirrhosis": _cirrhosis,
    "aclf": _aclf,
    "acute_liver_failure": _acute_liver_failure,
}
