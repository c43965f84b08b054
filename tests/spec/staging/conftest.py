"""A module's TABLES, written as ASCII, become its test cases: (table, row) with a row as {column: cell}."""

from __future__ import annotations

import pytest


def rows(text: str) -> list[dict[str, str]]:
    """Return one dict a line under the header; columns are split by bars and an empty cell is left out."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    wrong = [line for line in lines if len(line) != len(lines[0])]
    assert not wrong, f"cells do not fit the header: {wrong}"
    return [{k: v for k, v in zip(lines[0], line, strict=True) if v} for line in lines[1:]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for `table` and `row` every row of its module's TABLES."""
    if {"table", "row"} <= set(metafunc.fixturenames):
        cases = [(name, row) for name, text in metafunc.module.TABLES.items() for row in rows(text)]
        metafunc.parametrize(
            ("table", "row"), cases, ids=[f"{name}: {next(iter(row.values()))}" for name, row in cases]
        )
