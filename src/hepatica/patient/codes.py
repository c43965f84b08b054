"""Codes, column names and unit spellings of one hospital, told by its user as a CSV.

kind,system,code,name,unit
analyte,urn:lab:example,LAB0042,bilirubin,umol/L     a code of one system; the unit where the record gives none
condition,,ZIRR,cirrhosis,                           a code or words of any system
cause,,ALK,alcohol,
treatment,,CARV25,carvedilol,
column,,pat_nr,id,                                   a column of a table: a role, or an analyte with its unit
unit,,Giga/l,1e9/L,
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TypeVar

from hepatica.errors import InputError

from . import analytes, concepts, medicines, units
from .concepts import Meaning, system_of
from .medicines import Named

Key = tuple[str, str]
Pairs = Iterable[tuple[str, str]]
T = TypeVar("T")
KINDS = ("analyte", "condition", "cause", "treatment", "column", "unit")
ROLES = frozenset(
    (
        *("id", "time", "sex", "birth_date", "age", "etiology", "alcohol_active", "ascites", "encephalopathy_grade"),
        *("conditions", "treatments", "deceased", "analyte", "value", "unit", "ref_low", "ref_high"),
    )
)


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codes of one hospital mean; `read_codes` makes it, the readers ask it before their own tables."""

    analytes: Mapping[Key, tuple[str, str]] = field(default_factory=dict)
    meanings: Mapping[Key, Meaning] = field(default_factory=dict)
    treatments: Mapping[Key, Named] = field(default_factory=dict)
    columns: Mapping[Key, tuple[str, str]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def analyte(self, pairs: Pairs, *texts: str) -> tuple[str, str] | None:
        """Return the analyte that codes or words stand for, with the unit its bare numbers have; None where unknown."""
        return _find(self.analytes, pairs, texts) if self.analytes else None

    def meaning(self, pairs: Pairs, text: str) -> Meaning | None:
        """Return what a coded or worded diagnosis says; None where the file does not tell."""
        return _find(self.meanings, pairs, (text,)) if self.meanings else None

    def treatment(self, pairs: Pairs, text: str) -> tuple[Named, ...]:
        """Return the treatment that codes or words name; none where the file does not tell."""
        found = _find(self.treatments, pairs, (text,)) if self.treatments else None
        return (found,) if found else ()

    def column(self, header: str) -> tuple[str, str] | None:
        """Return a column's role or analyte, and its unit; an analyte row serves as well."""
        return _find(self.columns, (), (header,)) or self.analyte((), header)

    def unit(self, text: str) -> str:
        """Return a unit with the hospital's own spelling replaced."""
        return self.units.get(_fold(text), text) if self.units else text


NO_CODES = Codes()


def read_codes(path: str | PathLike[str]) -> Codes:
    """Return the codes of a CSV file; raises InputError naming the line that cannot be used."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the codes in {path}", mend=str(error)) from None
    return parse_codes(text, name=str(path))


def parse_codes(text: str, *, name: str = "") -> Codes:
    """Return the codes in the text of a CSV file called `name`; raises InputError as `read_codes` does."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    tables: dict[str, dict[Key, tuple[str, str]]] = {kind: {} for kind in KINDS}
    try:
        if not {"kind", "code", "name"} <= set(reader.fieldnames or ()):
            raise InputError("a file of codes has the columns kind, system, code, name, unit", where=f"{name} line 1")
        for row in reader:
            where = f"{name} line {reader.line_num}"
            kind, system, code, means, unit = (
                (row.get(k) or "").strip() for k in ("kind", "system", "code", "name", "unit")
            )
            if kind.startswith("#") or not (kind or code or means):
                continue
            if kind not in KINDS or not code:
                raise InputError(f"'{kind}' of code '{code}' cannot be used", where=where, mend=f"kinds: {KINDS}")
            known = tables[kind].setdefault(_key(system, code), value := _checked(kind, means, unit, where))
            if known != value:
                raise InputError(f"{code} means both {known[0]} and {value[0]}", where=where, mend="keep one of them")
    except csv.Error as error:
        raise InputError("this is not a table", where=f"{name} line {reader.line_num}", mend=str(error)) from None
    meanings = {key: Meaning((value[0],)) for key, value in tables["condition"].items()}
    for key, (cause, _) in tables["cause"].items():
        meanings[key] = Meaning(meanings[key].names if key in meanings else (), (cause,))
    return Codes(
        tables["analyte"],
        meanings,
        {key: _treatment(value[0]) for key, value in tables["treatment"].items()},
        tables["column"],
        {key[1]: value[0] for key, value in tables["unit"].items()},
    )


def _checked(kind: str, means: str, unit: str, where: str) -> tuple[str, str]:
    """Return the name in hepatica's own words, and the unit; raises InputError where either is not known."""
    found = _known(kind, means)
    if found is None:
        raise InputError(f"'{means}' is not a known {kind if kind != 'column' else 'role or analyte'}", where=where,
                         mend=analytes.near(means) if kind in ("analyte", "column") else "")  # fmt: skip
    if unit and (kind not in ("analyte", "column") or found in ROLES):
        raise InputError(f"a {kind} that means {found} has no unit", where=where, mend="leave the unit empty")
    if unit:
        try:
            analytes.conversion(found, unit)
        except InputError as error:
            raise InputError(error.what, where=where, mend=error.mend) from None
    return found, unit


def _known(kind: str, text: str) -> str | None:
    match kind:
        case "analyte":
            return analytes.find_analyte(text)
        case "cause":
            return concepts.find_cause(text)
        case "column":
            return text if text in ROLES else analytes.find_analyte(text)
        case "condition":
            known = text in concepts.condition_names()
        case "treatment":
            known = text in medicines.kinds() or bool(medicines.find_any(text))
        case _:
            known = bool(units.readings(text))
    return text if known else None


def _treatment(text: str) -> Named:
    return Named(text, text) if text in medicines.kinds() else medicines.find_any(text)[0]


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _key(system: str, code: str) -> Key:
    name = system_of(system) if system else ""
    folded = _fold(code)
    return (name or _fold(system), folded.replace(".", "") if name.startswith("icd") else folded)


def _find(table: Mapping[Key, T], pairs: Pairs, texts: Iterable[str]) -> T | None:
    for system, code in pairs:
        found = table.get(_key(system, code)) or table.get(("", _fold(code)))
        if found:
            return found
    return next((found for text in texts if text and (found := table.get(("", _fold(text))))), None)
