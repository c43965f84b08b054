"""Plans, studies and trials that someone else wrote or altered: refused in words, and never a search without end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

RECORD = Path(__file__).parents[2] / "examples" / "decompensated_alcohol_cirrhosis.json"
PLAN = {
    "options": [{"id": "a", "forecast": {"meld": [{"day": 0.0, "mean": 14.0}]}}],
    "sources": {"method": {"citation": "computed"}},
    "lineage": {"patterns": [{"path": "options[*].**", "unit": "points", "chain": [], "sources": []}]},
}
PATH = "$.options[0].forecast.meld[0].mean"
TRIAL = {"arms": [{"name": "a", "n": 20, "cells": {"type": "msc", "days": [0]}}], "ask": {"days": [28]}}


@pytest.fixture
def file(tmp_path: Path):
    def write(document: Any) -> Path:
        path = tmp_path / "file.json"
        path.write_bytes(orjson.dumps(document))
        return path

    return write


@pytest.mark.parametrize(
    "change",
    [
        {"sources": "x"}, {"sources": {"a": None}}, {"sources": {"a": {}}}, {"sources": [1]},
    ],
)  # fmt: skip
def test_a_plan_with_odd_sources_is_refused(hepatica, file, change: dict) -> None:
    ended = hepatica("cite", file(PLAN | change))
    ended.refused(2)
    assert "not a plan as hepatica writes it" in ended.err


@pytest.mark.parametrize(
    "lineage", ["x", {"patterns": [1]}, {"patterns": [{}]}, {"patterns": [{"path": "options[*].**", "chain": 3}]}, [1]]
)
def test_a_plan_with_odd_lineage_is_refused(hepatica, file, lineage: Any) -> None:
    ended = hepatica("why", file(PLAN | {"lineage": lineage}), PATH)
    ended.refused(2)
    assert "not a plan as hepatica writes it" in ended.err


def test_a_pattern_of_a_plan_cannot_search_without_end(hepatica, file) -> None:
    patterns = [{"path": "**" * 20 + "!"}, {"path": "*a" * 40 + "!"}, *PLAN["lineage"]["patterns"]]
    ended = hepatica("why", file(PLAN | {"lineage": {"patterns": patterns}}), PATH)
    assert ended.code == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"population": "x"}, "population is no object"),
        ({"population": {"etiology": [1]}}, "etiology is no object"),
        ({"ask": [28]}, "ask is no object"),
        ({"ask": {"days": [0.001 * i for i in range(5000)]}}, "no days asked, or too many"),
        ({"baseline": {"id": {}}}, "baseline is no list"),
        ({"baseline": ["x"]}, "baseline is no list"),
        ({"arms": [{}] * 100}, "100 arms"),
        ({"arms": [{"cells": {"infusions": "\x1b[2J"}}]}, "infusions cannot be"),
        ({"arms": [{"cells": {"infusions": 1e12}}]}, "infusions cannot be"),
        ({"arms": [{"cells": {"days": "x"}}]}, "days of infusions are a list"),
    ],
)
def test_a_trial_of_another_shape_is_refused(hepatica, file, change: dict, said: str) -> None:
    ended = hepatica("trial", "replicate", file(TRIAL | change))
    ended.refused(2)
    assert said in ended.err


@pytest.mark.parametrize(
    "change", [{"arms": [{"cells": True}]}, {"arms": [True]}, {"population": {"etiology": "x"}}, {"baseline": "x"}]
)
def test_a_study_of_another_shape_is_refused(hepatica, file, change: dict) -> None:
    study = {"id": "x", "population": {"condition": "ACLF"}, "design": {"type": "RCT"}, "arms": [{"name": "a", "n": 9}],
             "outcomes": [], "provenance": []}  # fmt: skip
    hepatica("evidence", "add", file(study | change)).refused(2)


@pytest.mark.parametrize(
    "items", [["x"], [{"linkId": "q1", "answer": {"a": 1}}], [{"linkId": "q1", "answer": [{"valueInteger": [1]}]}], 3]
)
def test_a_questionnaire_of_another_shape_is_refused(hepatica, file, items: Any) -> None:
    ended = hepatica("score", "rand36", file({"resourceType": "QuestionnaireResponse", "item": items}))
    ended.refused(2)


@pytest.mark.parametrize(
    "words", [("score", "rand36"), ("evidence", "pool", "--data"), ("score", "eq5d", "11111", "value_set={}")]
)
def test_a_table_with_an_endless_cell_is_refused(hepatica, tmp_path: Path, words: tuple) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a," + "x" * 200_000 + "\n")
    more = [] if "{}" in words[-1] else [path]
    hepatica(*(word.format(path) for word in words), *more).refused(2)


@pytest.mark.parametrize(
    "words",
    [
        ("score", "rand36", "²=3"), ("score", "rand36", "9" * 5000 + "=3"), ("cohort", "9" * 5000, "-o", "x"),
        ("plan", RECORD, "--weights", "quality=1e308,survival=1e308"),
        ("simulate", RECORD, "--regimen", "uc_msc:hepatic_artery:1e8@" + ",".join(map(str, range(500)))),
    ],
    ids=["superscript", "digits", "people", "weights", "infusions"],
)  # fmt: skip
def test_a_number_that_cannot_be_is_refused(hepatica, words: tuple) -> None:
    hepatica(*words).refused(2)


def test_an_index_that_cannot_be_is_refused(hepatica, file) -> None:
    hepatica("why", file(PLAN), "$.options[" + "9" * 5000 + "]").refused(2)
