"""FHIR R4 records: bundles of any type, every kind of value, whose a resource is, and what must not count."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import orjson
import pytest

from hepatica import patient
from hepatica.errors import InputError

Row = dict[str, Any]


def person(name: str = "p1", **fields: Any) -> Row:
    return {"resourceType": "Patient", "id": name, "gender": "female", "birthDate": "1970-01-02", **fields}


def lab(loinc: str, value: Any, unit: str = "", *, name: str | None = None, owner: str = "p1", **fields: Any) -> Row:
    quantity = {"value": value, **({"unit": unit} if unit else {})}
    row = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "subject": {"reference": f"Patient/{owner}"},
        "effectiveDateTime": "2026-05-01T08:00:00+02:00",
        "valueQuantity": quantity,
        **({"id": name} if name else {}),
        **fields,
    }
    return {k: v for k, v in row.items() if v is not None}


def condition(system: str, code: str, **fields: Any) -> Row:
    coding = {"system": system, "code": code}
    return {
        "resourceType": "Condition",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [coding]},
        **fields,
    }


def bundle(*rows: Row, kind: str = "collection") -> Row:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": r} for r in rows]}


def read(*rows: Row, **options: Any) -> patient.Patient:
    return patient.parse(orjson.dumps(bundle(*rows)), name="test.json", **options)


def values(p: patient.Patient, analyte: str) -> list[float]:
    return [round(o.value, 3) for o in p.at(analyte)]


def reasons(p: patient.Patient) -> str:
    return " | ".join(f"{s.what}: {s.why}" for s in p.set_aside)


ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
TODAY = date(2026, 6, 1)


@pytest.mark.parametrize("kind", ["collection", "transaction", "batch", "document", "searchset", "message"])
def test_bundles_of_any_type(kind):
    data = orjson.dumps(bundle(person(), lab("1975-2", 2.0, "mg/dL"), kind=kind))
    p = patient.parse(data, name="b.json")
    assert (p.id, p.sex, p.birth_date, values(p, "bilirubin")) == ("p1", "female", date(1970, 1, 2), [34.2])


def test_ndjson_is_a_bundle_by_lines():
    data = b"\n".join(orjson.dumps(r) for r in (person(), lab("6301-6", 1.4, "{INR}"), lab("1751-7", 31, "g/L")))
    p = patient.parse(data, name="b.ndjson")
    assert (values(p, "inr"), values(p, "albumin")) == ([1.4], [31.0])


def test_a_single_resource_and_a_list_of_resources():
    assert values(patient.parse(orjson.dumps(lab("6301-6", 1.4)), name="o.json"), "inr") == [1.4]
    assert values(patient.parse(orjson.dumps([person(), lab("6301-6", 1.4)]), name="o.json"), "inr") == [1.4]


@pytest.mark.parametrize(
    ("code", "analyte"),
    [
        ("1975-2", "bilirubin"), ("42719-5", "bilirubin"), ("14631-6", "bilirubin"), ("6301-6", "inr"),
        ("34714-6", "inr"),
        ("5894-1", "pt_percent"), ("2160-0", "creatinine"), ("38483-4", "creatinine"), ("2951-2", "sodium"),
        ("2947-0", "sodium"), ("777-3", "platelets"), ("26515-7", "platelets"), ("1742-6", "alt"), ("1743-4", "alt"),
        ("1920-8", "ast"), ("30239-8", "ast"), ("1751-7", "albumin"),
    ],
)  # fmt: skip
def test_codes_seen_in_real_files(code, analyte):
    a = patient.ANALYTES[analyte]
    value = patient.from_canonical(analyte, (a.low * a.high) ** 0.5, a.bare[0])
    assert len(read(person(), lab(code, value, a.bare[0])).at(analyte)) == 1


def test_provenance_keeps_code_value_unit_and_place():
    source = read(person(), lab("1975-2", 2.1, "mg/dL", name="o7")).at("bilirubin")[0].source
    assert (source.file, source.resource, source.system, source.code) == (
        "test.json",
        "Observation/o7",
        "http://loinc.org",
        "1975-2",
    )
    assert (source.raw_value, source.raw_unit) == ("2.1", "mg/dL")


def test_times_keep_the_wall_clock():
    p = read(person(), lab("6301-6", 1.4, effectiveDateTime="2026-05-01T23:30:00-05:00"))
    assert p.at("inr")[0].time == datetime(2026, 5, 1, 23, 30)


def test_periods_and_issue_times_stand_in_for_the_sampling_time():
    period = {"start": "2026-04-01", "end": "2026-04-02"}
    a = read(person(), lab("6301-6", 1.4, effectiveDateTime=None, effectivePeriod=period))
    b = read(person(), lab("6301-6", 1.4, effectiveDateTime=None, issued="2026-04-05T10:00:00Z"))
    assert a.at("inr")[0].time == datetime(2026, 4, 2)
    assert b.at("inr")[0].time == datetime(2026, 4, 5, 10)
    assert "time of issue" in " ".join(b.notes)


def test_values_as_text_and_integers():
    text = lab("1975-2", 0, valueQuantity=None, valueString="<3 mg/dL")
    whole = lab("2951-2", 0, valueQuantity=None, valueInteger=138)
    p = read(person(), text, whole)
    assert (p.at("bilirubin")[0].comparator, values(p, "bilirubin"), values(p, "sodium")) == ("<", [51.3], [138.0])


def test_comparators_and_reference_ranges_are_kept():
    limits = [{"low": {"value": 0.1, "unit": "mg/dL"}, "high": {"value": 1.2, "unit": "mg/dL"}}]
    row = lab("1975-2", 0.2, "mg/dL", referenceRange=limits)
    row["valueQuantity"]["comparator"] = "<"
    seen = read(person(), row).at("bilirubin")[0]
    assert (seen.comparator, seen.ref_low, seen.ref_high) == ("<", pytest.approx(1.71), pytest.approx(20.52))


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ({"valueString": "<2 mg/dL"}, ("<", 34.2)),
        ({"valueInteger": 200}, ("", 200)),
        ({"valueCodeableConcept": {"text": "> 3 mg/dL"}}, (">", 51.3)),
        ({"valueRange": {"high": {"value": 2, "unit": "mg/dL"}}}, ("<=", 34.2)),
        ({"valueRange": {"low": {"value": 2, "unit": "mg/dL"}, "high": {"value": 2, "unit": "mg/dL"}}}, ("", 34.2)),
        (
            {"valueRatio": {"numerator": {"value": 4, "unit": "mg"}, "denominator": {"value": 2, "unit": "dL"}}},
            ("", 34.2),
        ),
        ({"valueQuantity": {"value": "2", "unit": "mg/dL"}}, ("", 34.2)),
        ({"valueQuantity": {"value": "2 mg/dL"}}, ("", 34.2)),
    ],
)
def test_every_kind_of_value_that_holds_a_number(value, seen):
    row = lab("1975-2", 0) | {"valueQuantity": None} | value
    found = read(person(), row).at("bilirubin")
    assert [(o.comparator, o.value) for o in found] == [(seen[0], pytest.approx(seen[1]))]


@pytest.mark.parametrize(
    ("limits", "seen"),
    [
        ([{"text": "0.1 - 1.2"}], (1.71, 20.52)),
        ([{"text": "< 1.2 mg/dL"}], (None, 20.52)),
        ([{"text": "< 20 umol/L"}], (None, None)),
        ([{"text": "see report"}], (None, None)),
        (
            [{"type": {"coding": [{"code": "treatment"}]}, "high": {"value": 9}}, {"high": {"value": 1.2}}],
            (None, 20.52),
        ),
        ([{"low": {"value": 3}, "high": {"value": 1}}], (None, None)),
    ],
)
def test_limits_of_normal_in_words_and_of_the_right_kind(limits, seen):
    found = read(person(), lab("1975-2", 1, "mg/dL", referenceRange=limits)).at("bilirubin")[0]
    assert (found.ref_low, found.ref_high) == tuple(x if x is None else pytest.approx(x) for x in seen)


def test_components_are_read_and_give_a_mean_pressure():
    parts = [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": v, "unit": "mm[Hg]"},
        }
        for code, v in (("8480-6", 120), ("8462-4", 60))
    ]
    p = read(person(), lab("85354-9", 0, valueQuantity=None, component=parts))
    assert (values(p, "systolic"), values(p, "diastolic"), values(p, "map")) == ([120], [60], [80])


def test_contained_observations_are_read():
    inner = {k: v for k, v in lab("6301-6", 1.5, name="in").items() if k != "subject"}
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "subject": {"reference": "Patient/p1"},
        "contained": [inner],
    }
    assert values(read(person(), report), "inr") == [1.5]


def test_contained_ids_are_local_to_their_resource():
    def report(name, value, day):
        inner = lab("6301-6", value, name="1", effectiveDateTime=day)
        return {
            "resourceType": "DiagnosticReport",
            "id": name,
            "subject": {"reference": "Patient/p1"},
            "contained": [inner],
        }

    assert values(read(person(), report("a", 1.4, "2026-01-01"), report("b", 1.6, "2026-02-01")), "inr") == [1.4, 1.6]


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_results_that_do_not_count_are_named(status):
    p = read(person(), lab("6301-6", 1.4, status=status), lab("2951-2", 138, "mmol/L"))
    assert not p.at("inr") and status in reasons(p)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (lab("1975-2", -2, "mg/dL"), "negative"),
        (lab("1751-7", 3.5, "g/L"), "outside 5 to 70"),
        (lab("6301-6", 350), "outside"),
        (lab("6301-6", 70, "%"), "percent"),
        (lab("1975-2", 2, "foo"), "not a known unit"),
        (lab("1975-2", 2, "kPa"), "pressure"),
        (lab("1975-2", 12), "no unit"),
        (lab("6301-6", 1.4, effectiveDateTime="2030-01-01"), "future"),
        (lab("6301-6", 1.4, effectiveDateTime="1960-01-01"), "before birth"),
        (lab("6301-6", 1.4, effectiveDateTime="yesterday"), "not a date"),
        (lab("6301-6", None), "without a number"),
        (lab("6301-6", 0, valueQuantity=None), "no value"),
        (lab("6301-6", 0, valueQuantity=None, dataAbsentReason={"text": "haemolysed"}), "haemolysed"),
        (
            lab("6301-6", 0, valueQuantity=None, valueRange={"low": {"value": 1}, "high": {"value": 2}}),
            "a range, 1 to 2",
        ),
        (lab("6301-6", 0, valueQuantity=None, valueRange={}), "without limits"),
        (lab("6301-6", 0, valueQuantity=None, valueSampledData={"data": "1 2"}), "SampledData"),
        (lab("1975-2", "2 mg/dL", "umol/L"), "its unit is written mg/dL and coded umol/L"),
        (
            lab("1975-2", 0, valueQuantity=None, valueRatio={"numerator": {"value": 2, "unit": "mg"}}),
            "not a known unit",
        ),
        (
            lab("6301-6", 0, valueQuantity=None, valueRatio={"numerator": {"value": 2}, "denominator": {"value": 0}}),
            "plain",
        ),
        (lab("6301-6", 0, valueQuantity=None, valueString="not done"), "not a number"),
        (lab("6301-6", 1.4, focus=[{"reference": "Patient/foetus"}]), "someone or something else"),
        (lab("6301-6", [1, 2]), "malformed"),
        (lab("1975-2", 2, valueQuantity={"value": 2, "unit": "mg/dL", "code": "umol/L"}), "coded umol/L"),
    ],
)
def test_what_cannot_be_used_is_set_aside_with_the_reason(row, why):
    p = read(person(), row, lab("2951-2", 138, "mmol/L"), today=TODAY)
    assert [o.analyte for o in p.observations] == ["sodium"]
    assert why in reasons(p)


def test_nothing_usable_left_is_an_error():
    with pytest.raises(InputError, match="nothing in this record can be used"):
        read(person(), lab("1751-7", 3.5, "g/L"))


def test_a_record_without_laboratory_values_is_still_a_patient():
    p = read(person())
    assert (p.observations, p.set_aside) == ((), ())


def test_local_codes_are_matched_by_their_words_but_unknown_loinc_codes_are_not():
    local = {"coding": [{"system": "http://hospital.example", "code": "50885", "display": "Bilirubin, Total"}]}
    urine = {"coding": [{"system": "http://loinc.org", "code": "5770-3", "display": "Bilirubin"}]}
    fluid = {"display": "Ascitic fluid"}
    p = read(
        person(),
        lab("", 2.0, "mg/dL", code=local),
        lab("", 2.0, "mg/dL", code=urine, effectiveDateTime="2026-05-02"),
        lab("", 9.0, "mg/dL", code=local, specimen=fluid, effectiveDateTime="2026-05-03"),
    )
    assert values(p, "bilirubin") == [34.2]
    assert "1 Bilirubin, " in " ".join(p.notes)


def test_urea_and_urea_nitrogen_are_told_apart_by_code():
    p = read(person(), lab("3094-0", 28, "mg/dL"), lab("3091-6", 60, "mg/dL", effectiveDateTime="2026-05-02"))
    assert values(p, "urea") == [pytest.approx(9.996), pytest.approx(9.99)]


def test_references_by_url_uuid_and_version_all_reach_the_patient():
    rows = [
        lab("6301-6", 1.1, effectiveDateTime="2026-01-01", subject={"reference": "http://x.example/fhir/Patient/p1"}),
        lab("6301-6", 1.2, effectiveDateTime="2026-01-02", subject={"reference": "Patient/p1/_history/3"}),
        lab("6301-6", 1.3, effectiveDateTime="2026-01-03", subject={"reference": "urn:uuid:abc"}),
        lab("6301-6", 1.4, effectiveDateTime="2026-01-04", subject={"reference": "Patient?identifier=x|y"}),
        lab("6301-6", 1.5, effectiveDateTime="2026-01-05", subject=None),
    ]
    data = bundle(person(), *rows)
    data["entry"][0]["fullUrl"] = "urn:uuid:abc"
    assert values(patient.parse(orjson.dumps(data)), "inr") == [1.1, 1.2, 1.3, 1.4, 1.5]


def test_values_of_a_stranger_are_set_aside():
    p = read(person(), lab("6301-6", 1.4), lab("6301-6", 9, owner="p2"))
    assert values(p, "inr") == [1.4]
    assert "1 × Observation" in reasons(p)


def test_two_patients_are_refused_by_read():
    with pytest.raises(InputError, match="2 patients in one file: p1, p2"):
        read(person(), person("p2"))


def test_identical_resources_merge_and_conflicting_ones_are_named():
    same = lab("6301-6", 1.4, name="a")
    p = read(person(), same, dict(same), lab("2951-2", 138, "mmol/L", name="b"), lab("2951-2", 118, "mmol/L", name="b"))
    assert (values(p, "inr"), values(p, "sodium")) == ([1.4], [])
    assert "Observation/a came more than once" in " ".join(p.notes)
    assert "Observation/b" in reasons(p)


def test_of_several_versions_the_newest_counts():
    old = lab("6301-6", 1.4, name="a", meta={"lastUpdated": "2026-01-01T00:00:00Z"})
    new = lab("6301-6", 1.8, name="a", meta={"lastUpdated": "2026-02-01T00:00:00Z"})
    assert values(read(person(), new, old), "inr") == [1.8]


def test_deleted_entries_do_not_count():
    data = bundle(person(), lab("6301-6", 1.4), lab("6301-6", 9, effectiveDateTime="2026-05-03"), kind="history")
    data["entry"][2]["request"] = {"method": "DELETE", "url": "Observation/x"}
    assert values(patient.parse(orjson.dumps(data)), "inr") == [1.4]


def test_conditions_with_status_and_certainty():
    def status(code):
        return {"coding": [{"code": code}]}

    german = condition("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "C22.0")
    german["code"]["coding"][0]["extension"] = [
        {"url": "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit", "valueCoding": {"code": "V"}}
    ]
    p = read(
        person(),
        condition(ICD10CM, "K70.31", clinicalStatus=status("active"), onsetDateTime="2024-01-01"),
        condition(ICD10CM, "J18.9", clinicalStatus=status("resolved"), abatementDateTime="2025-01-01"),
        condition(ICD10CM, "K76.7", verificationStatus=status("refuted")),
        condition(ICD10CM, "K65.2", verificationStatus=status("provisional")),
        german,
    )
    assert p.etiology == ("alcohol",)
    assert p.has("cirrhosis") and p.has("ascites") and not p.has("pneumonia", "hepatorenal_syndrome", "sbp", "hcc")
    assert len(p.set_aside) == 3


def test_medicines_by_reference_and_by_status():
    def request(name, **fields):
        return {
            "resourceType": "MedicationRequest",
            "id": name,
            "intent": "order",
            "subject": {"reference": "Patient/p1"},
            **fields,
        }

    p = read(
        person(),
        {"resourceType": "Medication", "id": "m1", "code": {"text": "Lactulose"}},
        request(
            "a",
            status="active",
            medicationReference={"reference": "Medication/m1"},
            encounter={"reference": "Encounter/e"},
        ),
        request("b", status="stopped", medicationCodeableConcept={"text": "Propranolol 20 mg"}),
        request("c", status="cancelled", medicationCodeableConcept={"text": "Warfarin"}),
        {**request("d", status="active", medicationCodeableConcept={"text": "Rifaximin"}), "intent": "proposal"},
        {**request("e", status="active", medicationCodeableConcept={"text": "Heparin"}), "doNotPerform": True},
    )
    assert p.takes("lactulose") and not p.takes("beta_blocker", "anticoagulant", "rifaximin")
    assert "propranolol" in {t.name for t in p.treatments} and len(p.set_aside) == 3


def test_findings_in_words():
    def finding(text, name, **value):
        return lab("", 0, valueQuantity=None, code={"text": text}, name=name, **value)

    alcohol = {"coding": [{"system": "http://loinc.org", "code": "11331-6"}]}
    sober = {"valueCodeableConcept": {"text": "Current non-drinker of alcohol"}}
    p = read(
        person(),
        finding("Ascites", "a", valueString="none", effectiveDateTime="2026-01-01"),
        finding("Ascites", "b", valueCodeableConcept={"coding": [{"display": "Moderate"}]}),
        finding("Hepatic encephalopathy West Haven grade", "c", valueCodeableConcept={"text": "Grade II"}),
        lab("", 0, valueQuantity=None, code=alcohol, name="d", **sober),
    )
    assert (p.ascites, p.encephalopathy_grade, p.alcohol_active) == ("moderate", 2, False)


def test_sex_birth_and_death():
    extension = [{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "M"}]
    p = read(person(gender="other", extension=extension, birthDate="1960", deceasedDateTime="2026-01-01"))
    assert (p.sex, p.birth_date, p.deceased) == ("male", date(1960, 7, 1), True)
    assert "gender is other: sex at birth (male) is used" in p.notes


@pytest.mark.parametrize(
    ("rows", "release"),
    [
        ([person(meta={"profile": ["http://hl7.org/fhir/5.0/StructureDefinition/Patient"]})], "R5"),
        ([condition(ICD10CM, "K74.60", clinicalStatus="active", assertedDate="2017-01-01")], "STU3"),
        (
            [
                {
                    "resourceType": "MedicationRequest",
                    "status": "active",
                    "medication": {"concept": {"text": "Lactulose"}},
                }
            ],
            "R5",
        ),
        ([{"resourceType": "Encounter", "class": [{"text": "x"}], "actualPeriod": {}}], "R5"),
        ([{"resourceType": "MedicationOrder"}], "DSTU2"),
    ],
)
def test_other_releases_are_refused(rows, release):
    with pytest.raises(InputError, match=f"FHIR {release}, not R4"):
        read(person(), *rows)


def test_stray_r5_fields_in_an_r4_record_are_let_pass():
    encounter = {"resourceType": "Encounter", "class": {"code": "AMB"}, "period": {"start": "2026-01-01"}}
    procedure = {
        "resourceType": "Procedure",
        "status": "completed",
        "occurrenceDateTime": "2026-01-01",
        "code": {"text": "Paracentesis"},
    }
    p = read(person(), encounter, procedure, lab("6301-6", 1.4, triggeredBy=[{"type": "reflex"}], unknownKey=3))
    assert values(p, "inr") == [1.4] and p.treatments[0].name == "paracentesis"


@pytest.mark.parametrize(
    "row",
    [
        {"resourceType": "Observation", "code": "bilirubin"},
        {"resourceType": "Observation", "code": {"coding": {"code": "1975-2"}}},
        {"resourceType": "Condition", "code": [1]},
        {"resourceType": "Condition", "code": {"coding": [3]}},
        {"resourceType": "Procedure", "code": {"text": "Paracentesis"}, "performedDateTime": 5},
        {"resourceType": "Immunization", "vaccineCode": 7, "status": "completed"},
        {"resourceType": 3},
        {"resourceType": "MedicationRequest", "medicationCodeableConcept": {"coding": "x"}},
    ],
)
def test_malformed_resources_never_stop_the_rest(row):
    assert values(read(person(), row, lab("6301-6", 1.4)), "inr") == [1.4]
