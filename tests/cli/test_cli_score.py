"""`score` beyond one formula, and what `stage` says beside the scores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "hbv_acute_on_chronic_failure.json"


def test_ctcae_grades_in_words_and_as_json(hepatica: Callable[..., Any]) -> None:
    ended = hepatica("score", "ctcae", "sodium=128", "baseline=139", "lln=135")
    assert ended.code == 0
    assert "Hyponatremia   2, 3 with symptoms" in ended.out
    row = hepatica("score", "ctcae", "alt=300", "baseline=80U/L", "uln=40", "--json").document["grades"][0]
    assert (row["grade"], row["worse_by"]) == (2, 2)
    assert "unknown" in hepatica("score", "ctcae", "alt=300", "uln=40").out


def test_ctcae_of_nothing_is_refused(hepatica: Callable[..., Any]) -> None:
    hepatica("score", "ctcae", "ammonia=90").refused(2)
    hepatica("score", "ctcae", "alt").refused(2)


def test_stage_says_what_changed_and_what_is_worse(hepatica: Callable[..., Any]) -> None:
    document = hepatica("stage", EXAMPLE, "--json").document
    assert document["stage"]["apasl_aclf"]["verdict"] == "met"
    assert document["stage"]["clinical_stage"]["stage"] == 5
    assert document["change"]["since"] < document["at"]
    assert {"inr", "bilirubin"} <= {row["analyte"] for row in document["ctcae"]}
    text = hepatica("stage", EXAMPLE).out
    for words in ("clinical stage (D'Amico) 5", "ACLF by APASL as well", "Changed since", "for want of a limit"):
        assert words in text


def test_stage_grades_a_fall_beside_its_start(hepatica: Callable[..., Any], tmp_path: Path) -> None:
    record = tmp_path / "falling.csv"
    record.write_text("patient_id,date,platelets\np,2026-01-01,160\np,2026-01-20,60\n")
    lines = hepatica("stage", record).out.splitlines()
    (row,) = [line for line in lines if "Platelet count decreased" in line]
    assert row.split()[-3:] == ["2", "60", "160"]


def test_a_questionnaire_from_words_and_from_files(hepatica: Callable[..., Any], tmp_path: Path) -> None:
    assert "energy_fatigue" in hepatica("score", "rand36", "23=4", "27=3", "29=3").out
    answers = {"23": 4, "27": 3, "29": 3, "31": None}
    items = [{"linkId": f"q{k}", "answer": [{"valueInteger": v}]} for k, v in answers.items() if v]
    files = {
        "a.json": orjson.dumps(answers),
        "r.json": orjson.dumps({"resourceType": "QuestionnaireResponse", "item": items}),
        "a.csv": b"item,answer\n23,4\n27,3\n29,3\n31,\n",
        "b.csv": b"23,4\n27,3\n29,3\n",
    }
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)
        scales = hepatica("score", "rand36", tmp_path / name, "--json").document["scales"]
        assert scales["energy_fatigue"]["value"] == 46.667, name


def test_a_utility_from_a_value_set(hepatica: Callable[..., Any]) -> None:
    values = ROOT / "tests" / "unit" / "outcomes" / "data" / "eq5d5l_england.csv"
    assert hepatica("score", "eq5d", "23245", f"value_set={values}", "--json").document["value"] == 0.247
    assert "utility 0.247" in hepatica("score", "eq5d", "23245", f"value_set={values}").out


def test_questionnaires_that_cannot_be_scored(hepatica: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "list.json").write_bytes(b"[1, 2]")
    for words in (
        ("rand36", "23"), ("rand36", "23=x"), ("rand36", "a=1"), ("rand36", "23=1", "23=2"), ("rand36", "23=1", "x"),
        ("rand36", tmp_path / "list.json"), ("rand36", "23=9"), ("eq5d", "11111"), ("eq5d", "value_set=x.csv"),
    ):  # fmt: skip
        hepatica("score", *words).refused(2)
    hepatica("score", "facit_f", "1=2").refused(1)
