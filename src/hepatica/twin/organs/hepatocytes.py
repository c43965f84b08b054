"""Hepatocytes: turnover, regrowth, senescence, death by cause, acute insult and overload."""

from __future__ import annotations

from .._body import Body


def mass(x: Body) -> None:
    """Define functional mass and the hepatic function that inflammation leaves of it."""
    x.let(
        "hepatocytes_fraction",
        x.hepatocytes_quiescent + x.hepatocytes_replicating,
        "1",
        "living, non-senescent hepatocytes as a share of a healthy liver's",
    )
    x.let(
        "hepatic_mass",
        x.hepatocytes_fraction + x.senescent_function * x.hepatocytes_senescent + x.engrafted_mass,
        "1",
        "mass that can work, host and engrafted",
    )
    x.let(
        "hepatic_function",
        x.hepatic_mass / (1 + x.inflammation_suppression * x.excess_inflammation),
        "1",
        "work done, share of a healthy liver's",
    )


def equations(x: Body) -> None:
    """Add regrowth from the deficit of mass, and every way a hepatocyte is lost."""
    q, r = x.hepatocytes_quiescent, x.hepatocytes_replicating
    deficit = x.max0(1 - x.hepatic_mass)
    boost = x.exp(x.potency_regeneration * x.potency * x.restorative_excess + x.rx_regeneration * x.course)
    able = x.hepatic_mass**4 / (x.hepatic_mass**4 + x.regeneration_half_mass**4)
    regrowth = x.regeneration_1_d * x.regeneration_capacity * boost * able * q * deficit**5 + x.turnover_1_d * q
    overload = x.overload_death_1_d * x.overload_mass**6 / (x.overload_mass**6 + x.hepatic_mass**6)
    acute = x.acute_death_1_d * x.acute_insult * x.exp(x.rx_acute_death * x.course)
    death = x.let(
        "hepatocyte_death_1_d",
        x.turnover_1_d + x.cause_death_1_d * x.cause_killing + acute + overload,
        "1/d",
        "daily share of hepatocytes that die",
    )
    tired = x.senescence_share * x.excess_inflammation / (1 + x.senescence_share * x.excess_inflammation)
    x.rate(
        "hepatocytes_quiescent", x.progenitor_1_d * deficit - regrowth + (2 - tired) * x.division_1_d * r - death * q
    )
    x.rate("hepatocytes_replicating", regrowth - x.division_1_d * r - death * r)
    x.rate("hepatocytes_senescent", tired * x.division_1_d * r - x.senescent_loss_1_d * x.hepatocytes_senescent)
    x.rate("hepatocytes_dying", death * (q + r) - x.dying_clearance_1_d * x.hepatocytes_dying)
