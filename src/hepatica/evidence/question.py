"""A question put to the base: which outcome, when, in whom, after what; words are normalised here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from hepatica.errors import InputError
from hepatica.evidence.adverse import CLASS_OF
from hepatica.evidence.base import studies
from hepatica.evidence.checks import CONDITIONS
from hepatica.evidence.contrasts import interventions

SURVIVAL = ("survival", "mortality", "transplant_free_survival")
LIVER = frozenset(CONDITIONS - {"not_liver", "animal"})
GROUPS = {
    "cirrhosis": {"cirrhosis", "compensated_cirrhosis", "decompensated_cirrhosis"},
    "decompensated": {"decompensated_cirrhosis"},
    "compensated": {"compensated_cirrhosis"},
}
CONDITION_WORDS = {
    "acute_on_chronic_liver_failure": "aclf", "ah": "alcoholic_hepatitis", "sah": "alcoholic_hepatitis",
    "severe_alcoholic_hepatitis": "alcoholic_hepatitis", "alf": "acute_liver_failure", "any": "",
}  # fmt: skip
INTERVENTION_WORDS = {"gcsf": "g_csf", "stem_cell": "stem_cells", "mscs": "msc", "cell": "cells", "mnc": "bm_mnc",
                 "macrophages": "macrophage", "mesenchymal_stromal_cells": "msc", "mesenchymal_stem_cells": "msc",
                 "plasmapheresis": "plasma_exchange", "alss": "artificial_liver",
                 "bone_marrow_mononuclear_cells": "bm_mnc", "marrow_mononuclear_cells": "bm_mnc",
                 "mononuclear_cells": "bm_mnc", "hepatocytes": "hepatocyte", "hepatocyte_transplantation": "hepatocyte",
                 "haematopoietic_stem_cells": "hsc", "hematopoietic_stem_cells": "hsc", "cd34": "hsc",
                 "cd34_cells": "hsc", "cd133": "hsc", "cd133_cells": "hsc", "liver_progenitors": "progenitor",
                 "progenitors": "progenitor", "mesenchymal_stem_cell": "msc", "mesenchymal_stromal_cell": "msc",
                 "umbilical_cord_msc": "uc_msc", "corticosteroids": "steroids", "prednisolone": "steroids",
                 "nac": "n_acetylcysteine", "acetylcysteine": "n_acetylcysteine", "antivirals": "antiviral",
                 "granulocyte_colony_stimulating_factor": "g_csf", "filgrastim": "g_csf", "antibiotics": "antibiotic",
                 "statins": "statin", "simvastatin": "statin", "human_albumin": "albumin",
                 "faecal_microbiota_transplantation": "fmt", "fecal_microbiota_transplantation": "fmt"}  # fmt: skip
OUTCOME_WORDS = {
    "death": "mortality", "deaths": "mortality", "overall_survival": "survival", "tfs": "transplant_free_survival",
    "albumin": "albumin_g_l", "bilirubin": "bilirubin_umol_l", "creatinine": "creatinine_umol_l", "alt": "alt_u_l",
    "ast": "ast_u_l", "sodium": "sodium_mmol_l", "platelets": "platelets_e9_l", "ammonia": "ammonia_umol_l",
    "childpugh": "child_pugh", "ctp": "child_pugh", "stiffness": "liver_stiffness_kpa", "hvpg": "hvpg_mmhg",
}  # fmt: skip
BETTER = {
    **dict.fromkeys(("survival", "transplant_free_survival", "albumin_g_l", "platelets_e9_l", "sodium_mmol_l",
                     "hemoglobin_g_dl", "cldq_overall", "sf36_physical", "eq5d_index", "il10_pg_ml"), "higher"),
    **dict.fromkeys(("mortality", "meld", "meld_na", "child_pugh", "ukeld", "maddrey_df", "bilirubin_umol_l", "inr",
                     "creatinine_umol_l", "ammonia_umol_l", "alt_u_l", "ast_u_l", "alp_u_l", "ggt_u_l", "crp_mg_l",
                     "il6_pg_ml", "tnfa_pg_ml", "liver_stiffness_kpa", "hvpg_mmhg", "apri", "elf", "sofa"), "lower"),
}  # fmt: skip
_REGIONS = ("asia", "europe", "africa", "north_america", "south_america", "oceania", "multiregional")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the base; days from the start of treatment, `window` as a share of the day."""

    outcome: str
    day: float | None
    condition: str = ""
    intervention: str = ""
    region: str = ""
    measure: str = ""
    design: str = "randomised"
    window: float = 0.1
    strict_endpoint: bool = False
    medians: bool = False
    correlation: float | None = None
    curves: bool = False

    @property
    def conditions(self) -> frozenset[str]:
        """Return the condition codes that answer the question."""
        if not self.condition:
            return LIVER
        return frozenset(GROUPS.get(self.condition, {self.condition}))

    @property
    def days(self) -> tuple[float, float]:
        """Return the first and last day that count as the day asked (at least 3 days either side)."""
        day = self.day or 0.0
        reach = max(3.0, self.window * day)
        return max(0.0, day - reach), day + reach

    def but(self, **changes: object) -> Question:
        """Return the question with some parts changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def text(self) -> str:
        """Return the question in words."""
        parts = [self.outcome.replace("_", " ")]
        if self.day is not None:
            parts.append(f"on day {self.day:g}")
        if self.intervention:
            parts.append(f"with {self.intervention} v. control")
        if self.condition:
            parts.append(f"in {self.condition.replace('_', ' ')}")
        return " ".join(parts) + (f" ({self.region})" if self.region else "")


def ask(
    outcome: str,
    day: float | None = None,
    condition: str | None = None,
    intervention: str | None = None,
    region: str | None = None,
    measure: str | None = None,
    design: str = "randomised",
    window: float = 0.1,
    strict_endpoint: bool = False,
    medians: bool = False,
    correlation: float | None = None,
    curves: bool = False,
) -> Question:
    """Return a Question with its words normalised; raises InputError for a word or a day that fits nothing."""
    if not outcome:
        raise InputError("no outcome asked", mend="--outcome survival, mortality, meld, albumin, …")
    where = normal(condition, CONDITION_WORDS)
    if where and where not in GROUPS and where not in LIVER:
        raise InputError(
            f"condition {condition!r} is not known", mend=f"one of: {', '.join(sorted(LIVER | set(GROUPS)))}"
        )
    what = normal(intervention, INTERVENTION_WORDS)
    known = {*interventions(studies().values()), *CLASS_OF}
    if what and what not in known:
        raise InputError(f"intervention {intervention!r} is not known", mend=f"one of: {', '.join(sorted(known))}")
    area = normal(region, {})
    if area and area not in _REGIONS:
        raise InputError(f"region {region!r} is not known", mend=f"one of: {', '.join(_REGIONS)}")
    if design not in ("randomised", "any"):
        raise InputError(f"design {design!r} is not known", mend="randomised or any")
    if day is not None and not 0 <= day <= 7500:
        raise InputError(f"day {day:g} lies outside 0 to 7500")
    result = normal(outcome, OUTCOME_WORDS)
    kind = (measure or ("OR" if result in SURVIVAL else "MD")).upper()
    allowed = ("OR", "RR", "RD", "HR") if result in SURVIVAL else ("MD", "SMD")
    if kind not in allowed:
        raise InputError(f"measure {kind} does not fit {result}", mend=f"one of: {', '.join(allowed)}")
    if correlation is not None and not -1 < correlation < 1:
        raise InputError(f"a correlation of {correlation:g}", mend="between -1 and 1; 0.5 is common")
    if correlation is not None and result in SURVIVAL:
        raise InputError("a correlation with the value before has no use for survival", mend="a laboratory value")
    if curves and (result not in SURVIVAL or kind not in ("OR", "HR")):
        raise InputError("curves give odds or hazard ratios of survival", mend="--measure OR or HR")
    return Question(result, day, where, what, area, kind, design, window, strict_endpoint, medians, correlation, curves)


def better_effect(outcome: str, measure: str) -> str | None:
    """Return which way an effect is good for the patient, higher or lower; None where nobody has said.

    A hazard ratio counts deaths whatever its outcome is called.
    """
    return "lower" if measure == "HR" else BETTER.get(outcome)


def normal(text: str | None, other: dict[str, str]) -> str:
    """Return a word in lower case with underscores, or what it stands for."""
    slug = re.sub(r"[^a-z0-9]+", "_", (text or "").lower()).strip("_")
    return other.get(slug, other.get(slug.replace("_", ""), slug))
