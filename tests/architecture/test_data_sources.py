"""Every number in a data file has a source in its row or in the table around it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import orjson
import pytest

SOURCE = Path(__file__).parents[2] / "src" / "hepatica"
EXEMPT = {
    "twin/data/posterior.json": "written by hepatica.twin.calibrate from files that have sources",
    "planning/data/harms.toml": "days_lost: called an assumption in the file's first line, not in each row",
}
NAMES = {"source", "sources", "range_source", "citation", "provenance"}
FILES = sorted(p for p in SOURCE.glob("*/data/**/*") if p.suffix in {".toml", ".json"})


def load(path: Path) -> Any:
    return (
        tomllib.loads(path.read_text(encoding="utf-8")) if path.suffix == ".toml" else orjson.loads(path.read_bytes())
    )


def unsourced(node: Any, path: str = "$", sourced: bool = False) -> list[str]:
    """Return the paths of numbers that neither their row nor a table around it gives a source."""
    if isinstance(node, dict):
        sourced = sourced or any(node.get(name) for name in NAMES)
        return [row for key, value in node.items() for row in unsourced(value, f"{path}.{key}", sourced)]
    if isinstance(node, list):
        return [row for i, value in enumerate(node) for row in unsourced(value, f"{path}[{i}]", sourced)]
    number = isinstance(node, int | float) and not isinstance(node, bool)
    return [path] if number and not sourced else []


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_number_has_a_source(path: Path) -> None:
    found = unsourced(load(path))
    if str(path.relative_to(SOURCE)) in EXEMPT:
        assert found, "every number has a source now: take the file off the list"
    else:
        assert found == []


def test_the_scan_finds_a_number_without_a_source() -> None:
    rows = {"a": {"value": 1.0, "source": "pmid:1"}, "b": {"value": 2.0}, "c": [{"text": "words"}, {"range": [1, 2]}]}
    assert unsourced(rows) == ["$.b.value", "$.c[1].range[0]", "$.c[1].range[1]"]
