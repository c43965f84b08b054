"""Injury by cause: virus, drink, fat, immune attack, bile, metal, paracetamol; and the acute precipitant."""

from __future__ import annotations

from .._body import Body

DRIVERS = {
    "viral": "viral_load",
    "alcohol": "alcohol_load",
    "fat": "fat_load",
    "immune": "immune_attack",
    "bile": "bile_injury",
    "metal": "metal_load",
}


def levels(x: Body) -> None:
    """Define what the chronic cause does: how much it inflames, kills, and dams up bile."""
    act = {k: getattr(x, state) for k, state in DRIVERS.items()}
    act["viral"] = x.viral_load * (1 + x.viral_half) / (x.viral_load + x.viral_half)
    act["lasting"] = 1
    each = {k: getattr(x, f"{k}_share") * a for k, a in act.items()}
    x.let("cause_inflaming", x.cause_level * sum(each.values()), "1", "chronic injury that inflames, 1 untreated")
    killing = sum(getattr(x, f"{k}_killing") * a for k, a in each.items())
    x.let("cause_killing", x.cause_level * killing, "1", "chronic injury that kills hepatocytes")
    x.let("cholestasis", x.bile_block * x.cause_level * each["bile"], "1", "bile dammed up by injured ducts")


def equations(x: Body) -> None:
    """Add every driver, which follows its treatment, the chain of paracetamol, and the acute insult."""
    for k, state in DRIVERS.items():
        target = getattr(x, f"{k}_target") * x.lasting_factor(getattr(x, f"rx_{k}"))
        x.rate(state, getattr(x, f"{k}_1_d") * (target - getattr(x, state)))
    toxic = _paracetamol(x)
    resolution = x.acute_resolution_1_d + x.rx_resolution_1_d * x.course
    worsening = x.max0(-resolution) * (1 - x.acute_insult / x.acute_insult_max)
    x.rate("acute_insult", (worsening - x.max0(resolution)) * x.acute_insult + x.adducts_insult_1_fmol * toxic)


def _paracetamol(x: Body) -> object:
    napqi = x.let(
        "napqi_fmol",
        x.oxidation_1_d
        * x.paracetamol_fmol
        / (x.napqi_back_1_d + x.napqi_binding_1_d + x.conjugation_1_fmol_d * x.glutathione_fmol),
        "fmol",
        "toxic metabolite of paracetamol, in balance with what takes it up",
    )
    sulphated = x.sulphation_1_fmol_d * x.paracetamol_fmol * x.sulphation_fmol
    back = x.napqi_back_1_d * napqi
    bound = x.napqi_binding_1_d * napqi
    x.rate(
        "paracetamol_fmol",
        back - (x.oxidation_1_d + x.glucuronidation_1_d) * x.paracetamol_fmol - sulphated,
    )
    x.rate("sulphation_fmol", x.sulphation_made_fmol_d - x.sulphation_loss_1_d * x.sulphation_fmol - sulphated)
    x.rate(
        "glutathione_fmol",
        x.glutathione_made_fmol_d * (1 + x.rx_glutathione * x.course)
        - x.glutathione_loss_1_d * x.glutathione_fmol
        - x.conjugation_1_fmol_d * napqi * x.glutathione_fmol,
    )
    x.rate("adducts_fmol", bound - x.adducts_loss_1_d * x.adducts_fmol)
    return bound
