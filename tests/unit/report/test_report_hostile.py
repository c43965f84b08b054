"""What a record could smuggle into a report: markup taken for a figure, text turned round, links under our names."""

from __future__ import annotations

import re

import pytest
from fixture_plan import hostile_plan, plan_dict

from hepatica import report
from hepatica.report.figures import draw

FIGURE = "<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/passwd' width='9' height='9'/></svg>"


def named(text: str) -> dict:
    """Return the fixture plan of a patient, a treatment and a remark of that name."""
    plan = plan_dict()
    plan["patient"]["id"] = text
    plan["options"][2] |= {"name": text, "because": text}
    plan["unknown"] = [text]
    return plan


@pytest.mark.parametrize("text", [FIGURE, "<svg without an end", "<svg >"])
def test_a_text_that_looks_like_a_figure_is_set_as_text(text):
    pytest.importorskip("typst")
    assert report.pdf(named(text)).startswith(b"%PDF-")
    assert text.split()[0] not in re.sub(r'<svg class="fig', "", report.html(named(text)))


def test_only_what_we_drew_stands_unescaped_in_a_page():
    from hepatica.report._sheet import environment

    template = environment().from_string("{{ x|drawn }}")
    assert template.render(x=FIGURE).startswith("&lt;svg")
    ours = draw.figure(1, 1, "title")
    assert template.render(x=ours) == ours


@pytest.mark.parametrize(
    "text", ["张三", "홍길동 😀", "ก\u0378", "\x1b[2J\x00\x07"], ids=["Chinese", "Korean", "Thai", "control"]
)
def test_a_character_that_no_font_has_does_not_cost_the_pdf(text, capsys):
    pytest.importorskip("typst")
    assert report.pdf(named(text)).startswith(b"%PDF-")
    if text == "ก\u0378":
        assert "□" in capsys.readouterr().err


def test_a_page_shows_what_would_turn_its_text_round():
    page = report.html(named("alive\u202edead\u2066\x00"))
    assert "alive\ufffddead\ufffd\ufffd" in page
    assert not re.search("[\x00\u202a-\u202e\u2066-\u2069]", page)


def test_a_page_links_to_http_alone():
    links = re.findall(r'(?:href|src)="([^"#]*)', report.html(hostile_plan()))
    assert [x for x in links if x and not x.startswith("https://")] == []


def test_a_file_is_written_over_a_link_not_through_it(tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "plan.json").symlink_to(other)
    report.save(plan_dict(), out)
    assert other.read_text() == "mine"
    assert not (out / "plan.json").is_symlink()
    assert sorted(p.suffix for p in out.iterdir()) == sorted([".html", ".json", ".json", ".pdf"])
