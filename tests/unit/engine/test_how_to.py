"""The how-to pages of the engine run as they stand, from their first example to their last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run the examples of a page in an empty folder beside the examples; return how many and what they printed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")

    def all_of(page: str) -> tuple[int, list[str]]:
        examples = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "how-to" / page).read_text("utf-8"), re.DOTALL)
        names: dict[str, object] = {"__name__": "how_to"}
        for example in examples:
            exec(compile(example, page, "exec"), names)
        return len(examples), capsys.readouterr().out.splitlines()

    return all_of


def test_every_example_of_ensembles_runs(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    count, told = run("ensembles.md")
    assert count == 6 and "could not be computed: {}" in told and "16384 ((0, 16384),)" in told
    assert told[-1] == "the same numbers: True"
    assert len(list((tmp_path / "run-1").glob("part-*.npz"))) == 13


def test_every_example_of_changing_the_twin_runs(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("libsbml")
    count, told = run("change-the-twin.md")
    assert count == 5 and told[0].startswith("  albumin_plasma_g [g]") and told[1] == "same people: True {}"
    assert float(told[2].split()[0]) < 0 < float(told[3].split()[0])
    assert told[3].endswith("U/L {}") and told[4] == "written: twin.xml twin.sedml"
    assert {p.name for p in (tmp_path / "exported").iterdir()} == {"twin.xml", "twin.sedml"}
