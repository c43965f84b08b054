"""`hepatica bench` in the contract's shape."""

from __future__ import annotations


def test_it_times_the_twin_in_one_run(hepatica) -> None:
    ended = hepatica("bench", "--no-peers", "--seconds", "0.1", "--rounds", "2", "--json")
    assert ended.code == 0
    document = ended.document
    assert document["model"]["states"] >= 25 and document["model"]["doses"] == 2
    assert {row["precision"] for row in document["rows"]} == {"f32", "f64"}
    for row in document["rows"]:
        assert row["engine"] == "hepatica" and row["patients_per_s"] > 0
        assert row["max_rel_error"] < 1e-3 and row["failed"] == 0


def test_the_table_says_what_was_timed(hepatica) -> None:
    ended = hepatica("bench", "--no-peers", "--seconds", "0.1", "--rounds", "1")
    assert ended.code == 0
    for word in ("states", "patient-years/s", "largest relative error", "compile s", "memory MB"):
        assert word in ended.out


def test_wrong_seconds_and_rounds_are_refused(hepatica) -> None:
    hepatica("bench", "--seconds", "0").refused(2)
    hepatica("bench", "--rounds", "0").refused(2)
