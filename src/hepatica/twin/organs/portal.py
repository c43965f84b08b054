"""Portal system and kidney: pressure, collaterals, ascites, platelets, vasodilatation, creatinine, sodium."""

from __future__ import annotations

from .._body import Body


def pressure(x: Body) -> None:
    """Define the hepatic venous pressure gradient and the share of portal blood that bypasses the liver."""
    fixed = x.hvpg_health_mmhg + x.hvpg_per_percent * x.max0(x.collagen_percent - x.collagen_health_percent)
    dynamic = 1 + x.hvpg_inflammation * x.excess_inflammation
    relief = (1 - x.shunt_relief * x.collateral_share) * (1 - x.rx_shunt * x.lasting)
    undrugged = x.let(
        "hvpg_undrugged_mmhg",
        fixed * dynamic * x.hvpg_factor * relief,
        "mmHg",
        "pressure gradient without beta-blocker",
    )
    x.let("hvpg_mmhg", undrugged * x.exp(x.rx_hvpg * x.lasting), "mmHg", "hepatic venous pressure gradient")
    x.let(
        "bypass",
        1 - (1 - x.collateral_share) * (1 - x.rx_shunt * x.lasting),
        "1",
        "portal blood that bypasses the liver, collaterals and stent",
    )


def equations(x: Body) -> None:
    """Add the slow answers to pressure; a drug that lowers pressure does not spare the kidney."""
    above = x.max0(x.hvpg_mmhg - x.collateral_onset_mmhg)
    open_share = x.collateral_max * above**2 / (above**2 + x.collateral_half_mmhg**2)
    x.rate("collateral_share", x.collateral_1_d * (open_share - x.collateral_share))

    held = x.ascites_gain_l_mmhg * x.max0(x.hvpg_mmhg - x.ascites_onset_mmhg)
    x.rate("ascites_l", x.ascites_1_d * (held - x.ascites_l))

    pooling = 1 + x.platelets_pressure_1_mmhg * x.max0(x.hvpg_mmhg - x.platelets_onset_mmhg)
    x.rate("platelets_e9_l", x.platelets_1_d * (x.platelets_health_e9_l / pooling - x.platelets_e9_l))

    inflamed = x.excess_inflammation / (1 + x.excess_inflammation / x.vasodilatation_saturation)
    target = (
        x.vasodilatation_pressure_1_mmhg * x.max0(x.hvpg_undrugged_mmhg - x.vasodilatation_onset_mmhg)
        + x.vasodilatation_inflammation * inflamed
    ) * x.exp(x.rx_vasodilatation * x.lasting_or_course)
    x.rate("vasodilatation", x.vasodilatation_1_d * (1 + target - x.vasodilatation))

    excess = x.max0(x.vasodilatation - 1)
    filtration = x.let(
        "filtration_l_d",
        x.filtration_l_kg_d
        * x.weight_kg
        * x.kidney_factor
        / (1 + x.filtration_loss * excess + x.kidney_acute_loss * x.acute_insult),
        "L/d",
        "creatinine clearance",
    )
    made = x.creatinine_umol_kg_d * x.weight_kg
    x.rate("creatinine_umol_l", (made - filtration * x.creatinine_umol_l) / (x.creatinine_space_l_kg * x.weight_kg))
    x.rate("sodium_mmol_l", x.sodium_1_d * (x.sodium_health_mmol_l - x.sodium_fall_mmol_l * excess - x.sodium_mmol_l))
