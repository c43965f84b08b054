"""A bulk export in NDJSON files by type: the same patients as from single bundles, whatever the parts are."""

import orjson
import pytest

from hepatica.patient import Patient, ReadFailure, bulk, parse, read_many


def observation(person, name, value=40.0):
    quantity = {"value": value, "unit": "umol/L", "system": "http://unitsofmeasure.org", "code": "umol/L"}
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "subject": {"reference": person},
        "code": {"coding": [{"system": "http://loinc.org", "code": "14631-6"}]},
        "effectiveDateTime": "2026-10-01",
        "valueQuantity": quantity,
    }


def request(person, name, medication):
    return {
        "resourceType": "MedicationRequest",
        "id": name,
        "status": "active",
        "subject": {"reference": person},
        "medicationReference": {"reference": medication},
    }


def write(folder, **files):
    for name, rows in files.items():
        (folder / f"{name}.ndjson").write_bytes(b"\n".join(orjson.dumps(r) for r in rows))
    return folder


PEOPLE = [{"resourceType": "Patient", "id": f"p{i}", "gender": "male"} for i in range(20)]
VALUES = [observation(f"Patient/p{i % 20}", f"o{i}", 20 + i) for i in range(60)]
CARVEDILOL = {"resourceType": "Medication", "id": "m1", "code": {"text": "Carvedilol 6.25 mg"}}
REQUESTS = [request("Patient/p3", "r1", "Medication/m1"), request("urn:uuid:p4", "r2", "urn:uuid:m1")]


@pytest.fixture(params=[1, 7], ids=["one part", "seven parts"])
def parts(request, monkeypatch):
    monkeypatch.setattr(bulk, "PART_BYTES", 20_000_000 if request.param == 1 else 2_000)


def split(folder):
    found = list(read_many(folder))
    people = {p.id: p for p in found if isinstance(p, Patient)}
    return people, [f for f in found if isinstance(f, ReadFailure)]


def test_the_same_patients_as_from_bundles(tmp_path, parts):
    folder = write(tmp_path, Patient=PEOPLE, Observation=VALUES, MedicationRequest=REQUESTS, Medication=[CARVEDILOL])
    people, failures = split(folder)
    assert failures == [] and len(people) == 20
    for person in PEOPLE:
        mine = [r for r in VALUES if r["subject"]["reference"] == f"Patient/{person['id']}"]
        alone = parse(orjson.dumps({"resourceType": "Bundle", "entry": [{"resource": r} for r in [person, *mine]]}))
        there = people[person["id"]]
        assert sorted(o.value for o in there.observations) == sorted(o.value for o in alone.observations)
        assert there.sex == "male"


def test_a_medication_in_another_file_is_found(tmp_path, parts):
    folder = write(tmp_path, Patient=PEOPLE, MedicationRequest=REQUESTS, Medication=[CARVEDILOL])
    people, _ = split(folder)
    assert [t.name for t in people["p3"].treatments] == ["carvedilol"]
    assert [t.name for t in people["p4"].treatments] == ["carvedilol"]


def test_values_of_a_stranger_are_named_and_given_to_nobody(tmp_path, parts):
    folder = write(tmp_path, Patient=PEOPLE[:2], Observation=[*VALUES[:2], observation("Patient/elsewhere", "x")])
    people, (failure,) = split(folder)
    assert "elsewhere" in failure.error.what and "1 resources belong to 1" in failure.error.what
    assert sum(len(p.observations) for p in people.values()) == 2


def test_a_group_with_the_id_of_a_patient_is_not_that_patient(tmp_path, parts):
    folder = write(tmp_path, Patient=PEOPLE[:2], Observation=[VALUES[0], observation("Group/p0", "g", 999)])
    people, _ = split(folder)
    assert [o.value for o in people["p0"].observations] == [20]
    assert any("not a patient" in s.why for s in people["p0"].set_aside)


def test_lines_cut_off_are_named_with_their_place(tmp_path, parts):
    folder = write(tmp_path, Patient=PEOPLE[:2], Observation=VALUES[:2])
    with (folder / "Observation.ndjson").open("ab") as file:
        file.write(b'\n{"resourceType": "Observation", "id": \n[1, 2]\n')
    people, (failure,) = split(folder)
    assert "2 lines" in failure.error.what and "line 3, 4" in failure.where
    assert len(people) == 2


def test_without_patient_resources_whoever_is_referred_to_is_a_person(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "LARGE_BYTES", 100)
    (tmp_path / "all.ndjson").write_bytes(b"\n".join(orjson.dumps(r) for r in VALUES))
    people, failures = split(tmp_path / "all.ndjson")
    assert len(people) == 20 and failures == []


def test_no_temporary_file_is_left(tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "spill"))
    (tmp_path / "spill").mkdir()
    export = tmp_path / "export"
    export.mkdir()
    people = read_many(write(export, Patient=PEOPLE, Observation=VALUES))
    next(people)
    people.close()
    assert list((tmp_path / "spill").iterdir()) == []


def test_a_file_that_is_not_there_any_more_is_named(tmp_path):
    folder = write(tmp_path, Patient=PEOPLE[:2])
    (folder / "Observation.ndjson").symlink_to(folder / "gone")
    people, failures = split(str(folder / "*.ndjson"))
    assert len(people) == 2 and "cannot open" in failures[0].error.what
