"""Every broken file of this folder ends as expected.toml says: refused in few lines, or read with the reason named."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from hepatica.errors import InputError
from hepatica.patient import ReadFailure, read, read_many

FOLDER = Path(__file__).parent
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
FILES = sorted(
    p.name for p in FOLDER.iterdir() if p.suffix not in (".py", ".pyc") and p.is_file() and p.name != "expected.toml"
)
TODAY = date(2026, 11, 1)


def test_every_file_is_expected_to_end_somehow():
    assert set(FILES) == set(EXPECTED)


@pytest.mark.parametrize("name", [n for n in FILES if "refused" in EXPECTED[n]])
def test_refused(name):
    with pytest.raises(InputError) as caught:
        read(FOLDER / name, today=TODAY)
    lines = caught.value.lines()
    assert EXPECTED[name]["refused"] in lines[0]
    assert 1 <= len(lines) <= 4 and all(line.strip() and "\n" not in line for line in lines)
    assert caught.value.exit_code == 2
    assert name in "".join(lines)


@pytest.mark.parametrize("name", [n for n in FILES if "refused" not in EXPECTED[n]])
def test_read_with_the_reason(name):
    p = read(FOLDER / name, today=TODAY)
    named = " | ".join(f"{s.what}: {s.why}" for s in p.set_aside)
    for words in EXPECTED[name].get("set_aside", ()):
        assert words in named
    for words in EXPECTED[name].get("notes", ()):
        assert words in " | ".join(p.notes)
    assert len(p.set_aside) == len(EXPECTED[name].get("set_aside", ()))
    assert p.observations or p.conditions


@pytest.mark.parametrize(
    ("name", "analyte", "left"),
    [
        ("negative_bilirubin.json", "bilirubin", []),
        ("albumin_3.5_g_per_l.json", "albumin", []),
        ("inr_350.json", "inr", []),
        ("future_dates.json", "bilirubin", []),
        ("duplicate_ids_conflicting.json", "sodium", []),
        ("duplicate_ids_same.json", "inr", [1.4]),
        ("values_of_someone_else.json", "inr", [1.4]),
        ("missing_unit.json", "bilirubin", []),
    ],
)
def test_no_wrong_number_is_left(name, analyte, left):
    assert [o.value for o in read(FOLDER / name, today=TODAY).at(analyte)] == left


def test_the_folder_as_a_cohort_goes_on():
    found = list(read_many(FOLDER, today=TODAY))
    failures = [f.where for f in found if isinstance(f, ReadFailure)]
    several = {"two_patients.csv", "two_patients.json"}
    broken = [n for n in FILES if "refused" in EXPECTED[n] and n not in several]
    assert all(any(str(FOLDER / n) in where for where in failures) for n in broken)
    assert len(found) - len(failures) == len(FILES) - len(broken) + len(several)


def test_a_file_of_200_mb_is_refused(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.write(b'{"id": "x", "observations": [')
        file.truncate(200_000_000)
    with pytest.raises(InputError) as caught:
        read(path)
    assert "200 MB" in caught.value.lines()[0] and len(caught.value.lines()) <= 4


def test_the_limit_of_size_can_be_raised(tmp_path):
    path = tmp_path / "padded.json"
    path.write_bytes(b'{"id": "x"}' + b" " * 2000)
    with pytest.raises(InputError):
        read(path, max_bytes=1000)
    assert read(path, max_bytes=10_000).id == "x"
