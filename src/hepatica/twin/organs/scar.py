"""Scar: myofibroblasts follow inflammation; soluble collagen is laid down, degraded or cross-linked."""

from __future__ import annotations

from .._body import Body


def equations(x: Body) -> None:
    """Add myofibroblasts and two kinds of collagen."""
    heard = x.excess_inflammation / (1 + x.excess_inflammation / x.myofibroblast_half)
    target = 1 + x.myofibroblast_gain * heard
    x.rate("myofibroblasts", x.myofibroblast_1_d * (target - x.myofibroblasts))
    melt = x.exp(x.potency_collagen * x.potency * x.restorative_excess)
    soluble, linked = x.collagen_soluble_percent, x.collagen_crosslinked_percent
    x.rate(
        "collagen_soluble_percent",
        x.collagen_production_percent_d * x.myofibroblasts
        - (x.collagen_degradation_1_d * melt + x.crosslinking_1_d) * soluble,
    )
    x.rate(
        "collagen_crosslinked_percent",
        x.crosslinking_1_d * soluble - x.crosslinked_degradation_1_d * melt * linked,
    )


def total(x: Body) -> None:
    """Define the collagen proportionate area."""
    x.let(
        "collagen_percent",
        x.collagen_soluble_percent + x.collagen_crosslinked_percent,
        "%",
        "collagen, percent of liver area",
    )
