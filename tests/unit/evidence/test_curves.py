"""Kaplan-Meier points against Cox's model of the same patients (tests/reference/rare.R, package survival)."""

import json
import math
from pathlib import Path

import pytest

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.kaplan_meier import Curve, log_hazard_ratio, odds_from_percent

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "rare.json").read_text())["curves"]


def curves(name, risk=True):
    data = REFERENCE[name]
    last = next((i for i, s in enumerate(data["treated"]["survival"]) if s == 0), len(data["days"]))
    last = min(last, next((i for i, s in enumerate(data["control"]["survival"]) if s == 0), last))
    arms = (data["treated"], data["control"])
    return [
        Curve.of(data["days"][:last], a["survival"][:last], a["at_risk"][:last] if risk else a["at_risk"][:1])
        for a in arms
    ]


@pytest.mark.parametrize("name", REFERENCE)
def test_points_come_near_to_cox(name):
    effect, told = log_hazard_ratio(*curves(name))
    cox = REFERENCE[name]
    assert told == ()
    assert effect.yi == pytest.approx(cox["log_hr"], abs=0.5 * cox["se"])
    assert math.sqrt(effect.vi) == pytest.approx(cox["se"], rel=0.2)


def test_without_numbers_at_risk_the_reader_is_told():
    effect, told = log_hazard_ratio(*curves("colon", risk=False))
    assert "as if nobody left early" in told[0]
    assert effect.yi == pytest.approx(REFERENCE["colon"]["log_hr"], abs=REFERENCE["colon"]["se"])


def test_one_interval_by_hand():
    # 100 a side, 20 and 40 die, nobody leaves: hazards -log 0.8 and -log 0.6
    a = Curve.of([0, 90], [1, 0.8], [100])
    b = Curve.of([0, 90], [1, 0.6], [100])
    effect, _ = log_hazard_ratio(a, b)
    one, other = -math.log(0.8), -math.log(0.6)
    variance = 0.2 / (0.8 * 100 * one**2) + 0.4 / (0.6 * 100 * other**2)
    assert (effect.yi, effect.vi) == pytest.approx((math.log(one / other), variance))


def test_intervals_without_events_are_joined():
    a = Curve.of([0, 30, 60, 90], [1, 1, 0.8, 0.8], [50])
    b = Curve.of([0, 30, 60, 90], [1, 0.9, 0.8, 0.6], [50])
    effect, _ = log_hazard_ratio(a, b)
    whole, _ = log_hazard_ratio(Curve.of([0, 90], [1, 0.8], [50]), Curve.of([0, 90], [1, 0.6], [50]))
    assert effect.yi == pytest.approx(whole.yi)


def test_odds_of_two_percentages():
    effect = odds_from_percent(0.8, 50, 0.6, 40)
    assert (effect.yi, effect.vi) == pytest.approx((math.log(4 / 1.5), 1 / 8 + 1 / 9.6))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: Curve.of([0, 30], [1, 1.1], [9]), InputError),
        (lambda: Curve.of([0, 30], [100, 80], [9]), InputError),
        (lambda: Curve.of([10, 30], [1, 0.8], [9]), InputError),
        (lambda: Curve.of([0, 30], [1, 0.8], [9, 12]), InputError),
        (lambda: log_hazard_ratio(Curve.of([0, 30], [1, 1], [9]), Curve.of([0, 30], [1, 0.5], [9])), CannotAnswer),
        (lambda: log_hazard_ratio(Curve.of([0, 30], [1, 0.9], [9]), Curve.of([0, 40], [1, 0.5], [9])), InputError),
        (lambda: odds_from_percent(1.0, 9, 0.5, 9), CannotAnswer),
        (lambda: odds_from_percent(80, 9, 0.5, 9), InputError),
    ],
)
def test_what_cannot_be_read_is_said(call, error):
    with pytest.raises(error):
        call()
