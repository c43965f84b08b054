"""What a bias of the evidence would change: the discount is the published one, and it never adds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fake_twin import TODAY, FakeTwin
from test_combinations import DECOMPENSATED

from hepatica.patient import parse_short
from hepatica.planning import robustness, sources
from hepatica.planning.choose import choose
from hepatica.planning.compare import Compared
from hepatica.planning.option import Option
from hepatica.planning.weights import Parts, Weights
from hepatica.planning.work import Asked, work


def compared(name, dead, gain):
    parts = Parts(np.full(50, gain), None, np.zeros(50), 0.0)
    option = Option(name, name, name, "drug", "offered", "x", recommendable=True)
    draws = {"survival": np.vstack([np.ones(50), np.full(50, 1.0 - dead)])}
    return Compared(option, {}, parts.net(Weights()), "days", parts, draws)


def test_the_exaggeration_is_that_of_the_published_rows():
    """Independent computation: exp(ln 0.90 + ln 0.89) = 0.801; sd of the log 0.131 from the intervals and four taus."""
    bias = robustness.exaggeration(200_000, 1)
    assert np.exp(bias.mean()) == pytest.approx(0.801, abs=0.002)
    assert bias.std() == pytest.approx(0.131, abs=0.002)


def test_a_gain_keeps_the_share_of_its_log_odds_ratio_that_bias_leaves():
    """Odds of death 1 and 0.5: a log odds ratio of -0.693; a ratio of 0.8 leaves 1 - 0.223/0.693 of it."""
    usual, own = compared("standard_care", 0.5, 0.0), compared("x", 1 / 3, 10.0)
    share = robustness.kept(own, usual, np.log([0.8, 0.4, 1.2]))
    assert share == pytest.approx([0.678, 0.0, 1.0], abs=0.001)


def test_what_gains_nothing_is_left_alone_and_a_gain_without_survival_is_none():
    usual = compared("standard_care", 0.5, 0.0)
    assert robustness.kept(compared("worse", 0.6, -5.0), usual, np.log([0.8])) == 1.0
    assert robustness.kept(compared("odd", 0.5, 3.0), usual, np.log([0.8])) == 0.0


def workings(twin, **more):
    return work(parse_short(DECOMPENSATED), replace(Asked(200, 1, TODAY, "EU", Weights()), **more), twin)


def test_every_discount_of_the_gains_lowers_or_keeps_net_benefit():
    w = workings(FakeTwin(0.2, gain={"albumin": 0.3}))
    found = robustness.robustness(w)
    before = {c.option.id: float(c.net.mean()) for c in w.compared}
    assert found["options"]
    for row in found["options"]:
        assert row["net_benefit"]["mean"] <= max(before[row["id"]], 0.0) + 1e-9, row["id"]


def test_cells_that_would_be_chosen_are_not_where_their_evidence_weighs_nothing(monkeypatch):
    monkeypatch.setattr("hepatica.planning.choose._pathways", lambda: ())
    w = work(parse_short(DECOMPENSATED), Asked(200, 1, TODAY, "EU", Weights()), FakeTwin(3.0))
    first = next(c for c in w.compared if c.option.product)
    allowed = replace(first, option=replace(first.option, recommendable=True))
    w = replace(w, compared=tuple(allowed if c is first else c for c in w.compared))
    assert choose(w.facts, w.compared, w.limit, w.ess).option.product
    found = robustness.robustness(w)
    assert next(c.option for c in w.compared if c.option.id == found["without_evidence"]).product is None
    assert found["recommendation"]["changes_to"] is not None


def test_a_choice_by_the_forecast_changes_where_its_gains_no_longer_pay_for_its_harms():
    w = workings(FakeTwin(gain={"tips": 0.05, "albumin": 0.049}))
    best = robustness.robustness(w)["forecast_best"]
    assert best["changes_at_discount"] is not None and best["changes_to"] != best["option"]
    c = next(c for c in w.compared if c.option.id == best["option"])
    less = robustness.discounted(c, 1.0 - best["changes_at_discount"], w)
    others = [robustness.discounted(o, 1.0 - best["changes_at_discount"], w) for o in w.compared]
    assert float(less.net.mean()) < max(float(o.net.mean()) for o in others if o.option.recommendable) + 1e-9


def test_a_row_of_bias_whose_interval_misses_it_does_not_load(monkeypatch):
    row = {"flaw": "x", "ratio": 0.9, "lo": 0.95, "hi": 0.99, "source": "page_2016"}
    monkeypatch.setattr(sources, "read", lambda *_: {"exaggeration": [row]})
    with pytest.raises(ValueError, match="misses"):
        robustness.flaws.__wrapped__()
