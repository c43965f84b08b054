"""Worked cases that others published, from the data file that the reference page shows too."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import pytest

from hepatica import staging

FILE = resources.files("hepatica.staging").joinpath("data", "worked_cases.toml")
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['score']}: {c['source'].split(' of ')[0].split('/')[-1]}")
def test_published_worked_case(case: dict[str, Any]) -> None:
    inputs = dict(word.split("=") for word in case["inputs"].split())
    found = staging.score_from_text(case["score"], inputs).value
    assert found == pytest.approx(case["value"], abs=0.5 * 10 ** -case["digits"] if case["digits"] else 1e-9)


@pytest.mark.parametrize(
    ("name", "inputs", "value"),
    [
        # tests/testthat/test_meld.R of github.com/ampel-leipzig/ameld at commit 0570b80
        ("meld", {"bilirubin_umol_l": 4.2 * 17.1, "inr": 1.2, "creatinine_umol_l": 1.9 * 88.4}, 20.0391626),
        # tests/testthat/test_liver.R of github.com/johnasher/transplantr at commit 9662038
        ("ukeld", {"inr": 1.0, "bilirubin_umol_l": 212, "creatinine_umol_l": 54, "sodium_mmol_l": 126}, 63.22),
    ],
)
def test_published_values_before_rounding(name: str, inputs: dict[str, float], value: float) -> None:
    found = getattr(staging, name)(**inputs, rounded=False)
    places = len(str(value).split(".")[1])
    assert found == pytest.approx(value, abs=0.5 * 10**-places)
