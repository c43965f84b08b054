"""Every protocol carries patients with the verdict its author expects; here they are asked."""

import pytest

from hepatica.eligibility import match, protocols
from hepatica.patient import parse_short
from hepatica.staging import stage

CASES = [(p.id, a) for p in protocols().values() for a in p.assurance]


@pytest.mark.parametrize("protocol, case", CASES, ids=[f"{p}: {a.name}" for p, a in CASES])
def test_assurance_patient(protocol, case):
    patient = parse_short({"id": "assurance", **case.record})
    assert not patient.set_aside
    (found,) = match(patient, stage(patient), protocol, answers=case.answers)
    judged = {c.id: c.verdict for c in found.criteria}
    assert {c: judged[c] for c in case.criteria} == dict(case.criteria)
    assert found.verdict == case.expect, found.because
    if case.assuming_absence:
        assert found.verdict_if_silent_is_absent == case.assuming_absence


@pytest.mark.parametrize("protocol", protocols())
def test_a_protocol_is_assured_on_both_sides(protocol):
    expected = {a.expect for a in protocols()[protocol].assurance}
    assert "not eligible" in expected
    assert expected & {"unknown", "eligible"}
