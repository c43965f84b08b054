"""Codes and words of diagnoses and medicines: what they say, and what they do not."""

from __future__ import annotations

import orjson
import pytest

from hepatica.patient import concepts, condition_names, find_cause, medicines, parse
from hepatica.patient.data import load

CODES = [
    ("http://snomed.info/sct", "19943007", {"cirrhosis"}, set()),
    ("http://hl7.org/fhir/sid/icd-10", "K70.3", {"cirrhosis"}, {"alcohol"}),
    ("http://hl7.org/fhir/sid/icd-10-cm", "K74.60", {"cirrhosis"}, set()),
    ("http://hl7.org/fhir/sid/icd-10-cm", "K7031", {"cirrhosis", "ascites"}, {"alcohol"}),
    ("http://hl7.org/fhir/sid/icd-9-cm", "5712", {"cirrhosis"}, {"alcohol"}),
    ("http://hl7.org/fhir/sid/icd-9-cm", "571.2", {"cirrhosis"}, {"alcohol"}),
    ("urn:oid:2.16.840.1.113883.6.103", "5715", {"cirrhosis"}, set()),
    ("urn:oid:2.16.840.1.113883.6.90", "K76.7", {"hepatorenal_syndrome"}, set()),
    ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "B18.1", {"hepatitis_b"}, {"HBV"}),
    ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "K70.3+", {"cirrhosis"}, {"alcohol"}),
    ("http://mimic.mit.edu/fhir/mimic/CodeSystem/mimic-diagnosis-icd10", "K7460", {"cirrhosis"}, set()),
    ("http://hl7.org/fhir/sid/icd-10", "I85.0", {"varices", "variceal_bleeding"}, set()),
    ("http://hl7.org/fhir/sid/icd-10-cm", "I85.00", {"varices"}, set()),
    ("http://hl7.org/fhir/sid/icd-10-cm", "T39.1X1A", {"paracetamol_overdose"}, {"paracetamol"}),
    ("http://hl7.org/fhir/sid/icd-10-cm", "T39.1X5A", set(), set()),
    ("http://hl7.org/fhir/sid/icd-10-cm", "C34.1", {"malignancy"}, set()),
    ("http://hl7.org/fhir/sid/icd-10-cm", "C44.91", set(), set()),
    ("", "K70.3", {"cirrhosis"}, {"alcohol"}),
    ("http://hospital.example/codes", "K70.3", set(), set()),
]


@pytest.mark.parametrize(("system", "code", "names", "causes"), CODES)
def test_diagnosis_codes(system, code, names, causes):
    meaning = concepts.of_coding(((system, code),), "")
    assert (set(meaning.names), set(meaning.causes)) == (names, causes)


def test_german_encephalopathy_codes_carry_the_grade():
    meaning = concepts.of_coding((("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "K72.73"),), "")
    assert meaning.encephalopathy_grade == 3


TEXTS = [
    ("Liver cirrhosis", {"cirrhosis"}, set()),
    ("Decompensated alcoholic cirrhosis with ascites", {"cirrhosis", "ascites"}, {"alcohol"}),
    ("Alcoholic cirrhosis of liver without ascites", {"cirrhosis"}, {"alcohol"}),
    ("Primary biliary cirrhosis", {"primary_biliary_cholangitis"}, {"PBC"}),
    ("Non-alcoholic steatohepatitis", {"steatohepatitis"}, {"MASLD"}),
    ("non-alcoholic cirrhosis", {"cirrhosis"}, set()),
    ("No ascites", set(), set()),
    ("Suspected hepatocellular carcinoma", set(), set()),
    ("Family history of malignant neoplasm of colon", set(), set()),
    ("Hepatitis B vaccination", set(), set()),
    ("Hepatitis B virus vaccination declined", set(), set()),
    ("Wilson's disease (disorder)", {"wilson_disease"}, {"wilson"}),
    ("Bruised knee", set(), set()),
]


@pytest.mark.parametrize(("text", "names", "causes"), TEXTS)
def test_diagnoses_in_words(text, names, causes):
    meaning = concepts.of_coding((("http://hospital.example", "123"),), text)
    assert (set(meaning.names), set(meaning.causes)) == (names, causes)


@pytest.mark.parametrize(
    ("word", "cause"),
    [("NASH", "MASLD"), ("hbv", "HBV"), ("Alcoholic", "alcohol"), ("urea_cycle", "urea_cycle"), ("zz", None)],
)
def test_causes_by_many_names(word, cause):
    assert find_cause(word) == cause


@pytest.mark.parametrize(
    ("pairs", "text", "expected"),
    [
        ((("http://www.nlm.nih.gov/research/umls/rxnorm", "4603"),), "", ("furosemide", "diuretic")),
        ((("http://www.whocc.no/atc", "C07AA05"),), "", ("propranolol", "beta_blocker")),
        ((("http://www.whocc.no/atc", "A10AB01"),), "", ("insulin", "antidiabetic")),
        (
            (),
            "24 HR metoprolol succinate 100 MG Extended Release Oral Tablet",
            ("metoprolol", "beta_blocker_selective"),
        ),
        ((), "Lasix 40mg", ("furosemide", "diuretic")),
        ((), "Albumin human 20% infusion", ("albumin", "albumin")),
    ],
)
def test_medicines(pairs, text, expected):
    assert [(m.name, m.kind) for m in medicines.find(pairs, text)] == [expected]


def test_a_combination_holds_each_of_its_medicines():
    names = {m.name for m in medicines.find((), "Spironolactone 50 MG / Furosemide 20 MG Oral Capsule")}
    assert names == {"spironolactone", "furosemide"}


def test_an_unknown_medicine_has_no_name():
    assert medicines.find((), "Amoxicillin 250 MG") == ()


def test_procedures_leave_lasting_conditions():
    assert medicines.find((("http://snomed.info/sct", "18027006"),), "", True)[0].condition == "liver_transplant"


@pytest.mark.parametrize("table", ["analytes.json", "conditions.json", "loinc.json", "medicines.json"])
def test_every_row_cites_a_source_of_its_table(table):
    content = load(table)
    for key, rows in content.items():
        if isinstance(rows, list) and rows and isinstance(rows[0], dict):
            for row in rows:
                assert row.get("source", row.get("range_source")) in content["sources"], (key, row)


def test_names_of_conditions_have_labels():
    assert condition_names()["sbp"] == "spontaneous bacterial peritonitis"


def test_a_row_without_a_source_does_not_load(monkeypatch):
    broken = load("conditions.json")
    del broken["codes"][0]["source"]
    monkeypatch.setattr(concepts, "load", lambda name: broken)
    concepts._tables.cache_clear()
    try:
        with pytest.raises(ValueError, match="source"):
            concepts.find_cause("hbv")
    finally:
        concepts._tables.cache_clear()


# Codes that hospitals send beside the usual ones; what each should give is worked out by hand from its name and unit.
LABS = [
    ("76625-3", 40, "U/L", "alt", 40),
    ("49497-1", 90, "10*3/uL", "platelets", 90),
    ("20509-6", 10.2, "g/dL", "hemoglobin", 102),
    ("69405-9", 61, "mL/min/{1.73_m2}", "egfr", 61),
    ("10676-5", 250000, "[IU]/mL", "hcv_rna", 250000),
    ("19994-3", 40, "%", "fio2", 0.4),
    ("75241-0", 0.8, "ng/mL", "procalcitonin", 0.8),
]


@pytest.mark.parametrize(("code", "value", "unit", "analyte", "canonical"), LABS)
def test_codes_of_laboratories(code, value, unit, analyte, canonical):
    observation = {
        "resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-10-01",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "valueQuantity": {"value": value, "unit": unit, "code": unit},
    }  # fmt: skip
    entries = [{"resource": {"resourceType": "Patient", "id": "a"}}, {"resource": observation}]
    p = parse(orjson.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}), name="a.json")
    assert [(o.analyte, round(o.value, 9)) for o in p.observations] == [(analyte, canonical)]
