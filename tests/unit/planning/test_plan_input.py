"""Input that cannot be planned with is named, with the way to mend it."""

from __future__ import annotations

import pytest
from fake_twin import FakeTwin
from test_sanity import WELL, labs

from hepatica import planning
from hepatica.errors import CannotAnswer, InputError
from hepatica.patient import parse_short
from hepatica.planning import choose
from hepatica.planning.unusual import unusual
from hepatica.planning.weights import Weights
from hepatica.planning.work import Asked, work


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("quality=2,quality=3", "given as 2 and as 3"),
        ("pay_a_qaly=30000", "cost does not count"),
    ],
)
def test_weights_that_contradict_each_other_or_say_nothing(text, named):
    with pytest.raises(InputError, match=named) as told:
        Weights.read(text)
    assert told.value.where == "weights" and told.value.mend


def test_a_weight_given_twice_alike_is_no_contradiction():
    assert Weights.read("quality=2,quality=2").quality == 2


def test_no_option_at_all_is_said_and_not_a_traceback():
    w = work(parse_short(WELL), Asked(50, 1, None, "EU", Weights()), FakeTwin())
    with pytest.raises(CannotAnswer, match="nothing is left to choose from") as told:
        choose.choose(w.facts, [], w.limit, w.ess)
    assert "standard_care" in told.value.mend


def test_values_that_fit_nobody_are_named_with_what_to_do():
    odd = WELL | {
        "id": "odd", "etiology": ["alcohol"], "conditions": ["cirrhosis"],
        "observations": labs(
            bilirubin=900, albumin=58, inr=0.9, creatinine=30, sodium=160, platelets=900, alt=9000, ast=8
        ),
    }  # fmt: skip
    plan = planning.plan(parse_short(odd), draws=100).to_json()
    (said,) = [u for u in plan["unknown"] if u.startswith("Whether these values are right")]
    assert "bilirubin" in said and "ALT" in said and "measure them again" in said
    usual = planning.plan(parse_short(WELL), draws=100).to_json()
    assert not [u for u in usual["unknown"] if u.startswith("Whether these values are right")]


def test_a_fit_that_checks_nothing_finds_nothing_unusual():
    fit = FakeTwin().fit(None, None)
    assert unusual(fit) == []
