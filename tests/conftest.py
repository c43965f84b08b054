"""What every test may lean on: the folders of the checkout, facts beside it where present, a browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("web") is None or browser():
        return
    if os.environ.get("CI") == "true":
        pytest.fail("no Chromium on this machine; browser tests must run where CI=true", pytrace=False)
    pytest.skip("no Chromium on this machine")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    return browser() or pytest.skip("no Chromium on this machine")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of facts beside the checkout (HEPATICA_SHARED, or ../shared); the test is skipped without it."""
    folder = Path(os.environ.get("HEPATICA_SHARED", ROOT.parent / "shared"))
    return folder if folder.is_dir() else pytest.skip("no folder of shared facts beside the checkout")
