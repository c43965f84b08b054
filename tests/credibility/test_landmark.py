"""Dynamic prediction: no look into the future or the test fold, and a page that says what its numbers say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("greenwood")
pytest.importorskip("pandas")

from hepatica.trials._landmark import GRID_D, LABS, LAST, LAYERS, Case, observe, predict
from hepatica.trials._pbcseq import people
from hepatica.trials._visits import spread

PAGE = Path(__file__).parents[2] / "docs" / "dynamic-prediction.md"


@pytest.fixture(scope="module")
def mayo():
    return people()


def test_the_cohort_is_the_mayo_one(mayo):
    """Counts of the cohort as R's survival package documents them: 312 people, 1945 visits, 140 deaths, 29 grafts."""
    assert len(mayo) == 312 and sum(len(p.visits) for p in mayo) == 1945
    assert [sum(p.status == s for p in mayo) for s in (2, 1)] == [140, 29]


def test_nothing_after_the_landmark_reaches_the_twin(mayo):
    person = next(p for p in mayo if len(p.visits) >= 6 and p.followed_d > 1500)
    later = tuple(v if v["day"] <= 730.5 else {**v, "bili": 40.0, "albumin": 1.5, "edema": 1.0} for v in person.visits)
    one, two = observe(person, 2), observe(replace(person, visits=later), 2)
    assert one.shipped == two.shipped and one.covariates == two.covariates
    assert all(np.array_equal(one.ahead[k], two.ahead[k]) for k in one.ahead)


def test_who_is_gone_before_a_landmark_is_not_asked_about(mayo):
    gone = next(p for p in mayo if p.followed_d < 365)
    assert observe(gone, 0) is not None and observe(gone, 1) is None


def test_the_spread_between_visits_is_that_of_the_noise_and_leaves_out_every_fifth_person(mayo):
    """Independent noise of SD 0.1 on the log: differences have SD 0.1 √2, whatever the gap."""
    rng = np.random.default_rng(6)
    own = [replace(p, visits=tuple({**v, "bili": np.exp(0.1 * rng.standard_normal())} for v in p.visits)) for p in mayo]
    wild = [
        replace(p, visits=tuple({**v, "bili": v["bili"] * 9} for v in p.visits)) if p.id % 5 == 0 else p for p in own
    ]
    found, pairs = spread(own, "bili", (0.7, 1.3))
    assert pairs > 400 and found == pytest.approx(0.1 * np.sqrt(2), rel=0.15)
    assert spread(wild, "bili", (0.7, 1.3)) == (found, pairs)


@pytest.fixture(scope="module")
def invented():
    """Cases with a known hazard, without the twin: bilirubin drives death, nothing else does."""
    rng = np.random.default_rng(2)
    cases = []
    for i in range(400):
        bilirubin, rest = rng.normal(3.4, 1.0), rng.standard_normal(4)
        left = rng.exponential(365 / (0.25 * np.exp(bilirubin - 3.4)))
        status = 2 if left < 1200 else 0 if rng.random() < 0.7 else 1
        names = dict.fromkeys(("hvpg_mmhg", "platelets_e9_l", "death_1_d", *LABS, *LAST, "age", "oedema"), 0.0)
        names |= {"bilirubin_umol_l": bilirubin, "last_bilirubin": bilirubin, "death_1_d": bilirubin}
        ahead = {k: np.full(len(GRID_D), v) + 0.01 * rng.standard_normal() for k, v in names.items()}
        covariates = (bilirubin, *(float(x) for x in rest))
        cases.append(
            Case(i, i % 4, min(left, 1200.0), status, covariates, ahead, (0.1, 0.2), 1, "fitted", 500.0, False)
        )
    return cases


def test_what_happens_to_the_test_fold_does_not_reach_its_own_risk(invented):
    turned = [replace(c, status=2 - c.status, left_d=1 + 0.5 * c.left_d) if c.id % 5 == 3 else c for c in invented]
    one, two = predict(invented), predict(turned)
    fold = one.column(lambda c: c.id % 5) == 3
    for name in one.risks:
        assert np.array_equal(one.risks[name][fold], two.risks[name][fold]), name
    assert not np.array_equal(one.risks["labs"][~fold], two.risks["labs"][~fold])


def test_layer_and_cox_recover_a_known_risk(invented):
    """The risk of an exponential time with this rate, in closed form."""
    found = predict(invented)
    true = 1 - np.exp(-0.25 * np.exp(found.column(lambda c: c.covariates[0]) - 3.4) * 365.25 / 365)
    for name in ("labs", "cox"):
        assert np.abs(found.risks[name][:, 0] - true).mean() < 0.04, name
    assert set(found.chosen) <= set(LAYERS)


def test_the_page_says_what_its_numbers_say():
    text = PAGE.read_text("utf-8")
    cells = re.findall(r"^\| [0-3] y \| [12] y \|.*$", text, re.MULTILINE)
    assert len(cells) == 8
    columns = np.array([[float(x.split()[0]) for x in row.split("|")[3:-1]] for row in cells])
    auc, brier = columns[:, 2].mean() - columns[:, 3].mean(), columns[:, 5].mean() - columns[:, 6].mean()
    said = re.findall(r"difference ([+-][\d.]+) \(([+-][\d.]+) to ([+-][\d.]+)\)", text)
    assert float(said[0][0]) == pytest.approx(auc, abs=0.0012) and float(said[1][0]) == pytest.approx(brier, abs=2e-4)
    words = re.findall(r"\): (met|\*\*not met\*\*)\.$", text, re.MULTILINE)
    assert words == ["met" if ok else "**not met**" for ok in (float(said[0][1]) > -0.02, float(said[1][2]) < 0.003)]
