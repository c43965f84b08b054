"""A value of a record as it may stand in a message: short, and of any depth."""

from __future__ import annotations

from reprlib import Repr
from typing import Any

TEXT = 2000
_SHORT = Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother = 4, 60, 60
_SHORT.maxdict = _SHORT.maxlist = _SHORT.maxtuple = 12


def shown(value: Any, most: int = 60) -> str:
    """Return a value as text of at most some characters; what nests deeply is cut, not followed."""
    text = value if isinstance(value, str) else _SHORT.repr(value) if isinstance(value, dict | list) else str(value)
    return text if len(text) <= most else text[: most - 1] + "…"
