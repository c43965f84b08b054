"""What a formula does with what is left out, with lists, and at both of its ends."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from hepatica import staging
from hepatica.staging.organ_failure import organ_failures
from hepatica.staging.registry import call, registry
from hepatica.staging.units import points


def test_support_that_is_not_mentioned_does_not_count() -> None:
    assert staging.clif_c_of(20, 80, 0, 1.2, 80, 0.21, pao2_mmhg=90) == 6
    assert staging.child_pugh_points(60, 40, 1.2, 0, 0) == 7
    assert staging.ukeld(50, 1.5, 100, 135) == staging.ukeld(50, 1.5, 100, 135, rounded=True) == 56
    exact = 5.395 * log(1.5) + 1.485 * log(100) + 3.13 * log(50) - 81.565 * log(135) + 435
    assert staging.ukeld(50, 1.5, 100, 135, rounded=False) == pytest.approx(exact)


def test_a_formula_says_which_of_two_inputs_it_needs() -> None:
    with pytest.raises(TypeError, match=r"^child_pugh_points needs inr or pt_percent$"):
        staging.child_pugh_points(60, 40, None, 0, 0)
    with pytest.raises(TypeError, match=r"^clif_c_of needs pao2_mmhg or spo2_percent$"):
        staging.clif_c_of(20, 80, 0, 1.2, 80, 0.21)


def test_ascites_beyond_the_scale_counts_as_its_end() -> None:
    assert [staging.child_pugh_points(10, 40, 1, level, 0) for level in (-1, 0, 1, 2, 3)] == [5, 5, 6, 7, 7]


def test_lists_with_a_gap_stay_lists_with_a_gap() -> None:
    for name, spec in registry().items():
        columns = {n: [spec_middle(n), spec_middle(n)] for n in (*spec.needs, *(g[0] for g in spec.one_of))}
        whole = np.asarray(call(spec, columns))
        single = call(spec, {n: v[0] for n, v in columns.items()})
        assert whole.tolist() == [single, single], name
    assert np.isnan(staging.albi([20.0, None], [40.0, 40.0])).tolist() == [False, True]


def spec_middle(name: str) -> float:
    from hepatica.staging.inputs import INPUTS

    return float(INPUTS[name].candidates(9)[4 if INPUTS[name].kind == "number" else 0])


def test_points_know_only_two_signs() -> None:
    assert points([1, 2, 3], (">", 1), (">=", 3)).tolist() == [0, 1, 2]
    with pytest.raises(KeyError):
        points(1, ("=>", 1))


def test_meld_na_rounds_the_meld_first_and_the_result_again() -> None:
    # MELD 11.45 counts as 11: sodium does not; 11.55 counts as 12: 12 + 1.32*12 - 0.033*12*12 = 23.09
    inr = [float(np.exp((target - 6.43) / 11.2)) for target in (11.45, 11.55)]
    assert [staging.meld_na(10, x, 80, 125) for x in inr] == [11, 23]
    assert staging.meld_na(10, inr[0], 80, 125, rounded=False) == pytest.approx(11.45 + 1.32 * 12 - 0.033 * 11.45 * 12)


@pytest.mark.parametrize("name", ["meld", "meld_na", "meld_na_kim", "meld_3"])
@pytest.mark.parametrize("rounded", [True, False])
def test_every_meld_ends_at_6_and_40(name: str, rounded: bool) -> None:
    form = getattr(staging, name)
    more = {} if name == "meld" else {"sodium_mmol_l": 140.0}
    more |= {"albumin_g_l": 40.0, "female": 0.0} if name == "meld_3" else {}
    assert form(bilirubin_umol_l=5, inr=0.5, creatinine_umol_l=20, rounded=rounded, **more) == pytest.approx(
        6.43 if not rounded and name != "meld_3" else 6
    )
    assert form(bilirubin_umol_l=1000, inr=19, creatinine_umol_l=900, rounded=rounded, **more) == 40


@pytest.mark.parametrize("name", ["meld", "meld_na", "meld_na_kim", "meld_3"])
def test_dialysis_counts_as_the_cap_of_creatinine_in_every_meld(name: str) -> None:
    form = getattr(staging, name)
    more = {} if name == "meld" else {"sodium_mmol_l": 130.0}
    more |= {"albumin_g_l": 30.0, "female": 0.0} if name == "meld_3" else {}
    cap = 3.0 if name == "meld_3" else 4.0
    on = form(50, 1.5, 60, dialysis=True, **more)
    assert on == form(50, 1.5, cap * 88.4, **more) != form(50, 1.5, 60, **more)


def test_meld_3_counts_a_youth_as_female_and_an_adult_by_sex() -> None:
    given = {"bilirubin": 50.0, "inr": 1.5, "creatinine": 100.0, "sodium": 137.0, "albumin": 35.0, "sex": 0.0}
    spec = registry()["meld_3"]
    young, grown, unknown = (call(spec, given | age) for age in ({"age": 17.9}, {"age": 18.0}, {}))
    assert (young, grown, unknown) == (call(spec, given | {"sex": 1.0}), unknown, grown)


QUIET = {
    "bilirubin": 40.0,
    "creatinine": 80.0,
    "encephalopathy": 0.0,
    "inr": 1.3,
    "map": 80.0,
    "pao2": 90.0,
    "fio2": 0.21,
}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"bilirubin": 250.0}, ("liver failure: bilirubin 14.6 mg/dL",)),
        ({"creatinine": 200.0}, ("kidney failure: creatinine 2.3 mg/dL",)),
        ({"dialysis": 1.0}, ("kidney failure: dialysis",)),
        ({"encephalopathy": 3.0}, ("brain failure: encephalopathy grade 3",)),
        ({"inr": 2.5}, ("clotting failure: INR 2.5",)),
        ({"vasopressor": 1.0}, ("circulation failure: vasopressor",)),
        ({"ventilated": 1.0}, ("lungs failure: mechanical ventilation",)),
        ({"pao2": 40.2, "fio2": 0.2}, ()),
        ({"pao2": 40.0, "fio2": 0.2}, ("lungs failure: PaO2/FiO2 200 mmHg",)),
        (
            {"inr": 2.5, "creatinine": 150.0, "encephalopathy": 1.0},
            ("clotting failure: INR 2.5", "with creatinine 1.7 mg/dL and encephalopathy grade 1"),
        ),
        ({"creatinine": 200.0, "encephalopathy": 1.0}, ("kidney failure: creatinine 2.3 mg/dL",)),
        (
            {"creatinine": 200.0, "inr": 2.6, "encephalopathy": 1.0},
            ("kidney failure: creatinine 2.3 mg/dL", "clotting failure: INR 2.6"),
        ),
        ({"encephalopathy": 2.0}, ()),
        ({"inr": 2.5, "creatinine": 2.0 * 88.4}, ("kidney failure: creatinine 2.0 mg/dL", "clotting failure: INR 2.5")),
    ],
)
def test_reasons_of_organ_failures(more: dict[str, float], why: tuple[str, ...]) -> None:
    assert organ_failures(QUIET | more).why == why


def test_the_highest_grade_is_never_at_least() -> None:
    three = {"bilirubin": 250.0, "creatinine": 200.0, "inr": 2.6}
    found = organ_failures({k: v for k, v in (QUIET | three).items() if k != "map"})
    assert (found.grade, found.at_least, found.unknown) == (3, False, ("circulation",))
    two = organ_failures({k: v for k, v in (QUIET | three | {"inr": 1.0}).items() if k != "map"})
    assert (two.grade, two.at_least) == (2, True)
    assert not organ_failures({"bilirubin": 30.0}).at_least


@pytest.mark.parametrize(("points", "alive"), [(10, 0.98465), (20, 0.98465**5.12944), (40, 0.98465**134.963)])
def test_survival_of_90_days_by_meld(points: float, alive: float) -> None:
    # exp(0.1635 * 10) = 5.12944 and exp(0.1635 * 30) = 134.963
    assert staging.meld_survival_90d(points) == pytest.approx(alive, rel=1e-4)
