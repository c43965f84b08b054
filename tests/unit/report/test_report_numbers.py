"""Numbers as the report writes them."""

import doctest

import pytest

from hepatica.report import lineage, numbers
from hepatica.report.figures import dots, draw, scale


@pytest.mark.parametrize("module", [numbers, lineage, scale, draw, dots], ids=lambda m: m.__name__)
def test_examples_in_docstrings_hold(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("value", "how", "shown"),
    [
        (0.0, {}, "0"),
        (-0.001, {"decimals": 1}, "0"),
        (18.24, {"decimals": 1}, "18.2"),
        (123456.0, {}, "123\u202f000"),
        (99.96, {"decimals": 1}, "100"),
        (-1.5e-7, {}, "−1.5 × 10⁻⁷"),
        (float("nan"), {}, "unknown"),
        (None, {}, "unknown"),
    ],
)
def test_at_most_three_significant_digits(value, how, shown):
    assert numbers.number(value, **how) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1.0, "100"), (0.0004, "< 0.1"), (0.9996, "> 99.9"), (0.005, "0.5"), (None, "unknown")],
)
def test_percentages_never_round_a_risk_to_none_or_all(value, shown):
    assert numbers.percent(value) == shown


def test_small_differences_keep_their_sign():
    assert [numbers.percent(v, signed=True) for v in (0.0007, -0.0007, 0.00001)] == ["+0.07", "−0.07", "0"]


def test_lineage_prefers_the_most_specific_pattern():
    found = lineage.Lineage([{"path": "options[*].forecast.*[*].*"}, {"path": "options[*].forecast.meld[*].mean"}])
    assert found.find("$.options[3].forecast.meld[12].mean") == 1
    assert found.find("$.options[3].forecast.inr[12].p05") == 0
    assert found.find("$.patient.id") is None


def test_lineage_tells_indexes_apart_where_a_pattern_names_one():
    found = lineage.Lineage([{"path": "options[1].qaly"}])
    assert found.find("$.options[1].qaly") == 0
    assert found.find("$.options[0].qaly") is None
