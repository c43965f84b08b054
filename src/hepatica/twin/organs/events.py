"""Events by kind: ascites, bleeding, encephalopathy; infection, acute-on-chronic failure, cancer."""

from __future__ import annotations

from .._body import Body


def equations(x: Body) -> None:
    """Add the first decompensation, its kinds competing, and three events that may come at any time."""
    kinds = _decompensation(x)
    hazard = x.let("decompensation_hazard_1_d", sum(kinds.values()), "1/d", "daily hazard of a decompensation")
    free = x.alive_event_free
    x.rate("alive_event_free", -(x.death_1_d + x.transplant_hazard_1_d + hazard) * free)
    x.rate("decompensation_incidence", hazard * free)
    for kind, rate in kinds.items():
        x.rate(f"{kind}_incidence", rate * free)
    for kind, rate in _others(x).items():
        x.rate(f"{kind}_incidence", rate * x.alive_untransplanted * (1 - getattr(x, f"{kind}_incidence")))


def _decompensation(x: Body) -> dict[str, object]:
    hvpg, least = x.hvpg_mmhg, x.decompensation_least_mmhg
    common = (
        x.decompensation_1_d
        * x.exp(
            x.decompensation_hvpg_1_mmhg * (hvpg - x.decompensation_reference_mmhg) + x.rx_decompensation * x.lasting
        )
        * hvpg**8
        / (hvpg**8 + least**8)
    )
    failing = x.exp(-x.decompensation_albumin_l_g * (x.albumin_g_l - x.decompensation_reference_g_l))
    varices = 2 * hvpg**8 / (hvpg**8 + x.bleeding_least_mmhg**8)
    ammonia = (x.ammonia_umol_l / x.encephalopathy_reference_umol_l) ** x.encephalopathy_power
    return {
        "ascites": x.let("ascites_hazard_1_d", x.ascites_kind * common * failing, "1/d", "hazard of ascites"),
        "bleeding": x.let("bleeding_hazard_1_d", x.bleeding_kind * common * varices, "1/d", "hazard of bleeding"),
        "encephalopathy": x.let(
            "encephalopathy_hazard_1_d",
            x.encephalopathy_kind * common * failing * ammonia,
            "1/d",
            "hazard of encephalopathy",
        ),
    }


def _others(x: Body) -> dict[str, object]:
    meld = x.clip(x.meld_unrounded, 6, 40)
    scar = x.collagen_percent**8 / (x.collagen_percent**8 + x.hcc_collagen_percent**8)
    return {
        "infection": x.let(
            "infection_hazard_1_d",
            x.infection_1_d
            * x.ascites_l
            / (x.ascites_l + x.infection_half_l)
            * x.exp(x.infection_meld * (meld - x.infection_reference_meld)),
            "1/d",
            "hazard of a severe bacterial infection",
        ),
        "aclf": x.let(
            "aclf_hazard_1_d",
            x.aclf_1_d
            * x.acute_insult
            / (x.acute_insult + x.aclf_half_insult)
            * x.exp(x.aclf_meld * (meld - x.death_reference_meld)),
            "1/d",
            "hazard of acute-on-chronic failure",
        ),
        "hcc": x.let(
            "hcc_hazard_1_d",
            x.hcc_1_d * (x.hcc_cured + (1 - x.hcc_cured) * x.at_most(x.cause_inflaming, 1)) * scar,
            "1/d",
            "hazard of liver cancer",
        ),
    }
