from __future__ import annotations

import pytest

from hepatica.errors import InputError
from hepatica.planning import why

PLAN = {
    "options": [{"id": "a", "forecast": {"meld": [{"day": 0.0, "mean": 14.0}]}, "qaly": {"mean": 1.2, "unit": "QALY"}}],
    "sources": {"method": {"citation": "computed"}},
    "lineage": {
        "patterns": [
            {"path": "options[*].qaly.**", "unit": "wide", "chain": [], "sources": []},
            {"path": "options[*].**.mean", "unit": "wide", "chain": [], "sources": []},
            {
                "path": "options[*].forecast.meld[*].*",
                "unit": "points",
                "chain": [{"step": "draws", "text": "mean", "source": "method", "grade": "B"}],
                "sources": ["method"],
            },
            {"path": "options[*].forecast.meld[*].day", "unit": "days", "chain": [], "sources": []},
        ]
    },
}


def test_the_narrowest_pattern_answers():
    found = why(PLAN, "$.options[0].forecast.meld[0].mean")
    assert (found["value"], found["unit"], found["grades"]) == (14.0, "points", ["B"])
    assert found["sources"] == [{"id": "method", "citation": "computed"}]
    assert why(PLAN, "options[0].forecast.meld[0].day")["unit"] == "days"


def test_a_group_answers_with_the_chain_of_its_numbers():
    assert why(PLAN, "$.options[0].forecast.meld")["unit"] == "points"
    assert why(PLAN, "$.options[0].id")["chain"][0]["step"] == "text"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("$.optoins[0]", "nearest: options"),
        ("$.options[0].forecast.meldd", "nearest: meld"),
        ("$.options[3]", r"\[0\] to \[0\]"),
        ("$.options.forecast", "it is a list"),
        ("$.options[0].id.more", "nothing lies below"),
        ("$.options[0].qaly[0]", "nearest"),
        ("$.options[0]..meld", "cannot read"),
        ("$", "empty"),
        ("$['options']", "cannot read"),
    ],
)
def test_a_wrong_path_is_an_input_error_with_the_cure(path, said):
    with pytest.raises(InputError, match=said) as error:
        why(PLAN, path)
    assert error.value.exit_code == 2 and error.value.mend
