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
