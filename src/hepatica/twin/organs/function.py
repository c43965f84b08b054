"""What the liver does, as the laboratory sees it: albumin, bilirubin, clotting, enzymes, ammonia, sugar, ICG."""

from __future__ import annotations

from .._body import Body


def saturating(function: object, half: object) -> object:
    """Return synthesis that is 1 in health and saturates in function."""
    return function * (1 + half) / (function + half)  # type: ignore[operator]


def equations(x: Body) -> None:
    """Add the balances of every function that is followed."""
    _albumin(x)
    _bilirubin(x)
    _clotting(x)
    _enzymes(x)
    _ammonia(x)
    _sugar(x)


def _albumin(x: Body) -> None:
    synthesis = x.let(
        "albumin_synthesis_g_d",
        x.albumin_synthesis_g_kg_d
        * x.weight_kg
        * x.albumin_factor
        * saturating(x.hepatic_function, x.albumin_half_function)
        / (1 + (x.albumin_g_l / x.albumin_brake_g_l) ** 8),
        "g/d",
        "albumin made in a day",
    )
    out, back = x.albumin_escape_1_d * x.albumin_plasma_g, x.albumin_return_1_d * x.albumin_tissue_g
    given = x.rx_albumin_g_d * x.course
    x.rate("albumin_plasma_g", synthesis + given - out + back - x.albumin_loss_1_d * x.albumin_plasma_g)
    x.rate("albumin_tissue_g", out - back)


def _bilirubin(x: Body) -> None:
    space = x.bilirubin_space_l_kg * x.weight_kg
    free, bound = x.bilirubin_unconjugated_umol / space, x.bilirubin_conjugated_umol / space
    conjugated = x.bilirubin_uptake_l_kg_d * x.weight_kg * x.sqrt(x.hepatic_function) * free
    bile = (
        x.bile_clearance_l_kg_d
        * x.excretion_factor
        * x.hepatic_function**2
        / (1 + x.excretion_inflammation * x.excess_inflammation + x.cholestasis)
    )
    leaves = (bile + x.renal_bilirubin_l_kg_d) * x.weight_kg * bound
    removed = x.rx_bilirubin_removal_1_d * x.course
    x.rate(
        "bilirubin_unconjugated_umol",
        x.bilirubin_production_umol_kg_d * x.weight_kg - conjugated - removed * x.bilirubin_unconjugated_umol,
    )
    x.rate("bilirubin_conjugated_umol", conjugated - leaves - removed * x.bilirubin_conjugated_umol)


def _clotting(x: Body) -> None:
    made = x.clotting_factor * saturating(x.hepatic_function, x.clotting_half_function)
    x.rate("factor_vii", x.factor_vii_1_d * (made - x.factor_vii))
    x.rate("factor_ii", x.factor_ii_1_d * (made - x.factor_ii))


def _enzymes(x: Body) -> None:
    lost = (x.hepatocyte_death_1_d + x.enzyme_leak_1_d * x.cause_killing) * x.hepatocytes_fraction
    x.rate("alt_u_l", x.alt_release * lost - x.alt_clearance_1_d * x.alt_u_l)
    x.rate("ast_u_l", x.ast_release * lost - x.ast_clearance_1_d * x.ast_u_l)


def _ammonia(x: Body) -> None:
    able = x.urea_capacity + (1 - x.urea_capacity) * x.engrafted_mass / x.hepatic_mass
    urea = able * saturating(x.hepatic_function, x.ammonia_half_function)
    extracted = x.ammonia_extraction * x.min1(urea) * (1 - x.bypass)
    made = x.ammonia_production_umol_d * x.exp(x.rx_ammonia * x.lasting)
    x.rate("ammonia_umol_l", (made * (1 - extracted) - x.ammonia_clearance_l_d * x.ammonia_umol_l) / x.ammonia_space_l)


def _sugar(x: Body) -> None:
    full = x.glycogen_g_kg * x.weight_kg
    stored = full * saturating(x.hepatic_function, x.glycogen_half_function)
    x.rate("glycogen_g", x.glycogen_1_d * (stored - x.glycogen_g))
    from_store = (x.glycogen_g / full) ** x.glycogenolysis_power
    made_new = saturating(x.hepatic_function, x.gluconeogenesis_half_function) * (
        1 + x.gluconeogenesis_answer * (1 - from_store)
    )
    made = x.let(
        "glucose_made_mmol_d",
        x.glucose_made_mmol_kg_d
        * x.weight_kg
        * (x.glycogenolysis_share * from_store + (1 - x.glycogenolysis_share) * made_new),
        "mmol/d",
        "glucose that the liver and kidney make in a day",
    )
    used = x.glucose_use_l_kg_d * x.weight_kg * x.glucose_mmol_l
    x.rate("glucose_mmol_l", (made - used) / (x.glucose_space_l_kg * x.weight_kg))


def readouts(x: Body) -> None:
    """Define the laboratory values that the hazards need."""
    x.let("albumin_g_l", x.albumin_plasma_g / (x.plasma_l_kg * x.weight_kg), "g/L", "albumin in serum")
    x.let(
        "bilirubin_umol_l",
        (x.bilirubin_unconjugated_umol + x.bilirubin_conjugated_umol) / (x.bilirubin_space_l_kg * x.weight_kg),
        "umol/L",
        "total bilirubin in serum",
    )
    activity = x.sqrt(x.max0(x.factor_vii * x.factor_ii))
    x.let("pt_percent", x.whole_percent * activity, "%", "prothrombin activity")
    lack = x.max0(1 / (activity + 0.001) - 1)
    x.let("inr", x.inr_a + x.inr_b * lack**x.inr_c, "1", "international normalised ratio")
    x.let("icg_k_1_min", x.icg_rate_1_min * x.hepatic_function**x.icg_exponent, "1/min", "ICG disappearance")
    x.let("icg_r15_percent", x.whole_percent * x.exp(-x.icg_time_min * x.icg_k_1_min), "%", "ICG left after 15 minutes")
