"""What a study says against itself: impossible pairs stop it, odd pairs stay beside it."""

from pathlib import Path

import orjson
import pytest

from hepatica import evidence
from hepatica.evidence import checks, read

STUDIES = Path(__file__).parents[3] / "src/hepatica/evidence/data/studies"
ROW = {"arm": "G-CSF", "variable": "meld", "n": 20}


def found(change):
    data = orjson.loads((STUDIES / "duan2013.json").read_bytes())
    change(data)
    return checks.study(read.study(data))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(year=1842), "1842"),
        (lambda d: d["survival"][0].update(day=-3), "day -3 lies outside"),
        (lambda d: d["survival"][0].update(day=99999), "day 99999 lies outside"),
        (lambda d: d.update(age_mean=430), "430 years"),
        (lambda d: d.update(male_fraction=62), "a fraction, not percent"),
        (lambda d: d.update(baseline=[{**ROW, "median": 30, "q1": 10, "q3": 20}]), "outside its quartiles 10 to 20"),
        (lambda d: d.update(baseline=[{**ROW, "mean": 30, "low": 10, "high": 20}]), "outside its range 10 to 20"),
        (lambda d: d.update(baseline=[{**ROW, "mean": 30, "n": 2.5}]), "n = 2.5"),
        (lambda d: d.update(hazard_ratios=[{"comparison": "a v. control", "hr": 0.5, "lo": 0.6, "hi": 2}]), "0.6 to 2"),
        (lambda d: d.update(hazard_ratios=[{"comparison": "a v. control", "hr": -1}]), "-1"),
        (lambda d: d.update(adverse_events=[{"arm": "G-CSF", "event": "x", "percent": 130}]), "130 %"),
        (
            lambda d: d.update(
                survival=[
                    {"arm": "G-CSF", "day": 90, "n": 27, "alive": 13, "endpoint": "overall"},
                    {"arm": "G-CSF", "day": 90, "n": 27, "alive": 15, "endpoint": "transplant_free"},
                ]
            ),
            "15 alive without transplant, 13 alive at all",
        ),
    ],
)
def test_impossible_pairs_are_errors(change, words):
    errors = [f.what for f in found(change) if f.level == "error"]
    assert any(words in e for e in errors), errors


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(baseline=[{**ROW, "mean": 30, "n": 500}]), "more patients (up to 500)"),
        (lambda d: d.update(baseline=[{**ROW, "mean": 30}, {**ROW, "mean": 25}]), "with other values"),
        (lambda d: d.update(baseline=[{**ROW, "mean": 30, "sd": 0}]), "SD of 0"),
        (lambda d: d.update(baseline=[{**ROW, "mean": 30, "sd": 2, "n": 1}]), "one patient has no SD"),
        (
            lambda d: d.update(
                baseline=[{**ROW, "mean": 30, "sd": 6}], outcomes=[{**ROW, "day": 30, "mean": 25, "sd": 1.34}]
            ),
            "over the root of n",
        ),
        (
            lambda d: d.update(
                baseline=[{**ROW, "mean": 30, "sd": 6}],
                outcomes=[{**ROW, "day": 30, "mean": 25, "sd": 6}],
                changes=[{**ROW, "day": 30, "mean": 5, "sd": 3}],
            ),
            "the values differ by -5",
        ),
        (
            lambda d: d.update(
                baseline=[{**ROW, "mean": 30, "sd": 6}],
                outcomes=[{**ROW, "day": 30, "mean": 25, "sd": 6}],
                changes=[{**ROW, "day": 30, "mean": -5, "sd": 30}],
            ),
            "contradict each other",
        ),
        (
            lambda d: d.update(hazard_ratios=[{"comparison": "x", "hr": 0.5, "lo": 0.2, "hi": 0.8, "p": 0.6}]),
            "disagree",
        ),
        (
            lambda d: d.update(adverse_events=[{"arm": "G-CSF", "event": "x", "n": 20, "count": 2, "percent": 40}]),
            "40 %",
        ),
        (
            lambda d: d["arms"][0].update(
                cells={"type": "MSC", "cell_class": "msc", "dose_cells_per_kg": 1e6, "dose_cells_total": 1e12}
            ),
            "a weight of 1e+06 kg",
        ),
    ],
)
def test_odd_pairs_are_doubts(change, words):
    told = found(change)
    assert not [f for f in told if f.level == "error"]
    assert any(words in f.what for f in told if f.level == "doubt"), told


def test_every_number_says_where_it_was_read():
    for id in ("engelmann2021", "sharma2020", "newsome2018_fulltext_pmc5738975"):
        shown = evidence.show(id)
        rows = [*shown["measures"], *shown["survival"], *shown["adverse_events"], *shown["quality_of_life"]]
        assert rows and all(r["read_at"]["source"] for r in rows)


def test_the_base_names_its_own_contradictions():
    told = [f.what for f in evidence.findings() if f.study == "xiao2019"]
    assert any("stands twice with other values" in w for w in told)
