"""The value of an Observation, whatever kind it has: as written, its comparator, number and unit."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from hepatica.errors import InputError

from .. import analytes
from ..draft import Comparator, parse_quantity
from ..shown import shown
from .common import Json, codings, words

_LONGEST = 200
_RANGE_WORDS = re.compile(
    r"^\s*(?:(?P<low>\d+(?:\.\d+)?)\s*(?:-|–|to|bis)\s*|(?:<=?|≤|up to|bis)\s*)"
    r"(?P<high>\d+(?:\.\d+)?)\s*(?P<unit>\D.*?)?\s*$"
)


@lru_cache(maxsize=4096)
def unit_of(name: str, unit: str, code: str) -> str:
    """Return the unit of a Quantity: the coded one where it can be read; raises InputError where the two disagree."""
    if not code or unit == code:
        return unit
    factors = []
    for spelling in (code, unit):
        try:
            factors.append(analytes.to_canonical(name, 1.0, spelling) if spelling else None)
        except InputError:
            factors.append(None)
    by_code, by_unit = factors
    if by_code is not None and by_unit is not None and abs(by_code - by_unit) > 1e-9 * abs(by_code):
        raise InputError(f"its unit is written {unit} and coded {code}")
    return unit if by_code is None and by_unit is not None else code


def value_of(name: str, resource: Json, part: Json) -> tuple[Any, Comparator, float, str]:
    """Return the value of an Observation as written, its comparator, number and unit; raises InputError."""
    quantity = part.get("valueQuantity")
    if quantity is not None:
        return _quantity(name, quantity)
    for kind, read in _OTHER_KINDS.items():
        if part.get(kind) is not None:
            return read(name, part[kind])
    raise InputError(_why_empty(part, resource))


def _quantity(name: str, quantity: Json) -> tuple[Any, Comparator, float, str]:
    raw = quantity.get("value")
    unit = unit_of(name, quantity.get("unit") or "", quantity.get("code") or "")
    comparator: Comparator = ""
    if isinstance(raw, str):
        comparator, value, written = parse_quantity(raw)
        unit = unit_of(name, written, unit) if written and unit else written or unit
    elif raw is None or isinstance(raw, bool):
        raise InputError("a quantity without a number")
    else:
        value = raw
    if "comparator" in quantity:
        coded = _comparator(quantity["comparator"])
        if comparator and comparator != coded:
            raise InputError(f"its value says {comparator} and its comparator {coded}")
        comparator = coded
    return raw, comparator, value, unit


def _words(name: str, raw: Any) -> tuple[Any, Comparator, float, str]:
    text = raw if isinstance(raw, str) else words(raw)
    return text, *parse_quantity(text)


def _number(name: str, raw: Any) -> tuple[Any, Comparator, float, str]:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise InputError(f"'{shown(raw)}' is not a number")
    return raw, "", raw, ""


def _range(name: str, raw: Any) -> tuple[Any, Comparator, float, str]:
    """Return a Range that is one number or open on one side; one between two numbers has no single value."""
    ends = {side: raw.get(side) for side in ("low", "high") if raw.get(side)}
    if len(ends) == 2:
        low, high = (_quantity(name, ends[side]) for side in ("low", "high"))
        if low[2:] != high[2:]:
            raise InputError(f"its value is a range, {low[2]:g} to {high[2]:g}, not a number")
        return low
    for side, end in ends.items():
        shown, _, value, unit = _quantity(name, end)
        return shown, ">=" if side == "low" else "<=", value, unit
    raise InputError("a range without limits")


def _ratio(name: str, raw: Any) -> tuple[Any, Comparator, float, str]:
    top, bottom = raw.get("numerator") or {}, raw.get("denominator") or {}
    shown, comparator, value, unit = _quantity(name, top)
    divisor, per = bottom.get("value", 1), bottom.get("code") or bottom.get("unit") or ""
    if isinstance(divisor, bool) or not isinstance(divisor, (int, float)) or divisor <= 0 or bottom.get("comparator"):
        raise InputError("a ratio without a plain denominator")
    return f"{shown}:{divisor}", comparator, value / divisor, f"{unit}/{per}" if per not in ("", "1") else unit


_OTHER_KINDS: dict[str, Callable[[str, Any], tuple[Any, Comparator, float, str]]] = {
    "valueString": _words,
    "valueInteger": _number,
    "valueDecimal": _number,
    "valueCodeableConcept": _words,
    "valueRange": _range,
    "valueRatio": _ratio,
}


def _comparator(text: Any) -> Comparator:
    if text in ("<", "<=", ">", ">="):
        return cast(Comparator, text)
    raise InputError(f"the comparator '{text}' is not known")


def limits(ranges: Any, unit: str) -> tuple[float | None, float | None]:
    """Return the lower and upper limit of normal, in the unit of the value; None where the range says none."""
    row = next((r for r in ranges if _is_normal(r)), None) if ranges else None
    if row is None:
        return None, None
    if "low" not in row and "high" not in row:
        return _limits_in_words(row.get("text"), unit)
    return _limit(row.get("low"), unit), _limit(row.get("high"), unit)


def _is_normal(row: Json) -> bool:
    kind = row.get("type")
    return not kind or any(code == "normal" for _, code in codings(kind))


def _limit(limit: Any, unit: str) -> float | None:
    value = limit.get("value") if isinstance(limit, dict) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    same = not limit.get("unit") or unit in (limit.get("unit"), limit.get("code"))
    return float(value) if same else None


def _limits_in_words(text: Any, unit: str) -> tuple[float | None, float | None]:
    match = _RANGE_WORDS.match(text) if isinstance(text, str) and len(text) <= _LONGEST else None
    if not match or (match["unit"] and match["unit"] != unit):
        return None, None
    return float(match["low"]) if match["low"] else None, float(match["high"])


def _why_empty(part: Json, resource: Json) -> str:
    absent = part.get("dataAbsentReason") or resource.get("dataAbsentReason")
    if absent:
        return f"no value: {words(absent) or next((c.get('code', '') for c in absent.get('coding') or ()), 'absent')}"
    other = next((k for k in part if k.startswith("value")), None)
    return f"its value is a {other[5:]}, not a number" if other else "no value"
