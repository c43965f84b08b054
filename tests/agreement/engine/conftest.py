"""Other simulators change what is not theirs: COPASI sets the whole process to the C locale as it is imported."""

from __future__ import annotations

import locale
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def kept_locale() -> Iterator[None]:
    kept = locale.setlocale(locale.LC_ALL)
    yield
    locale.setlocale(locale.LC_ALL, kept)
