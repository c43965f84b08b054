"""The page: complete, self-contained, and safe against what a record may hold."""

import re
from html.parser import HTMLParser

import pytest
from fixture_plan import hostile_plan, plan_dict

from hepatica import report
from hepatica.report import numbers
from hepatica.report.lineage import value_at

VOID = {"meta", "br", "hr", "img", "input", "link"}
SVG_LEAVES = {"line", "path", "rect", "circle", "ellipse"}


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.headings: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def text():
    return report.html(plan_dict())


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_every_element_is_closed(page):
    assert page.open == []


def test_headings_step_down_one_level_at_a_time(page):
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))


def test_every_figure_has_a_text_alternative(page):
    figures = [a for t, a in page.tags if t == "svg"]
    assert len(figures) > 50
    assert all(a["role"] == "img" and a["aria-label"] for a in figures)


def test_nothing_is_loaded_from_elsewhere(page, text):
    assert not [t for t, a in page.tags if t in ("link", "iframe", "img", "object", "embed") or (t == "script" and a)]
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "url(" not in text and "@import" not in text


def test_the_page_is_small(text):
    assert len(text.encode()) < 2_000_000


def test_popovers_that_buttons_open_exist(page):
    wanted = {a["popovertarget"] for t, a in page.tags if t == "button" and "popovertarget" in a}
    there = {a["id"] for _, a in page.tags if "popover" in a}
    assert wanted <= there


def test_ids_are_unique_and_links_lead_somewhere(page):
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for t, a in page.tags if t == "a" and a["href"].startswith("#")} <= set(ids)


def test_every_number_is_the_one_in_the_plan(page):
    plan = plan_dict()
    shown = [(a["data-path"], a["value"]) for _, a in page.tags if "data-path" in a]
    assert len(shown) > 200
    for path, value in shown:
        assert float(value) == value_at(plan, path), path


def test_markup_in_a_record_stays_text():
    text = report.html(hostile_plan())
    page = Page(text)
    assert page.open == []
    assert [t for t, _ in page.tags].count("script") == 1
    assert not [t for t, a in page.tags if t == "img" or any(k.startswith("on") for k in a)]
    assert not [a for t, a in page.tags if t == "a" and a["href"].lower().startswith("javascript")]


def test_standard_care_is_in_every_row_of_courses_and_grey(text):
    rows = re.findall(r'<div class="variable">.*?</details>', text, re.S)
    assert len(rows) == 14
    assert all('swatch-standard"' in row and "s-standard" in row for row in rows)


def test_no_line_without_its_band(text):
    for svg in re.findall(r'<svg class="fig" [^>]*>.*?</svg>', text, re.S):
        lines = len(re.findall(r'class="ln s-(?!ink)', svg))
        assert svg.count("b90") >= lines


def test_harm_alone_is_red(text):
    for svg in re.findall(r"<svg.*?</svg>", text, re.S):
        if "s-harm" in svg or "f-harm" in svg:
            assert "of 100" in svg


@pytest.mark.parametrize("lost", sorted(plan_dict()))
def test_a_plan_that_lacks_a_part_is_still_shown(lost):
    plan = plan_dict()
    del plan[lost]
    assert Page(report.html(plan)).open == []


@pytest.mark.parametrize("lost", sorted(plan_dict()["options"][2]))
def test_an_option_that_lacks_a_part_is_still_shown(lost):
    plan = plan_dict()
    del plan["options"][2][lost]
    plan["options"][0][lost] = None
    assert Page(report.html(plan)).open == []


def test_the_same_plan_gives_the_same_page(text):
    assert report.html(plan_dict()) == text


def test_a_caption_names_the_day_of_its_number():
    plan = plan_dict() | {"judged_on_day": 90}
    text = report.html(plan)
    captions = re.findall(r"(day \d+|\d+ years?|\d+ months): .{0,120}?data-path=\"(\$[^\"]+)\.p50\"", text)
    assert len(captions) > 50
    for shown, at in captions:
        assert shown == numbers.span(value_at(plan, f"{at}.day"))
        assert shown == "day 90"
