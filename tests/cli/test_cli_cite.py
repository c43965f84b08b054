"""`hepatica cite`: every source of a plan once, in forms that reference managers read, with nothing invented."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hepatica import report

EXAMPLE = Path(__file__).parents[2] / "examples" / "primary_biliary_cholangitis.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    import hepatica as hp

    out = tmp_path_factory.mktemp("cite")
    hp.plan(hp.read(EXAMPLE), draws=64).save(out)
    return out


def test_every_source_but_the_plans_own_is_listed_once(hepatica, folder: Path) -> None:
    plan = json.loads((folder / "plan.json").read_text("utf-8"))
    rows = hepatica("cite", folder, "--json").document
    ids = [r["id"] for r in rows]
    assert len(ids) == len(set(ids))
    assert set(plan["sources"]) - set(ids) <= {"method", "record", "assumption", "unverified", "own_price"}
    assert "easl_pbc_2017" in ids


def test_text_gives_one_line_a_source(hepatica, folder: Path) -> None:
    rows = hepatica("cite", folder, "--json").document
    lines = hepatica("cite", folder).out.strip().splitlines()
    assert len(lines) == len(rows)
    line = next(line for line in lines if "Primary biliary cholangitis. J Hepatol 2017" in line)
    assert "PMID 28427765" in line and "doi:10.1016/j.jhep.2017.03.022" in line


def test_csl_json_holds_the_same_sources(hepatica, folder: Path) -> None:
    rows = hepatica("cite", folder, "--json").document
    found = json.loads(hepatica("cite", folder, "--format", "csl-json").out)
    assert [f["id"] for f in found] == [r["id"] for r in rows]
    for f, r in zip(found, rows, strict=True):
        assert f.get("DOI") == r["doi"] and f.get("PMID") == r["pmid"]
        assert set(f) <= {"id", "type", "title", "DOI", "PMID", "URL", "note"}


def test_bibtex_has_balanced_braces_and_a_key_each(hepatica, folder: Path) -> None:
    rows = hepatica("cite", folder, "--json").document
    text = hepatica("cite", folder, "--format", "bibtex").out
    keys = re.findall(r"^@misc\{([A-Za-z0-9-]+),$", text, re.M)
    assert len(keys) == len(set(keys)) == len(rows)
    assert text.count("{") == text.count("}")


def test_ris_ends_every_record(hepatica, folder: Path) -> None:
    rows = hepatica("cite", folder, "--json").document
    text = hepatica("cite", folder, "--format", "ris").out
    assert text.count("TY  - GEN") == text.count("ER  - ") == len(rows)
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in text.splitlines() if line)


def test_special_letters_do_not_break_bibtex() -> None:
    plan = {"sources": {"a": {"citation": "50 % {of} A&B_c", "pmid": None, "doi": None, "url": None, "note": ""}}}
    assert r"title = {50 \% (of) A\&B\_c}" in report.cite(plan, "bibtex")


def test_wrong_forms_and_files_are_named(hepatica, folder: Path) -> None:
    ended = hepatica("cite", folder, "--format", "endnote")
    assert ended.code == 2 and "bibtex" in ended.err
    assert hepatica("cite", folder / "none").code == 2
