"""A new study: checked, explained, and the pools it would move shown before and after."""

import json
from pathlib import Path

import orjson
import pytest

from hepatica import evidence
from hepatica.errors import InputError

STUDIES = Path(__file__).parents[3] / "src/hepatica/evidence/data/studies"


def write(folder, data):
    file = folder / "new.json"
    file.write_bytes(orjson.dumps(data))
    return file


def trial(**changes):
    base = {
        "id": "invented2030", "citation": "An invented trial, for this test", "design": {"randomised": True},
        "population": {"condition": "severe alcoholic hepatitis", "etiology": {"alcohol": 1.0}},
        "arms": [
            {"name": "G-CSF", "n": 50, "background": "standard + G-CSF 5 ug/kg", "cells": None},
            {"name": "control", "n": 50, "background": "standard", "cells": None},
        ],
        "survival": [
            {"arm": "G-CSF", "day": 90, "alive": 30, "n": 50},
            {"arm": "control", "day": 90, "alive": 35, "n": 50},
        ],
        "provenance": [{"field": "all", "url": "https://example.org", "where": "Table 1"}],
        "confidence": "primary full text", "notes": "",
    }  # fmt: skip
    return {**base, **changes}


def test_a_new_trial_moves_its_pool(tmp_path):
    a = evidence.add(write(tmp_path, trial()))
    assert a["accepted"] and not a["errors"]
    moved = {m["question"]: m for m in a["moved"]}
    pool = moved["survival on day 90 with g_csf v. control in alcoholic hepatitis"]
    assert pool["after"]["k"] == pool["before"]["k"] + 1
    assert pool["after"]["estimate"] < pool["before"]["estimate"]
    json.dumps(a)
    assert "invented2030" not in evidence.studies()


def test_a_kept_trial_is_part_of_every_pool(tmp_path, monkeypatch):
    from hepatica.evidence import base

    kept = evidence.add(write(tmp_path, trial()), tmp_path / "mine")
    assert kept["kept"] == str(tmp_path / "mine" / "invented2030.json")
    before = evidence.pool("survival", 90, "alcoholic_hepatitis", "g_csf").to_json()
    monkeypatch.setenv("HEPATICA_STUDIES", str(tmp_path / "mine"))
    base._loaded.cache_clear()
    try:
        after = evidence.pool("survival", 90, "alcoholic_hepatitis", "g_csf").to_json()
        assert {s["study"] for s in after["studies"]} - {s["study"] for s in before["studies"]} == {"invented2030"}
        assert after["estimate"] < before["estimate"]
        assert evidence.reference("invented2030")["kind"] == "own study"
        monkeypatch.setenv("HEPATICA_STUDIES", str(tmp_path / "none"))
        base._loaded.cache_clear()
        with pytest.raises(InputError, match="no such folder"):
            evidence.studies()
    finally:
        monkeypatch.undo()
        base._loaded.cache_clear()
    assert "invented2030" not in evidence.studies()


def test_a_refused_trial_is_not_kept(tmp_path):
    rows = [{"arm": "G-CSF", "day": 90, "alive": 70, "n": 50}]
    assert evidence.add(write(tmp_path, trial(survival=rows)), tmp_path / "mine")["kept"] is None
    assert not (tmp_path / "mine").exists()


def test_cells_in_free_words_are_understood(tmp_path):
    cells = {"type": "UC-MSC", "donor": "allogeneic", "route": "peripheral vein", "infusions": 3, "days": [0, 7, 14]}
    arms = [{"name": "UC-MSC", "n": 20, "cells": cells}, {"name": "control", "n": 20, "cells": None}]
    outcomes = [
        {"arm": "UC-MSC", "variable": "MELD", "day": 28, "mean": 18.0, "sd": 5.0, "n": 20, "unit": "score"},
        {"arm": "control", "variable": "MELD", "day": 28, "mean": 20.0, "sd": 5.0, "n": 20, "unit": "score"},
    ]
    a = evidence.add(write(tmp_path, trial(arms=arms, survival=[], outcomes=outcomes)))
    assert a["understood"]["arms"][0]["cells"] == {"class": "msc", "route": "peripheral_vein"}
    meld = [m for m in a["moved"] if m["question"].startswith("meld on day 28 with msc")]
    assert meld and meld[0]["before"] is None and meld[0]["after"]["estimate"] == pytest.approx(-2)


def test_known_patients_are_noticed(tmp_path):
    a = evidence.add(write(tmp_path, trial(pmid="23467275")))
    assert a["same_patients"] == ["duan2013"]
    assert any("duan2013" in d["what"] for d in a["doubts"])


def test_the_same_file_moves_nothing():
    a = evidence.add(STUDIES / "singh2014.json")
    assert a["accepted"] and a["moved"] == []
    assert any("replace" in d["what"] for d in a["doubts"])


def test_impossible_counts_are_refused(tmp_path):
    rows = [{"arm": "G-CSF", "day": 90, "alive": 70, "n": 50}]
    a = evidence.add(write(tmp_path, trial(survival=rows)))
    assert not a["accepted"] and a["moved"] == []
    assert "70 alive of 50" in a["errors"][0]["what"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "not JSON"), (b"<html>", "not JSON"), (b"[]", "one JSON object"), (b"{}", "missing")],
)
def test_files_that_are_no_study(tmp_path, content, words):
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    with pytest.raises(InputError, match=words):
        evidence.add(file)


def test_absent_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        evidence.add(tmp_path / "absent.json")
