"""Records that others wrote, where the folder of shared facts is present."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from hepatica.patient import Patient, Provenance, parse, read, to_fhir

SYNTHEA = ("Jordan_Cruickshank", "Murray_Hane")
GENERATED = ("decompensated-mild", "decompensated-severe")


def record(shared: Path, name: str) -> Patient:
    (path,) = (shared / "fhir").glob(f"*/*{name}*.json")
    return read(path)


@pytest.mark.parametrize("name", SYNTHEA)
def test_synthea_bundles_hold_no_inr(shared, name):
    p = record(shared, name)
    assert p.at("inr") == () and len(p.at("bilirubin")) == 1
    assert all(p.latest(a) for a in ("albumin", "creatinine", "sodium", "platelets", "alt", "ast"))
    assert p.sex in ("male", "female") and p.birth_date and p.weight_kg


def test_a_slip_of_a_factor_ten_in_a_synthea_bundle_is_found(shared):
    p = record(shared, "Murray_Hane")
    assert [s.what for s in p.set_aside] == ["total_protein 67.7867 g/dL"]


@pytest.mark.parametrize("name", GENERATED)
def test_generated_bundles_of_decompensated_cirrhosis(shared, name):
    p = record(shared, name)
    assert p.has("cirrhosis") and p.takes("diuretic") and p.takes("lactulose") and p.alcohol_active is False
    assert len(p.at("inr")) == len(p.at("bilirubin")) >= 4 and len(p.at("map")) == len(p.at("systolic"))
    assert p.set_aside == ()


@pytest.mark.parametrize("name", SYNTHEA + GENERATED)
def test_written_and_read_back(shared, name):
    p = record(shared, name)
    again = parse(orjson.dumps(to_fhir(p)), name="again.json")
    for one, other in zip(p.observations, again.observations, strict=True):
        assert replace(one, source=Provenance()) == replace(other, source=Provenance())
    assert [c.name for c in p.conditions] == [c.name for c in again.conditions]
    assert [(t.name, t.kind, t.active) for t in p.treatments] == [(t.name, t.kind, t.active) for t in again.treatments]
    assert (p.set_aside, p.notes, p.etiology) == (again.set_aside, again.notes, again.etiology)
