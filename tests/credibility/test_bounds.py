"""The bounds of the twin: what is known of the body must hold whatever the parameters are fitted to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hepatica.therapy import Regimen
from hepatica.twin import posterior
from hepatica.twin._delivery import cell_doses, traits
from hepatica.twin.organs.injury import DRIVERS

ORGANS = ("lung", "liver", "spleen", "rest")
BODY = [f"{kind}_{organ}" for organ in ORGANS for kind in ("cells", "label")]
BODY += ["cells_venous", "cells_arterial", "hepatocyte_like"]
CURED = {f"{driver}_target": 0.0 for driver in DRIVERS} | {"lasting_share": 0.0}


def _label(cohort, run, product, route, dose, days, **known):
    virtual = replace(cohort("decompensated", **known), flare_days=(), flare_sizes=np.zeros((0, 0)))
    what = traits(product, virtual.n, 1)
    cells = cell_doses(Regimen(product, route, dose), what["viability"], virtual.initial["collateral_share"], 1)
    given = {k: what[k] for k in ("engraftment_1_d", "liver_release_1_d") if k in what}
    v = run(virtual, [0.0, *days], BODY, cells, **given)
    share = {o: 1e8 * (v[f"cells_{o}"] + v[f"label_{o}"])[1:] / dose for o in ORGANS}
    total = sum(v[name] for name in BODY)[1:] * 1e6 / dose
    return share, total, v


def test_peripheral_msc_move_from_lung_to_spleen_and_liver(cohort, run):
    """Four patients, In-111: lung 27 to 33 % to 2 to 5 %, liver 0 to 3 to 13 to 17, spleen 2 to 10 to 30 to 42."""
    share, total, _ = _label(cohort, run, "bm_msc_autologous", "peripheral_vein", 3e8, [0.02, 10.0])
    early, late = ({o: np.median(share[o][i]) for o in ORGANS} for i in (0, 1))
    assert 22 <= early["lung"] <= 35 and 2 <= late["lung"] <= 5.5
    assert 0 <= early["liver"] <= 3 and 12 <= late["liver"] <= 18
    assert 2 <= early["spleen"] <= 10 and 30 <= late["spleen"] <= 43
    assert np.abs(total[0] - 1).max() < 1e-4


def test_marrow_mononuclear_cells_by_hepatic_artery(cohort, run):
    """Eight patients, Tc-99m: liver 41 % at 3 h, 32 % at 24 h."""
    share, _, _ = _label(cohort, run, "bm_mnc_autologous", "hepatic_artery", 5e8, [0.125, 1.0])
    assert np.median(share["liver"][0]) == pytest.approx(41, abs=6)
    assert np.median(share["liver"][1]) == pytest.approx(32, abs=6)


def test_no_cell_is_lost_or_made(cohort, run):
    _, total, v = _label(cohort, run, "uc_msc", "peripheral_vein", 1e8, [0.01, 1.0, 5.0, 30.0])
    assert np.abs(total - 1).max() < 2e-3
    assert all(v[name].min() > -1e-6 for name in BODY)


def test_differentiation_alone_cannot_move_meld_by_a_point_at_msc_doses(cohort, run):
    """1e8 cells are about 0.03 % of the host's hepatocytes."""
    virtual = cohort("decompensated")
    what = traits("bm_msc_autologous", virtual.n, 1)
    cells = cell_doses(Regimen("bm_msc_autologous", "portal_vein", 1e8), what["viability"], np.zeros(virtual.n), 1)
    with_cells = run(virtual, [0, 30, 180], ["meld_unrounded"], cells, engraftment_1_d=what["engraftment_1_d"])
    without = run(virtual, [0, 30, 180], ["meld_unrounded"])
    assert np.abs(with_cells["meld_unrounded"] - without["meld_unrounded"]).max() < 0.2


def test_hepatocytes_in_large_doses_can_a_little(cohort, run):
    virtual = cohort("decompensated")
    what = traits("hepatocyte_allogeneic", virtual.n, 1)
    cells = cell_doses(Regimen("hepatocyte_allogeneic", "portal_vein", 1e10), what["viability"], np.zeros(virtual.n), 1)
    with_cells = run(virtual, [0, 30], ["meld_unrounded"], cells, engraftment_1_d=what["engraftment_1_d"])
    without = run(virtual, [0, 30], ["meld_unrounded"])
    gain = (without["meld_unrounded"] - with_cells["meld_unrounded"])[1].mean()
    assert 0.05 < gain < 3


@pytest.mark.parametrize(("remnant", "low", "high"), [(0.42, 0.70, 0.90), (0.63, 0.72, 0.92), (0.35, 0.68, 0.90)])
def test_a_donor_liver_grows_back(cohort, run, remnant, low, high):
    """74 to 90 % of the volume in 3 to 12 months after right-lobe resection."""
    v = _resected(cohort, run, remnant)
    assert low <= v[1] <= v[2] <= high
    assert v[0] > remnant


def test_a_liver_below_the_critical_remnant_fails(cohort, run):
    assert _resected(cohort, run, 0.12)[2] < 0.1


def _resected(cohort, run, remnant):
    virtual = cohort("none")
    n = virtual.n
    whole = {"hepatocytes_quiescent": np.full(n, remnant), "hepatocytes_replicating": np.zeros(n)}
    left = replace(virtual, initial={**virtual.initial, **whole, "hepatocytes_senescent": np.zeros(n)})
    given = {"regeneration_capacity": 1.0, "overload_mass": 0.12, "regeneration_half_mass": 0.20}
    v = run(left, [0, 30, 91, 365], ["hepatocytes_fraction"], cause_death_1_d=0.0, **given)
    return v["hepatocytes_fraction"][1:].mean(axis=1)


def test_growth_factor_alone_does_not_rescue_acute_failure(cohort, run):
    """Four patients given recombinant HGF: no effect."""
    virtual = cohort("alf")
    days, names = [0, 21], ["alive_untransplanted"]
    without = run(virtual, days, names)["alive_untransplanted"][1].mean()
    given = run(virtual, days, names, rx_regeneration=0.7, course_on_d=0.0, course_off_d=14.0)
    assert abs(given["alive_untransplanted"][1].mean() - without) < 0.10


def test_indocyanine_green_by_stage(cohort, run):
    """R15 about 4 % in health, 14, 36, 51 % in Child A, B, C."""
    seen = {
        c: np.median(run(cohort(c), [0, 1], ["icg_r15_percent"])["icg_r15_percent"][0])
        for c in ("none", "compensated", "decompensated", "aclf")
    }
    assert seen["none"] < 9 and 9 <= seen["compensated"] <= 26
    assert 30 <= seen["decompensated"] <= 55 and 40 <= seen["aclf"] <= 65


def test_no_ascites_below_ten_mmhg(cohort, run):
    for course in ("compensated", "decompensated", "chronic_hepatitis"):
        v = run(cohort(course), [0, 180, 730], ["hvpg_mmhg", "ascites_l"])
        assert v["ascites_l"][1:][v["hvpg_mmhg"][1:] < 9.9].max(initial=0.0) < 0.05


def test_scar_grows_at_the_pace_of_its_cause_and_melts_when_the_cause_is_gone(cohort, run):
    for course, low, high in (("chronic_hepatitis", 0.02, 0.15), ("cholestatic", 0.04, 0.25), ("steatosis", 0.0, 0.10)):
        virtual = cohort(course)
        c = run(virtual, [0, 1826], ["collagen_percent"])["collagen_percent"].mean(axis=1)
        assert low <= np.log(c[1] / c[0]) / 5 <= high, course
        gone = run(virtual, [0, 1826], ["collagen_percent"], **CURED)["collagen_percent"].mean(axis=1)
        assert gone[1] < c[0], course


def test_nothing_goes_negative_and_probabilities_stay_probabilities(cohort, run):
    from hepatica.twin._body import table

    names = list(table("states"))
    for course in ("aclf", "alf", "decompensated", "urea_cycle"):
        v = run(cohort(course), [0, 7, 90, 365], names)
        assert min(v[name].min() for name in names) > -1e-6
        alive = v["alive_untransplanted"] + v["alive_transplanted"] + v["alive_transplanted_recent"]
        assert alive.max() < 1 + 1e-6
        assert (v["alive_event_free"] <= v["alive_untransplanted"] + 1e-6).all()


def test_potency_holds_the_published_pools_and_no_effect():
    """The posterior predictive contains the published estimates AND no effect; nothing requires a benefit."""
    potency = posterior()["potency"]
    for day, published in (("day_14", -1.23), ("day_28", -1.87), ("day_168", -2.01), ("day_91", -2.54)):
        band = potency["meld_difference"][day]
        assert band["p05"] <= published <= band["p95"] and band["p05"] <= 0 <= band["p95"], day
    assert 0.05 < potency["p_no_benefit"] < 0.95
    assert potency["p_no_benefit"] <= potency["p_no_benefit_without_high_risk_of_bias"]
