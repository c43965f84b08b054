"""Causes, stores and events: what is published of each must hold in the virtual cohort."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hepatica.twin._body import table
from hepatica.twin.organs.injury import DRIVERS

PER_STAGE = table("causes")["shared"]["collagen_per_stage"]
CURED = {f"{driver}_target": 0.0 for driver in DRIVERS}


@pytest.mark.parametrize(
    ("cause", "course", "low", "high"),
    [
        ("HCV", "chronic_hepatitis", 0.085, 0.130),
        ("MASLD", "steatosis", 0.07, 0.14),
        ("alcohol", "chronic_hepatitis", 0.09, 0.20),
        ("HBV", "chronic_hepatitis", 0.095, 0.24),
        ("PBC", "cholestatic", 0.15, 0.35),
    ],
)
def test_untreated_the_scar_of_each_cause_grows_at_its_published_rate(cohort, run, cause, course, low, high):
    """Stages a year: HCV 0.085 to 0.13, fatty liver 0.07 to 0.14; alcohol and HBV by cirrhosis, PBC by biopsies."""
    c = run(cohort(course, causes=(cause,)), [0, 365], ["collagen_percent"])["collagen_percent"]
    assert low <= np.log(c[1] / c[0]).mean() / PER_STAGE <= high


@pytest.mark.parametrize(
    ("cause", "course"), [("HBV", "compensated"), ("alcohol", "decompensated"), ("HCV", "chronic_hepatitis")]
)
def test_removing_the_cause_slows_its_scar(cohort, run, cause, course):
    virtual = cohort(course, causes=(cause,))
    kept, gone = (run(virtual, [0, 1826], ["collagen_percent"], **g)["collagen_percent"][1] for g in ({}, CURED))
    assert gone.mean() < 0.95 * kept.mean()


def test_a_treatment_of_another_cause_does_nothing(cohort, run):
    virtual = cohort("compensated", causes=("alcohol",))
    plain, antiviral = (
        run(virtual, [0, 365], ["collagen_percent", "alt_u_l"], **g) for g in ({}, {"rx_viral": 0.001, "start_d": 0.0})
    )
    assert np.array_equal(plain["collagen_percent"], antiviral["collagen_percent"])


def test_enzymes_settle_when_the_virus_is_gone(cohort, run):
    virtual = cohort("chronic_hepatitis", causes=("HCV",))
    alt = np.median(run(virtual, [0, 365], ["alt_u_l"], rx_viral=0.0001, start_d=0.0)["alt_u_l"], axis=1)
    assert alt[0] > 50 and alt[1] < 40


def test_paracetamol_harms_above_a_threshold_and_acetylcysteine_prevents_it_early(cohort, run):
    """BIOMD609: glutathione takes up what sulphation and glucuronidation leave, until it is spent."""
    healthy = cohort("none", causes=("other",))
    insult = {}
    for name, grams, given in (
        ("ten", 10, {}),
        ("thirty", 30, {}),
        ("thirty, NAC", 30, {"rx_glutathione": 3.0, "course_on_d": 0.0, "course_off_d": 3.0}),
    ):
        taken = {**healthy.initial, "paracetamol_fmol": np.full(healthy.n, 132.0 * grams / 20)}
        v = run(replace(healthy, initial=taken), [0, 2], ["acute_insult", "glutathione_fmol"], **given)
        insult[name] = np.median(v["acute_insult"][1])
    assert insult["ten"] < 0.1 < 0.8 < insult["thirty"]
    assert insult["thirty, NAC"] < 0.5 * insult["thirty"]


def test_the_store_of_sugar_shrinks_in_cirrhosis_and_fails_with_the_liver(cohort, run):
    """Glycogen 34 % less in cirrhosis, glucose production 9 against 10; a failing liver lets glucose fall."""
    names = ["glycogen_g", "glucose_made_mmol_d", "glucose_mmol_l"]
    v = {c: {k: np.median(x[1]) for k, x in run(cohort(c), [0, 1], names).items()} for c in ("none", "compensated")}
    assert 0.5 <= v["compensated"]["glycogen_g"] / v["none"]["glycogen_g"] <= 0.8
    assert 0.8 <= v["compensated"]["glucose_made_mmol_d"] / v["none"]["glucose_made_mmol_d"] <= 1.0
    assert 4.5 <= v["none"]["glucose_mmol_l"] <= 5.5
    whole = cohort("none")
    dead = {"hepatocytes_quiescent": np.full(whole.n, 0.05), "hepatocytes_replicating": np.zeros(whole.n)}
    failing = replace(whole, initial={**whole.initial, **dead, "hepatocytes_senescent": np.zeros(whole.n)})
    assert np.median(run(failing, [0, 5], ["glucose_mmol_l"])["glucose_mmol_l"][1]) < 3.5


def test_the_kinds_add_up_to_the_first_decompensation(cohort, run):
    names = [f"{k}_incidence" for k in ("ascites", "bleeding", "encephalopathy", "decompensation")]
    v = run(cohort("compensated"), [0, 365, 1826], names)
    assert np.allclose(sum(v[n] for n in names[:3]), v[names[3]], atol=1e-4)


def test_compensated_cirrhosis_decompensates_and_turns_to_cancer_at_published_rates(cohort, run):
    """Five years: decompensation 24.5 % (SD 13.6 between studies); cancer in active hepatitis C 3.4 a hundred years."""
    v = run(cohort("compensated", causes=("HCV",)), [0, 365, 1826], ["decompensation_incidence", "hcc_incidence"])
    assert 0.11 <= v["decompensation_incidence"][2].mean() <= 0.38
    assert 0.015 <= v["hcc_incidence"][1].mean() <= 0.040


def test_events_stay_probabilities_and_follow_the_stage(cohort, run):
    names = [f"{k}_incidence" for k in ("infection", "aclf", "hcc")]
    year = {c: run(cohort(c, ascites_l=None), [0, 365], names) for c in ("compensated", "decompensated")}
    for name in names:
        assert year["decompensated"][name].min() >= 0 and year["decompensated"][name].max() <= 1
    for name in names[:2]:
        assert year["compensated"][name][1].mean() < year["decompensated"][name][1].mean()
    assert 0.03 <= year["decompensated"]["infection_incidence"][1].mean() <= 0.40
