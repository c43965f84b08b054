"""Column names of a table of patients: what each column holds, and in which unit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hepatica.errors import InputError

from . import analytes
from .codes import NO_CODES, ROLES, Codes

_LONGEST = 200
_ROLES: dict[str, str] = {
    **dict.fromkeys(("id", "patient", "patient id", "subject", "subject id", "usubjid", "mrn", "pat id"), "id"),
    **dict.fromkeys(
        (
            "time",
            "date",
            "datetime",
            "timestamp",
            "visit date",
            "sample date",
            "collected",
            "collection date",
            "charttime",
        ),
        "time",
    ),
    **dict.fromkeys(("sex", "gender"), "sex"),
    **dict.fromkeys(("birth date", "birthdate", "date of birth", "dob"), "birth_date"),
    **dict.fromkeys(("age", "age years", "age (years)"), "age"),
    **dict.fromkeys(("etiology", "aetiology", "cause", "causes"), "etiology"),
    **dict.fromkeys(("alcohol active", "active alcohol", "drinking"), "alcohol_active"),
    **dict.fromkeys(("ascites", "ascites grade"), "ascites"),
    **dict.fromkeys(
        ("encephalopathy", "encephalopathy grade", "he grade", "he", "west haven", "hepatic encephalopathy"),
        "encephalopathy_grade",
    ),
    **dict.fromkeys(("conditions", "condition", "diagnosis", "diagnoses", "comorbidities"), "conditions"),
    **dict.fromkeys(("treatments", "treatment", "medication", "medications", "medicines"), "treatments"),
    **dict.fromkeys(("deceased", "died", "dead"), "deceased"),
}
_LONG: dict[str, str] = {
    **dict.fromkeys(
        ("analyte", "test", "parameter", "lab", "test name", "loinc", "variable", "measurement"), "analyte"
    ),
    **dict.fromkeys(("value", "result", "valuenum", "lab value"), "value"),
    **dict.fromkeys(("unit", "units", "uom", "valueuom", "value unit"), "unit"),
    **dict.fromkeys(("ref low", "reference low", "lln", "ref range lower"), "ref_low"),
    **dict.fromkeys(("ref high", "reference high", "uln", "ref range upper"), "ref_high"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its role ("measure" for an analyte of the wide form, "" where unknown) and what it measures.

    learned: whether the values told the unit.
    """

    name: str
    role: str
    analyte: str = ""
    unit: str = ""
    why: str = ""
    learned: bool = False


def read_header(cells: list[str], codes: Codes = NO_CODES) -> list[Column]:
    """Return what each column holds; long roles count only where both an analyte and a value column are there."""
    told = [codes.column(c) for c in cells]
    keys = [
        t[0].replace("_", " ") if t and t[0] in ROLES else analytes.key(c) for c, t in zip(cells, told, strict=True)
    ]
    is_long = {"analyte", "value"} <= {_LONG.get(k, "") for k in keys}
    columns = []
    for cell, name, given in zip(cells, keys, told, strict=True):
        if given and given[0] not in ROLES:
            columns.append(Column(cell, "measure", *given))
            continue
        role = (_LONG.get(name) if is_long else None) or _ROLES.get(name)
        columns.append(Column(cell, role) if role else _measure(cell, codes))
    return columns


def _measure(cell: str, codes: Codes) -> Column:
    name = cell.strip()
    if len(name) > _LONGEST:
        return Column(cell, "")
    found = analytes.find_analyte(name)
    if found:
        return Column(cell, "measure", found, analytes.unit_in_name(name, found))
    match = re.match(r"^(.*?)[\s_]*[(\[]\s*(.*?)\s*[)\]]$", name)
    if match and (found := analytes.find_analyte(match[1])):
        return _with_unit(cell, found, codes.unit(match[2]))
    words = re.split(r"[_\s]+", name)
    for n in range(len(words) - 1, 0, -1):
        if found := analytes.find_analyte(" ".join(words[:n])):
            return _with_unit(cell, found, *_spellings(words[n:]))
    return Column(cell, "")


def _spellings(words: list[str]) -> list[str]:
    """Return the units that words of a column name may mean: mg dl is mg/dl, k ul is k/ul, 10 3 ul is 10^3/ul."""
    joined = "/".join(words)
    power = re.sub(r"^10/(\d+)/", r"10^\1/", joined)
    return [joined, power, "".join(words), "1/" + joined]


def _with_unit(cell: str, name: str, *spellings: str) -> Column:
    for unit in spellings:
        try:
            analytes.to_canonical(name, 1.0, unit)
        except InputError:
            continue
        return Column(cell, "measure", name, unit)
    return Column(cell, "", name, why=f"'{spellings[0]}' is not a unit of {name}")
