"""The verbs over the example patients: how they end, and that --json prints one document and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))
ONE = next(p for p in EXAMPLES if p.stem == "decompensated_alcohol_cirrhosis")
COURSES = {
    "child_with_urea_cycle_disorder": "urea_cycle",
    "chronic_hepatitis_b": "chronic_hepatitis",
    "compensated_masld_cirrhosis": "compensated",
    "contradictory_record": "decompensated",
    "decompensated_alcohol_cirrhosis": "decompensated",
    "hbv_acute_on_chronic_failure": "aclf",
    "paracetamol_acute_failure": "alf",
    "primary_biliary_cholangitis": "cholestatic",
    "severe_alcoholic_hepatitis": "alcoholic_hepatitis",
    "well_with_fatty_liver": "steatosis",
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_stage(hepatica, path: Path) -> None:
    ended = hepatica("stage", path, "--json")
    assert (ended.code, ended.err) == (0, "")
    document = ended.document
    assert document["patient"] == orjson.loads(path.read_bytes())["id"]
    assert document["stage"]["course"] == COURSES[path.stem]
    assert not set(document["scores"]) & {m["score"] for m in document["missing"]}
    text = hepatica("stage", path)
    assert text.code == 0 and document["stage"]["label"] in text.out


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_match(hepatica, path: Path) -> None:
    ended = hepatica("match", path, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert len(ended.document) >= 8
    for match in ended.document:
        assert match["verdict"] in {"eligible", "not eligible", "unknown"}
        assert match["criteria_complete"] or match["verdict"] != "eligible"
    first = ended.document[0]["protocol"]
    assert hepatica("match", path, "--protocol", first).out.startswith(first)


def test_what_cannot_be_used_is_named(hepatica) -> None:
    path = next(p for p in EXAMPLES if p.stem == "contradictory_record")
    document = hepatica("stage", path, "--json").document
    assert {row["what"] for row in document["set_aside"]} == {"albumin 3.4 g/L", "sodium 240 mmol/L"}
    assert len(document["stage"]["contradictions"]) >= 5
    text = hepatica("stage", path).out
    assert "albumin 3.4 g/L" in text and "sodium 240 mmol/L" in text and "contradiction" in text


def test_a_folder_is_a_cohort_that_goes_on(hepatica, tmp_path: Path) -> None:
    for path in EXAMPLES[:2]:
        shutil.copy(path, tmp_path)
    (tmp_path / "broken.json").write_text("{")
    for words in ([tmp_path], [f"{tmp_path}/*.json"], sorted(tmp_path.iterdir())):
        ended = hepatica("stage", *words, "--json")
        assert ended.code == 1
        rows = ended.document["records"]
        assert sorted(row["exit_code"] for row in rows) == [0, 0, 2]
        assert "broken.json" in ended.err and "1 of 3 records" in ended.err
        assert len(ended.err.strip().splitlines()) <= 4
    assert hepatica("match", tmp_path, "--json").code == 1


def test_a_cohort_of_broken_records_is_wrong_input(hepatica, tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        (tmp_path / f"{name}.json").write_text("{")
    ended = hepatica("stage", tmp_path)
    assert ended.code == 2
    assert len(ended.err.strip().splitlines()) <= 4


def test_an_empty_folder_is_wrong_input(hepatica, tmp_path: Path) -> None:
    hepatica("stage", tmp_path).refused(2)


def test_a_table_of_several_patients_is_a_cohort(hepatica, tmp_path: Path) -> None:
    table = tmp_path / "ward.csv"
    table.write_text(
        "id,sex,age,bilirubin (mg/dL),inr,creatinine (mg/dL)\np1,male,50,2.1,1.4,1.1\np2,female,61,3.4,1.7,0.9\n"
    )
    rows = hepatica("stage", table, "--json").document["records"]
    assert [(r["patient"], r["result"]["scores"]["meld"]["value"]) for r in rows] == [("p1", 14), ("p2", 17)]


def test_a_score_by_hand(hepatica) -> None:
    ended = hepatica("score", "meld", "bilirubin=2.1mg/dL", "inr=1.4", "creatinine=1.1mg/dL", "--json")
    # 9.57 ln 1.1 + 3.78 ln 2.1 + 11.20 ln 1.4 + 6.43 = 13.9
    assert ended.document["value"] == 14
    assert ended.document["source"] and ended.document["formula"]
    bare = hepatica("score", "meld", "bilirubin=2.1", "inr=1.4", "creatinine=1.1", "--json")
    assert bare.document["value"] == 14
