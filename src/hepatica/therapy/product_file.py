"""Read a product of the user's own from a TOML file; every mistake is named with its field and how to mend it."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hepatica.errors import InputError
from hepatica.therapy.claims import MULTIPLES, Claims, Multiple, unstated
from hepatica.therapy.model import Product, Source, StudiedRegimen
from hepatica.therapy.tables import (
    ROUTE_IDS,
    Row,
    built_in,
    comparators,
    one_of,
    required_text,
    source_from_row,
    span,
    strings,
)  # fmt: skip

UNITS = ("cells", "particles", "organoids")
TESTED = ("nobody", "animals", "people with another disease", "people with liver disease")
MATURITY = ("animal", "animal", "other human", "liver trial")
FIELDS = (
    "id", "name", "like", "donor", "tissue", "harvest", "tested_in", "for_courses", "routes", "tags", "release_tests",
    "specific_risks", "dose_unit", "cells_per_unit", "dose_per_kg", "dose", "viability_fraction", "regimen", "sources",
    *MULTIPLES,
)  # fmt: skip
GUESSED = ("assumption", "unverified")
LEAST_GUESS = 4.0
"""Highest over lowest of a multiple that nobody measured: a guess claims no less."""
MOST, MOST_PER_UNIT, LARGEST_DOSE = 1000.0, 1e9, 1e13
"""Of a multiple of the kind, of the cells that one particle or organoid acts as, and of cells an infusion."""
MEND_MULTIPLE = 'potency = { value = 2, lo = 1, hi = 4, source = "assumption", why = "…" }'


def read_product(path: str | Path) -> Product:
    """Read one product of one's own from a TOML file; raises InputError naming file, field and cure."""
    file = Path(path)
    try:
        row = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise InputError(
            f"the product file cannot be read: {problem.strerror}", where=str(path), mend="check the path"
        ) from None
    except UnicodeDecodeError:
        raise InputError("the product file is not text in UTF-8", where=str(path), mend="save it as UTF-8") from None
    except (ValueError, RecursionError) as problem:  # not TOML, or numbers and depths that its reader cannot take
        mend = "see docs/how-to/define-a-product.md"
        raise InputError(f"the product file is not TOML: {problem}", where=str(path), mend=mend) from None
    return product_from_claims(row, file.name)


def product_from_claims(row: Row, where: str) -> Product:
    """Return a product from what a file says; raises InputError naming the field and the cure."""
    for key in row:
        if key not in FIELDS:
            raise InputError(f"there is no field `{key}`", where=where, mend=f"one of {', '.join(FIELDS)}")
    identity = _identity(row, where)
    kinds = sorted({p.cell_type for p in built_in().values()})
    one_of(row, "like", tuple(kinds), where)
    one_of(row, "donor", ("autologous", "allogeneic"), where)
    one_of(row, "tested_in", TESTED, where)
    one_of({"dose_unit": "cells", **row}, "dose_unit", UNITS, where)
    claims = _claims(row, where)
    courses = strings(row, "for_courses", where)
    _known(courses, _courses(), "for_courses", where)
    routes = strings(row, "routes", where)
    _known(routes, ROUTE_IDS, "routes", where)
    tags = strings(row, "tags", where)
    _known(tags, sorted({t for p in built_in().values() for t in p.tags}), "tags", where, empty=True)
    per_kg, total = (_dose(row, k, claims, where) for k in ("dose_per_kg", "dose"))
    if per_kg is None and total is None:
        raise InputError("no dose is given", where=where, mend="dose = [lowest, highest] a person, or dose_per_kg")
    sources = tuple(_source(s, f"{where}, sources") for s in _rows(row, "sources", where))
    if not sources:
        raise InputError("`sources` is missing", where=where, mend='[[sources]] with id = "doi:…" or id = "unverified"')
    first = next(p for p in built_in().values() if p.cell_type == row["like"])
    regimens = tuple(_regimen(r, identity, routes, claims, where) for r in _rows(row, "regimen", where))
    if not regimens:
        raise InputError("`regimen` is missing", where=where, mend="[[regimen]] with route, dose, days and source")
    _inside(regimens, per_kg, total, where)
    return Product(
        id=identity,
        name=required_text(row, "name", where),
        lineage=first.lineage,
        cell_type=row["like"],
        tissue=required_text(row, "tissue", where),
        donor=row["donor"],
        diameter_um=None,
        dose_cells_per_kg=per_kg,
        dose_cells_total=total,
        viability_fraction=_fraction(row, where),
        hla_matching="not stated",
        channel=first.channel,
        licensed=(),
        harvest=required_text(row, "harvest", where),
        release_tests=strings(row, "release_tests", where),
        specific_risks=strings(row, "specific_risks", where),
        sources=sources,
        verified=any(s.verified for s in sources),
        maturity=MATURITY[TESTED.index(row["tested_in"])],
        tags=tuple(dict.fromkeys((row["donor"], *tags))),
        routes=routes,
        regimens=regimens,
        studied_courses=courses,
        claims=claims,
    )


def _courses() -> list[str]:
    of_products = {c for p in built_in().values() for c in p.studied_courses}
    return sorted(of_products | {c for o in comparators().values() for c in o.for_courses})


def _identity(row: Row, where: str) -> str:
    identity = required_text(row, "id", where)
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", identity):
        mend = "small letters, digits and _, such as my_vesicles"
        raise InputError(f"`id` is {identity!r}", where=where, mend=mend)
    if identity in built_in():
        raise InputError(f"a product called {identity!r} exists already", where=where, mend="choose another `id`")
    return identity


def _claims(row: Row, where: str) -> Claims:
    if "potency" not in row:
        raise InputError("`potency` is missing", where=where, mend=MEND_MULTIPLE)
    multiples = {name: _multiple(row[name], f"{where}, {name}") if name in row else unstated() for name in MULTIPLES}
    unit = row.get("dose_unit", "cells")
    if unit == "cells" and "cells_per_unit" in row:
        raise InputError("`cells_per_unit` with a dose in cells", where=where, mend="leave it out, or state dose_unit")
    per_unit = None
    if unit != "cells":
        if "cells_per_unit" not in row:
            mend = f"how many cells one of the {unit} acts as: {MEND_MULTIPLE.replace('potency', 'cells_per_unit')}"
            raise InputError("`cells_per_unit` is missing", where=where, mend=mend)
        per_unit = _multiple(row["cells_per_unit"], f"{where}, cells_per_unit", MOST_PER_UNIT)
    return Claims(row["like"], MappingProxyType(multiples), unit, per_unit, where)


def _multiple(entry: Any, where: str, most: float = MOST) -> Multiple:
    if not isinstance(entry, Mapping):
        raise InputError("a multiple is a table", where=where, mend=MEND_MULTIPLE)
    for key in entry:
        if key not in ("value", "lo", "hi", "source", "why"):
            raise InputError(f"there is no field `{key}`", where=where, mend=MEND_MULTIPLE)
    value, lo, hi = (_number(entry, k, where, "times the kind") for k in ("value", "lo", "hi"))
    if not lo <= value <= hi or lo == hi:
        raise InputError(f"{lo:g} to {hi:g} is no interval about {value:g}", where=where, mend="lo < hi around value")
    if hi > most or lo < 1 / most:
        raise InputError(f"{lo:g} to {hi:g} is not possible", where=where, mend=f"between {1 / most:g} and {most:g}")
    source, why = str(entry.get("source", "")), str(entry.get("why", ""))
    if source in GUESSED:
        if not why:
            raise InputError(f"`source` is {source!r} without a reason", where=where, mend='add why = "…"')
        if hi / lo < LEAST_GUESS:
            mend = f"a number that nobody measured spans at least a factor of {LEAST_GUESS:g} from lo to hi"
            raise InputError(f"{lo:g} to {hi:g} is too narrow for an assumption", where=where, mend=mend)
    else:
        source_from_row({"id": source}, where)
    return Multiple(value, lo, hi, source, why)


def _source(entry: Row, where: str) -> Source:
    if entry.get("id") == "assumption":
        raise InputError("an assumption is no source", where=where, mend='id = "unverified" with a note, or a citation')
    return source_from_row(entry, where)


def _regimen(row: Row, product: str, routes: tuple[str, ...], claims: Claims, where: str) -> StudiedRegimen:
    where = f"{where}, regimen"
    one_of(row, "route", routes, where)
    keys = [k for k in ("dose", "dose_per_kg") if k in row]
    if len(keys) != 1:
        raise InputError("a regimen needs one dose", where=where, mend="dose (a person) or dose_per_kg")
    dose = _number(row, keys[0], where, claims.dose_unit) * _cells_each(claims)
    days = row.get("days")
    if not isinstance(days, list) or not days or not all(isinstance(d, int | float) and 0 <= d <= 3650 for d in days):
        raise InputError("`days` is not a list of days from 0 on", where=where, mend="days = [0, 7, 14]")
    if days != sorted(set(days)):
        raise InputError("`days` do not rise", where=where, mend="days = [0, 7, 14]")
    note = str(row.get("note", ""))
    guess = row.get("source") in GUESSED
    if guess and not note:
        raise InputError("an assumed regimen gives no reason", where=where, mend='add note = "…"')
    identity = "unverified" if guess else str(row.get("source", ""))
    source = source_from_row({"id": identity, "for": "regimen", "note": note}, where)
    total, per_kg = (dose, None) if keys[0] == "dose" else (None, dose)
    return StudiedRegimen(product, row["route"], tuple(map(float, days)), source, per_kg, total)


def _inside(
    regimens: tuple[StudiedRegimen, ...],
    per_kg: tuple[float, float] | None,
    total: tuple[float, float] | None,
    where: str,
) -> None:
    for r in regimens:
        for dose, limits, key in ((r.dose_cells, total, "dose"), (r.dose_cells_per_kg, per_kg, "dose_per_kg")):
            if dose is not None and limits and not limits[0] * 0.999 <= dose <= limits[1] * 1.001:
                mend = f"widen `{key}`, or mend the regimen"
                raise InputError(f"a regimen's dose lies outside `{key}`", where=f"{where}, regimen", mend=mend)


def _dose(row: Row, key: str, claims: Claims, where: str) -> tuple[float, float] | None:
    found = span(row, key, where)
    if found is None:
        return None
    low, high = (v * _cells_each(claims) for v in found)
    if high > LARGEST_DOSE:
        raise InputError(f"`{key}` of {found[1]:g} is not possible", where=where, mend="check the unit of the dose")
    return low, high


def _cells_each(claims: Claims) -> float:
    return claims.cells_per_unit.value if claims.cells_per_unit else 1.0


def _fraction(row: Row, where: str) -> tuple[float, float] | None:
    found = span(row, "viability_fraction", where)
    if found and found[1] > 1:
        raise InputError("`viability_fraction` is above 1", where=where, mend="a share of the cells: [0.7, 0.95]")
    return found


def _number(row: Row, key: str, where: str, what: str) -> float:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        found = "missing" if value is None else repr(value)
        raise InputError(f"`{key}` is {found}", where=where, mend=f"a number above 0: {what}")
    return float(value)


def _known(given: tuple[str, ...], allowed: Any, key: str, where: str, *, empty: bool = False) -> None:
    if not given and not empty:
        raise InputError(f"`{key}` is missing", where=where, mend=f"some of {', '.join(allowed)}")
    for word in given:
        if word not in allowed:
            raise InputError(f"`{key}` has {word!r}", where=where, mend=f"some of {', '.join(allowed)}")


def _rows(row: Row, key: str, where: str) -> list[Row]:
    found = row.get(key, [])
    if not isinstance(found, list) or not all(isinstance(r, Mapping) for r in found):
        raise InputError(f"`{key}` is not a list of tables", where=where, mend=f"write [[{key}]] above each")
    return found
