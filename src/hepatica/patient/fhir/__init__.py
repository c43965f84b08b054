"""FHIR R4 records, read and written."""

from .group import patients_of
from .write import to_fhir

__all__ = ["patients_of", "to_fhir"]
