"""Product cells in the body: blood, lung, liver, spleen, rest; the label that outlives them; licensing; engraftment."""

from __future__ import annotations

from .._body import Body


def equations(x: Body) -> None:
    """Add circulation, arrest, release, death and engraftment of product cells."""
    through_lung = x.blood_turnover_1_d * x.cells_venous
    through_body = x.blood_turnover_1_d * x.cells_arterial
    to_spleen = x.spleen_flow * through_body
    portal = (1 - x.spleen_arrest) * to_spleen + x.gut_flow * through_body
    to_liver = x.hepatic_artery_flow * through_body + (1 - x.collateral_share) * portal
    to_rest = (1 - x.spleen_flow - x.gut_flow - x.hepatic_artery_flow) * through_body

    arrested = {
        "lung": x.lung_arrest * through_lung,
        "liver": x.liver_arrest * to_liver,
        "spleen": x.spleen_arrest * to_spleen,
        "rest": x.rest_arrest * to_rest,
    }
    returned = (1 - x.liver_arrest) * to_liver + x.collateral_share * portal + (1 - x.rest_arrest) * to_rest
    x.rate("cells_venous", returned - through_lung)
    x.rate("cells_arterial", (1 - x.lung_arrest) * through_lung - through_body)

    release = {"lung": x.lung_release_1_d, "liver": x.liver_release_1_d, "rest": x.rest_release_1_d}
    alive = {"lung": x.cells_lung, "liver": x.cells_liver, "spleen": x.cells_spleen, "rest": x.cells_rest}
    label = {"lung": x.label_lung, "liver": x.label_liver, "spleen": x.label_spleen, "rest": x.label_rest}
    freed_alive = sum(release[o] * alive[o] for o in release)
    freed_label = sum(release[o] * label[o] for o in release)
    uptake = {"spleen": x.spleen_uptake_share, "liver": 1 - x.spleen_uptake_share}
    for organ in ("lung", "liver", "spleen", "rest"):
        taken = uptake.get(organ, 0)
        death = x.cell_death_1_d * alive[organ]
        x.rate(f"cells_{organ}", arrested[organ] + taken * freed_alive - release.get(organ, 0) * alive[organ] - death)
        x.rate(f"label_{organ}", death + taken * freed_label - release.get(organ, 0) * label[organ])

    excess = x.excess_inflammation
    x.rate(
        "licensing",
        x.licensing_on_1_d * excess / (excess + x.licensing_half) * (1 - x.licensing)
        - x.licensing_off_1_d * x.licensing,
    )
    x.rate("cells_liver", -x.engraftment_1_d * x.cells_liver)
    x.rate("hepatocyte_like", x.engraftment_1_d * x.cells_liver - x.engrafted_loss_1_d * x.hepatocyte_like)


def signals(x: Body) -> None:
    """Define what the other organs see of the cells: the paracrine signal and the engrafted mass."""
    heard = (
        x.cells_liver + x.lung_signal * x.cells_lung + x.spleen_signal * x.cells_spleen + x.rest_signal * x.cells_rest
    )
    active = heard * (x.unlicensed_share + (1 - x.unlicensed_share) * x.licensing)
    x.let("paracrine_signal", active / (active + x.paracrine_half_mcell), "1", "saturable signal of living cells")
    x.let(
        "engrafted_mass",
        x.engrafted_function * x.hepatocyte_like / (x.host_hepatocytes_mcell_kg * x.weight_kg),
        "1",
        "function of engrafted cells as a share of a healthy liver",
    )
