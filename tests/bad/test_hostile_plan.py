"""A record whose every text is an attack, planned whole: page, PDF, JSON and FHIR hold it as text and nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import orjson
import pytest

import hepatica as hp

ATTACK = (
    "x<script>alert(1)</script></script><!--\"'><img src=x onerror=alert(1)><svg onload=alert(1)>"
    '<a href=javascript:alert(1)>{{7*7}}{0.__class__}#eval("1")\x1b]0;x\x07\u202e张'
)
LABS = {"bilirubin": "60 umol/L", "albumin": "29 g/L", "inr": "1.6", "creatinine": "90 umol/L", "sodium": "133 mmol/L"}


def record(text: str) -> dict[str, Any]:
    rows = [{"analyte": name, "value": value, "time": "2026-10-01"} for name, value in LABS.items()]
    return {
        "id": text, "sex": "male", "age": 57, "ascites": "moderate", "etiology": ["alcohol", text],
        "conditions": [f"cirrhosis {text}", text, {"text": text, "system": text, "code": text}],
        "treatments": [text, f"spironolactone {text}"], "notes": [text], text: text,
        "observations": [*rows, {"analyte": text, "value": text, "unit": text, "time": text},
                         {"analyte": "alt", "value": "30 " + text}],
        "set_aside": [{"what": text, "where": text, "why": text}],
    }  # fmt: skip


class Tags(HTMLParser):
    """Every tag with its attributes, and what stands in scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("hostile")
    source = home / "record.json"
    source.write_bytes(orjson.dumps(record(ATTACK)))
    hp.plan(hp.read(source), draws=20).save(home / "out")
    return home / "out"


@pytest.fixture(scope="module")
def tags(folder: Path) -> list[tuple[str, dict[str, str]]]:
    page = Tags()
    page.feed((folder / "plan.html").read_text(encoding="utf-8"))
    return page.found


def test_the_page_has_no_tag_of_the_record(tags: list[tuple[str, dict[str, str]]]) -> None:
    names = [tag for tag, _ in tags]
    assert not {"img", "iframe", "object", "embed", "link", "form", "base", "image", "foreignobject"} & set(names)
    assert names.count("script") == 1
    assert all(more["class"].startswith("fig") for tag, more in tags if tag == "svg")


def test_the_page_runs_and_fetches_nothing(tags: list[tuple[str, dict[str, str]]]) -> None:
    for tag, attributes in tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        address = attributes.get("href", attributes.get("src", ""))
        assert not address or address.startswith(("#", "https://", "http://")), address


def test_no_file_holds_what_a_reader_would_obey(folder: Path) -> None:
    for name in ("plan.html", "plan.json", "plan.fhir.json"):
        text = (folder / name).read_text(encoding="utf-8")
        assert not re.search("[\x00-\x08\x0b-\x1f]", text)
    assert "\u202e" not in (folder / "plan.html").read_text(encoding="utf-8")


def test_the_json_holds_the_record_as_it_is(folder: Path) -> None:
    document = orjson.loads((folder / "plan.json").read_bytes())
    assert document["patient"]["id"] == ATTACK
    assert b"<class" not in orjson.dumps(document)


def test_the_pdf_runs_and_reaches_nothing(folder: Path) -> None:
    pytest.importorskip("typst")
    pdf = (folder / "plan.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    for action in (b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/SubmitForm", b"/GoToR", b"/URI"):
        assert action not in pdf


def test_the_bundle_names_nobody_by_markup(folder: Path) -> None:
    bundle = orjson.loads((folder / "plan.fhir.json").read_bytes())
    for entry in bundle["entry"]:
        resource = entry["resource"]
        assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", resource["id"])
        assert "<script" not in orjson.dumps(resource.get("text", "")).decode()
