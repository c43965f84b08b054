"""Inflammation: two kinds of macrophages that answer the chronic cause, the acute insult, and the gut."""

from __future__ import annotations

from .._body import Body


def levels(x: Body) -> None:
    """Define excess inflammation and excess restoration, both zero in health and never negative."""
    x.let("excess_inflammation", x.max0(x.macrophages_inflammatory - 1), "1", "inflammation above that of health")
    x.let("restorative_excess", x.max0(x.macrophages_restorative - 1), "1", "restoration above base")


def equations(x: Body) -> None:
    """Add the macrophages that inflame and those that restore."""
    drive = (
        x.inflammation_cause * x.cause_inflaming
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
