"""The page in a real browser."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

pytestmark = pytest.mark.web


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_console_message_and_no_request_but_the_file(visit, plan_file, dark):
    _, said, asked = visit(dark=dark)
    assert said == []
    assert asked == [plan_file.as_uri()]


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_sideways_scrolling(visit, width):
    page, _, _ = visit(width=width)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_sideways_scrolling_when_zoomed_twice(visit):
    page, _, _ = visit(width=640, device_scale_factor=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_scripts_in_the_record_did_not_run(visit):
    page, _, _ = visit()
    page.on("dialog", lambda d: pytest.fail("a script of the record ran"))
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0


def test_the_first_screen_holds_the_decision(visit):
    page, _, _ = visit()
    for part in ("h1", ".who", ".ill", ".headline", ".page1 .badge", ".unknown"):
        box = page.locator(part).first.bounding_box()
        assert box is not None and box["y"] < 900, part


def test_tab_reaches_numbers_and_details_in_reading_order(visit):
    page, _, _ = visit()
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.className + ' ' + document.activeElement.tagName"))
    assert any(s.startswith("skip") for s in seen[:1])
    assert any(s.startswith("n ") for s in seen)
    assert page.evaluate("[...document.querySelectorAll('[tabindex]')].every(e => +e.tabIndex <= 0)")
    assert page.locator("summary").evaluate_all("all => all.every(s => s.tabIndex === 0)")


def test_tab_reaches_every_control_with_its_focus_seen_and_is_nowhere_trapped(visit):
    page, _, _ = visit()
    wanted = page.evaluate("""() => {
        const all = [...document.querySelectorAll("a[href],button,summary,input,[tabindex='0']")];
        const seen = all.filter(e => e.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }));
        seen.forEach((e, k) => { e.dataset.stop = k; });
        return seen.length;
    }""")
    reached, unseen = [], []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        stop, outline = page.evaluate("""() => {
            const e = document.activeElement, style = getComputedStyle(e);
            return [e.dataset.stop, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
        }""")
        reached.append(stop)
        if not outline:
            unseen.append(stop)
    assert wanted > 50
    assert (sorted(set(reached), key=int), unseen) == ([str(k) for k in range(wanted)], [])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.stop ?? '0'") == "0", "the round ends where it began"


def test_on_a_small_screen_labels_and_captions_stand_apart(visit):
    page, _, _ = visit(width=360)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    narrow = page.locator(".cards caption:not(.vh)").evaluate_all("all => all.filter(c => c.offsetWidth < 250).length")
    assert narrow == 0
    touching = page.locator(".cards tr").evaluate_all("""all => all.filter(row => {
        const cells = [...row.querySelectorAll("td[data-label]")].filter(c => c.offsetHeight);
        return cells.some(c => c.scrollHeight > c.offsetHeight + 1);
    }).length""")
    assert touching == 0
    bare = page.locator(".cards td:empty").evaluate_all("all => all.filter(c => c.offsetHeight).length")
    assert bare == 0


def test_a_number_opens_its_lineage_by_keyboard_and_escape_closes_it(visit):
    page, _, _ = visit()
    number = page.locator(".tile button.n").first
    number.focus()
    assert page.locator("#hint").is_visible()
    page.keyboard.press("Enter")
    pane = page.locator(f"#{number.get_attribute('popovertarget')}")
    assert pane.is_visible()
    assert number.get_attribute("data-path") in pane.inner_text()
    assert "grade" in pane.inner_text()
    page.keyboard.press("Escape")
    assert not pane.is_visible()


def test_lineage_opens_without_script(opened, plan_file):
    page = opened.new_page(java_script_enabled=False)
    page.goto(plan_file.as_uri())
    number = page.locator(".tile button.n").first
    number.click()
    assert page.locator(f"#{number.get_attribute('popovertarget')}").is_visible()
    page.close()


def test_theme_turns_and_nothing_is_stored(visit):
    page, _, _ = visit()
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.context.cookies() == []
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_shortcuts_move_between_parts_and_can_be_turned_off(visit):
    page, _, _ = visit()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Options compared"
    page.evaluate("document.getElementById('keys-on').checked = false")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Options compared"


def test_headings_are_in_order(visit):
    page, _, _ = visit()
    levels = page.locator("h1,h2,h3,h4").evaluate_all("all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_drawing_has_a_name(visit):
    page, _, _ = visit()
    assert page.locator("svg").evaluate_all("all => all.filter(s => !s.getAttribute('aria-label')).length") == 0


def test_tables_have_heads_and_captions(visit):
    page, _, _ = visit()
    bare = page.locator("table").evaluate_all("all => all.filter(t => !t.caption || !t.tHead).length")
    assert bare == 0


def test_sampled_numbers_equal_the_plan(visit, plan):
    from hepatica.report.lineage import value_at

    page, _, _ = visit()
    shown = page.locator("[data-path]").evaluate_all("all => all.map(e => [e.dataset.path, e.value, e.textContent])")
    assert len(shown) > 200
    for path, value, text in random.Random(1).sample(shown, 200):
        assert float(value) == value_at(plan, path)
        assert text.strip()


def test_print_leaves_the_tools_out_and_opens_what_is_folded(visit):
    page, _, _ = visit()
    page.emulate_media(media="print")
    assert not page.locator("nav.toc").is_visible()
    assert not page.locator("#theme").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not(.data):not(#contents)").first.evaluate("d => d.open")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.locator("details:not(.data):not(#contents)").first.evaluate("d => d.open")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(visit, dark):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page, _, _ = visit(dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = axe.Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
