"""What the verbs say about a record beside their answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hepatica.patient import Patient


def set_aside(patient: Patient) -> list[dict[str, Any]]:
    """Return the values that were read and not used, each with the reason."""
    return [asdict(row) for row in patient.set_aside]
