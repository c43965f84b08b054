"""The how-to page of ensembles runs as it stands, from its first example to its last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "ensembles.md"


def test_every_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict = {"__name__": "how_to"}
    for example in examples:
        exec(compile(example, PAGE.name, "exec"), names)
    told = capsys.readouterr().out
    assert len(examples) == 6 and "could not be computed: {}" in told and "16384 ((0, 16384),)" in told
    assert told.splitlines()[-1] == "the same numbers: True"
    assert len(list((tmp_path / "run-1").glob("part-*.npz"))) == 13
