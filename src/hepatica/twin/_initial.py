"""From laboratory values to a virtual patient: states and personal parameters that reproduce the labs at the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._body import table
from ._causes import activity
from .organs.injury import DRIVERS

Array = NDArray[np.float64]
ASCITES_L = {k: float(v) for k, v in table("kinds")["ascites_grade"].items() if k not in ("source", "note")}


def value(name: str) -> float:
    """Return the typical value of a parameter."""
    return float(table("parameters")[name]["value"])


def solve(labs: Mapping[str, Array], latent: Mapping[str, Array]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return (parameters, initial states) of n virtual patients.

    Args:
        labs: arrays [n] by name with unit, as `population.draw_labs` returns them.
        latent: arrays [n]: acute_insult, cause_level, what `_causes.drive` returns, cause_death_1_d,
            inflammation_cause, inflammation_acute, acute_death_1_d, progression_1_y, collagen_1_y, bilirubin_trend,
            enzyme_share, ascites_l (0 where none),
            clotting_spread, weight_kg, shunt_spread, anticoagulated (0 or 1), urea_capacity,
            least_mass (below which lost function is put down to the person, not to mass), most_albumin, suppression,
            stunned (0 or 1: lost function is put down to inflammation first),
            kidney_acute (share, on the log scale, of the filtration lacking that goes with the acute insult),
            critical_share (of the mass at the start: whoever lives with little mass is above the critical one),
            regeneration_capacity (NaN: solved so that the chronic disease stands still but for its progression).
    """
    p: dict[str, Array] = {}
    s: dict[str, Array] = {}
    weight = latent["weight_kg"]
    p["weight_kg"] = weight
    for name in ("inflammation_cause", "inflammation_acute", "acute_death_1_d", "urea_capacity"):
        p[name] = latent[name]
    s["acute_insult"] = latent["acute_insult"]
    inflaming, killing, cholestasis = _cause(latent, p, s)

    shunt = _pressure(labs, latent, p, s)
    chronic = latent["inflammation_cause"] * inflaming + value("inflammation_shunt") * shunt
    excess = chronic + latent["inflammation_acute"] * latent["acute_insult"]
    s["macrophages_inflammatory"] = 1 + excess
    p["hvpg_factor"] = labs["hvpg_mmhg"] / _typical_pressure(labs["collagen_percent"], excess, shunt)

    function = _clotting(labs, latent, p, s, excess)
    _hepatocytes(latent, p, s, function, excess, killing)
    _scar(labs, latent, p, s, chronic)
    _metabolism(labs, latent, p, s, function, excess, cholestasis)
    _sugar(p, s, function, weight, latent["stunned"])
    _kidney(labs, latent, p, s, excess)
    return p, s


def _pressure(labs: Mapping[str, Array], latent: Mapping[str, Array], p: Any, s: Any) -> Array:
    above = np.maximum(labs["hvpg_mmhg"] - value("collateral_onset_mmhg"), 0)
    open_share = above**2 / (above**2 + value("collateral_half_mmhg") ** 2)
    p["collateral_max"] = np.clip(value("collateral_max") * latent["shunt_spread"], 0.1, 0.9)
    s["collateral_share"] = p["collateral_max"] * open_share
    has = latent["ascites_l"] > 0
    onset = np.where(has, 10.0, np.maximum(10.0, labs["hvpg_mmhg"] + 1.5 * latent["shunt_spread"]))
    p["ascites_onset_mmhg"] = onset
    room = np.maximum(labs["hvpg_mmhg"] - onset, 0.5)
    p["ascites_gain_l_mmhg"] = np.where(has, latent["ascites_l"] / room, value("ascites_gain_l_mmhg"))
    s["ascites_l"] = latent["ascites_l"]
    pooling = 1 + value("platelets_pressure_1_mmhg") * np.maximum(labs["hvpg_mmhg"] - value("platelets_onset_mmhg"), 0)
    p["platelets_health_e9_l"] = labs["platelets_e9_l"] * pooling
    s["platelets_e9_l"] = labs["platelets_e9_l"]
    return np.asarray(s["collateral_share"])


def _typical_pressure(collagen: Array, excess: Array, shunt: Array) -> Array:
    fixed = value("hvpg_health_mmhg") + value("hvpg_per_percent") * np.maximum(
        collagen - value("collagen_health_percent"), 0
    )
    return np.asarray(fixed * (1 + value("hvpg_inflammation") * excess) * (1 - value("shunt_relief") * shunt))


def _clotting(labs: Mapping[str, Array], latent: Mapping[str, Array], p: Any, s: Any, excess: Array) -> Array:
    lack = np.maximum((labs["inr"] - value("inr_a")) / value("inr_b"), 0) ** (1 / value("inr_c"))
    activity = 1 / (1 + lack)
    half = value("clotting_half_function")
    made = np.minimum(activity * latent["synthesis_lead"], np.maximum(activity, 1.0))
    made_share = np.clip(made / latent["clotting_spread"], 0.02, 0.98)
    function = half * made_share / (1 + half - made_share)
    full, power, share = table("kinds")["first_day"]["anticoagulated"]
    from_albumin = np.clip((labs["albumin_g_l"] / full) ** power, 0.05, 1) * share
    function = np.where(latent["anticoagulated"] > 0, from_albumin, function)
    stunned = (latent["least_mass"] / np.maximum(function, 0.005) - 1) / np.maximum(excess, 0.1)
    suppression = np.where(latent["stunned"] > 0, np.clip(stunned, latent["suppression"], 6.0), latent["suppression"])
    p["inflammation_suppression"] = suppression
    left = 1 + suppression * excess
    function = np.clip(function * left, latent["least_mass"], 0.985) / left
    typical = function * (1 + half) / (function + half)
    p["clotting_factor"] = made / typical
    s["factor_vii"] = s["factor_ii"] = activity
    return np.asarray(function)


def _cause(latent: Mapping[str, Array], p: Any, s: Any) -> tuple[Array, Array, Array]:
    """Set the drivers of the chronic cause, which stay where they are; return what they do."""
    p["cause_level"], p["hcc_1_d"] = latent["cause_level"], latent["hcc_1_d"]
    p["lasting_share"] = latent["share_lasting"]
    for driver, state in DRIVERS.items():
        p[f"{driver}_share"], p[f"{driver}_target"] = latent[f"share_{driver}"], latent[f"load_{driver}"]
        s[state] = latent[f"load_{driver}"]
    for name in ("paracetamol_fmol", "sulphation_fmol", "glutathione_fmol", "adducts_fmol"):
        s[name] = latent[name]
    return activity(latent, latent["cause_level"])


def _hepatocytes(latent: Mapping[str, Array], p: Any, s: Any, function: Array, excess: Array, killing: Array) -> None:
    mass = function * (1 + p["inflammation_suppression"] * excess)
    senescent = table("kinds")["first_day"]["senescent"] * (1 - mass)
    living = np.maximum(mass - value("senescent_function") * senescent, 0.02)
    s["hepatocytes_senescent"] = senescent
    critical = np.minimum(value("overload_mass"), latent["critical_share"] * mass)
    half = np.minimum(value("regeneration_half_mass"), 1.6 * latent["critical_share"] * mass)
    p["overload_mass"], p["regeneration_half_mass"] = critical, half
    overload = value("overload_death_1_d") * critical**6 / (critical**6 + mass**6)
    able = mass**4 / (mass**4 + half**4)
    possible = value("regeneration_1_d") * able * (1 - mass) ** 5
    cause = latent["cause_death_1_d"] * killing
    drift = latent["progression_1_y"] / 365.25
    cause = np.minimum(cause, 0.9 * possible + np.maximum(drift, 0))
    p["cause_death_1_d"] = cause / np.maximum(killing, 1e-6)
    influx = value("progenitor_1_d") * (1 - mass) / living
    needed = (cause + np.minimum(overload, 0.5 * possible) - drift - influx) / np.maximum(possible, 1e-12)
    standing = np.isnan(latent["regeneration_capacity"])
    p["regeneration_capacity"] = np.clip(np.where(standing, needed, latent["regeneration_capacity"]), 0, 1.2)
    regrowth = possible * p["regeneration_capacity"] + value("turnover_1_d")
    s["hepatocytes_replicating"] = living * regrowth / (regrowth + value("division_1_d"))
    s["hepatocytes_quiescent"] = living - s["hepatocytes_replicating"]
    death = value("turnover_1_d") + cause + latent["acute_death_1_d"] * latent["acute_insult"] + overload
    s["hepatocytes_dying"] = death * living / value("dying_clearance_1_d")
    p["_lost"] = (death + value("enzyme_leak_1_d") * killing) * living


def _scar(labs: Mapping[str, Array], latent: Mapping[str, Array], p: Any, s: Any, chronic: Array) -> None:
    collagen = np.maximum(labs["collagen_percent"], 1.0)
    link, melt = value("crosslinking_1_d"), value("crosslinked_degradation_1_d")
    share = np.clip((latent["collagen_1_y"] / 365.25 + melt) / (link + melt), 0.1, 0.8)
    s["collagen_soluble_percent"], s["collagen_crosslinked_percent"] = share * collagen, (1 - share) * collagen
    leaves = value("collagen_degradation_1_d") + value("crosslinking_1_d")
    s["myofibroblasts"] = np.maximum(s["collagen_soluble_percent"] * leaves / value("collagen_production_percent_d"), 1)
    heard = chronic / (1 + chronic / value("myofibroblast_half"))
    p["myofibroblast_gain"] = (s["myofibroblasts"] - 1) / np.maximum(heard, 0.05)


def _metabolism(
    labs: Mapping[str, Array],
    latent: Mapping[str, Array],
    p: Any,
    s: Any,
    function: Array,
    excess: Array,
    cholestasis: Array,
) -> None:
    weight = latent["weight_kg"]
    s["albumin_plasma_g"] = labs["albumin_g_l"] * value("plasma_l_kg") * weight
    s["albumin_tissue_g"] = s["albumin_plasma_g"] * value("albumin_escape_1_d") / value("albumin_return_1_d")
    half = value("albumin_half_function")
    brake = 1 + (labs["albumin_g_l"] / value("albumin_brake_g_l")) ** 8
    made = value("albumin_synthesis_g_kg_d") * weight * function * (1 + half) / (function + half) / brake
    p["albumin_factor"] = np.clip(s["albumin_plasma_g"] * value("albumin_loss_1_d") / made, 0.2, latent["most_albumin"])

    total = labs["bilirubin_umol_l"]
    free = value("bilirubin_production_umol_kg_d") / (value("bilirubin_uptake_l_kg_d") * np.sqrt(function))
    free = np.minimum(free, 0.6 * total)
    p["bilirubin_uptake_l_kg_d"] = value("bilirubin_production_umol_kg_d") / (np.sqrt(function) * free)
    space = value("bilirubin_space_l_kg") * weight
    s["bilirubin_unconjugated_umol"], s["bilirubin_conjugated_umol"] = free * space, (total - free) * space
    target = (total - free) * np.exp(latent["bilirubin_trend"])
    cleared = value("bilirubin_production_umol_kg_d") / target - value("renal_bilirubin_l_kg_d")
    dammed = 1 + value("excretion_inflammation") * excess + cholestasis
    typical = value("bile_clearance_l_kg_d") * function**2 / dammed
    p["excretion_factor"] = np.maximum(cleared, 1e-4) / typical

    lost = p.pop("_lost")
    for enzyme in ("alt", "ast"):
        s[f"{enzyme}_u_l"] = labs[f"{enzyme}_u_l"]
        level = labs[f"{enzyme}_u_l"] * value(f"{enzyme}_clearance_1_d") / lost
        p[f"{enzyme}_release"] = level * latent["enzyme_share"]

    s["ammonia_umol_l"] = labs["ammonia_umol_l"]
    half = value("ammonia_half_function")
    urea = np.minimum(latent["urea_capacity"] * function * (1 + half) / (function + half), 1)
    reaches = value("ammonia_production_umol_d") * (
        1 - value("ammonia_extraction") * urea * (1 - s["collateral_share"])
    )
    p["ammonia_clearance_l_d"] = reaches / labs["ammonia_umol_l"]


def _sugar(p: Any, s: Any, function: Array, weight: Array, stunned: Array) -> None:
    full = value("glycogen_g_kg") * weight
    half = value("glycogen_half_function")
    s["glycogen_g"] = full * function * (1 + half) / (function + half)
    store = (s["glycogen_g"] / full) ** value("glycogenolysis_power")
    half, share = value("gluconeogenesis_half_function"), value("glycogenolysis_share")
    new = function * (1 + half) / (function + half) * (1 + value("gluconeogenesis_answer") * (1 - store))
    made = value("glucose_made_mmol_kg_d") * (share * store + (1 - share) * new)
    usual = np.full_like(made, value("glucose_use_l_kg_d"))
    held = usual * made / value("glucose_made_mmol_kg_d")
    p["glucose_use_l_kg_d"] = np.where(stunned > 0, usual, held)
    s["glucose_mmol_l"] = made / p["glucose_use_l_kg_d"]


def _kidney(labs: Mapping[str, Array], latent: Mapping[str, Array], p: Any, s: Any, excess: Array) -> None:
    above = np.maximum(labs["hvpg_mmhg"] - value("vasodilatation_onset_mmhg"), 0)
    inflamed = excess / (1 + excess / value("vasodilatation_saturation"))
    dilated = value("vasodilatation_pressure_1_mmhg") * above + value("vasodilatation_inflammation") * inflamed
    s["vasodilatation"] = 1 + dilated
    s["creatinine_umol_l"] = labs["creatinine_umol_l"]
    clearance = value("creatinine_umol_kg_d") / labs["creatinine_umol_l"]
    usual = 1 + value("filtration_loss") * dilated
    left = np.minimum(clearance * usual / value("filtration_l_kg_d"), 1) ** latent["kidney_acute"]
    p["kidney_acute_loss"] = usual * (1 / left - 1) / np.maximum(latent["acute_insult"], 0.1)
    lost = usual + p["kidney_acute_loss"] * latent["acute_insult"]
    p["kidney_factor"] = clearance * lost / value("filtration_l_kg_d")
    s["sodium_mmol_l"] = labs["sodium_mmol_l"]
    p["sodium_health_mmol_l"] = labs["sodium_mmol_l"] + value("sodium_fall_mmol_l") * dilated
