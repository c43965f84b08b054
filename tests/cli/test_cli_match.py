"""`match` over a cohort: the screening funnel, streamed JSON, and a hospital's own codes."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
ONE = EXAMPLES / "hbv_acute_on_chronic_failure.json"


def test_the_funnel_counts_everybody_once(hepatica) -> None:
    ended = hepatica("match", EXAMPLES, "--funnel", "--json")
    assert (ended.code, ended.err) == (0, "")
    document = ended.document
    assert document["patients"] == 10 and document["failed"] == []
    for row in document["protocols"]:
        assert row["eligible"] + row["unknown"] + row["not_eligible"] == 10
        assert row["recruitment_status"] == "historical criteria only" or row["status_as_of"]
        assert row["criteria_complete"] or row["eligible"] == 0


def test_the_funnel_agrees_with_the_matches(hepatica) -> None:
    document = hepatica("match", EXAMPLES, "--funnel", "--protocol", "NCT01844063", "--json").document
    matches = hepatica("match", EXAMPLES, "--protocol", "NCT01844063", "--json").document["records"]
    verdicts = [r["result"][0]["verdict"] for r in matches]
    (row,) = document["protocols"]
    assert [row[k] for k in ("unknown", "not_eligible")] == [verdicts.count(v) for v in ("unknown", "not eligible")]


def test_the_funnel_in_words(hepatica) -> None:
    text = hepatica("match", EXAMPLES, "--funnel").out
    assert text.startswith("10 patients screened") and "NCT01844063" in text
    steps = hepatica("match", EXAMPLES, "--funnel", "--protocol", "NCT05224960").out
    assert "can never say eligible" in steps and "excluded by it alone" in steps


def test_records_that_fail_are_named_and_the_rest_screened(hepatica, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_bytes(ONE.read_bytes())
    (tmp_path / "bad.json").write_bytes(b"{")
    ended = hepatica("match", tmp_path, "--funnel", "--json")
    assert ended.code == 1 and "1 of 2 records have no answer" in ended.err
    assert ended.document["patients"] == 1 and "bad.json" in ended.document["failed"][0]["file"]
    (tmp_path / "good.json").unlink()
    assert hepatica("match", tmp_path, "--funnel").code == 2


def test_a_cohort_as_json_is_one_document(hepatica, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_bytes(ONE.read_bytes())
    (tmp_path / "bad.json").write_bytes(b"{")
    records = hepatica("match", tmp_path, "--json").document["records"]
    assert sorted(r["exit_code"] for r in records) == [0, 2]


def test_what_would_bring_the_person_in_and_the_best_test(hepatica) -> None:
    assert "would have to be: bilirubin down by" in hepatica("match", ONE, "--protocol", "NCT03529136").out
    assert "One test would settle most: " in hepatica("match", ONE).out


@pytest.mark.parametrize("verb", ["stage", "match"])
def test_codes_of_a_hospital(hepatica, tmp_path: Path, verb: str) -> None:
    rows = [{"analyte": name, "value": v, "unit": u} for name, v, u in (("LAB1", 40, ""), ("inr", 1.2, "1"))]
    record = tmp_path / "p.json"
    record.write_bytes(orjson.dumps({"id": "p", "sex": "male", "age": 50, "observations": rows}))
    codes = tmp_path / "codes.csv"
    codes.write_text("kind,system,code,name,unit\nanalyte,,LAB1,bilirubin,umol/L\n")
    assert hepatica(verb, record, "--codes", codes).code == 0
    codes.write_text("kind,system,code,name,unit\nanalyte,,LAB1,bilirubun,\n")
    hepatica(verb, record, "--codes", codes).refused(2)
    hepatica(verb, record, "--codes", tmp_path / "none.csv").refused(2)
