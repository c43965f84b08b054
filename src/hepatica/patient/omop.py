"""Patients from OMOP CDM tables, read through the vocabularies' own codes (LOINC, SNOMED, ICD, RxNorm) in CONCEPT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from os import PathLike
from typing import TYPE_CHECKING

from hepatica.errors import HepaticaError, InputError

from . import analytes, concepts, medicines
from .codes import NO_CODES, Codes
from .draft import Comparator, Draft, as_ascites, as_sex, parse_quantity
from .fhir.values import unit_of
from .model import Condition, Provenance, Treatment
from .omop_tables import Base, Concept, Row, is_omop, opened

if TYPE_CHECKING:
    from .files import ReadFailure
    from .model import Patient

__all__ = ["is_omop", "read_omop"]
OURS = "hepatica:"
# OMOP's standard concepts of sex and of comparison, as used in github.com/OHDSI packages and other public ETL code.
SEX = {8507: "male", 8532: "female"}
OPERATORS: dict[int, Comparator] = {4171756: "<", 4171754: "<=", 4172704: ">", 4171755: ">=", 4172703: ""}
SYSTEMS = {
    "LOINC": "http://loinc.org",
    "SNOMED": "http://snomed.info/sct",
    "ICD10": "http://hl7.org/fhir/sid/icd-10",
    "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICD10GM": "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
    "ICD9CM": "http://hl7.org/fhir/sid/icd-9-cm",
    "RxNorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "ATC": "http://www.whocc.no/atc",
    "CPT4": "http://www.ama-assn.org/go/cpt",
}
_OVER = ("resolved", "inactive", "history of")
Pairs = tuple[tuple[str, str], ...]


def read_omop(path: str | PathLike[str], *, today: date, codes: Codes = NO_CODES) -> Iterator[Patient | ReadFailure]:
    """Yield every person of a folder of OMOP tables (Parquet, CSV) or a DuckDB file, in the order of person_id.

    What a number means comes from CONCEPT (vocabulary and code); without that table only source values and the user's
    own codes can be told, there with the system "omop" for a concept_id. Memory holds some thousand persons. Raises
    CannotAnswer without DuckDB and InputError for tables that cannot be read.
    """
    from .files import ReadFailure

    with opened(path) as base:
        empty = True
        for part in base.slices():
            for person, rows in part["person"].items():
                empty = False
                try:
                    if len(rows) > 1:
                        raise InputError(f"person_id {person} stands {len(rows)} times in PERSON", where=str(path))
                    yield _Reader(base, str(path), today, codes, rows[0]).read(
                        {t: r.get(person, []) for t, r in part.items()}
                    )
                except HepaticaError as error:
                    yield ReadFailure(f"{path} person {person}", error)
        for person, n in base.too_many.items():
            what = f"{n} rows are more than one person can have"
            yield ReadFailure(f"{path} person {person}", InputError(what, where=str(path), mend="look at the export"))
        if empty and not base.too_many:
            raise InputError("the table PERSON is empty", where=str(path))
        if strangers := base.strangers():
            shown = ", ".join(f"{n} of {table}" for table, n in strangers.items())
            yield ReadFailure(str(path), InputError(f"rows of nobody in PERSON: {shown}", where=str(path)))


class _Reader:
    def __init__(self, base: Base, file: str, today: date, codes: Codes, person: Row) -> None:
        self.base = base
        own = str(person["person_source_value"] or "")
        name = own.removeprefix(OURS) if own.startswith(OURS) else str(person["person_id"])
        self.draft = Draft(file=file, today=today, id=name, codes=codes)
        self.unused: Counter[str] = Counter()
        self._person(person)

    def read(self, rows: dict[str, list[Row]]) -> Patient:
        """Return the patient of one person's rows."""
        draft = self.draft
        if rows["death"]:
            draft.deceased = True
        for row in rows["observation"]:
            own = str(row["observation_source_value"] or "")
            if own.startswith(OURS):
                self._stated(own.removeprefix(OURS), row)
            elif row["value_as_number"] is not None:
                self._measurement(row, "observation")
        for row in rows["condition_occurrence"]:
            self._condition(row)
        for row in rows["drug_exposure"]:
            self._treatment(row, "drug", row["drug_exposure_start_date"], row["drug_exposure_end_date"])
        for row in rows["procedure_occurrence"]:
            self._treatment(row, "procedure", row["procedure_date"], row["procedure_date"])
        for row in rows["measurement"]:
            self._measurement(row, "measurement")
        for row in rows["note"]:
            self._remark(row)
        if self.unused:
            kinds = ", ".join(f"{n} {name}" for name, n in self.unused.most_common())
            draft.notes.append(f"measurements of kinds not used here: {kinds}")
        return draft.finish()

    def _person(self, row: Row) -> None:
        concept = self.base.concepts.get(row["gender_concept_id"] or 0)
        draft = self.draft
        draft.sex = as_sex(
            SEX.get(row["gender_concept_id"]) or (concept and concept.name) or row["gender_source_value"]
        )
        if draft.sex is None:
            draft.notes.append("sex is neither male nor female here: formulas that need sex are left out")
        year, month, day = (row[k] for k in ("year_of_birth", "month_of_birth", "day_of_birth"))
        try:
            born = row["birth_datetime"] or (datetime(year, month or 7, day or (15 if month else 1)) if year else None)
        except ValueError as error:
            return draft.set_aside(f"birth {year}-{month}-{day}", "person", str(error))
        if born is None:
            return
        why = draft.reject_time(born) or ("more than 125 years ago" if draft.today.year - born.year > 125 else "")
        if why:
            return draft.set_aside(f"birth {born.date()}", "person", why)
        if not row["birth_datetime"] and not (month and day):
            draft.notes.append(f"the date of birth is not exact: {born.date()} is used")
        draft.birth_date = born.date()

    def _codes(self, row: Row, kind: str) -> tuple[Pairs, str, Concept | None]:
        """Return the codes of a row (vocabulary's own, then the concept's number), its words, its standard concept."""
        ids = [row[f"{kind}_source_concept_id"], row[f"{kind}_concept_id"]]
        known = [c for i in ids if i and (c := self.base.concepts.get(i))]
        pairs = [(SYSTEMS.get(c.vocabulary, c.vocabulary), c.code) for c in known]
        if kind == "drug":
            found = self.base.ingredients.get(row["drug_concept_id"], ())
            pairs += [(SYSTEMS.get(c.vocabulary, c.vocabulary), c.code) for c in found]
        pairs += [("omop", str(i)) for i in ids if i]
        standard = self.base.concepts.get(row[f"{kind}_concept_id"] or 0)
        text = str(row[f"{kind}_source_value"] or "")
        if not text and standard and standard.vocabulary != OURS:
            text = standard.name
        return tuple(pairs), text, standard

    def _source(self, row: Row, table: str, pairs: Pairs, text: str, value: str = "", unit: str = "") -> Provenance:
        system, code = pairs[0] if pairs and pairs[0][0] != OURS else ("", "")
        return Provenance(self.draft.file, f"{table}/{row[f'{table}_id']}", system, code, text, value, unit)

    def _condition(self, row: Row) -> None:
        pairs, text, standard = self._codes(row, "condition")
        onset, end = row["condition_start_datetime"] or row["condition_start_date"], row["condition_end_date"]
        status = self.base.concepts.get(row["condition_status_concept_id"] or 0)
        said = f"{status.name if status else ''} {row['condition_status_source_value'] or ''}".casefold()
        over = any(word in said for word in _OVER)
        if why := self.draft.reject_time(onset):
            return self.draft.set_aside(text, "condition_occurrence", why)
        if end and not over:
            self.draft.notes.append("condition_end_date often closes a visit, not a disease: it is not read as a cure")
        own = next((code for system, code in pairs if system == OURS), None)
        words = f"{text} {standard.name}" if standard and standard.name not in text else text
        meaning = self.draft.codes.meaning(pairs, text)
        if meaning is None and own is not None:
            meaning = concepts.Meaning((own,) if own in concepts.condition_names() else ())
        meaning = meaning or concepts.of_coding(tuple(p for p in pairs if p[0] != "omop"), words)
        source = self._source(
            row, "condition_occurrence", tuple(p for p in pairs if p[0] != OURS and p[0] != "omop"), text
        )
        self.draft.diagnose(meaning, Condition("", text, onset, end if over else None, not over, source))

    def _treatment(self, row: Row, kind: str, start: datetime | None, stop: datetime | None) -> None:
        pairs, text, standard = self._codes(row, kind)
        if why := self.draft.reject_time(start):
            return self.draft.set_aside(text, kind, why)
        procedure = kind == "procedure"
        words = f"{text} {standard.name}" if standard and standard.name not in text else text
        own = next((code for system, code in pairs if system == OURS), None)
        plain = tuple(p for p in pairs if p[0] not in ("omop", OURS))
        found = self.draft.codes.treatment(pairs, text)
        if not found and own:
            name, _, means = own.partition("|")
            found = (medicines.Named(name, means),)
        found = found or medicines.find(plain, words, procedure)
        if procedure and not found:
            self.draft.unused_procedures[text or "without a code"] += 1
            return None
        active = not procedure and not row.get("stop_reason") and (stop is None or stop.date() >= self.draft.today)
        table = "procedure_occurrence" if procedure else "drug_exposure"
        self.draft.treat(found, Treatment("", "", text, start, stop, active, self._source(row, table, plain, text)))

    def _measurement(self, row: Row, table: str) -> None:
        pairs, text, standard = self._codes(row, table)
        told = self.draft.codes.analyte(pairs, text)
        name, bare_unit = told or (self._analyte(pairs, text, standard), "")
        if name is None:
            self.unused[(standard.name if standard else "") or text or "without a code"] += 1
            return None
        time = row[f"{table}_datetime"] or row[f"{table}_date"]
        concept = self.base.concepts.get(row["unit_concept_id"] or 0)
        coded = concept.code if concept and concept.vocabulary == "UCUM" else ""
        number, words = row["value_as_number"], str(row.get("value_source_value") or row.get("value_as_string") or "")
        try:
            unit = unit_of(name, str(row["unit_source_value"] or ""), coded) or bare_unit
            comparator = OPERATORS.get(row.get("operator_concept_id") or 0, "")
            if words and (number is None or (not comparator and words.strip()[:1] in "<>≤≥")):
                comparator, value, written = parse_quantity(words)
                if number is None:
                    number, unit = value, unit_of(name, written, unit) if written and unit else unit or written
            if number is None:
                raise InputError("no number")
        except InputError as error:
            return self.draft.set_aside(
                f"{name} {words or number or ''}".strip(), f"{table}/{row[f'{table}_id']}", error.what
            )
        source = self._source(row, table, tuple(p for p in pairs if p[0] != "omop"), text, str(words or number), unit)
        self.draft.measure(
            name, number, unit, time, source,
            comparator=comparator, ref_low=row.get("range_low"), ref_high=row.get("range_high"),
        )  # fmt: skip
        return None

    def _analyte(self, pairs: Pairs, text: str, standard: Concept | None) -> str | None:
        own = next((code for system, code in pairs if system == OURS), None)
        if own in analytes.ANALYTES:
            return own
        codes = [code for system, code in pairs if system == SYSTEMS["LOINC"]]
        if codes:
            return next((analytes.BY_LOINC[code] for code in codes if code in analytes.BY_LOINC), None)
        return analytes.find_analyte(text) or (analytes.find_analyte(standard.name) if standard else None)

    def _stated(self, name: str, row: Row) -> None:
        """Take back the facts that our own writer put into OBSERVATION."""
        draft, word, number = self.draft, row["value_as_string"], row["value_as_number"]
        if name == "cause" and (cause := concepts.find_cause(str(word))):
            draft.etiology.append(cause)
        elif name == "ascites":
            draft.ascites = as_ascites(word)
        elif name in ("alcohol_active", "deceased") and word in ("true", "false"):
            setattr(draft, name, word == "true")
        elif name == "encephalopathy_grade" and number in (0, 1, 2, 3, 4):
            draft.encephalopathy_grade = int(number)
        elif name in ("weight", "height", "age") and number is not None:
            draft.state(name, number, "observation")
        else:
            draft.set_aside(f"{name} {word or number}", "observation", "not a fact that is known here")

    def _remark(self, row: Row) -> None:
        title, text = str(row["note_title"] or ""), str(row["note_text"] or "")
        if title == OURS + "note":
            self.draft.notes.append(text)
        elif title == OURS + "set aside" and text.count("\t") == 2:
            self.draft.set_aside(*text.split("\t"))
