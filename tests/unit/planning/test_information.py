"""The value of information against closed forms for normal net benefits, weights and the Pareto front by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from hepatica import outcomes
from hepatica.errors import InputError
from hepatica.planning.front import front
from hepatica.planning.information import of_study, partial, perfect, ranked
from hepatica.planning.weights import Parts, Weights

N = 20_000


def closed_form(mean: float, sd: float) -> float:
    """Return E max(0, X) - max(0, mean) for a normal X."""
    return float(mean * norm.cdf(mean / sd) + sd * norm.pdf(mean / sd) - max(0.0, mean))


def normal_case() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return net benefits of two options, and the two independent quantities whose sum is the second's."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(0, 2, N), rng.normal(0, 1, N)
    return np.stack([np.zeros(N), 0.5 + a + b]), a, b


def test_perfect_and_partial_information_match_the_closed_form() -> None:
    net, a, b = normal_case()
    assert perfect(net).mean == pytest.approx(closed_form(0.5, np.sqrt(5)), rel=0.03)
    assert partial(net, a).mean == pytest.approx(closed_form(0.5, 2), rel=0.04)
    assert partial(net, b).mean == pytest.approx(closed_form(0.5, 1), rel=0.08)
    assert [name for name, _ in ranked(net, {"b": b, "a": a})] == ["a", "b"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_study_is_worth_what_its_preposterior_says(share: float) -> None:
    net, a, _ = normal_case()
    assert of_study(net, a, share).mean == pytest.approx(closed_form(0.5, 2 * np.sqrt(share)), rel=0.06, abs=0.01)


def test_what_has_no_bearing_is_worth_nothing() -> None:
    net, a, _ = normal_case()
    noise = partial(net, np.random.default_rng(9).normal(size=N)).mean
    assert 0 <= noise < 0.01 * partial(net, a).mean
    assert partial(net, np.full(N, 3.0)).mean == pytest.approx(0, abs=1e-12)
    assert of_study(net, a, 0.0).mean == pytest.approx(0, abs=1e-12)


def test_a_curved_dependence_is_seen() -> None:
    x = np.random.default_rng(4).uniform(-1, 1, N)
    net = np.stack([np.zeros(N), x**2 - 1 / 3])
    wanted = float(np.maximum(x**2 - 1 / 3, 0).mean())
    assert partial(net, x).mean == pytest.approx(wanted, rel=0.06)


def test_the_interval_covers_what_other_draws_give() -> None:
    rng = np.random.default_rng(5)
    truth = closed_form(0.5, 1)
    held = 0
    for trial in range(20):
        found = perfect(np.stack([np.zeros(800), rng.normal(0.5, 1, 800)]), seed=trial)
        held += found.lo <= truth <= found.hi
    assert held >= 14


def test_weights_change_the_net_benefit_and_nothing_else() -> None:
    part = Parts(np.array([10.0, 0.0]), np.array([2.0, 1.0]), np.array([1.0, 1.0]), 3.0, np.array([3000.0, 0.0]))
    assert part.net(Weights()).tolist() == [11.0, 0.0]
    assert part.net(Weights(survival=0, quality=2, harms=0.5, burden=1)).tolist() == [0.5, -1.5]
    assert part.net(Weights(cost=1, pay_a_qaly=30_000)) == pytest.approx([11 - 36.525, 0])
    assert part.net(Weights(cost=1, pay_a_qaly=60_000)) == pytest.approx([11 - 18.2625, 0])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("survival=0,quality=0", r"neither longer nor better[\s\S]*above 0"),
        ("quality=-1", r"weight quality is -1[\s\S]*0 or more"),
        ("harms=nan", "weight harms is nan"),
        ("hope=1", r"unknown weight 'hope'[\s\S]*survival, quality"),
        ("quality", "'quality' is no weight"),
        ("cost=1", r"not what a quality-adjusted year may cost[\s\S]*add pay_a_qaly"),
        ({"quality": "much"}, "weight quality is 'much'"),
    ],
)
def test_contradictory_weights_are_named(given: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Weights.read(given)  # type: ignore[arg-type]


def test_the_front_keeps_what_nothing_beats() -> None:
    def part(survival: float, harm: float, burden: float = 0.0, cost: float | None = None) -> Parts:
        return Parts(np.array([survival]), None, np.array([harm]), burden, None if cost is None else np.array([cost]))

    found = front({"none": part(0, 0), "good": part(5, 1), "worse": part(4, 2), "dear": part(6, 1, 3, 100.0)})
    assert found == {"none": (), "good": (), "worse": ("good",), "dear": ()}


def test_longer_and_better_life_add_up_to_the_gain_in_qalys() -> None:
    rng = np.random.default_rng(6)
    days = np.array([0.0, 30, 90, 365])
    alive = np.minimum.accumulate(rng.uniform(0.5, 1, (4, 50)), axis=0)
    base = alive * 0.9
    own_cp, base_cp = rng.uniform(5, 13, (4, 50)), rng.uniform(5, 13, (4, 50))
    longer, better = outcomes.gains(days, alive, own_cp, base, base_cp, "decompensated", seed=1)
    own = outcomes.qaly(days, alive, own_cp, "decompensated", seed=1).draws
    other = outcomes.qaly(days, base, base_cp, "decompensated", seed=1).draws
    np.testing.assert_allclose(longer + better, (own - other) * 365.25, rtol=1e-9, atol=1e-9)
    assert (longer > 0).all()
