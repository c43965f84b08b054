"""Tables by a stranger: no view reads another file, no name is run as SQL, no one person fills the memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from hepatica.errors import InputError
from hepatica.patient import ReadFailure, omop_tables, read_many

duckdb = pytest.importorskip("duckdb")
MEASURED = """SELECT i AS measurement_id, 1 + i // 10 AS person_id, 'bilirubin' AS measurement_source_value,
    DATE '2026-01-01' + INTERVAL (i) DAY AS measurement_date, 40.0 AS value_as_number, 'umol/L' AS unit_source_value"""


@pytest.fixture
def base(tmp_path: Path):
    path = tmp_path / "cdm.duckdb"
    opened = duckdb.connect(str(path))
    opened.execute("CREATE TABLE person AS SELECT i AS person_id, 1970 AS year_of_birth FROM range(1, 4) t(i)")
    yield path, opened
    opened.close()


def test_a_view_cannot_read_another_file(base, tmp_path):
    path, tables = base
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    other = f"FROM read_text('{secret}'), range(1) t(i)"
    tables.execute(f"CREATE VIEW measurement AS {MEASURED}, content AS value_source_value {other}")
    tables.close()
    with pytest.raises(InputError) as caught:
        list(read_many(path))
    assert "secret" not in caught.value.lines()[0] and "disabled" in caught.value.mend


def test_a_view_of_tables_in_the_file_is_read(base):
    path, tables = base
    tables.execute(f"CREATE TABLE lab AS {MEASURED} FROM range(30) t(i)")
    tables.execute("CREATE VIEW measurement AS SELECT * FROM lab")
    tables.close()
    assert [len(p.observations) for p in read_many(path)] == [10, 10, 10]


def test_a_name_of_a_schema_is_no_sql(base, tmp_path):
    path, tables = base
    written = tmp_path / "written.csv"
    tables.execute(f"CREATE TABLE measurement AS {MEASURED} FROM range(30) t(i)")
    tables.execute("CREATE SCHEMA x")
    tables.execute("CREATE TABLE x.note AS SELECT 1 AS person_id")
    evil = f'x"."note"; COPY (SELECT 42) TO \'{written}\'; --'.replace('"', '""')
    tables.execute(f'CREATE SCHEMA "{evil}"')
    tables.execute(f'CREATE TABLE "{evil}".note AS SELECT 1 AS person_id')
    tables.close()
    assert len(list(read_many(path))) == 3
    assert not written.exists()


def test_one_person_with_too_many_rows_is_named_and_the_others_are_read(base, monkeypatch):
    path, tables = base
    tables.execute(f"CREATE TABLE measurement AS {MEASURED.replace('1 + i // 10', '2')} FROM range(50) t(i)")
    tables.close()
    monkeypatch.setattr(omop_tables, "MOST_ROWS", 40)
    found = list(read_many(path))
    assert [p.id for p in found if not isinstance(p, ReadFailure)] == ["1", "3"]
    assert [(f.where, f.error.what) for f in found if isinstance(f, ReadFailure)] == [
        (f"{path} person 2", "51 rows are more than one person can have")
    ]


def test_slices_by_rows_give_every_person_once(base, monkeypatch):
    path, tables = base
    tables.execute(f"CREATE TABLE measurement AS {MEASURED} FROM range(30) t(i)")
    tables.close()
    monkeypatch.setattr(omop_tables, "SLICE_ROWS", 15)
    assert [(p.id, len(p.observations)) for p in read_many(path)] == [("1", 10), ("2", 10), ("3", 10)]


def test_a_folder_whose_name_looks_like_a_pattern_is_read(tmp_path):
    folder = tmp_path / "data[1]*"
    folder.mkdir()
    (folder / "person.csv").write_text("person_id,year_of_birth\n1,1970\n")
    (folder / "measurement.csv").write_text(
        "measurement_id,person_id,measurement_source_value,measurement_date,value_as_number,unit_source_value\n"
        "1,1,bilirubin,2026-01-01,40,umol/L\n"
    )
    assert [len(p.observations) for p in read_many(folder)] == [1]
