"""Fitting one person: known truths are covered as often as promised, and what cannot be fitted is said."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy.stats import binom, kstest

from hepatica import patient, staging, twin
from hepatica.twin._body import table
from hepatica.twin._history import LAB_NAMES, History, history
from hepatica.twin._identify import simulated
from hepatica.twin._lived import Life, live
from hepatica.twin._population import noise
from hepatica.twin._sheet import Sheet
from hepatica.twin._smc import temper
from hepatica.twin._virtual import Context

UNITS = {
    "bilirubin": "umol/L",
    "albumin": "g/L",
    "inr": "1",
    "creatinine": "umol/L",
    "platelets": "10*9/L",
    "sodium": "mmol/L",
}
TODAY = dt.date(2026, 10, 1)
USUAL = {"bilirubin": 50.0, "albumin": 29.0, "inr": 1.5, "creatinine": 90.0}
CONTEXT = Context(weight_kg=70.0, age_y=55.0, ascites_l=0.8)


def record(values):
    """Return a staged record of (analyte, value, days ago) of decompensated cirrhosis."""
    rows = [
        {"analyte": a, "value": float(v), "unit": UNITS[a], "time": str(TODAY - dt.timedelta(days=float(d)))}
        for a, v, d in values
    ]
    p = patient.parse_short(
        {
            "id": "a",
            "sex": "male",
            "age": 55,
            "weight_kg": 70,
            "ascites": "slight",
            "encephalopathy_grade": 0,
            "conditions": ["cirrhosis", "ascites"],
            "observations": rows,
        }
    )
    return p, staging.stage(p)


def test_known_truths_are_covered_at_the_nominal_rate():
    """Ranks of the truth among the draws of its fit are uniform (Talts 2018), over people simulated as assumed."""
    days, wanted = (0.0, 90.0, 365.0), 16
    lives = simulated("decompensated", days, CONTEXT, 3 * wanted, 5)
    names = {LAB_NAMES[a]: a for a in UNITS}
    ranks = []
    for i in np.flatnonzero(lives.alive)[:wanted]:
        p, staged = record(
            (a, lives.seen[name][j, i], 365 - d) for name, a in names.items() for j, d in enumerate(days)
        )
        lived = live(history(p, staged, "decompensated"), CONTEXT, draws=300, seed=int(i), pool=5000, budget=12000)
        if lived is not None:
            ranks.append(
                [(lived.labs[name] < lives.true[name][-1, i]).mean() for name in names]
                + [(lived.past["progression_1_y"] < lives.latent["progression_1_y"][i]).mean()]
            )
    found = np.array(ranks)
    assert len(found) >= wanted - 3
    inside = int(((found > 0.05) & (found < 0.95)).sum())
    low, high = binom.interval(0.999, found.size, 0.90)
    assert low <= inside <= high
    assert min(kstest(column, "uniform").pvalue for column in found.T) > 0.001 / found.shape[1]


def test_tempering_finds_the_exact_posterior_of_a_linear_model():
    """Independent computation: the normal posterior of a linear model with normal errors, in closed form."""
    rng = np.random.default_rng(3)
    a, y, error = rng.standard_normal((8, 5)), 3 * rng.standard_normal(8), 0.2

    def evaluate(z):
        return -0.5 * (((y[:, None] - a @ z) / error) ** 2).sum(axis=0), z

    z = rng.standard_normal((5, 5000))
    found = temper(evaluate, z, evaluate(z)[0], rng, 200_000)
    cov = np.linalg.inv(np.eye(5) + a.T @ a / error**2)
    mean = cov @ a.T @ y / error**2
    assert found.power == 1 and found.ess >= 400
    assert np.abs(found.z.mean(axis=1) - mean).max() < 5 * np.sqrt(np.diag(cov).max() / found.ess)
    assert np.std(found.z, axis=1) == pytest.approx(np.sqrt(np.diag(cov)), rel=0.15)


def test_one_laboratory_value_is_enough():
    fit = twin.fit(*record([("bilirubin", 60, 0)]), draws=400)
    (row,) = fit.check
    assert fit.status == "fitted" and row["inside"] and row["p_value"] is None and row["p_others"] is None


def test_sixty_values_over_years_fit_and_do_not_fake_certainty():
    rng = np.random.default_rng(1)
    rows = [
        (a, v * np.exp(noise(LAB_NAMES[a]) * rng.standard_normal()), d)
        for d in np.linspace(0, 1050, 15)
        for a, v in USUAL.items()
    ]
    fit = twin.fit(*record(rows), draws=400)
    assert fit.status == "fitted" and fit.ess >= 400
    for row in fit.check:
        assert row["values"] == 15 and row["inside"] and row["p_value"] > 0.05
    spread = np.std(np.log(fit.virtual.initial["albumin_plasma_g"]))
    assert spread > 0.5 * noise("albumin_g_l")


def test_values_that_contradict_their_neighbours_are_named_and_hardly_move_the_fit():
    calm = [(a, v, d) for d in (0, 100, 200, 300, 400) for a, v in USUAL.items()]
    torn = [(a, 900 if (a, d) == ("bilirubin", 200) else v, d) for a, v, d in calm]
    fit = twin.fit(*record(torn), draws=400)
    assert any(n.startswith("the record contradicts itself: bilirubin 900 on 2026-03-15") for n in fit.notes)
    (row,) = (r for r in fit.check if r["analyte"] == "bilirubin")
    assert row["p50"] == pytest.approx(50, rel=0.15)
    twice = [*calm, ("bilirubin", 200, 100)]
    assert any("bilirubin is 50 and 200 on one day" in n for n in twin.fit(*record(twice), draws=400).notes)


def test_a_course_no_model_can_follow_is_called_so():
    rng = np.random.default_rng(0)
    rows = [
        (a, float(rng.choice((low, high))), d)
        for d in range(0, 1000, 100)
        for a, low, high in (("bilirubin", 10, 200), ("albumin", 20, 48), ("inr", 1, 2.4), ("sodium", 115, 150))
    ]
    fit = twin.fit(*record(rows), draws=400)
    assert sum(n.startswith("the record contradicts itself") for n in fit.notes) == 4
    assert fit.status != "fitted" or any("does not reproduce" in n for n in fit.notes)


def test_a_value_that_does_not_go_with_the_others_is_named():
    fit = twin.fit(*record([("bilirubin", 300, 0), ("inr", 2.4, 0), ("albumin", 54, 0)]), draws=400)
    assert any(n.startswith("albumin is unusual beside the other values") for n in fit.notes)


def test_the_same_seed_gives_the_same_fit():
    rows = [(a, v * (1.6 if d else 1), d) for d in (0, 60) for a, v in USUAL.items()]
    one, two = (twin.fit(*record(rows), draws=200, seed=4) for _ in range(2))
    assert all(np.array_equal(one.virtual.parameters[k], two.virtual.parameters[k]) for k in one.virtual.parameters)


def test_a_sheet_replays_its_people():
    sheet = Sheet(150, np.random.default_rng(2))
    life = Life(History("cholestatic", (0.0, 365.0), {}, (), 0, ()), CONTEXT, True)
    first = life.people(sheet)[0]
    again = life.people(sheet.at(sheet.z))[0]
    some = life.people(sheet.at(sheet.z[:, 20:40]))[0]
    person = {k for k, row in table("parameters").items() if "spread" in row}
    for name, value in first.parameters.items():
        assert np.array_equal(value, again.parameters[name])
        assert np.shape(value) == () or np.array_equal(value[20:40], some.parameters[name]) or name in person
