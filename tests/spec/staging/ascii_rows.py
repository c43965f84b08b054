"""Read the ASCII tables of these specifications: a header, then one case a line, columns split by bars."""

from __future__ import annotations


def rows(text: str) -> list[dict[str, str]]:
    """Return one dict a line; an empty cell is left out."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    header = lines[0]
    wrong = [line for line in lines[1:] if len(line) != len(header)]
    assert not wrong, f"cells do not fit the header: {wrong}"
    return [{k: v for k, v in zip(header, line, strict=True) if v} for line in lines[1:]]


def cases(tables: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Return (score, row) for every row of every table."""
    return [(name, row) for name, text in tables.items() for row in rows(text)]
