"""Who: one person's record as a value, its units, codes, readers and writers."""

from __future__ import annotations

from .analytes import ANALYTES, Analyte, analyte, bare_unit, find_analyte, from_canonical, implausible, to_canonical
from .codes import Codes, parse_codes, read_codes
from .concepts import condition_codes, condition_names, find_cause
from .draft import Quantity, parse_quantity
from .fhir import to_fhir, ucum
from .files import ReadFailure, parse, read, read_many
from .medicines import kinds as treatment_kinds
from .model import Ascites, Condition, Observation, Patient, Provenance, SetAside, Sex, Treatment
from .omop_write import write_omop
from .short import parse_short, to_short

__all__ = [
    "ANALYTES",
    "Analyte",
    "Ascites",
    "Codes",
    "Condition",
    "Observation",
    "Patient",
    "Provenance",
    "Quantity",
    "ReadFailure",
    "SetAside",
    "Sex",
    "Treatment",
    "analyte",
    "bare_unit",
    "condition_codes",
    "condition_names",
    "find_analyte",
    "find_cause",
    "from_canonical",
    "implausible",
    "parse",
    "parse_codes",
    "parse_quantity",
    "parse_short",
    "read",
    "read_codes",
    "read_many",
    "to_canonical",
    "to_fhir",
    "to_short",
    "treatment_kinds",
    "ucum",
    "write_omop",
]
