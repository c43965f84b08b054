"""Read one score input: a float in its canonical unit, or text with or without a unit."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from hepatica.errors import InputError

from .spec import Input

_NUMBER = re.compile(r"\s*([-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+(?![\d/]))?)\s*(.*?)\s*$")
_YES = {"yes": 1.0, "true": 1.0, "1": 1.0, "y": 1.0, "no": 0.0, "false": 0.0, "0": 0.0, "n": 0.0}
_SEX = {"female": 1.0, "f": 1.0, "w": 1.0, "male": 0.0, "m": 0.0}
_ASCITES = {
    "none": 0.0, "absent": 0.0, "no": 0.0, "slight": 1.0, "mild": 1.0,
    "moderate": 2.0, "massive": 2.0, "severe": 2.0,
}  # fmt: skip


def parse(kind: Input, value: Any) -> float:
    """Return the input in its canonical unit; raise InputError where it cannot be read or is not plausible."""
    words = {"flag": _YES, "sex": _SEX}.get(kind.kind, _ASCITES if kind.name == "ascites" else {})
    if isinstance(value, (bool, np.bool_)):
        number = float(value)
    elif isinstance(value, str):
        text = value.strip().lower()
        if text in words:
            return words[text]
        number = _text(kind, value, words)
    else:
        number = float(value)
    return _checked(kind, number)


def _text(kind: Input, value: str, words: dict[str, float]) -> float:
    found = _NUMBER.match(value)
    if not found:
        options = " or ".join(words) if words else f"a number in {kind.customary or 'whole points'}"
        raise InputError(f"{kind.name}={value!r} cannot be read", mend=f"give {options}")
    number, unit = float(found[1].replace(",", ".")), found[2]
    if kind.kind in ("level", "flag", "sex"):
        return number
    if not kind.analyte:
        if unit and unit.lower() not in ("a", "y", "yr", "yrs", "year", "years", kind.customary.lower()):
            raise InputError(f"{kind.name}: no unit {unit!r}", mend=f"give it in {kind.customary}")
        return number
    from hepatica.patient.analytes import to_canonical

    return to_canonical(kind.analyte, number, unit or kind.customary)


def _checked(kind: Input, number: float) -> float:
    whole = kind.kind != "number" and number != int(number)
    if not kind.low <= number <= kind.high or whole:
        unit = f" {kind.unit}" if kind.unit not in ("", "1") else ""
        raise InputError(
            f"{kind.name} of {number:.4g}{unit} is not plausible",
            mend=f"expected {kind.low:g} to {kind.high:g}{unit}; check the value and its unit",
        )
    return number
