"""Labels, units and display digits of every variable, and the class and marker of every treatment family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hepatica.language import either, mark, say

CERTAINTY = ("very low", "low", "moderate", "high")


@dataclass(frozen=True, slots=True)
class Variable:
    """How one quantity is named and written; `better` is +1 where higher is better, -1 where lower is, 0 unsaid."""

    id: str
    label: str
    unit: str = ""
    decimals: int = 1
    better: int = 0


@dataclass(frozen=True, slots=True)
class Family:
    """One treatment family: its name, the CSS class that carries its hue, its marker shape."""

    name: str
    css: str
    marker: str


VARIABLES = {
    v.id: v
    for v in (
        Variable("meld_3", "MELD 3.0", "points", 1, -1),
        Variable("meld_na", "MELD-Na", "points", 1, -1),
        Variable("meld", "MELD", "points", 1, -1),
        Variable("peld", "PELD", "points", 1, -1),
        Variable("child_pugh", "Child-Pugh", "points", 1, -1),
        Variable("bilirubin_umol_l", mark("Bilirubin"), "µmol/L", 0, -1),
        Variable("albumin_g_l", mark("Albumin"), "g/L", 1, 1),
        Variable("inr", "INR", "", 2, -1),
        Variable("creatinine_umol_l", mark("Creatinine"), "µmol/L", 0, -1),
        Variable("sodium_mmol_l", mark("Sodium"), "mmol/L", 0, 1),
        Variable("ammonia_umol_l", mark("Ammonia"), "µmol/L", 0, -1),
        Variable("alt_u_l", "ALT", "U/L", 0, -1),
        Variable("ast_u_l", "AST", "U/L", 0, -1),
        Variable("platelets_e9_l", mark("Platelets"), "10⁹/L", 0, 1),
        Variable("hvpg_mmhg", mark("Portal pressure gradient"), "mmHg", 1, -1),
        Variable("ascites_l", mark("Ascites"), "L", 1, -1),
        Variable("hepatocytes_fraction", mark("Working hepatocytes"), mark("% of normal"), 0, 1),
        Variable("collagen_percent", mark("Scar (collagen)"), mark("% of area"), 1, -1),
        Variable("macrophages_inflammatory", mark("Inflammatory macrophages"), "× normal", 1, -1),
        Variable("icg_r15_percent", mark("ICG left after 15 min"), "%", 0, -1),
        Variable("survival", mark("Alive"), "%", 0, 1),
        Variable("transplant_free_survival", mark("Alive without transplant"), "%", 0, 1),
        Variable("decompensation", mark("Decompensated so far"), "%", 0, -1),
        Variable("ascites_incidence", mark("Ascites first, so far"), "%", 0, -1),
        Variable("bleeding_incidence", mark("Bleeding first, so far"), "%", 0, -1),
        Variable("encephalopathy_incidence", mark("Encephalopathy first, so far"), "%", 0, -1),
        Variable("infection_incidence", mark("Bacterial infection so far"), "%", 0, -1),
        Variable("aclf_incidence", mark("Acute-on-chronic failure so far"), "%", 0, -1),
        Variable("hcc_incidence", mark("Liver cancer so far"), "%", 1, -1),
        Variable("glycogen_g", mark("Glycogen in the liver"), "g", 0, 1),
        Variable("glucose_mmol_l", mark("Glucose in blood"), "mmol/L", 1, 0),
    )
}

FAMILIES = {
    f.name: f
    for f in (
        Family("standard care", "standard", "circle"),
        Family("cells", "cells", "square"),
        Family("growth factor", "growth", "triangle"),
        Family("apheresis", "apheresis", "diamond"),
        Family("drug", "drug", "down"),
        Family("lifestyle", "lifestyle", "cross"),
        Family("procedure", "procedure", "pentagon"),
        Family("transplant", "transplant", "star"),
        Family("combination", "drug", "down"),
    )
}

_QUESTIONS = {
    "only_option": mark("Is this my only option?"),
    "age": mark("Does my age matter?"),
    "side_effects": mark("What are the side effects?"),
    "cost": mark("Who pays, and what does it cost?"),
    "how_long": mark("How long until results, and what follow-up?"),
}
_PLAIN = {
    "HBV": mark("hepatitis B"),
    "HCV": mark("hepatitis C"),
    "HDV": mark("hepatitis D"),
    "MASLD": mark("metabolic fatty liver disease"),
    "AIH": mark("autoimmune hepatitis"),
    "PBC": mark("primary biliary cholangitis"),
    "PSC": mark("primary sclerosing cholangitis"),
    "DILI": mark("drug-induced injury"),
    "alpha1": mark("alpha-1 antitrypsin deficiency"),
    "urea_cycle": mark("urea-cycle disorder"),
    "wilson": mark("Wilson disease"),
}
PROBABILITY = (
    "survival", "transplant_free_survival", "decompensation", "ascites_incidence", "bleeding_incidence",
    "encephalopathy_incidence", "infection_incidence", "aclf_incidence", "hcc_incidence",
)  # fmt: skip
FRACTIONS = (*PROBABILITY, "hepatocytes_fraction")


def middle(name: str, point: Mapping[str, Any]) -> str:
    """Return which number of a point is shown: a chance's mean, which is the chance itself, else the median.

    >>> middle("survival", {"mean": 0.6, "p50": 0.65}), middle("meld", {"mean": 14.2, "p50": 14.0})
    ('mean', 'p50')
    """
    chance = name in PROBABILITY and point.get("mean") is not None
    return "mean" if chance or point.get("p50") is None else "p50"


def drawn(name: str, point: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a point whose middle is the number that is shown."""
    return {**point, "p50": point.get(middle(name, point))}


def variable(name: str) -> Variable:
    """Return how a variable is written; an unknown name is shown as it is."""
    known = VARIABLES.get(name)
    if known is None:
        return Variable(name, plain(name).capitalize(), "", 2)
    return replace(known, label=say(known.label), unit=say(known.unit))


def family(name: str | None) -> Family:
    """Return the family of an option; an unknown one is drawn as a drug would be."""
    return FAMILIES.get(name or "", FAMILIES["drug"])


def plain(identifier: str) -> str:
    """Turn an identifier into words."""
    if " or " in identifier:
        return either([plain(part) for part in identifier.split(" or ")])
    return say(_PLAIN.get(identifier) or identifier.replace("_", " "))


def question(identifier: str) -> str:
    """Return the wording of one of the five questions."""
    return say(_QUESTIONS[identifier]) if identifier in _QUESTIONS else plain(identifier)


def certainty_step(word: str | None) -> int:
    """Return 1 (very low) to 4 (high), or 0 where no certainty was given."""
    return CERTAINTY.index(word) + 1 if word in CERTAINTY else 0
