"""Risk models and their judges, against greenwood (an independent code) and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica.trials._risk import auc, brier, cox, cox_incidence, poisson, weights

greenwood, pandas = pytest.importorskip("greenwood"), pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(7)
    x = rng.standard_normal((300, 3)) * [1.0, 4.0, 0.3] + [0.0, 50.0, 1.0]
    rate = np.exp(0.8 * x[:, 0] + 0.05 * (x[:, 1] - 50)) / 900
    death, transplant, lost = (rng.exponential(1 / r) for r in (rate, np.full(300, 1 / 2500), np.full(300, 1 / 1500)))
    time = np.ceil(np.minimum(np.minimum(death, transplant), lost) / 5) * 5
    status = np.where(death <= np.minimum(transplant, lost), 2, np.where(transplant <= lost, 1, 0))
    return x, time, status


def test_cox_is_that_of_greenwood(sample):
    x, time, status = sample
    ours = cox(x, time, status == 2)
    theirs = greenwood.CoxPH(ties="breslow").fit(greenwood.Surv(time, (status == 2).astype(int)), x)
    assert ours.beta == pytest.approx(np.ravel(theirs.coef_), rel=1e-6)


def test_incidence_without_covariates_is_aalen_johansen(sample):
    _, time, status = sample
    flat = np.zeros((300, 1)) + np.random.default_rng(0).standard_normal((300, 1)) * 1e-9
    risk = cox_incidence(cox(flat, time, status == 2, 1e6), cox(flat, time, status == 1, 1e6), flat[:1], 365.0)[0]
    alive, reached = 1.0, 0.0
    for t in np.unique(time[time <= 365]):
        n = (time >= t).sum()
        reached += alive * ((time == t) & (status == 2)).sum() / n
        alive *= 1 - ((time == t) & (status > 0)).sum() / n
    assert risk == pytest.approx(reached, rel=0.01)


def test_brier_is_that_of_greenwood(sample):
    """Times differ: where a loss and a death fall on one day, codes weigh the death differently."""
    x, time, status = sample
    time = time + np.linspace(0, 1, len(time))
    risk = 1 / (1 + np.exp(-x[:, 0]))
    w, died = weights(time, status, 365.0)
    names = ["censored", "death", "transplant"]
    ended = pandas.Categorical(np.take(["censored", "transplant", "death"], status), categories=names)
    surv = greenwood.Surv(time, ended)
    theirs = greenwood.brier_score_incidence(surv, risk[:, None], [365.0], cause=1)
    assert brier(risk, died, w) == pytest.approx(float(np.ravel(theirs)[0]), rel=1e-6)


def test_auc_and_weights_by_hand():
    time, status = np.array([10.0, 20.0, 30.0, 40.0]), np.array([2, 0, 2, 0])
    w, died = weights(time, status, 35.0)
    assert w == pytest.approx([1, 0, 1.5, 1.5]) and died.tolist() == [1, 0, 1, 0]
    assert auc(np.array([0.9, 0.1, 0.2, 0.5]), died, w) == pytest.approx(1 / 2.5)


def test_poisson_recovers_a_rate_and_its_slope():
    rng = np.random.default_rng(4)
    x, exposure = rng.standard_normal((20000, 2)), rng.uniform(1, 3, 20000)
    events = rng.poisson(exposure * np.exp(-2 + x @ [0.7, -0.3])).astype(float)
    assert poisson(x, exposure, events, 0.0) == pytest.approx([-2, 0.7, -0.3], abs=0.05)
