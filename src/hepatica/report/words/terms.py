"""Explain medical terms where they are first met."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources


@functools.cache
def terms() -> dict[str, str]:
    """Return term -> plain explanation, from `terms.toml`."""
    text = resources.files(__package__).joinpath("terms.toml").read_text(encoding="utf-8")
    return {row["term"]: row["means"] for row in tomllib.loads(text)["terms"]}
