"""The section on what counts: every number is the plan's own, and a plan without the fields has no section."""

from __future__ import annotations

from hepatica.report.view.book import Book
from hepatica.report.view.worth import worth


def a_plan():
    value = {"mean": 1.5, "lo": 1.0, "hi": 2.0, "p_changes": 0.25}
    parts = {"survival": 3.0, "quality": -0.5, "harms": 0.25, "burden": 1.0}
    return {
        "weights": {"survival": 1.0, "quality": 2.0, "harms": 1.0, "burden": 0.0},
        "information": {
            "unit": "quality-adjusted days", "judged_on_day": 730, "method": "m", "perfect": value,
            "measurements": [{"test": "INR", **value}],
            "trials": [{"people_an_arm": 50, "told_of_potency": 0.3, **value}],
        },
        "screened": {"race": {"method": "m", "rounds": [
            {"draws": 32, "regimens": 40, "kept": 20, "not_told_apart": 7}, {"draws": 128, "regimens": 20, "kept": 20},
        ]}},
        "options": [
            {"id": "standard_care", "name": "Standard care", "status": "offered", "parts": dict.fromkeys(parts, 0.0)},
            {"id": "a", "name": "A", "status": "offered", "parts": parts, "beaten_in_everything_by": ["b"]},
            {"id": "b", "name": "B", "status": "offered", "parts": parts, "beaten_in_everything_by": []},
        ],
    }  # fmt: skip


def test_numbers_are_the_plans_own():
    shown = worth(Book(a_plan()))
    assert [h["weight"] for h in shown["heads"]] == ["1", "2", "1", "0"]
    row = shown["rows"][1]
    assert [p.value for p in row["parts"]] == [3.0, -0.5, 0.25, 1.0]
    assert row["parts"][0].path == "$.options[1].parts.survival" and row["beaten"] == ["B"]
    for found in (shown["perfect"], shown["measurements"][0], shown["trials"][0]):
        assert (found["mean"].value, found["lo"].value, found["hi"].value) == (1.5, 1.0, 2.0)
    assert shown["race"] == {
        "method": "m", "regimens": 40, "few": 32, "kept": 20, "more": 128, "not_told_apart": 7,
    }  # fmt: skip


def test_an_older_plan_has_no_such_section():
    assert worth(Book({"options": []})) is None
