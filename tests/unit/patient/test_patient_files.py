"""Files and cohorts: formats by content, sizes, encodings, folders, globs, bulk exports."""

from __future__ import annotations

import orjson
import pytest

from hepatica.errors import InputError
from hepatica.patient import Patient, ReadFailure, parse, read, read_many


def person(name):
    return {"resourceType": "Patient", "id": name}


def inr(owner):
    code = {"coding": [{"system": "http://loinc.org", "code": "6301-6"}]}
    subject = {"reference": f"Patient/{owner}"}
    return {"resourceType": "Observation", "code": code, "subject": subject, "valueQuantity": {"value": 1.4}}


def bundle(*rows):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": row} for row in rows]}


SHORT = {"id": "s", "observations": [{"analyte": "inr", "value": 1.4}]}


def test_toml_and_json_say_the_same(tmp_path):
    (tmp_path / "a.json").write_bytes(orjson.dumps(SHORT))
    (tmp_path / "a.toml").write_text('id = "s"\n[[observations]]\nanalyte = "inr"\nvalue = 1.4\n')
    a, b = read(tmp_path / "a.json"), read(tmp_path / "a.toml")
    assert [(o.analyte, o.value) for o in a.observations] == [(o.analyte, o.value) for o in b.observations]


def test_a_byte_order_mark_is_no_obstacle():
    assert parse(b"\xef\xbb\xbf" + orjson.dumps(SHORT), name="a.json").id == "s"
    assert parse("id,inr\ns,1.4\n".encode("utf-16"), name="a.csv").id == "s"


@pytest.mark.parametrize(
    ("data", "name", "what"),
    [
        (b"", "a.json", "empty"),
        (b" \n ", "a.csv", "empty"),
        (b"<!DOCTYPE html><html>", "a.json", "HTML"),
        (b'<Bundle xmlns="http://hl7.org/fhir">', "a.xml", "XML"),
        (b"PK\x03\x04zip", "a.json", "zip"),
        (b"%PDF-1.7", "a.pdf", "PDF"),
        (b'{"id": "x", ', "a.json", "cut off"),
        (b'{"id": "x"}\n{"id": ', "a.ndjson", "cut off"),
        (b"hello", "a.json", "not JSON"),
        (b"[1, 2]", "a.json", "not a patient record"),
        (b"[]", "a.json", "not a patient record"),
        (b'{"entry": []}', "a.json", "no resourceType"),
        (b'{"resourceType": "Bundle"}', "a.json", "no resources"),
        (b'{"resourceType": "Organization"}', "a.json", "no patient"),
        (b"id = ", "a.toml", "not TOML"),
        (b"id,name,inr\nx,M\xfcller,1.4\n", "a.csv", "not UTF-8"),
    ],
)
def test_what_is_not_a_record_is_an_error_in_few_lines(data, name, what):
    with pytest.raises(InputError, match=what) as caught:
        parse(data, name=name)
    assert 1 <= len(caught.value.lines()) <= 4
    assert caught.value.exit_code == 2


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "big.json"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(InputError, match="200 MB; at most 100 MB"):
        read(path)
    path.write_bytes(orjson.dumps(SHORT))
    with pytest.raises(InputError, match="at most"):
        read(path, max_bytes=10)


def test_no_file_and_a_folder_are_errors(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError):
            read(path)


def test_a_cohort_goes_on_after_a_broken_record(tmp_path):
    (tmp_path / "a.json").write_bytes(orjson.dumps(SHORT))
    (tmp_path / "b.json").write_text("{")
    (tmp_path / "c.csv").write_text("id,inr\n1,1.1\n2,350\n3,1.3\n")
    (tmp_path / "d.json").write_bytes(orjson.dumps(bundle(person("p1"), person("p2"), inr("p2"))))
    (tmp_path / "notes.md").write_text("not a patient")
    found = list(read_many(tmp_path))
    assert [f.id if isinstance(f, Patient) else "!" for f in found] == ["s", "!", "1", "!", "3", "p1", "p2"]
    broken = [f for f in found if isinstance(f, ReadFailure)]
    assert broken[0].where.endswith("b.json") and broken[1].where.endswith("c.csv 2")
    assert [len(list(read_many(f"{tmp_path}/{glob}"))) for glob in ("*.csv", "?.json")] == [3, 4]


def test_a_bulk_export_is_one_record_set(tmp_path):
    (tmp_path / "Patient.ndjson").write_bytes(b"\n".join(orjson.dumps(person(n)) for n in ("p1", "p2")))
    (tmp_path / "Observation.ndjson").write_bytes(orjson.dumps(inr("p2")))
    assert [(p.id, len(p.observations)) for p in read_many(tmp_path)] == [("p1", 0), ("p2", 1)]


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no patient files"):
        list(read_many(tmp_path))


def test_short_records_by_line(tmp_path):
    path = tmp_path / "cohort.ndjson"
    path.write_bytes(b"\n".join(orjson.dumps({**SHORT, "id": str(i)}) for i in range(3)))
    assert [p.id for p in read_many(path)] == ["0", "1", "2"]
