"""The dose search: within the studied range, on the same draws, as good as trying every dose."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from fake_twin import EXAMPLES, TODAY
from test_race import Course, go, options

from hepatica import twin
from hepatica.patient import parse_short
from hepatica.planning import race, refine
from hepatica.planning.weights import Weights
from hepatica.planning.work import Asked, screen


def hill(best, width=1.0):
    """Return net benefits that peak at a dose: 10 less the squared log distance, the same noise for all."""
    noise = np.random.default_rng(1).standard_normal(64)
    return lambda asked: {
        o.id: 10.0 - (np.log(o.regimen.dose_cells / best) / width) ** 2 + 0.1 * (noise - noise.mean()) for o in asked
    }


@pytest.mark.parametrize("best", [3e7, 6e7, 1.3e8, 2.5e8])
def test_a_peak_between_the_ends_is_found(best):
    (found, net, own), *_ = refine.refined(options([7e7]), hill(best))
    low, high = refine.studied(options([7e7])[0])
    assert low <= found.regimen.dose_cells <= high
    assert net.mean() == pytest.approx(10.0, rel=0.01) and net.mean() >= own.mean()


@pytest.mark.parametrize(("best", "end"), [(1e3, 0), (1e12, 1)])
def test_a_peak_outside_what_was_studied_stops_at_the_end(best, end):
    (found, _, _), *_ = refine.refined(options([7e7]), hill(best))
    assert found.regimen.dose_cells == pytest.approx(refine.studied(options([7e7])[0])[end])


def test_with_the_real_twin_the_optimum_is_within_one_percent_of_trying_every_dose():
    path = next(p for p in EXAMPLES if p.stem == "decompensated_alcohol_cirrhosis")
    asked = Asked(64, 1, TODAY, "EU", Weights(harms=0.0))
    found = screen(parse_short(json.loads(path.read_text(encoding="utf-8"))), asked)
    fit = twin.fit(found.facts.patient, found.facts.staging, draws=64, seed=1)
    option = next(o for o in found.screen.passing if o.product == "bm_msc_autologous")
    days = np.linspace(0.0, found.judged_day, 3)

    def nets(rows):
        return race._nets(twin, fit, rows, days, 24, found.course, asked.weights, 1)

    (_, net, _), *_ = refine.refined([option], nets)
    every = [refine._at(option, d) for d in np.geomspace(*refine.studied(option), 40)]
    brute = [float(v.mean()) for v in nets(every).values()]
    assert net.mean() >= max(brute) - 0.01 * (max(brute) - min(brute)), "1 % of what the dose can change"
    assert max(brute) - min(brute) > 0.01


class Flat(Course):
    """A twin in which no dose matters."""

    Option = staticmethod(
        lambda name, regimen, actions: SimpleNamespace(id=name, regimen=regimen and SimpleNamespace(dose_cells=1e8))
    )


def test_the_race_says_whether_a_dose_can_be_told_from_the_one_it_began_with():
    (row,) = go(Course(noise=0.0), [1e7, 2e7, 1e8]).doses
    assert row["told_apart"] and row["best_cells"] == row["to_cells"] > row["own_cells"] and "does most" in row["text"]
    (row,) = go(Flat(noise=0.01), [1e7, 2e7, 1e8]).doses
    assert not row["told_apart"] and "no dose can be told" in row["text"]
