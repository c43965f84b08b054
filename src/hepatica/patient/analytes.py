"""What is measured: canonical units, plausible ranges, names and codes (data/analytes.json), and conversion to them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from hepatica.errors import InputError

from . import units
from .data import load

VANISHING = 1e-15


@dataclass(frozen=True, slots=True)
class Bridge:
    """A conversion that changes dimension: `canonical = value_in_unit * factor + offset`."""

    unit: str
    factor: float
    offset: float
    source: str


@dataclass(frozen=True, slots=True)
class Analyte:
    """One measurable quantity; `bare` lists the units a number without a unit may have, the default first.

    needs_unit: what a number without a unit may be, where the name alone does not say it ("" elsewhere).
    """

    name: str
    label: str
    unit: str
    bare: tuple[str, ...]
    low: float
    high: float
    range_source: str
    range_note: str
    loinc: tuple[str, ...]
    aliases: tuple[str, ...]
    bridges: tuple[Bridge, ...]
    reported_as: str
    needs_unit: str


class Conversion(NamedTuple):
    """How a unit becomes the canonical one: `(10 ** value if log10 else value) * factor + offset`."""

    factor: float
    offset: float = 0.0
    log10: bool = False

    def apply(self, value: float) -> float:
        """Return the canonical value."""
        if self.log10:
            value = 10.0 ** min(value, 300)
        return value * self.factor + self.offset if self.offset else value * self.factor


def _analyte(row: dict[str, Any], sources: dict[str, str], loinc: tuple[str, ...]) -> Analyte:
    bridges = tuple(
        Bridge(b["unit"], float(b["factor"]), float(b.get("offset", 0)), b["source"]) for b in row.get("bridges", ())
    )
    cited = [row["range_source"], *(b.source for b in bridges)]
    if any(c not in sources for c in cited) or not row["range_note"]:
        raise ValueError(f"analytes.json: {row['name']}: a range or factor has no source")
    if not row["low"] < row["high"]:
        raise ValueError(f"analytes.json: {row['name']}: empty range")
    for b in bridges:
        exact = _exact_factor(row, b)
        if exact and abs(b.factor / exact - 1) > 0.005:
            raise ValueError(
                f"analytes.json: {row['name']}: {b.factor} is not the factor of its molar mass ({exact:.6g})"
            )
    return Analyte(
        name=row["name"],
        label=row["label"],
        unit=row["unit"],
        bare=tuple(row["bare"]),
        low=float(row["low"]),
        high=float(row["high"]),
        range_source=row["range_source"],
        range_note=row["range_note"],
        loinc=loinc,
        aliases=tuple(row["aliases"]),
        bridges=bridges,
        reported_as=row.get("reported_as", row["name"]),
        needs_unit=row.get("needs_unit", ""),
    )


def _exact_factor(row: dict[str, Any], bridge: Bridge) -> float | None:
    """Return canonical units per bridge unit from the molar mass; None where the row has none."""
    molar_mass: float | None = row.get("molar_mass_g_mol")
    (foot,), (base,) = units.readings(bridge.unit)[:1], units.readings(row["unit"])[:1]
    dimensions = (foot.dimension, base.dimension)
    if not molar_mass or set(dimensions) != {"mass concentration", "amount"}:
        return None
    ratio = float(foot.factor / base.factor)
    return ratio / molar_mass if dimensions[1] == "amount" else ratio * molar_mass


def _load() -> dict[str, Analyte]:
    table, codes = load("analytes.json"), load("loinc.json")
    by_analyte: dict[str, list[str]] = {}
    for row in codes["codes"]:
        if row["source"] not in codes["sources"]:
            raise ValueError(f"loinc.json: {row['code']} has no source")
        by_analyte.setdefault(row["analyte"], []).append(row["code"])
    rows = [_analyte(r, table["sources"], tuple(by_analyte.pop(r["name"], ()))) for r in table["analytes"]]
    if by_analyte:
        raise ValueError(f"loinc.json: unknown analytes {sorted(by_analyte)}")
    return {a.name: a for a in rows}


ANALYTES: dict[str, Analyte] = _load()
BY_LOINC: dict[str, str] = {code: a.name for a in ANALYTES.values() for code in a.loinc}

_LONGEST = 60
_PROPERTIES = {"[Mass/volume]": "mass concentration", "[Moles/volume]": "amount"}
DIMENSION_OF_LOINC: dict[str, str] = {
    row["code"]: dimension
    for row in load("loinc.json")["codes"]
    for words, dimension in _PROPERTIES.items()
    if words in row["name"]
}


def key(text: str) -> str:
    """Return a name as it is compared: lower case, one space between words, without invisible characters."""
    text = text.replace("\u200b", "").casefold().replace("_", " ").replace(",", " ")
    return re.sub(r"\s+", " ", text).strip()


_BY_NAME: dict[str, str] = {key(n): a.name for a in ANALYTES.values() for n in (a.name, a.label, *a.aliases)}


def find_analyte(text: str) -> str | None:
    """Return the analyte a name, alias or LOINC code stands for, or None."""
    return _BY_NAME.get(key(text)) or BY_LOINC.get(text.strip())


def unit_in_name(text: str, name: str) -> str:
    """Return the unit that an analyte's name states where it must state one: `pt_s` is in seconds; else ""."""
    a = ANALYTES[name]
    return a.unit if a.needs_unit and key(text).endswith((" s", " sec", " seconds")) else ""


def analyte(name: str) -> Analyte:
    """Return an analyte by name or alias; raises InputError naming near spellings."""
    found = find_analyte(name)
    if found is None:
        raise InputError(f"'{name}' is not a known analyte", mend=near(name))
    return ANALYTES[found]


def near(name: str) -> str:
    """Return a hint at the analytes spelled most like a name."""
    from difflib import get_close_matches

    alike = get_close_matches(key(name), _BY_NAME, 3, 0.6) if len(name) <= _LONGEST else []
    close = list(dict.fromkeys(_BY_NAME[n] for n in alike))
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(list(ANALYTES)[:12])}, …"


def to_canonical(name: str, value: float, unit: str | None = "") -> float:
    """Return a value in the canonical unit of its analyte.

    An empty unit means the first of `ANALYTES[name].bare`. Raises InputError for an unknown analyte or unit, for a
    unit of an impossible dimension, and for a value that is not finite; plausibility is `implausible`'s business.
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        raise InputError(f"{name}: '{value}' is not a finite number")
    return conversion(name, (unit or "").strip()).apply(value)


def from_canonical(name: str, value: float, unit: str) -> float:
    """Return a canonical value in another unit: the inverse of `to_canonical`."""
    how = conversion(name, unit)
    value = (value - how.offset) / how.factor
    return math.log10(value) if how.log10 else value


def implausible(name: str, value: float) -> str:
    """Return why a canonical value cannot be believed, or an empty string."""
    a = analyte(name)
    if 0 < abs(value) < a.high * VANISHING:
        return f"impossible: {_n(value)} {_shown(a.unit)} is too small for any test".replace("  ", " ")
    if a.low <= value <= a.high:
        return ""
    side = "negative" if value < 0 <= a.low else "impossible"
    return f"{side}: {_n(value)} {_shown(a.unit)} is outside {_n(a.low)} to {_n(a.high)} {_shown(a.unit)}".replace(
        "  ", " "
    ).rstrip()


def bare_unit(name: str, value: float) -> str | None:
    """Return the one usual unit that makes a number without a unit plausible; None where none or several do."""
    a = analyte(name)
    if a.needs_unit:
        return None
    if len(a.bare) == 1:
        return a.bare[0]
    fits = [u for u in a.bare if not implausible(a.name, to_canonical(a.name, value, u))]
    return fits[0] if len(fits) == 1 else None


@lru_cache(maxsize=4096)
def disputed(loinc: str, unit: str) -> str:
    """Return what is odd where a LOINC code means mass and the unit moles, or the reverse; else ""."""
    meant = DIMENSION_OF_LOINC.get(loinc)
    found = {u.dimension for u in units.readings(unit)} & set(_PROPERTIES.values()) if meant else set()
    return f"LOINC {loinc} means {meant}, the unit is {unit}: the unit is believed" if found - {meant} else ""


@lru_cache(maxsize=256)
def loinc_of(name: str) -> str:
    """Return the LOINC code that fits an analyte's canonical unit best; "" where every known one contradicts it."""
    a = ANALYTES[name]
    (unit,) = units.readings(a.unit)[:1]
    codes = [c for c in a.loinc if DIMENSION_OF_LOINC.get(c, unit.dimension) == unit.dimension]
    return next((c for c in codes if c in DIMENSION_OF_LOINC), codes[0] if codes else "")


@lru_cache(maxsize=8192)
def conversion(name: str, unit: str) -> Conversion:
    """Return how a unit of an analyte becomes canonical ("" is the default unit); raises InputError."""
    a = analyte(name)
    if not unit:
        unit = a.bare[0]
    if units.is_log10(unit):
        inner = conversion(name, units.without_log10(unit))
        return inner._replace(log10=True)
    found = units.readings(unit)
    if not found:
        raise InputError(f"{a.name}: '{unit}' is not a known unit", mend=f"write {_choices(a)}")
    (base,) = units.readings(a.unit)[:1]
    for reading in found:
        if reading.dimension == base.dimension:
            return Conversion(float(reading.factor / base.factor))
        for bridge in a.bridges:
            (foot,) = units.readings(bridge.unit)[:1]
            if foot.dimension == reading.dimension:
                return Conversion(float(reading.factor / foot.factor) * bridge.factor, bridge.offset)
    raise InputError(
        f"{a.name}: '{unit}' measures {found[0].dimension}, which {a.label} is not", mend=f"write {_choices(a)}"
    )


def _choices(a: Analyte) -> str:
    offered = dict.fromkeys((*a.bare, a.unit, *(b.unit for b in a.bridges)))
    return " or ".join(u if u != "1" else "the bare number" for u in offered)


def _shown(unit: str) -> str:
    return "" if unit == "1" else unit


def _n(value: float) -> str:
    return f"{value:.6g}"
