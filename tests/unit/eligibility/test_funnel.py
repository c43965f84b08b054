"""A cohort screened block by block gives what its members give one by one."""

import pytest

from hepatica.eligibility import funnel, match, protocol, protocols, screen_cohort
from hepatica.eligibility.funnel import tabulate
from hepatica.errors import InputError
from hepatica.patient import parse_short
from hepatica.staging import stage
from hepatica.therapy import Record

ASKED = [protocols()[n] for n in ("NCT01844063", "NCT05224960")]


def people(n=25):
    causes = (["HBV"], ["alcohol"], [])
    for i in range(n):
        row = {"id": str(i), "age": 15 + 3 * i, "sex": "male", "etiology": causes[i % 3], "deceased": i % 7 == 0}
        row["observations"] = [{"analyte": "inr", "value": 1 + i / 20, "unit": "1", "time": "2026-10-05"}]
        yield parse_short(row | {"conditions": ["cirrhosis", "aclf"][: i % 3]})


def records():
    return [Record(p, stage(p)) for p in people()]


@pytest.mark.parametrize("block", [1, 4, 1000])
def test_blocks_add_up_to_the_matches(block, monkeypatch):
    import sys

    monkeypatch.setattr(sys.modules["hepatica.eligibility.funnel"], "BLOCK", block)
    found = screen_cohort(iter(records()), ASKED)
    for p, f in zip(ASKED, found, strict=True):
        verdicts = [match(r.patient, r.staging, p)[0].verdict for r in records()]
        counted = [verdicts.count(v) for v in ("eligible", "unknown", "not eligible")]
        assert [f.eligible, f.unknown, f.not_eligible] == counted and f.patients == 25
        assert f.steps[-1].remaining == f.eligible + f.unknown
        assert f.steps[0].id == "alive" and f.steps[0].excluded == 4
        assert sum(s.excluded for s in f.steps) == f.not_eligible


def test_the_funnel_as_plain_values():
    (found,) = screen_cohort(records(), ASKED[:1])
    row = found.to_json()
    assert row["protocol"] == "NCT01844063" and row["steps"][1]["id"] == "age"
    assert row["steps"][1]["reached"] == row["steps"][0]["remaining"]
    assert tuple(funnel(ASKED[0], tabulate(records(), [c.rule for c in ASKED[0].criteria]))) == found.steps


def test_nobody_gives_no_funnel():
    assert screen_cohort([], ASKED) == []


def test_an_unknown_protocol_is_refused():
    with pytest.raises(InputError, match="no protocol is called"):
        protocol("NCT0")
