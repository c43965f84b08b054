"""The page of a review in a real browser."""

from __future__ import annotations

from itertools import pairwise

import pytest

pytestmark = pytest.mark.web


@pytest.fixture(scope="module", params=["decompensated_cirrhosis:msc", "alcoholic_hepatitis:g_csf"])
def review_file(request, tmp_path_factory):
    """A saved review: one with nothing to pool, one with forest, funnel and bubbles."""
    from hepatica import evidence, report

    folder = tmp_path_factory.mktemp("review")
    report.save_review(evidence.review(*request.param.split(":")), folder)
    return folder / "review.html"


@pytest.fixture()
def look(opened, review_file):
    """Open the page: look(width=…, dark=…) returns (page, what the console said, what was asked of the network)."""
    pages = []

    def go(width: int = 1280, dark: bool = False):
        page = opened.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )  # fmt: skip
        pages.append(page)
        said, asked = [], []
        page.on("console", lambda m: said.append(m.text))
        page.on("request", lambda r: asked.append(r.url))
        page.goto(review_file.as_uri())
        return page, said, asked

    yield go
    for page in pages:
        page.close()


def test_nothing_is_asked_of_the_network_and_nothing_fails(look, review_file):
    _, said, asked = look()
    assert said == [] and asked == [review_file.as_uri()]


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_page_never_scrolls_sideways(look, width):
    page, _, _ = look(width)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_limitations_come_before_findings_and_harms_before_pictures(look):
    page, _, _ = look()
    tops = [page.locator(f"#{part}").bounding_box()["y"] for part in ("limits", "findings", "harms", "time", "grid")]
    assert tops == sorted(tops)


def test_headings_are_in_order(look):
    page, _, _ = look()
    levels = page.locator("h1,h2,h3").evaluate_all("all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))


def test_every_drawing_is_named_and_every_picture_has_its_table(look):
    page, _, _ = look()
    assert page.locator("svg").evaluate_all("all => all.filter(s => !s.getAttribute('aria-label')).length") == 0
    assert page.locator("figure.picture").evaluate_all("all => all.filter(f => !f.querySelector('table')).length") == 0
    assert page.locator("table").evaluate_all("all => all.filter(t => !t.caption || !t.tHead).length") == 0


def test_no_text_of_a_picture_leaves_it(look):
    page, _, _ = look()
    outside = page.locator("figure.picture svg text").evaluate_all(
        """all => all.filter(t => { const a = t.getBoundingClientRect(), b = t.ownerSVGElement.getBoundingClientRect();
        return a.left < b.left - 1 || a.right > b.right + 1 || a.bottom > b.bottom + 1; }).map(t => t.textContent)"""
    )
    assert outside == []


def test_the_keyboard_reaches_contents_tables_and_details(look):
    page, _, _ = look()
    seen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.className"))
    assert seen[0] == "A skip" and "DIV scroll" in seen
    assert page.locator("summary").evaluate_all("all => all.every(s => s.tabIndex === 0)")


def test_print_shows_what_is_folded(look):
    page, _, _ = look()
    page.emulate_media(media="print")
    assert not page.locator("nav.toc").is_visible()
    assert page.locator("#studies details p.small").first.is_visible()


def test_axe_finds_nothing(look):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page, _, _ = look()
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = axe.Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    page.emulate_media(color_scheme="dark")
    found = axe.Axe().run(page, options={"runOnly": ["color-contrast"]})
    assert found.response["violations"] == [], found.generate_report()
