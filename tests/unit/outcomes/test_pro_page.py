"""The reference page of questionnaires is up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from hepatica.outcomes import instruments
from hepatica.outcomes.pro import _page


def test_the_page_is_up_to_date_and_names_every_questionnaire() -> None:
    text = _page.PAGE.read_text("utf-8")
    assert text == _page.page(), "run python -m hepatica.outcomes.pro._page"
    assert all(f"`{name}`" in text for name in instruments())


def test_the_page_is_written_where_it_belongs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_page, "PAGE", tmp_path / "reference" / "questionnaires.md")
    _page.main()
    assert _page.PAGE.read_text("utf-8") == _page.page()
