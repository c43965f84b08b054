"""Broken records through the verbs: refused with the reason in 1 to 4 lines, or what was set aside is named."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "bad"
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
SEVERAL = {"two_patients.csv"}  # a table of several patients is a cohort on the command line


@pytest.mark.parametrize("verb", ["stage", "match", "plan"])
@pytest.mark.parametrize("name", [n for n, row in EXPECTED.items() if "refused" in row and n not in SEVERAL])
def test_refused(hepatica, verb: str, name: str) -> None:
    for more in ([], ["--json"]):
        ended = hepatica(verb, FOLDER / name, *more)
        ended.refused(2)
        assert EXPECTED[name]["refused"] in ended.err


@pytest.mark.parametrize("verb", ["stage", "match", "plan"])
@pytest.mark.parametrize("name", [n for n, row in EXPECTED.items() if "refused" not in row])
def test_usable_in_part(hepatica, verb: str, name: str) -> None:
    more = ["--draws", "50"] if verb == "plan" else []
    ended = hepatica(verb, FOLDER / name, "--json", *more)
    if ended.code:
        ended.refused(1)
        return
    if verb == "stage":
        named = " | ".join(f"{row['what']}: {row['why']}" for row in ended.document["set_aside"])
        for words in EXPECTED[name].get("set_aside", ()):
            assert words in named
        for words in EXPECTED[name].get("notes", ()):
            assert words in " | ".join(ended.document["notes"])
    elif verb == "plan":
        assert len(ended.document["patient"]["set_aside"]) == len(EXPECTED[name].get("set_aside", ()))


def test_a_file_too_large_is_refused_at_once(hepatica, tmp_path: Path) -> None:
    big = tmp_path / "big.json"
    with big.open("wb") as file:
        file.write(b'{"resourceType": "Bundle", "entry": [')
        file.truncate(200_000_000)
    ended = hepatica("plan", big)
    ended.refused(2)
    assert "200 MB" in ended.err


def test_the_whole_folder_is_a_cohort_that_goes_on(hepatica) -> None:
    ended = hepatica("stage", FOLDER, "--json")
    assert ended.code == 1
    codes = [row["exit_code"] for row in ended.document["records"]]
    assert 0 in codes and 2 in codes
    assert all(row["reason"] for row in ended.document["records"] if row["exit_code"])
    assert len(ended.err.strip().splitlines()) <= 4
