"""The protocols against the registry facts they were written from, where those are at hand."""

import json
import os
from pathlib import Path

import pytest

from hepatica.eligibility import Within, leaves, protocols

SHARED = Path(os.environ.get("HEPATICA_SHARED", Path(__file__).parents[4] / "shared"))
REGISTRY = SHARED / "evidence" / "registry"
FACTS = (
    [json.loads(p.read_text(encoding="utf-8")) for p in sorted(REGISTRY.glob("*.json"))] if REGISTRY.is_dir() else []
)
KNOWN = [f for f in FACTS if f["nct"] in protocols()]


def test_at_least_eight_protocols_are_complete():
    assert sum(p.criteria_complete for p in protocols().values()) >= 8


@pytest.mark.skipif(not FACTS, reason="the shared evidence is not beside this checkout")
def test_every_complete_record_is_a_protocol():
    complete = {f["nct"] for f in FACTS if f["eligibility_complete"]}
    assert complete == {p.id for p in protocols().values() if p.criteria_complete}


@pytest.mark.parametrize("facts", KNOWN, ids=[f["nct"] for f in KNOWN])
def test_ages_and_the_number_of_criteria_are_those_of_the_record(facts):
    protocol = protocols()[facts["nct"]]
    found = [x for c in protocol.criteria for x in leaves(c.rule) if isinstance(x, Within)]
    ages = [(x.low, x.high) for x in found if x.quantity.name == "age"]
    assert ages == ([(facts["min_age"], facts["max_age"])] if facts["min_age"] else [])
    assert len(protocol.criteria) >= len(facts["inclusion"]) + len(facts["exclusion"]) - 1
    assert protocol.enrollment == facts["enrollment"]


def test_recruitment_is_shown_with_its_date_and_believed_for_90_days():
    from dataclasses import replace
    from datetime import date, timedelta

    from hepatica.eligibility import protocols

    seen = replace(protocols()["NCT01844063"], registry_status="recruiting", status_as_of=date(2026, 8, 1))
    fresh, stale = (seen.recruitment(date(2026, 8, 1) + timedelta(days=d)) for d in (90, 91))
    assert (fresh["recruitment_status"], fresh["status_as_of"]) == ("recruiting", "2026-08-01")
    assert (stale["recruitment_status"], stale["registry_status"]) == ("historical criteria only", "recruiting")
    assert replace(seen, status_as_of=None).recruitment(date(2026, 8, 1))["status_as_of"] is None


def test_the_reference_is_up_to_date():
    from pathlib import Path

    from hepatica.eligibility._page import page

    written = Path(__file__).parents[3].joinpath("docs", "reference", "protocols.md").read_text(encoding="utf-8")
    assert written == page(), "run python -m hepatica.eligibility._page"


def test_the_reference_is_written_by_its_command(tmp_path, monkeypatch):
    import runpy
    import sys

    from hepatica.eligibility import _page

    target = tmp_path / "new" / "protocols.md"
    monkeypatch.setattr(sys, "argv", ["_page", str(target)])
    monkeypatch.delitem(sys.modules, "hepatica.eligibility._page")
    runpy.run_module("hepatica.eligibility._page", run_name="__main__")
    assert target.read_text(encoding="utf-8") == _page.page()
