"""Tables of codes, names and ranges, each row with its source."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import orjson


def load(name: str) -> dict[str, Any]:
    """Return one table of this folder."""
    table: dict[str, Any] = orjson.loads(files(__name__).joinpath(name).read_bytes())
    return table
