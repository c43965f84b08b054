"""Run the command line in this process and look at what it said and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from hepatica.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.json"))


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> object:
        """The one JSON document on stdout."""
        return orjson.loads(self.out)

    def refused(self, code: int) -> None:
        """Assert an end with a reason: 1 to 4 lines on stderr, nothing on stdout, no traceback."""
        assert self.code == code
        assert self.out == ""
        assert 1 <= len(self.err.strip().splitlines()) <= 4
        assert self.err.startswith("hepatica: ")
        assert "Traceback" not in self.err
        assert "fault of hepatica" not in self.err


@pytest.fixture
def hepatica(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Ended]:
    def run(*words: str | Path) -> Ended:
        capfdbinary.readouterr()
        code = main([str(word) for word in words])
        out, err = capfdbinary.readouterr()
        return Ended(code, out.decode(), err.decode())

    return run
