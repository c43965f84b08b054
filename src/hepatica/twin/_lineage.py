"""Where a forecast comes from: the chain of equations, parameters and sources behind each variable."""

from __future__ import annotations

from typing import Any

from hepatica.language import by_language, say

from ._body import table

_SCORES = {
    "meld": ("bilirubin_umol_l", "inr", "creatinine_umol_l"),
    "meld_na": ("bilirubin_umol_l", "inr", "creatinine_umol_l", "sodium_mmol_l"),
    "meld_3": ("bilirubin_umol_l", "inr", "creatinine_umol_l", "sodium_mmol_l", "albumin_g_l"),
    "child_pugh": ("bilirubin_umol_l", "albumin_g_l", "inr", "ascites_l"),
}
_OUTCOMES = {
    "survival": ("alive_untransplanted", "alive_transplanted", "alive_transplanted_recent"),
    "transplant_free_survival": ("alive_untransplanted",),
    "decompensation": ("decompensation_incidence",),
}
_MEASURED = {
    "albumin_g_l": ("albumin_plasma_g", "albumin_tissue_g"),
    "bilirubin_umol_l": ("bilirubin_unconjugated_umol", "bilirubin_conjugated_umol"),
    "inr": ("factor_vii", "factor_ii"),
    "hvpg_mmhg": ("collagen_soluble_percent", "collagen_crosslinked_percent", "collateral_share"),
    "collagen_percent": ("collagen_soluble_percent", "collagen_crosslinked_percent"),
    "hepatocytes_fraction": ("hepatocytes_quiescent", "hepatocytes_replicating"),
    "icg_r15_percent": ("hepatocytes_quiescent", "macrophages_inflammatory"),
}
_BEHIND = {
    "function": ("hepatocytes_quiescent", "macrophages_inflammatory", "acute_insult"),
    "portal": ("collagen_crosslinked_percent", "macrophages_inflammatory"),
    "kidney": ("vasodilatation", "macrophages_inflammatory"),
    "outcome": ("bilirubin_conjugated_umol", "factor_ii", "creatinine_umol_l"),
    "hepatocytes": ("macrophages_inflammatory", "acute_insult", "viral_load", "alcohol_load", "fat_load"),
    "scar": ("myofibroblasts", "macrophages_inflammatory"),
    "events": ("collagen_crosslinked_percent", "albumin_plasma_g", "ammonia_umol_l"),
}


@by_language
def lineage(variable: str) -> tuple[dict[str, str], ...]:
    """Return the chain behind a forecast variable, nearest first: step, text, source, support grade.

    Raises:
        KeyError: no such variable.
    """
    states = table("states")
    chain: list[dict[str, str]] = []
    if variable in _SCORES:
        parts = _SCORES[variable]
        chain.append(
            _step(
                variable,
                say("score of {parts}, computed by hepatica.staging", parts=", ".join(parts)),
                "meld_formula",
                "A",
            )
        )
    elif variable in _OUTCOMES:
        parts = _OUTCOMES[variable]
        chain.append(_step(variable, say("probability, integrated from competing hazards"), "calibrated", "C"))
    else:
        parts = (variable,)
    seen: list[str] = []
    queue = [s for p in parts for s in _MEASURED.get(p, (p,))]
    while queue:
        name = queue.pop(0)
        if name in seen:
            continue
        if name not in states:
            raise KeyError(variable)
        seen.append(name)
        if len(seen) <= 6:
            queue += [s for s in _BEHIND.get(states[name]["organ"], ()) if s not in seen]
    for n in seen:
        text, source, grade = (states[n][key] for key in ("text", "source", "grade"))
        chain.append(_step(n, say(text), source, grade))
    chain.append(
        _step("fit", say("virtual patients conditioned on this record's laboratory values"), "calibrated", "B")
    )
    return tuple(chain)


def _step(step: str, text: str, source: str, grade: str) -> dict[str, str]:
    return {"step": step, "text": text, "source": source, "grade": grade}


def sources() -> dict[str, dict[str, Any]]:
    """Return the twin's own bibliography by source id."""
    return dict(table("sources"))
