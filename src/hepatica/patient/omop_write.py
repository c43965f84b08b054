"""Patients as OMOP CDM 5.4 tables in CSV, with a CONCEPT table that names every code by its vocabulary.

Concept numbers are local (above two thousand million, which OMOP leaves to a site): join CONCEPT on vocabulary_id and
concept_code with the published vocabularies to have the standard numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

from .analytes import ANALYTES, loinc_of
from .concepts import condition_names, system_of
from .fhir.common import OURS as FHIR_OURS
from .fhir.write import ucum
from .model import Condition, Observation, Patient, Treatment
from .omop import OPERATORS, OURS, SEX
from .omop_tables import TABLES

LOCAL = 2_000_000_001
_CONCEPT = (
    *("concept_id", "concept_name", "domain_id", "vocabulary_id", "concept_class_id", "standard_concept"),
    *("concept_code", "valid_start_date", "valid_end_date", "invalid_reason"),
)
_VOCABULARIES = {
    "loinc": "LOINC",
    "snomed": "SNOMED",
    "icd10": "ICD10",
    "icd10cm": "ICD10CM",
    "icd10gm": "ICD10GM",
    "icd9": "ICD9CM",
    "rxnorm": "RxNorm",
    "atc": "ATC",
}
_OPERATOR_IDS: dict[str, int] = {comparator: i for i, comparator in OPERATORS.items() if comparator}
_SEX_IDS = {sex: i for i, sex in SEX.items()}


def write_omop(patients: Iterable[Patient], folder: str | PathLike[str]) -> list[Path]:
    """Write person, measurement, observation, condition_occurrence, drug_exposure, note and concept as CSV files.

    Persons are numbered from 1, and the id stands in person_source_value. `read_many` of the folder gives the same
    patients, without the provenance of their files. Values are in canonical units. What OMOP has no place for (causes,
    ascites grade, remarks) stands in observation and note, marked "hepatica:". OMOP wants a start date on every row:
    one that the record does not tell stays empty. Returns the paths written.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    writer = _Writer(target)
    try:
        for i, patient in enumerate(patients, 1):
            writer.add(patient, i)
    finally:
        paths = writer.close()
    return paths


class _Writer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.concepts: dict[tuple[str, str], tuple[int, str, str]] = {}
        names = [t for t in TABLES if t not in ("procedure_occurrence", "death")]
        self.files = {t: (folder / f"{t}.csv").open("w", newline="", encoding="utf-8") for t in names}
        self.tables = {t: csv.DictWriter(f, [*TABLES[t], *_extra(t)]) for t, f in self.files.items()}
        self.rows = dict.fromkeys(names, 0)
        for table in self.tables.values():
            table.writeheader()

    def concept(self, vocabulary: str, code: str, name: str, domain: str) -> int:
        """Return the number of a concept, a new one where it was not met before."""
        known = self.concepts.setdefault((vocabulary, code), (LOCAL + len(self.concepts), name or code, domain))
        return known[0]

    def row(self, table: str, **values: Any) -> None:
        """Write one row; a date is written as ISO 8601."""
        self.rows[table] += 1
        own = {"person": None, "note": "note_id"}.get(table, f"{table}_id")
        values = {k: _iso(v) for k, v in values.items()} | ({own: self.rows[table]} if own else {})
        self.tables[table].writerow(values)

    def add(self, p: Patient, person: int) -> None:
        """Write everything of one patient."""
        born = p.birth_date
        self.row(
            "person",
            person_id=person,
            gender_concept_id=_SEX_IDS.get(p.sex or "", 0),
            gender_source_value=p.sex or "",
            year_of_birth=born.year if born else "",
            month_of_birth=born.month if born else "",
            day_of_birth=born.day if born else "",
            person_source_value=OURS + p.id,
            race_concept_id=0,
            ethnicity_concept_id=0,
        )
        self._facts(p, person)
        for c in p.conditions:
            self._condition(c, person)
        for t in p.treatments:
            self._treatment(t, person)
        for o in p.observations:
            self._measurement(o, person)
        for note in p.notes:
            self._note(person, "note", note)
        for s in p.set_aside:
            self._note(person, "set aside", "\t".join(part.replace("\t", " ") for part in (s.what, s.where, s.why)))

    def _facts(self, p: Patient, person: int) -> None:
        words = [("cause", cause) for cause in p.etiology]
        words += [("ascites", p.ascites)] if p.ascites else []
        flags = (("alcohol_active", p.alcohol_active), ("deceased", p.deceased))
        words += [(name, str(flag).lower()) for name, flag in flags if flag is not None]
        for name, word in words:
            self._fact(person, name, value_as_string=word)
        numbers = (
            ("encephalopathy_grade", p.encephalopathy_grade),
            ("weight", p.weight_kg),
            ("height", p.height_cm),
            ("age", p.age_stated_years),
        )
        for name, number in numbers:
            if number is not None:
                self._fact(person, name, value_as_number=repr(number))

    def _fact(self, person: int, name: str, **value: str) -> None:
        self.row(
            "observation",
            person_id=person,
            observation_concept_id=0,
            observation_source_value=OURS + name,
            observation_type_concept_id=0,
            **value,
        )

    def _condition(self, c: Condition, person: int) -> None:
        label = condition_names().get(c.name, c.name)
        self.row(
            "condition_occurrence",
            person_id=person,
            condition_concept_id=self.concept(OURS, c.name or "none", label, "Condition"),
            condition_source_concept_id=self._source(c.source.system, c.source.code, c.text, "Condition"),
            condition_source_value=c.text,
            condition_start_date=c.onset,
            condition_start_datetime=c.onset,
            condition_end_date=c.resolved,
            condition_status_source_value="" if c.active else "inactive",
            condition_type_concept_id=0,
        )

    def _treatment(self, t: Treatment, person: int) -> None:
        self.row(
            "drug_exposure",
            person_id=person,
            drug_concept_id=self.concept(OURS, f"{t.name}|{t.kind}", t.name, "Drug"),
            drug_source_concept_id=self._source(t.source.system, t.source.code, t.text, "Drug"),
            drug_source_value=t.text,
            drug_exposure_start_date=t.start,
            drug_exposure_end_date=t.stop,
            stop_reason="" if t.active else "not active",
            drug_type_concept_id=0,
        )

    def _measurement(self, o: Observation, person: int) -> None:
        analyte = ANALYTES[o.analyte]
        vocabulary, code = ("LOINC", loinc) if (loinc := loinc_of(o.analyte)) else (OURS, o.analyte)
        unit = ucum(o.unit)
        self.row(
            "measurement",
            person_id=person,
            measurement_concept_id=self.concept(vocabulary, code, analyte.label, "Measurement"),
            measurement_source_concept_id=self.concept(OURS, o.analyte, analyte.label, "Measurement"),
            measurement_source_value=o.analyte,
            measurement_date=o.time,
            measurement_datetime=o.time,
            operator_concept_id=_OPERATOR_IDS.get(o.comparator, 0),
            value_as_number=repr(o.value),
            unit_concept_id=self.concept("UCUM", unit, unit, "Unit"),
            unit_source_value=unit,
            range_low="" if o.ref_low is None else repr(o.ref_low),
            range_high="" if o.ref_high is None else repr(o.ref_high),
            measurement_type_concept_id=0,
        )

    def _source(self, system: str, code: str, text: str, domain: str) -> int:
        if not code or system.startswith(FHIR_OURS):
            return 0
        return self.concept(_VOCABULARIES.get(system_of(system), system or "local"), code, text, domain)

    def _note(self, person: int, title: str, text: str) -> None:
        self.row("note", person_id=person, note_title=OURS + title, note_text=text)

    def close(self) -> list[Path]:
        """Write CONCEPT and close every file."""
        path = self.folder / "concept.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.DictWriter(file, _CONCEPT)
            rows.writeheader()
            for (vocabulary, code), (number, name, domain) in self.concepts.items():
                dates = {"valid_start_date": "1970-01-01", "valid_end_date": "2099-12-31"}
                rows.writerow(
                    {"concept_id": number, "concept_name": name, "domain_id": domain, "vocabulary_id": vocabulary}
                    | {"concept_class_id": "local", "concept_code": code}
                    | dates
                )
        for open_file in self.files.values():
            open_file.close()
        return [path, *(self.folder / f"{t}.csv" for t in self.files)]


def _extra(table: str) -> tuple[str, ...]:
    """Return the columns that OMOP wants and the reader does not use."""
    kind = {"condition_occurrence": "condition", "drug_exposure": "drug"}.get(table, table)
    if table == "person":
        return ("race_concept_id", "ethnicity_concept_id")
    return (f"{kind}_type_concept_id",)


def _iso(value: Any) -> Any:
    if value is None:
        return ""
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value
