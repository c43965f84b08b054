"""The causes of liver disease a record names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hepatica.patient import Patient

CAUSE_OF = {
    "HBV": "HBV", "hepatitis_b": "HBV", "HCV": "HCV", "hepatitis_c": "HCV", "HDV": "HDV", "hepatitis_d": "HDV",
    "alcohol": "alcohol", "alcoholic_hepatitis": "alcohol", "alcoholic_cirrhosis": "alcohol",
    "alcoholic_liver_disease": "alcohol",
    "MASLD": "MASLD", "steatosis": "MASLD", "MASH": "MASLD", "AIH": "AIH", "PBC": "PBC", "PSC": "PSC",
    "autoimmune_hepatitis": "AIH", "primary_biliary_cholangitis": "PBC", "primary_sclerosing_cholangitis": "PSC",
    "wilson": "wilson", "wilson_disease": "wilson", "alpha1_antitrypsin_deficiency": "alpha1",
    "steatohepatitis": "MASLD", "drug_induced_liver_injury": "DILI",
    "alpha1": "alpha1", "haemochromatosis": "haemochromatosis",
    "urea_cycle": "urea_cycle", "urea_cycle_disorder": "urea_cycle", "paracetamol": "paracetamol",
    "paracetamol_overdose": "paracetamol", "DILI": "DILI", "cryptogenic": "cryptogenic", "other": "other",
}  # fmt: skip


def causes_of(patient: Patient) -> tuple[str, ...]:
    """Return every cause the record names, stated ones first; fat in a drinker's liver is not taken for MASLD."""
    rows = [*patient.etiology, *(CAUSE_OF[c.name] for c in patient.conditions if c.active and c.name in CAUSE_OF)]
    if "alcohol" in rows and "MASLD" not in patient.etiology:
        rows = [c for c in rows if c != "MASLD"]
    return tuple(dict.fromkeys(rows))
