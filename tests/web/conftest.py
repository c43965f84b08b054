"""Pages of the fixture plan and of real plans, and one browser for all of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "report"))

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def opened(chromium):
    """A browser, closed at the end."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session", params=["fixture", "hostile"])
def plan_file(request, tmp_path_factory):
    """A saved page and the plan beside it."""
    from fixture_plan import hostile_plan, plan_dict

    from hepatica import report

    plan = plan_dict() if request.param == "fixture" else hostile_plan()
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "plan.html").write_text(report.html(plan), encoding="utf-8")
    (folder / "plan.json").write_bytes(report.canonical(plan))
    return folder / "plan.html"


@pytest.fixture()
def visit(opened, plan_file):
    """Open the page: visit(width=…, dark=…) returns (page, what the console said, what was asked of the network)."""
    pages = []

    def go(width: int = 1280, height: int = 900, dark: bool = False, **more):
        page = opened.new_page(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", **more
        )
        pages.append(page)
        said, asked = [], []
        page.on("console", lambda m: said.append(m.text))
        page.on("pageerror", lambda e: said.append(str(e)))
        page.on("request", lambda r: asked.append(r.url))
        page.goto(plan_file.as_uri())
        return page, said, asked

    yield go
    for page in pages:
        page.close()


@pytest.fixture()
def plan(plan_file):
    """The plan.json beside the page."""
    return json.loads(plan_file.with_name("plan.json").read_bytes())
