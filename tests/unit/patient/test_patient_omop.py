"""OMOP CDM tables: read through the vocabularies' own codes, written so that reading gives the same patients."""

import csv
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from hepatica.errors import InputError
from hepatica.patient import Provenance, ReadFailure, parse_codes, read, read_many, write_omop

duckdb = pytest.importorskip("duckdb")
TODAY = date(2026, 11, 24)
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.json"))

CONCEPT = [
    ("8507", "MALE", "Gender", "M"),
    ("101", "Bilirubin.total [Moles/volume] in Serum or Plasma", "LOINC", "14631-6"),
    ("102", "Platelets [#/volume] in Blood", "LOINC", "26515-7"),
    ("103", "Glucose in urine", "LOINC", "5792-7"),
    ("201", "micromole per liter", "UCUM", "umol/L"),
    ("202", "thousand per microliter", "UCUM", "10*3/uL"),
    ("301", "Cirrhosis of liver", "SNOMED", "19943007"),
    ("302", "Alcoholic cirrhosis of liver with ascites", "ICD10CM", "K70.31"),
    ("401", "carvedilol 6.25 MG Oral Tablet", "RxNorm", "200033"),
    ("402", "carvedilol", "RxNorm", "20352"),
]
TABLES = {
    "person": (
        "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth",
        ["7,8507,1970,5,2", "8,8532,1980,,"],
    ),
    "measurement": (
        "measurement_id,person_id,measurement_concept_id,measurement_date,operator_concept_id,value_as_number,"
        "unit_concept_id,measurement_source_value,unit_source_value,value_source_value,range_high",
        [
            "1,7,101,2026-10-01,0,40,201,BILI,umol/L,40,21",
            "2,7,102,2026-10-01,4171756,30,202,PLT,10*3/uL,<30,",
            "3,7,103,2026-10-01,,5,0,GLU-U,,,",
            "4,7,0,2026-10-01,,1.4,0,inr,,,",
            "5,7,101,2026-10-02,,3,201,BILI,mg/dL,3,",
            "6,8,0,2026-10-02,,,0,LAB77,,<45 umol/L,",
            "7,9,101,2026-10-02,,3,201,BILI,umol/L,3,",
        ],
    ),
    "condition_occurrence": (
        "condition_occurrence_id,person_id,condition_concept_id,condition_source_concept_id,condition_source_value,"
        "condition_start_date,condition_end_date",
        ["1,7,301,302,K7031,2020-01-01,2020-01-05"],
    ),
    "drug_exposure": (
        "drug_exposure_id,person_id,drug_concept_id,drug_source_value,drug_exposure_start_date,drug_exposure_end_date",
        ["1,7,401,NDC 1,2026-10-01,2027-01-01"],
    ),
    "concept_ancestor": ("ancestor_concept_id,descendant_concept_id", ["402,401"]),
}


def csv_cdm(folder):
    for name, (head, rows) in TABLES.items():
        (folder / f"{name}.csv").write_text("\n".join((head, *rows)) + "\n")
    with (folder / "CONCEPT.csv").open("w", newline="") as file:
        out = csv.writer(file, delimiter="\t")
        out.writerow(("concept_id", "concept_name", "vocabulary_id", "concept_code", "concept_class_id"))
        out.writerows((*row, "Ingredient" if row[1] == "carvedilol" else "x") for row in CONCEPT)
    return folder


def parquet_cdm(folder):
    (folder / "csv").mkdir()
    (folder / "parquet").mkdir()
    for path in csv_cdm(folder / "csv").iterdir():
        target = folder / "parquet" / f"{path.stem}.parquet"
        duckdb.sql(f"COPY (SELECT * FROM read_csv('{path}', header = true)) TO '{target}' (FORMAT parquet)")
    return folder / "parquet"


def duckdb_cdm(folder):
    (folder / "csv").mkdir()
    base = duckdb.connect(str(folder / "cdm.duckdb"))
    base.execute("CREATE SCHEMA omop")
    for path in csv_cdm(folder / "csv").iterdir():
        base.execute(f"CREATE TABLE omop.{path.stem} AS SELECT * FROM read_csv('{path}', header = true)")
    base.close()
    return folder / "cdm.duckdb"


@pytest.fixture(params=[csv_cdm, parquet_cdm, duckdb_cdm])
def cdm(request, tmp_path):
    return request.param(tmp_path)


def test_one_cdm_in_three_forms(cdm):
    codes = parse_codes("kind,system,code,name\nanalyte,,LAB77,bilirubin\n")
    first, second, stray = read_many(cdm, today=TODAY, codes=codes)
    assert (first.id, first.sex, first.birth_date) == ("7", "male", date(1970, 5, 2))
    assert [(o.value, o.ref_high, o.time) for o in first.at("bilirubin")] == [(40, 21, datetime(2026, 10, 1))]
    assert [(o.comparator, o.value, o.unit) for o in first.at("platelets")] == [("<", 30, "1e9/L")]
    assert [o.value for o in first.at("inr")] == [1.4]
    assert [s.why for s in first.set_aside] == ["its unit is written mg/dL and coded umol/L"]
    assert any("Glucose in urine" in note for note in first.notes)
    assert {c.name for c in first.conditions} == {"cirrhosis", "ascites"} and first.etiology == ("alcohol",)
    assert all(c.active for c in first.conditions) and any("not read as a cure" in note for note in first.notes)
    assert [(t.name, t.active) for t in first.treatments] == [("carvedilol", True)]
    assert second.sex == "female" and any("not exact" in note for note in second.notes)
    assert [(o.comparator, o.value) for o in second.at("bilirubin")] == [("<", 45)]
    assert isinstance(stray, ReadFailure) and "1 of measurement" in stray.error.what


def test_without_concepts_the_users_codes_tell(tmp_path):
    (csv_cdm(tmp_path) / "CONCEPT.csv").unlink()
    codes = parse_codes("kind,system,code,name,unit\nanalyte,omop,101,bilirubin,umol/L\n")
    first = next(iter(read_many(tmp_path, today=TODAY, codes=codes)))
    assert [o.value for o in first.at("bilirubin")][:1] == [40]


def test_an_empty_person_table_is_refused(tmp_path):
    (csv_cdm(tmp_path) / "person.csv").write_text("person_id,gender_concept_id\n")
    with pytest.raises(InputError, match="PERSON is empty"):
        list(read_many(tmp_path))


def test_a_table_that_cannot_be_read_is_refused_in_few_lines(tmp_path):
    (csv_cdm(tmp_path) / "person.parquet").write_bytes(b"PAR1 nothing")
    (tmp_path / "person.csv").unlink()
    with pytest.raises(InputError) as caught:
        list(read_many(tmp_path))
    assert len(caught.value.lines()) <= 4


def plain(p):
    """Return a patient without provenance and in a fixed order."""

    def rows(items):
        return tuple(sorted((replace(i, source=Provenance()) for i in items), key=repr))

    fields = {name: rows(getattr(p, name)) for name in ("conditions", "treatments", "observations")}
    return replace(p, **fields, notes=tuple(sorted(p.notes)), set_aside=tuple(sorted(p.set_aside, key=repr)))


def test_what_is_written_is_read_again(tmp_path):
    patients = [read(path, today=TODAY) for path in EXAMPLES]
    write_omop(patients, tmp_path)
    found = {p.id: plain(p) for p in read_many(tmp_path, today=TODAY)}
    assert found == {p.id: plain(p) for p in patients}


def test_codes_are_written_with_their_vocabulary(tmp_path):
    write_omop([read(EXAMPLES[0], today=TODAY)], tmp_path)
    with (tmp_path / "concept.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {"LOINC", "UCUM"} <= {r["vocabulary_id"] for r in rows}
    assert all(int(r["concept_id"]) > 2_000_000_000 for r in rows)


def test_without_duckdb_the_extra_is_named(tmp_path, monkeypatch):
    import sys

    from hepatica.errors import CannotAnswer

    csv_cdm(tmp_path)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(CannotAnswer) as caught:
        list(read_many(tmp_path))
    assert "hepatica[data]" in caught.value.mend


def test_ids_that_are_no_numbers_come_back(tmp_path):
    patients = [replace(read(EXAMPLES[0], today=TODAY), id=name) for name in ("12", "007", "a/b ü", str(10**20))]
    write_omop(patients, tmp_path)
    assert sorted(p.id for p in read_many(tmp_path, today=TODAY)) == sorted(p.id for p in patients)


def test_a_disease_that_is_over_says_so(tmp_path):
    rows = ["1,7,301,302,K7031,2020-01-01,2020-01-05,Resolved", "2,7,0,0,hepatocellular carcinoma,2030-01-01,,"]
    head = TABLES["condition_occurrence"][0] + ",condition_status_source_value"
    csv_cdm(tmp_path).joinpath("condition_occurrence.csv").write_text("\n".join((head, *rows)) + "\n")
    first = next(iter(read_many(tmp_path, today=TODAY)))
    assert {(c.name, c.active) for c in first.conditions} == {("cirrhosis", False), ("ascites", False)}
    assert any("future" in s.why for s in first.set_aside)


def test_a_person_who_stands_twice_is_named_and_not_merged(tmp_path):
    head, rows = TABLES["person"]
    csv_cdm(tmp_path).joinpath("person.csv").write_text("\n".join((head, *rows, "7,8532,1999,1,1")) + "\n")
    first = next(iter(read_many(tmp_path, today=TODAY)))
    assert isinstance(first, ReadFailure) and "2 times in PERSON" in first.error.what


def test_two_people_of_one_id_stay_two(tmp_path):
    one = read(EXAMPLES[0], today=TODAY)
    write_omop([one, replace(one, observations=one.observations[:1])], tmp_path)
    assert [len(p.observations) for p in read_many(tmp_path, today=TODAY)] == [len(one.observations), 1]


def test_a_person_without_a_number_is_counted_and_hides_nobody(tmp_path):
    head, rows = TABLES["person"]
    csv_cdm(tmp_path).joinpath("person.csv").write_text("\n".join((head, *rows, ",8532,1999,1,1")) + "\n")
    first, _, stray = read_many(
        tmp_path, today=TODAY, codes=parse_codes("kind,system,code,name\nanalyte,,LAB77,bilirubin")
    )
    assert first.id == "7" and "1 of person, 1 of measurement" in stray.error.what
