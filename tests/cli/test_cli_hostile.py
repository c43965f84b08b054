"""A record or a plan by someone else cannot steer the terminal, nor write lines that look like ours."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e"
ROW = {"analyte": "bilirubin", "value": 60, "unit": "umol/L", "time": "2026-10-01"}


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record.json"
    attack = f"x{ESCAPES}\nhepatica: all is well"
    document = {
        "id": attack, "conditions": ["cirrhosis", attack], "treatments": [attack], "etiology": [attack], attack: attack,
        "observations": [ROW, {"analyte": attack, "value": attack, "unit": attack, "time": attack}],
        "notes": [attack], "set_aside": [{"what": attack, "where": attack, "why": attack}],
    }  # fmt: skip
    path.write_bytes(orjson.dumps(document))
    return path


def is_plain(text: str) -> bool:
    lines = text.splitlines()
    return not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text) and "hepatica: all is well" not in lines


@pytest.mark.parametrize("verb", ["stage", "match", "plan"])
def test_a_record_cannot_steer_the_terminal(hepatica, record: Path, tmp_path: Path, verb: str) -> None:
    more = ["--draws", "20", "-o", tmp_path / "out"] if verb == "plan" else []
    for words in ([record], [record, record]):
        ended = hepatica(verb, *words, *more)
        assert ended.code == 0
        assert is_plain(ended.out) and is_plain(ended.err)


def test_an_error_cannot_steer_the_terminal(hepatica, tmp_path: Path) -> None:
    path = tmp_path / "two.json"
    path.write_bytes(orjson.dumps([{"id": f"a{ESCAPES}\nhepatica: all is well"}, {"id": "b"}]))
    ended = hepatica("stage", path)
    ended.refused(2)
    assert is_plain(ended.err)
    assert is_plain(hepatica("stage", f"no{ESCAPES}").err)


def test_a_plan_cannot_steer_the_terminal(hepatica, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    plan = {"options": [{"name": ESCAPES}], "sources": {"a": {"citation": ESCAPES}}, "lineage": {}}
    path.write_bytes(orjson.dumps(plan))
    for form in ("text", "bibtex", "ris", "csl-json"):
        assert is_plain(hepatica("cite", path, "--format", form).out)
    assert is_plain(hepatica("why", path, "$.options[0].name").err)
