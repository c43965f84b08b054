"""Find a value by its path in a plan, and the lineage pattern that covers that path."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_STEP = re.compile(r"\.?([A-Za-z_][\w\-]*|(?<=\.)\d+)|\[(\d+)\]")


@lru_cache(maxsize=65536)
def steps(path: str) -> tuple[str | int, ...]:
    """Split `$.options[0].forecast.meld[3].mean` into its keys and indexes.

    >>> steps("$.options[0].forecast.meld[3].mean")
    ('options', 0, 'forecast', 'meld', 3, 'mean')
    """
    body = path.removeprefix("$")
    return tuple(key if key else int(index) for key, index in _STEP.findall(body))


def value_at(document: Any, path: str) -> Any:
    """Return what stands at a path, or None where nothing does."""
    here = document
    for step in steps(path):
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            return None
    return here


@lru_cache(maxsize=1024)
def _regex(pattern: str) -> re.Pattern[str]:
    body = re.escape(pattern.removeprefix("$").removeprefix("."))
    body = body.replace(r"\[\*\]", r"\[\d+\]").replace(r"\*\*", r".+").replace(r"\*", r"[^.\[\]]+")
    return re.compile(rf"{body}\Z")


def _breadth(pattern: str) -> tuple[int, int]:
    return pattern.count("**"), len(re.findall(r"(?<!\[)\*", pattern))


class Lineage:
    """The lineage patterns of one plan, asked by path."""

    def __init__(self, patterns: list[dict[str, Any]]) -> None:
        self.patterns = [p for p in patterns if isinstance(p, dict) and p.get("path")]
        self._regexes = [_regex(p["path"]) for p in self.patterns]
        self._indexed = any(re.search(r"\[\d", p["path"]) for p in self.patterns)
        self._seen: dict[str, int | None] = {}

    def find(self, path: str) -> int | None:
        """Return the index of the most specific pattern that covers a path, or None."""
        bare = path.removeprefix("$").removeprefix(".")
        key = bare if self._indexed else re.sub(r"\[\d+\]", "[0]", bare)
        if key not in self._seen:
            hits = [i for i, regex in enumerate(self._regexes) if regex.match(key)]
            self._seen[key] = min(hits, key=lambda i: _breadth(self.patterns[i]["path"]), default=None)
        return self._seen[key]
