"""OMOP CDM tables as Parquet, CSV or DuckDB, copied by person into a temporary DuckDB file that is read in slices."""

from __future__ import annotations

import glob
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from hepatica.errors import CannotAnswer, InputError

ENDINGS = (".parquet", ".csv", ".tsv")
SLICE = 2000
SLICE_ROWS = 200_000
MOST_ROWS = 5_000_000
_KNOWN = "SELECT DISTINCT person_id FROM person WHERE person_id IS NOT NULL"
_MEMORY = "256MB"
# Views and tables of a stranger may not fetch an extension, nor (see _sources) read or write another file.
_SETTINGS = (
    "threads = 2",
    "preserve_insertion_order = false",
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
)
_NEEDED = ("person", "measurement")
_CONCEPTS = ("concept", "concept_ancestor")
_EVENT = "{0}_id {0}_concept_id {0}_source_concept_id {0}_source_value person_id "
_VALUE = "{0}_date {0}_datetime value_as_number unit_concept_id unit_source_value "
_COLUMNS = {
    "person": "person_id gender_concept_id gender_source_value year_of_birth month_of_birth day_of_birth "
    "birth_datetime person_source_value",
    "measurement": (_EVENT + _VALUE).format("measurement")
    + "operator_concept_id value_source_value range_low range_high",
    "observation": (_EVENT + _VALUE).format("observation") + "value_as_string",
    "condition_occurrence": _EVENT.format("condition").replace("condition_id", "condition_occurrence_id")
    + "condition_start_date condition_start_datetime condition_end_date condition_status_concept_id "
    "condition_status_source_value",
    "drug_exposure": _EVENT.format("drug").replace("drug_id", "drug_exposure_id")
    + "drug_exposure_start_date drug_exposure_end_date stop_reason",
    "procedure_occurrence": _EVENT.format("procedure").replace("procedure_id", "procedure_occurrence_id")
    + "procedure_date",
    "death": "person_id death_date",
    "note": "person_id note_id note_title note_text",
}
_KINDS = (
    ("_date", "TIMESTAMP"),
    ("_datetime", "TIMESTAMP"),
    ("_of_birth", "INTEGER"),
    ("_as_number", "DOUBLE"),
    ("range_low", "DOUBLE"),
    ("range_high", "DOUBLE"),
    ("concept_id", "BIGINT"),
    ("person_id", "BIGINT"),
    ("", "VARCHAR"),
)
TABLES: Mapping[str, Mapping[str, str]] = {
    table: {name: next(kind for end, kind in _KINDS if name.endswith(end)) for name in names.split()}
    for table, names in _COLUMNS.items()
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Concept:
    """One row of CONCEPT: the vocabulary's own code is what counts, not the concept's number."""

    vocabulary: str
    code: str
    name: str


def is_omop(path: str | PathLike[str]) -> bool:
    """Return whether a path is a DuckDB file, or a folder with the tables PERSON and MEASUREMENT."""
    root = Path(path)
    if root.is_dir():
        return all(_file_of(root, name) for name in _NEEDED)
    return root.suffix.lower() in (".duckdb", ".ddb") and root.is_file()


def _file_of(root: Path, table: str) -> Path | None:
    return next((f for f in sorted(root.iterdir()) if f.stem.lower() == table and f.suffix.lower() in ENDINGS), None)


@contextmanager
def opened(path: str | PathLike[str]) -> Iterator[Base]:
    """Open OMOP tables for reading; raises CannotAnswer without DuckDB, InputError for tables that cannot be read."""
    try:
        import duckdb
    except ImportError:
        raise CannotAnswer("OMOP tables are read with DuckDB", mend="pip install 'hepatica[data]'") from None
    with tempfile.TemporaryDirectory(prefix="hepatica-") as folder:
        base = duckdb.connect(str(Path(folder) / "sorted.duckdb"))
        try:
            for setting in (f"memory_limit = '{_MEMORY}'", f"temp_directory = '{folder}'", *_SETTINGS):
                base.execute(f"SET {setting}")
            yield Base(base, Path(path))
        except duckdb.Error as error:
            what = str(error).splitlines()[0][:160]
            raise InputError("these OMOP tables cannot be read", where=str(path), mend=what) from None
        finally:
            base.close()


class Base:
    """The tables of one CDM, sorted by person."""

    def __init__(self, base: Any, path: Path) -> None:
        self._base, self._sources = base, _sources(base, path)
        self.too_many: dict[int, int] = {}
        for table, columns in TABLES.items():
            self._copy(table, columns)
        self.concepts, self.ingredients = self._concepts(), self._ingredients()

    def slices(self) -> Iterator[dict[str, dict[int, list[Row]]]]:
        """Yield the rows of every table by person, as many persons at a time as memory holds with ease.

        Whoever has more than MOST_ROWS rows is left out and stands in `too_many`.
        """
        part: list[int] = []
        rows = 0
        for person, n in self._counts():
            if n > MOST_ROWS:
                self.too_many[person] = n
            if part and (n > MOST_ROWS or len(part) == SLICE or rows + n > SLICE_ROWS):
                yield {table: self._between(table, part[0], part[-1]) for table in TABLES}
                part, rows = [], 0
            if n <= MOST_ROWS:
                part.append(person)
                rows += n
        if part:
            yield {table: self._between(table, part[0], part[-1]) for table in TABLES}

    def _counts(self) -> list[tuple[int, int]]:
        each = " UNION ALL ".join(f"SELECT person_id, count(*) AS n FROM {t} GROUP BY 1" for t in TABLES)  # noqa: S608
        query = f"SELECT person_id, sum(n)::BIGINT FROM ({each}) WHERE person_id IN ({_KNOWN}) GROUP BY 1 ORDER BY 1"  # noqa: S608
        found: list[tuple[int, int]] = self._base.execute(query).fetchall()
        return found

    def strangers(self) -> dict[str, int]:
        """Return how many rows of each table belong to no person."""
        query = f"SELECT count(*) FROM {{}} WHERE person_id IS NULL OR person_id NOT IN ({_KNOWN})"  # noqa: S608
        counts = {t: self._base.execute(query.format(t)).fetchone()[0] for t in TABLES}
        return {t: n for t, n in counts.items() if n}

    def _between(self, table: str, first: int, last: int) -> dict[int, list[Row]]:
        found = self._base.execute(f"SELECT * FROM {table} WHERE person_id BETWEEN ? AND ?", [first, last])  # noqa: S608
        names = [d[0] for d in found.description]
        rows: dict[int, list[Row]] = {}
        for values in found.fetchall():
            row = dict(zip(names, values, strict=True))
            rows.setdefault(row["person_id"], []).append(row)
        return rows

    def _copy(self, table: str, columns: Mapping[str, str]) -> None:
        source = self._sources.get(table)
        there = self._columns(source) if source else set()
        picked = [
            f"TRY_CAST({name} AS {kind}) AS {name}" if name in there else f"CAST(NULL AS {kind}) AS {name}"
            for name, kind in columns.items()
        ]
        rest = f"FROM {source} ORDER BY person_id" if source else "LIMIT 0"
        self._base.execute(f"CREATE TABLE {table} AS SELECT {', '.join(picked)} {rest}")

    def _columns(self, source: str) -> set[str]:
        found = self._base.execute(f"DESCRIBE SELECT * FROM {source}")  # noqa: S608
        return {row[0].lower() for row in found.fetchall()}

    def _concepts(self) -> dict[int, Concept]:
        if "concept" not in self._sources:
            return {}
        ids = " UNION ".join(
            f"SELECT {c} FROM {t}"  # noqa: S608
            for t, columns in TABLES.items()
            for c in columns
            if c.endswith("_concept_id")
        )
        query = f"""SELECT TRY_CAST(concept_id AS BIGINT), vocabulary_id, concept_code, concept_name
            FROM {self._sources["concept"]} WHERE TRY_CAST(concept_id AS BIGINT) IN ({ids})"""  # noqa: S608
        rows = self._base.execute(query).fetchall()
        return {i: Concept(str(v or ""), str(code or ""), str(name or "")) for i, v, code, name in rows if i}

    def _ingredients(self) -> dict[int, list[Concept]]:
        if not {"concept", "concept_ancestor"} <= self._sources.keys():
            return {}
        query = f"""SELECT TRY_CAST(a.descendant_concept_id AS BIGINT), c.vocabulary_id, c.concept_code, c.concept_name
            FROM {self._sources["concept_ancestor"]} a JOIN {self._sources["concept"]} c
            ON TRY_CAST(a.ancestor_concept_id AS BIGINT) = TRY_CAST(c.concept_id AS BIGINT)
            WHERE c.concept_class_id = 'Ingredient' AND
            TRY_CAST(a.descendant_concept_id AS BIGINT) IN (SELECT drug_concept_id FROM drug_exposure)"""  # noqa: S608
        found: dict[int, list[Concept]] = {}
        for drug, vocabulary, code, name in self._base.execute(query).fetchall():
            found.setdefault(drug, []).append(Concept(str(vocabulary), str(code), str(name)))
        return found


def _sources(base: Any, path: Path) -> dict[str, str]:
    """Return where to select each table from, in SQL."""
    wanted = (*TABLES, *_CONCEPTS)
    if not path.is_dir():
        base.execute(f"ATTACH {_quoted(str(path))} AS cdm (READ_ONLY)")
        rows = base.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'cdm' UNION ALL "
            "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'cdm' AND NOT internal"
        ).fetchall()
        base.execute("SET enable_external_access = false")
        found = {t.lower(): f"cdm.{_name(s)}.{_name(t)}" for s, t in rows if t.lower() in wanted}
        if missing := [name for name in _NEEDED if name not in found]:
            raise InputError(f"the database has no table {missing[0]}", where=str(path), mend="give an OMOP CDM")
        return found
    found = {}
    for table in wanted:
        file = _file_of(path, table)
        if file is not None:
            found[table] = _reading(file, is_vocabulary=table in _CONCEPTS)
    return found


def _reading(file: Path, *, is_vocabulary: bool) -> str:
    """Return the table function of a file; vocabulary files as published are tab-separated and hold bare quotes."""
    name = _quoted(glob.escape(str(file)))
    if file.suffix.lower() == ".parquet":
        return f"read_parquet({name})"
    with file.open("rb") as lines:
        has_tabs = b"\t" in lines.readline(10_000)
    form = ", delim = '\t', quote = ''" if is_vocabulary and has_tabs else ""
    return f"read_csv({name}, header = true, all_varchar = true{form})"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
