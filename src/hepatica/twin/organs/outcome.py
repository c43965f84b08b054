"""Outcome: death and transplantation as competing hazards, integrated exactly."""

from __future__ import annotations

from .._body import Body


def equations(x: Body) -> None:
    """Add the probabilities of being alive, with the native liver or another."""
    creatinine = x.clip(x.creatinine_umol_l / x.creatinine_umol_l_per_mg_dl, 1, 4)
    bilirubin = x.at_least(x.bilirubin_umol_l / x.bilirubin_umol_l_per_mg_dl, 1)
    meld = x.let(
        "meld_unrounded",
        6.43 + 9.57 * x.log(creatinine) + 3.78 * x.log(bilirubin) + 11.2 * x.log(x.at_least(x.inr, 1)),
        "1",
        "MELD before rounding; scores shown are computed by hepatica.staging",
    )
    dying = (
        meld
        + (x.death_bilirubin_weight - 1) * 3.78 * x.log(bilirubin)
        + x.death_bilirubin_weight
        * 3.78
        * x.log(x.clip(x.bilirubin_umol_l / x.bilirubin_umol_l_per_mg_dl, x.death_bilirubin_least_mg_dl, 1))
    )
    heat = x.excess_inflammation / (x.excess_inflammation + 1)
    death = x.let(
        "death_1_d",
        x.one_1_d
        * (x.death_quiet + (1 - x.death_quiet) * heat)
        * x.exp(
            x.death_log_1_d
            + x.death_meld * (x.at_most(dying, 45) - x.death_reference_meld)
            + x.death_age_1_y * (x.age_y - x.death_reference_age_y)
            + x.frailty_log
            + x.organ_failure_log * x.acute_insult
            + x.rx_hazard * x.direct
        )
        + x.one_1_d * x.exp(x.background_log_1_d + x.background_age_1_y * (x.age_y - x.death_reference_age_y)),
        "1/d",
        "daily hazard of death with the native liver, of the liver and of other causes",
    )
    needed = meld**8 / (meld**8 + x.transplant_gate_meld**8)
    transplant = x.let(
        "transplant_hazard_1_d",
        x.transplant_1_d * (1 - x.transplant_gate + x.transplant_gate * needed),
        "1/d",
        "daily hazard of transplantation",
    )
    native = x.alive_untransplanted
    x.rate("alive_untransplanted", -(death + transplant) * native)
    recent, recovers = x.alive_transplanted_recent, x.transplant_recovery_1_d * x.alive_transplanted_recent
    x.rate("alive_transplanted_recent", transplant * native - x.early_transplant_death_1_d * recent - recovers)
    x.rate("alive_transplanted", recovers - x.late_transplant_death_1_d * x.alive_transplanted)
