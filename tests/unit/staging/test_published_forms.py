"""Formulas against the published expressions, written out a second time in their published units."""

from __future__ import annotations

from math import exp, log, log10

import numpy as np
import pytest

from hepatica import staging

RNG = np.random.default_rng(11)


def clip(x: float, low: float, high: float) -> float:
    return max(low, min(high, x))


def meld(b: float, i: float, c: float, **_: float) -> float:
    return 10 * (0.957 * log(clip(c, 1, 4)) + 0.378 * log(max(b, 1)) + 1.120 * log(max(i, 1)) + 0.643)


def meld_na(b: float, i: float, c: float, na: float, **_: float) -> float:
    m, na = meld(b, i, c), clip(na, 125, 137)
    return m + 1.32 * (137 - na) - 0.033 * m * (137 - na) if m > 11 else m


def meld_na_kim(b: float, i: float, c: float, na: float, **_: float) -> float:
    m, na = meld(b, i, c), clip(na, 125, 140)
    return m - na - 0.025 * m * (140 - na) + 140


def meld_3(b: float, i: float, c: float, na: float, alb: float, f: float, **_: float) -> float:
    b, i, c, na, alb = log(max(b, 1)), log(max(i, 1)), log(clip(c, 1, 3)), clip(na, 125, 137), clip(alb, 1.5, 3.5)
    adult = 1.33 * f + 4.56 * b + 0.82 * (137 - na) - 0.24 * (137 - na) * b + 9.09 * i + 11.14 * c
    return adult + 1.85 * (3.5 - alb) - 1.83 * (3.5 - alb) * c - 1.33 + 7.33


@pytest.mark.parametrize("form", [meld, meld_na, meld_na_kim, meld_3])
def test_meld_family_before_rounding(form: object) -> None:
    for _ in range(60):
        b, i, c = RNG.uniform(0.4, 12), RNG.uniform(0.8, 2.6), RNG.uniform(0.4, 4.6)
        na, alb, f = RNG.uniform(118, 145), RNG.uniform(1.2, 4.2), float(RNG.integers(0, 2))
        wanted = clip(form(b=b, i=i, c=c, na=na, alb=alb, f=f), 6, 40)  # type: ignore[operator]
        common = {"bilirubin_umol_l": b * 17.1, "inr": i, "creatinine_umol_l": c * 88.4, "rounded": False}
        if form is not meld:
            common["sodium_mmol_l"] = na
        if form is meld_3:
            common |= {"albumin_g_l": alb * 10, "female": f}
        assert getattr(staging, form.__name__)(**common) == pytest.approx(wanted, rel=1e-7)  # type: ignore[attr-defined]


def test_scores_without_rounding_equal_their_published_form() -> None:
    for _ in range(40):
        age, b, b7, alb = RNG.uniform(18, 80), RNG.uniform(5, 600), RNG.uniform(5, 600), RNG.uniform(15, 50)
        i, c, na, pt = RNG.uniform(0.9, 4), RNG.uniform(40, 400), RNG.uniform(120, 150), RNG.uniform(10, 40)
        ast, alt, plt, wbc = RNG.uniform(10, 400), RNG.uniform(10, 400), RNG.uniform(20, 400), RNG.uniform(2, 30)
        mg, cr, gdl = b / 17.1, c / 88.4, alb / 10
        r = 3.19 - 0.101 * age + 0.147 * alb + 0.0165 * (b - b7) - 0.206 * (c > 115) - 0.0065 * b - 0.0096 * pt
        of = staging.clif_c_of(b, c, 2, i, 80, 0.21, pao2_mmhg=80)
        pairs = {
            "lille": (staging.lille(age, alb, b, b7, c, pt), exp(-r) / (1 + exp(-r))),
            "maddrey": (staging.maddrey_df(pt, 12, b), 4.6 * (pt - 12) + mg),
            "abic": (staging.abic(age, b, c, i), 0.1 * age + 0.08 * mg + 0.3 * cr + 0.8 * i),
            "albi": (staging.albi(b, alb), log10(b) * 0.66 + alb * -0.085),
            "palbi": (
                staging.palbi(b, alb, plt),
                2.02 * log10(b) - 0.37 * log10(b) ** 2 - 0.04 * alb - 3.48 * log10(plt) + 1.01 * log10(plt) ** 2,
            ),
            "fib4": (staging.fib4(age, ast, alt, plt), age * ast / (plt * alt**0.5)),
            "nafld": (
                staging.nafld_fs(age, 30, True, ast, alt, plt, alb),
                -1.675 + 0.037 * age + 0.094 * 30 + 1.13 + 0.99 * ast / alt - 0.013 * plt - 0.66 * gdl,
            ),
            "aclf": (staging.clif_c_aclf(of, age, wbc), 10 * (0.33 * of + 0.04 * age + 0.63 * log(wbc) - 2)),
            "ad": (
                staging.clif_c_ad(age, c, i, wbc, na),
                10 * (0.03 * age + 0.66 * log(cr) + 1.71 * log(i) + 0.88 * log(wbc) - 0.05 * na + 8),
            ),
            "ukeld": (
                staging.ukeld(b, i, c, na, rounded=False),
                5.395 * log(i) + 1.485 * log(c) + 3.13 * log(b) - 81.565 * log(na) + 435,
            ),
            "mayo": (
                staging.mayo_pbc(age, b, alb, pt, 1),
                0.871 * log(mg) - 2.53 * log(gdl) + 0.039 * age + 2.38 * log(pt) + 0.859 * 0.5,
            ),
            "globe": (
                staging.globe(age, b, 300, alb, plt, 20, 120, 35),
                0.044378 * age + 0.93982 * log(b / 20) + 0.335648 * log(2.5) - 2.266708 * alb / 35
                - 0.002581 * plt + 1.216865,
            ),
            "peld": (
                staging.peld(b, i, alb, 0.5, True, rounded=False),
                10 * (0.480 * log(max(mg, 1)) + 1.857 * log(max(i, 1)) - 0.687 * log(gdl) + 0.436 + 0.667),
            ),
        }  # fmt: skip
        for name, (found, wanted) in pairs.items():
            assert found == pytest.approx(wanted, rel=1e-7, abs=1e-9), name
