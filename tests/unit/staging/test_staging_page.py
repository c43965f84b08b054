"""The reference pages: up to date, and every score in them with its formula and source."""

from __future__ import annotations

from pathlib import Path

import pytest

from hepatica import staging
from hepatica.staging import _page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_pages_are_up_to_date() -> None:
    stale = [name for name, text in _page.pages().items() if (DOCS / name).read_text("utf-8") != text]
    assert stale == [], "run python -m hepatica.staging._page"


def test_every_score_stands_in_the_page_with_formula_source_and_inputs() -> None:
    page = _page.pages()["reference/scores.md"]
    for name in staging.registry():
        entry = staging.describe(name)
        (section,) = [part for part in page.split("\n## ") if f"\n`{name}`\n" in part]
        for words in (entry["formula"], entry["rules"], entry["source"], entry["population"], entry["predicts"]):
            assert words in section, (name, words)
        for row in entry["inputs"]:
            assert f"\n| {row['name']} |" in section, (name, row["name"])
        assert f"(#{_page._anchor(entry['title'])}) `{name}`" in page


def test_every_term_stands_in_the_page_with_its_cuts() -> None:
    page = _page.pages()["reference/ctcae.md"]
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in page.splitlines()}
    assert {t.name for t in staging.ctcae_terms()} <= set(lines)
    assert "> 1.5; > 1.5 × baseline (on an anticoagulant)" in lines["INR increased"]
    assert "> ULN + 20" in lines["Hemoglobin increased"]
    assert "< 130, 3 with symptoms" in lines["Hyponatremia"]
    assert lines["Hyperglycemia"].count("–") == 4
    assert "github.com/pharmaverse/admiral" in page


def test_the_pages_are_written_where_they_belong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_page, "DOCS", tmp_path)
    _page.main()
    assert {str(p.relative_to(tmp_path)): p.read_text("utf-8") for p in tmp_path.rglob("*.md")} == _page.pages()
