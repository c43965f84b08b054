"""Injury and inflammation: the acute insult, the chronic cause, and two kinds of macrophages."""

from __future__ import annotations

from .._body import Body


def levels(x: Body) -> None:
    """Define excess inflammation and excess restoration, both zero in health and never negative."""
    x.let("excess_inflammation", x.max0(x.macrophages_inflammatory - 1), "1", "inflammation above that of health")
    x.let("restorative_excess", x.max0(x.macrophages_restorative - 1), "1", "restoration above base")


def equations(x: Body) -> None:
    """Add the acute insult, the cause, and the macrophages that answer both."""
    resolution = x.acute_resolution_1_d + x.rx_resolution_1_d * x.course
    worsening = x.max0(-resolution) * (1 - x.acute_insult / x.acute_insult_max)
    x.rate("acute_insult", (worsening - x.max0(resolution)) * x.acute_insult)
    target = x.cause_target * x.lasting_factor(x.rx_cause)
    x.rate("cause_activity", x.cause_relaxation_1_d * (target - x.cause_activity))

    drive = (
        x.inflammation_cause * x.cause_activity
        + x.inflammation_acute * x.acute_insult
        + x.inflammation_shunt * x.collateral_share
    )
    calmed = drive * x.exp(-x.potency * x.restorative_excess + x.rx_inflammation * x.course)
    x.rate("macrophages_inflammatory", x.inflammation_1_d * (1 + calmed - x.macrophages_inflammatory))
    x.rate(
        "macrophages_restorative",
        x.restorative_on_1_d * x.paracrine_signal * (2 - x.macrophages_restorative)
        - x.restorative_off_1_d * (x.macrophages_restorative - 1),
    )
