"""Read one score input: a float in its canonical unit, or text with or without a unit."""

from __future__ import annotations

from typing import Any

from hepatica.errors import InputError

from .spec import Input

_YES = {"yes": 1.0, "true": 1.0, "1": 1.0, "y": 1.0, "no": 0.0, "false": 0.0, "0": 0.0, "n": 0.0}
_SEX = {"female": 1.0, "f": 1.0, "w": 1.0, "male": 0.0, "m": 0.0}
_ASCITES = {
    "none": 0.0, "absent": 0.0, "no": 0.0, "slight": 1.0, "mild": 1.0,
    "moderate": 2.0, "massive": 2.0, "severe": 2.0,
}  # fmt: skip


def parse(kind: Input, value: Any) -> float:
    """Return the input in its canonical unit; raise InputError where it cannot be read or is not plausible."""
    words = {"flag": _YES, "sex": _SEX}.get(kind.kind, _ASCITES if kind.name == "ascites" else {})
    if isinstance(value, str):
        text = value.strip().lower()
        return words[text] if text in words else _checked(kind, _text(kind, value, words))
    try:
        return _checked(kind, float(value))
    except TypeError:
        raise InputError(
            f"{kind.name}={value!r} is not one number", mend="give one value, or call the formula"
        ) from None


def _text(kind: Input, value: str, words: dict[str, float]) -> float:
    from hepatica.patient import parse_quantity, to_canonical

    try:
        sign, number, unit = parse_quantity(value)
    except InputError:
        sign, number, unit = "", 0.0, value
    if sign or unit == value:
        options = " or ".join(words) if words else f"a number in {kind.customary or 'whole points'}"
        raise InputError(f"{kind.name}={value!r} cannot be read", mend=f"give {options}")
    if kind.kind != "number" or not kind.analyte:
        if unit and unit != kind.customary:
            raise InputError(f"{kind.name}: no unit {unit!r}", mend=f"give it in {kind.customary or 'whole points'}")
        return number
    return to_canonical(kind.analyte, number, unit or kind.customary)


def _checked(kind: Input, number: float) -> float:
    broken = kind.kind != "number" and not number.is_integer()
    if not kind.low <= number <= kind.high or broken:
        unit = f" {kind.unit}" if kind.unit not in ("", "1") else ""
        raise InputError(
            f"{kind.name} of {number:.6g}{unit} is not plausible",
            mend=f"expected {kind.low:g} to {kind.high:g}{unit}; check the value and its unit",
        )
    return number
