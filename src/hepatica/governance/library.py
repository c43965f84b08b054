"""Read the room's data files once, and refuse a row whose source is not in the bibliography."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from hepatica.language import by_language, said_data


def _read(name: str) -> dict[str, Any]:
    found = tomllib.loads(resources.files("hepatica.governance").joinpath("data", name).read_text(encoding="utf-8"))
    said: dict[str, Any] = said_data(f"governance/data/{name}", found)
    return said


@by_language
def bibliography() -> dict[str, dict[str, Any]]:
    """Return the sources of this room by id, each with a citation and what was seen of it."""
    rows: dict[str, dict[str, Any]] = _read("sources.toml")["source"]
    for key, row in rows.items():
        if not row.get("citation") or row.get("seen") not in ("text", "citation", "unverified"):
            raise ValueError(f"sources.toml: '{key}' lacks a citation or says not what was seen")
    return rows


def rows(name: str, table: str) -> list[dict[str, Any]]:
    """Return the rows of one table; raise ValueError on a row, or an item in it, without a known source."""
    found: list[dict[str, Any]] = _read(name)[table]
    for row in found:
        for item in row.get("item", [row]):
            if item.get("source") not in bibliography():
                raise ValueError(f"{name}: {row.get('id', table)} has no known source")
    return found
