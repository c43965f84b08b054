"""FHIR R4 records, read and written."""

from .group import READ, patients_of
from .write import to_fhir, ucum

__all__ = ["READ", "patients_of", "to_fhir", "ucum"]
