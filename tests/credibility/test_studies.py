"""The study base, predicted: what was not fitted must be held about as often as the intervals say."""

from __future__ import annotations

from pathlib import Path

import pytest

from hepatica import trials
from hepatica.trials.credibility import page

PAGE = Path(__file__).parents[2] / "docs" / "credibility.md"


@pytest.fixture(scope="module")
def cases():
    return trials.cases()


def test_coverage_of_studies_not_fitted_includes_ninety_percent(cases):
    part = trials.summary(cases)["not fitted"]
    low, high = part["coverage_interval"]
    assert part["cohorts"] >= 20 and low <= 0.90 <= high


def test_predictions_beat_carrying_the_baseline_forward(cases):
    part = trials.summary(cases)["not fitted"]
    assert part["paired_cases"] >= 20
    assert part["interval_score"] < part["interval_score_carried_forward"]


def test_predictions_beat_the_meta_regression_of_standard_care(cases):
    part = trials.summary(cases)["not fitted"]
    assert part["ruled_cases"] >= 20
    assert part["interval_score_of_ruled"] < part["interval_score_regression"]


def test_bands_are_no_wider_than_studies_differ_for_most_variables(cases):
    rows = [v for v in trials.summary(cases)["not fitted"]["by_variable"].values() if v["between_sd"]]
    narrow = [v["median_half_width_told"] <= 2 * v["between_sd"] for v in rows]
    assert len(rows) >= 5 and sum(narrow) / len(narrow) >= 0.6


def test_cells_are_among_the_cases(cases):
    assert sum(c.cells for c in cases) >= 8


def test_the_page_says_what_the_code_finds(cases):
    """Numbers may differ in the last digit between processors; the verdicts and the shape may not."""
    written, made = PAGE.read_text("utf-8").splitlines(), page(cases, trials.holdout_cases()).splitlines()
    assert len(written) == len(made), "run python -m hepatica.trials.credibility docs/credibility.md"
    held = [[line.rsplit("|", 2)[1] for line in text if line.startswith("| ")] for text in (written, made)]
    differ = sum(a != b for a, b in zip(*held, strict=True))
    assert differ <= 0.05 * len(made), "run python -m hepatica.trials.credibility docs/credibility.md"
