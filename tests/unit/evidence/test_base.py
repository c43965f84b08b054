"""The study base: everything loads, every number has a source, checks catch what is wrong, nothing counts twice."""

import json
import os
import tomllib
from pathlib import Path

import orjson
import pytest

from hepatica import evidence
from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence import checks, read
from hepatica.evidence.base import TABLES, table

ROOT = Path(__file__).parents[3]
STUDIES = ROOT / "src/hepatica/evidence/data/studies"
SHARED = Path(os.environ.get("HEPATICA_SHARED", ROOT.parent / "shared")) / "evidence"


def raw(id):
    return orjson.loads((STUDIES / f"{id}.json").read_bytes())


def test_every_file_loads_and_none_has_an_error():
    assert len(evidence.studies()) == len(list(STUDIES.glob("*.json")))
    assert not [f for f in evidence.findings() if f.level == "error"]


def test_data_stay_small():
    sizes = [p.stat().st_size for p in STUDIES.parent.rglob("*.json")]
    assert max(sizes) < 2_000_000
    assert sum(sizes) < 3_000_000


def test_every_study_says_where_it_was_read():
    for s in evidence.studies().values():
        assert s.provenance and all(p.source for p in s.provenance), s.id
        assert evidence.reference(s.id)["citation"] == s.citation


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source_in_the_bibliography(name):
    rows = table(name)
    assert rows
    for row in rows:
        assert row["source"] in evidence.bibliography(), row


def test_bibliography_links_lead_somewhere():
    for key, row in evidence.bibliography().items():
        assert row["citation"], key
        assert (row["url"] or "").startswith("http"), key


def test_reference_resolves_ids_it_has_never_seen():
    assert evidence.reference("nct:NCT01220492")["url"].endswith("NCT01220492")
    assert evidence.reference("pmid:23467275")["id"] == "duan2013"
    with pytest.raises(CannotAnswer, match="no reference"):
        evidence.reference("smith1999")


def test_study_that_is_not_there_names_its_neighbours():
    with pytest.raises(CannotAnswer, match="no study 'duan2014'") as caught:
        evidence.study("duan2014")
    assert "duan2013" in caught.value.mend


def test_same_patients_share_a_cohort():
    cohorts = {}
    for s in evidence.studies().values():
        cohorts.setdefault(s.cohort, set()).add(s.id)
    assert {"newsome2018", "newsome2018_fulltext", "newsome2018_fulltext_pmc5738975"} in cohorts.values()
    assert {"spahr2013", "spahr2013_lanthier2017", "spahr2013_lanthier2017_pmc5395856"} in cohorts.values()
    assert {"gordon2006", "levicar2008"} in cohorts.values()
    assert {"de2014ptx", "de2014ptx_pmc4199180"} in cohorts.values()
    assert evidence.study("aclf302_58").may_overlap == ("shi2012",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["arms"][0].update(n=-3), "n = -3"),
        (lambda d: d["survival"][0].update(alive=99), "99 alive of"),
        (lambda d: d.update(condition="liver trouble"), "is none of"),
        (lambda d: d["survival"][0].update(alive=None, percent=140), "140 %"),
        (lambda d: d["arms"].append(dict(d["arms"][0])), "same name"),
        (lambda d: d["provenance"][0].update(source=""), "without a source"),
        (
            lambda d: d.update(baseline=[{"arm": "G-CSF", "variable": "meld", "n": 20, "mean": 25, "sd": -2}]),
            "SD -2",
        ),
        (
            lambda d: d.update(adverse_events=[{"arm": "G-CSF", "event": "fever", "n": 5, "count": 6}]),
            "6 of 5",
        ),
    ],
)
def test_impossible_numbers_are_errors(change, words):
    data = raw("duan2013")
    change(data)
    errors = [f.what for f in checks.study(read.study(data)) if f.level == "error"]
    assert any(words in e for e in errors), errors


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["survival"][0].update(percent=80.0), "printed 80.0 %"),
        (
            lambda d: d.update(baseline=[{"arm": "G-CSF", "variable": "albumin_g_l", "n": 20, "mean": 3.4}]),
            "wrong unit",
        ),
        (
            lambda d: d.update(
                outcomes=[{"arm": "G-CSF", "variable": "meld", "day": 30, "n": 40, "mean": 20, "sd": 0.9}]
            ),
            "standard error",
        ),
    ],
)
def test_odd_numbers_are_doubts(change, words):
    data = raw("duan2013")
    change(data)
    found = checks.study(read.study(data))
    assert not [f for f in found if f.level == "error"]
    assert any(words in f.what for f in found if f.level == "doubt"), found


def test_more_alive_later_is_an_error():
    data = raw("gpred2023")
    for row in data["survival"]:
        if row["day"] == 28 and row["arm"] == "G-CSF":
            row.update(alive=20, percent=None)
    assert any("more alive later" in f.what for f in checks.study(read.study(data)) if f.level == "error")


@pytest.mark.parametrize("drop", ["id", "citation", "arms", "provenance", "condition", "confidence"])
def test_a_file_without_a_needed_field_is_refused(drop):
    data = raw("duan2013")
    del data[drop]
    with pytest.raises(InputError, match=f"{drop} is missing"):
        read.study(data, "file.json")


def test_unknown_and_misshapen_fields_are_refused():
    with pytest.raises(InputError, match="unknown field 'colour'"):
        read.study({**raw("duan2013"), "colour": "red"})
    with pytest.raises(InputError, match="does not fit the schema"):
        read.study({**raw("duan2013"), "survival": [{"arm": "G-CSF"}]})
    with pytest.raises(InputError, match="one JSON object"):
        read.study([1, 2])


def test_check_and_show_are_plain_json():
    state = evidence.check()
    assert state["ok"] and state["studies"] == len(evidence.studies())
    assert [r["what"] for r in state["rows_not_used"]] == ["fatigue, MSC v control"]
    for id in ("sharma2020", "hou_2021_3", "pmid:31989101"):
        json.dumps(evidence.show(id))
    with pytest.raises(CannotAnswer, match="nothing in this base"):
        evidence.show("nonsense")


def test_list_filters():
    every = evidence.list_rows()
    assert len(every) == len(evidence.studies())
    aclf = evidence.list_rows(condition="ACLF", intervention="G-CSF")
    assert {r["id"] for r in aclf} >= {"duan2013", "garg2012", "engelmann2021"}
    assert all(r["condition"] == "aclf" for r in aclf)
    assert evidence.list_rows(design="randomised", region="europe", intervention="g_csf")
    with pytest.raises(InputError, match="condition 'broken heart'"):
        evidence.list_rows(condition="broken heart")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the extracted facts are not beside this checkout")
def test_no_extracted_number_was_lost():
    theirs = {"survival": 0, "adverse_events": 0, "quality_of_life": 0, "baseline": 0, "outcomes": 0, "changes": 0}
    for file in (*SHARED.glob("studies/*.json"), *SHARED.glob("standard_care/*.json")):
        data = orjson.loads(file.read_bytes())
        for key in theirs:
            theirs[key] += len(data.get(key, []))
    held_out = (STUDIES.parents[2] / "trials" / "data" / "holdout.toml").read_text("utf-8")
    added = {row["id"] for row in tomllib.loads(held_out)["study"]}  # read from published pages, not from those facts
    ours = dict.fromkeys(theirs, 0)
    for file in STUDIES.glob("*.json"):
        data = orjson.loads(file.read_bytes())
        for key in ours:
            ours[key] += len(data.get(key, [])) if data["id"] not in added else 0
    assert ours == theirs


def test_facts_of_a_treatment_and_its_study_count_the_same():
    # a percentage that two tables hold must be of the same endpoint in both
    ends = {"survival": "overall", "transplant_free_survival": "transplant_free"}
    compared = 0
    for row in table("comparators"):
        s = evidence.studies().get(row["source"])
        if s is None or row["outcome"] not in ends or row["measure"] != "percent":
            continue
        held = [r for r in s.survival if r.day == row.get("day") and r.percent == row["value"]]
        assert all(r.endpoint == ends[row["outcome"]] for r in held), (s.id, row["what"])
        compared += len(held)
    assert compared >= 8
