"""Tables of patients: wide (a column an analyte) or long (analyte, value, unit, time), one or many patients."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hepatica.errors import InputError

from . import analytes
from .codes import NO_CODES, Codes
from .draft import Draft, parse_quantity
from .headers import Column, read_header
from .model import Provenance
from .short import read_condition, read_person, read_treatment
from .times import parse_time

_EMPTY = frozenset(("", "na", "n/a", "nan", "nd", "-", "--", ".", "null", "none", "missing", "unknown", "not done"))
_PERSON = ("sex", "birth_date", "age", "alcohol_active", "ascites", "encephalopathy_grade", "deceased")
_FLAGS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


def drafts_of(text: str, *, file: str, today: date, tabs: bool = False, codes: Codes = NO_CODES) -> list[Draft]:
    """Return one draft a patient of a table; raises InputError where it is not a table of patients."""
    delimiter, rows = _rows(text, file, tabs)
    if not rows:
        raise InputError("the file is empty", where=file)
    columns = read_header([c.strip() for c in rows[0][1]], codes)
    if not any(c.role == "measure" or c.role == "value" for c in columns):
        raise InputError(
            "no column of this table is a known measurement",
            where=f"{file} line {rows[0][0]}: {', '.join(c.name for c in columns[:6])[:80]}",
            mend="name columns like bilirubin_mg_dl or 'bilirubin (mg/dL)', or use analyte,value,unit,time",
        )
    if len(rows) == 1:
        raise InputError("the table has a header and no rows", where=file)
    decimal_comma = delimiter == ";"
    columns = [
        _learned(c, [cells[i] for _, cells in rows[1:] if i < len(cells)], decimal_comma) for i, c in enumerate(columns)
    ]
    table = _Table(file, today, columns, codes, decimal_comma)
    for line, cells in rows[1:]:
        table.add(line, cells)
    return table.close()


def _learned(column: Column, cells: list[str], decimal_comma: bool) -> Column:
    """Return a column without a unit with the one usual unit in which all its values are possible, if there is one."""
    choices = analytes.ANALYTES[column.analyte].bare if column.role == "measure" and not column.unit else ()
    if len(choices) < 2 or analytes.ANALYTES[column.analyte].needs_unit:
        return column
    values = []
    for cell in cells:
        try:
            found = parse_quantity(cell.replace(",", ".") if decimal_comma else cell)
        except InputError:
            continue
        if not found.unit:
            values.append(found.value)
    fits = [u for u in choices if values and _all_possible(column.analyte, values, u)]
    return replace(column, unit=fits[0], learned=True) if len(fits) == 1 else column


def _all_possible(name: str, values: list[float], unit: str) -> bool:
    return not any(analytes.implausible(name, analytes.to_canonical(name, v, unit)) for v in values)


def _rows(text: str, file: str, tabs: bool) -> tuple[str, list[tuple[int, list[str]]]]:
    text = text.removeprefix("\ufeff")
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep="):
        text, first = rest, rest.partition("\n")[0]
    delimiter = "\t" if tabs else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(c.strip() for c in cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise InputError("this is not a table", where=f"{file} line {reader.line_num}", mend=str(error)) from None
    return delimiter, rows


class _Table:
    def __init__(self, file: str, today: date, columns: list[Column], codes: Codes, decimal_comma: bool) -> None:
        self.file, self.today, self.columns, self.codes, self.decimal_comma = file, today, columns, codes, decimal_comma
        self.learned = [c for c in columns if c.learned]
        self.least = max((i for i, c in enumerate(columns, 1) if c.name), default=0)
        self.drafts: dict[str, Draft] = {}
        self.said: dict[tuple[str, str], Any] = {}
        self.has_id = any(c.role == "id" for c in columns)

    def add(self, line: int, cells: list[str]) -> None:
        values = {c.name: v.strip() for c, v in zip(self.columns, cells, strict=False)}
        draft = self._draft(values)
        where = f"line {line}"
        if not self.least <= len(cells) <= len(self.columns) and any(
            c.strip() for c in cells[len(self.columns) :] or "?"
        ):
            why = f"the header has {len(self.columns)} columns: a cell was lost or added, or the file is cut off"
            draft.set_aside(f"a row of {len(cells)} cells", where, why)
            return
        try:
            time = parse_time(self._first(values, "time"))
        except ValueError as error:
            draft.set_aside("the whole row", where, str(error))
            return
        self._person(draft, values, where)
        for column in self.columns:
            text = values.get(column.name, "")
            if column.role == "measure" and text.casefold() not in _EMPTY:
                self._measure(draft, column.analyte, text, column.unit, time, f"{where} {column.name}", None)
        if any(c.role == "analyte" for c in self.columns):
            self._long(draft, values, time, where)

    def close(self) -> list[Draft]:
        unused = ", ".join(c.name for c in self.columns if not c.role and not c.analyte)
        for draft in self.drafts.values():
            for column in self.columns:
                if column.why:
                    draft.set_aside(f"column {column.name}", self.file, column.why)
            draft.notes += [f"column {c.name} has no unit: all its values fit {c.unit} alone" for c in self.learned]
            if unused:
                draft.notes.append(f"columns not used here: {unused}")
        return list(self.drafts.values())

    def _draft(self, values: dict[str, str]) -> Draft:
        name = self._first(values, "id") or ("no id" if self.has_id else Path(self.file).stem or "unknown")
        if name not in self.drafts:
            self.drafts[name] = Draft(file=self.file, today=self.today, id=name, codes=self.codes)
        return self.drafts[name]

    def _first(self, values: dict[str, str], role: str) -> str:
        found = (values.get(c.name, "") for c in self.columns if c.role == role)
        return next((v for v in found if v.casefold() not in _EMPTY), "")

    def _person(self, draft: Draft, values: dict[str, str], where: str) -> None:
        said: dict[str, Any] = {}
        for name in _PERSON:
            text = self._first(values, name)
            if name in ("ascites", "encephalopathy_grade"):
                text = text or next(
                    (v for c in self.columns if c.role == name and (v := values.get(c.name)) == "none"), ""
                )
            if not text or self.said.get((draft.id, name)) == text:
                continue
            if (draft.id, name) in self.said and name in ("sex", "birth_date"):
                draft.set_aside(f"{name} {text}", where, f"an earlier row says {self.said[draft.id, name]}")
                continue
            if name == "age" and draft.age_stated_years is not None:
                continue
            self.said[draft.id, name] = text
            said[name] = _FLAGS.get(text.casefold(), text) if name in ("alcohol_active", "deceased") else text
        read_person(draft, said)
        for role, read in (("conditions", read_condition), ("treatments", read_treatment), ("etiology", _cause)):
            for item in self._first(values, role).replace("|", ";").split(";"):
                if item.strip() and self.said.setdefault((draft.id, f"{role} {item.strip()}"), where) == where:
                    read(draft, item.strip(), where)

    def _long(self, draft: Draft, values: dict[str, str], time: datetime | None, where: str) -> None:
        label, text = self._first(values, "analyte"), self._first(values, "value")
        if not label and not text:
            return
        name, bare_unit = self.codes.analyte((), label) or (analytes.find_analyte(label), "")
        unit = self._first(values, "unit") or bare_unit or (analytes.unit_in_name(label, name) if name else "")
        if name is None:
            return draft.set_aside_unknown(label, f"{label} {text} {unit}".strip(), where)
        if not text:
            return None
        limits = (self._number(self._first(values, "ref_low")), self._number(self._first(values, "ref_high")))
        self._measure(draft, name, text, unit, time, where, limits)

    def _number(self, text: str) -> float | None:
        try:
            return float(text.replace(",", ".") if self.decimal_comma else text)
        except ValueError:
            return None

    def _measure(
        self,
        draft: Draft,
        name: str,
        text: str,
        unit: str,
        time: datetime | None,
        where: str,
        limits: tuple[float | None, float | None] | None,
    ) -> None:
        number = text.replace(",", ".") if self.decimal_comma else text
        try:
            comparator, value, written = parse_quantity(number)
        except InputError as error:
            return draft.set_aside(f"{name} {text} {unit}".strip(), where, error.what)
        if written and unit and written != unit:
            return draft.set_aside(f"{name} {text}", where, f"the value says {written}, the column {unit}")
        low, high = limits or (None, None)
        source = Provenance(self.file, where, text=name, raw_value=text, raw_unit=unit or written)
        draft.measure(
            name, value, unit or written, time, source, comparator=comparator, ref_low=low, ref_high=high
        )  # fmt: skip


def _cause(draft: Draft, text: str, where: str) -> None:
    from .concepts import find_cause

    cause = find_cause(text)
    if cause:
        draft.etiology.append(cause)
    else:
        draft.set_aside(f"etiology {text}", where, "not a known cause of liver disease")
