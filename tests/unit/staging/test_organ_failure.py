"""EASL-CLIF organ failures beyond the liver, kidney, brain and clotting."""

from __future__ import annotations

import pytest

from hepatica.staging import organ_failures

QUIET = {"bilirubin": 40.0, "creatinine": 80.0, "encephalopathy": 0.0, "inr": 1.3}


@pytest.mark.parametrize(
    ("more", "failed", "unknown"),
    [
        ({}, (), ("circulation", "lungs")),
        ({"map": 60.0}, (), ("lungs",)),
        ({"vasopressor": 1.0}, ("circulation",), ("lungs",)),
        ({"map": 80.0, "ventilated": 1.0}, ("lungs",), ()),
        ({"map": 80.0, "pao2": 100.0, "fio2": 0.5}, ("lungs",), ()),
        ({"map": 80.0, "pao2": 101.0, "fio2": 0.5}, (), ()),
        ({"dialysis": 1.0}, ("kidney",), ("circulation", "lungs")),
    ],
)
def test_failed_and_unknown_organs(more: dict[str, float], failed: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    found = organ_failures(QUIET | more)
    assert (found.failed, found.unknown) == (failed, unknown)


def test_a_grade_is_at_least_that_while_an_organ_is_unknown() -> None:
    assert organ_failures(QUIET | {"creatinine": 200.0}).at_least
    assert not organ_failures(QUIET | {"creatinine": 200.0, "map": 80.0, "pao2": 90.0, "fio2": 0.21}).at_least


def test_no_grade_without_liver_kidney_brain_and_clotting() -> None:
    for organ in QUIET:
        assert organ_failures({k: v for k, v in QUIET.items() if k != organ}).grade is None
    assert organ_failures(QUIET).grade == 0


@pytest.mark.parametrize(
    ("more", "grade"),
    [
        ({"creatinine": 1.99 * 88.4}, 0),
        ({"creatinine": 2.0 * 88.4}, 1),
        ({"bilirubin": 11.9 * 17.1, "creatinine": 1.7 * 88.4}, 0),
        ({"bilirubin": 12.0 * 17.1}, 0),
        ({"bilirubin": 12.0 * 17.1, "creatinine": 1.49 * 88.4}, 0),
        ({"bilirubin": 12.0 * 17.1, "creatinine": 1.5 * 88.4}, 1),
        ({"bilirubin": 12.0 * 17.1, "creatinine": 1.99 * 88.4}, 1),
        ({"bilirubin": 12.0 * 17.1, "creatinine": 2.0 * 88.4}, 2),
        ({"bilirubin": 12.0 * 17.1, "encephalopathy": 1.0}, 1),
        ({"bilirubin": 12.0 * 17.1, "encephalopathy": 2.0}, 1),
        ({"bilirubin": 12.0 * 17.1, "encephalopathy": 3.0}, 2),
        ({"encephalopathy": 3.0}, 0),
        ({"encephalopathy": 3.0, "creatinine": 1.5 * 88.4}, 1),
        ({"inr": 2.49, "encephalopathy": 2.0}, 0),
        ({"inr": 2.5, "encephalopathy": 2.0}, 1),
        ({"inr": 2.5, "encephalopathy": 4.0, "bilirubin": 300.0}, 3),
        ({"inr": 2.5, "encephalopathy": 4.0, "bilirubin": 300.0, "creatinine": 400.0}, 3),
    ],
)
def test_grade_at_its_cuts(more: dict[str, float], grade: int) -> None:
    assert organ_failures(QUIET | more).grade == grade


def test_a_kidney_that_failed_long_before_neither_fails_nor_counts_as_mild() -> None:
    ill = QUIET | {"bilirubin": 300.0, "creatinine": 150.0}
    assert (organ_failures(ill).grade, organ_failures(ill, kidney_chronic=True).grade) == (1, 0)


@pytest.mark.parametrize(
    ("more", "fails", "known"),
    [
        ({"spo2": 96.0, "fio2": 0.21}, False, True),
        ({"spo2": 92.0, "fio2": 0.43}, True, True),
        ({"spo2": 92.0, "fio2": 0.42}, False, True),
        ({"spo2": 92.0, "fio2": 0.60, "pao2": 130.0}, False, True),
        ({"spo2": 92.0}, False, False),
    ],
)
def test_saturation_tells_of_the_lungs_where_oxygen_pressure_is_not_known(
    more: dict[str, float], fails: bool, known: bool
) -> None:
    quiet = {k: v for k, v in QUIET.items() if k not in ("pao2", "fio2", "ventilated")}
    found = organ_failures(quiet | more)
    assert ("lungs" in found.failed, "lungs" not in found.unknown) == (fails, known)


@pytest.mark.parametrize("more", [{"dialysis": 1.0}, {"creatinine": 2.0 * 88.4}])
def test_whether_a_kidney_that_failed_long_before_fails_now_is_unknown(more: dict[str, float]) -> None:
    found = organ_failures(QUIET | more, kidney_chronic=True)
    assert (found.failed, found.grade, "kidney" in found.unknown) == ((), None, True)
