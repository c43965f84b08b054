"""Explain medical terms where they are first met."""

from __future__ import annotations

import tomllib
from importlib import resources

from hepatica.language import by_language, said_data


@by_language
def terms() -> dict[str, str]:
    """Return term -> plain explanation, from `terms.toml`."""
    text = resources.files(__package__).joinpath("terms.toml").read_text(encoding="utf-8")
    rows = said_data("report/words/terms.toml", tomllib.loads(text))["terms"]
    return {row["term"]: row["means"] for row in rows}
