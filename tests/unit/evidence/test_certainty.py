"""Certainty falls by what can be counted: too few patients, wide intervals, small studies that say more."""

import math
from dataclasses import replace

import pytest
from scipy import stats

from hepatica import evidence
from hepatica.evidence.certainty import judge
from hepatica.evidence.effects import Effect
from hepatica.evidence.extract import answers
from hepatica.evidence.information import size_for_mean, size_for_risk, smallest
from hepatica.evidence.pooling import pool_effects
from hepatica.evidence.question import ask


def domain(verdict, name):
    return next(r for r in verdict["reasons"] if r["domain"] == name)


def judged(rows, outcome="survival"):
    q = ask(outcome, 90, "alcoholic_hepatitis", "g_csf")
    pooled = pool_effects([r.effect.yi for r in rows], [r.effect.vi for r in rows])
    return judge(q, rows, pooled, [])


@pytest.fixture(scope="module")
def rows():
    return answers(ask("survival", 90, "alcoholic_hepatitis", "g_csf"))[0]


@pytest.mark.parametrize("risk", [0.1, 0.3, 0.56, 0.9])
def test_the_optimal_size_has_the_power_it_claims(risk):
    n, other = size_for_risk(risk) / 2, 0.75 * risk
    null = math.sqrt(2 * (risk + other) / 2 * (1 - (risk + other) / 2) / n)
    apart = math.sqrt((risk * (1 - risk) + other * (1 - other)) / n)
    power = stats.norm.cdf((risk - other - stats.norm.ppf(0.975) * null) / apart)
    assert power == pytest.approx(0.8, abs=0.004)


def test_half_a_standard_deviation_takes_126_patients():
    # two-sample normal approximation, d = 0.5, 5 % and 80 %: 62.8 an arm
    assert size_for_mean(2.0, 1.0) == 126


def test_no_size_where_no_control_died():
    assert size_for_risk(0.0) is None and size_for_risk(1.0) is None


def test_a_published_difference_beats_half_an_sd():
    assert smallest("cldq_overall", 3.0).value == 1 and smallest("cldq_overall", 3.0).published
    other = smallest("meld", 6.0)
    assert other.value == 3.0 and not other.published and "half an SD" in other.why


def test_patients_are_counted_against_what_would_settle_it(rows):
    verdict = judged(rows)
    assert verdict["patients"] == sum(dict(r.numbers)["n"] + dict(r.numbers)["control_n"] for r in rows)
    assert verdict["patients"] < verdict["wanted"] and domain(verdict, "imprecision")["down"] >= 1


def test_many_patients_and_a_narrow_interval_take_no_step(rows):
    many = [replace(r, numbers=tuple((k, 50 * v) for k, v in r.numbers), effect=Effect(1.6, 0.004)) for r in rows]
    assert domain(judged(many), "imprecision")["down"] == 0


def test_an_interval_from_benefit_to_harm_takes_two(rows):
    wide = [replace(r, effect=Effect(y, 0.9)) for r, y in zip(rows, (-1.0, 1.0, -0.8, 0.9), strict=True)]
    reason = domain(judged(wide), "imprecision")
    assert reason["down"] == 2 and "benefit and appreciable harm" in reason["why"]


def test_small_studies_are_tested_from_ten_on(rows):
    def spread(k, slope):
        errors = [0.2 + 0.08 * i for i in range(k)]
        return [
            replace(rows[0], effect=Effect(0.1 + slope * se + 0.02 * (-1) ** i, se**2))
            for i, se in enumerate(errors)
        ]  # fmt: skip

    assert "below 10" in domain(judged(spread(9, 2.0)), "missing evidence")["why"]
    assert domain(judged(spread(12, 2.0)), "missing evidence")["down"] == 1
    assert domain(judged(spread(12, 0.0)), "missing evidence")["down"] == 0


def test_two_trials_that_agree_by_chance_are_not_precise():
    # day 28, steroids: 2.69 to 4.04 by plain Knapp-Hartung, of 144 patients with 11 deaths between them
    a = evidence.pool("survival", 28, "alcoholic_hepatitis", "steroids").to_json()
    assert a["ci"][0] > 0 and a["ci_method"] == "hksj"
    why = {r["domain"]: r for r in a["certainty"]["reasons"]}
    assert why["imprecision"]["down"] == 2 and "Knapp-Hartung's is narrower" in why["imprecision"]["why"]
    assert "on top of another active treatment (g_csf, pentoxifylline)" in why["indirectness"]["why"]
    wald = evidence.pool("survival", 28, "alcoholic_hepatitis", "steroids", ci="wald").to_json()
    told = "{:.3g} to {:.3g}".format(*wald["ci"])
    assert any(told in w for w in a["warnings"])
