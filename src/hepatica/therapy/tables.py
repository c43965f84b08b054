"""The data files of this room, read once and checked row by row: a row without a source does not load."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files
from math import inf
from types import MappingProxyType
from typing import Any, TypeVar

from hepatica.errors import InputError
from hepatica.language import by_language, said_data
from hepatica.therapy.claims import own_products
from hepatica.therapy.model import Comparator, Product, Route, Source, StudiedRegimen

SOURCE_ID = re.compile(
    r"pmid:\d{4,9}|doi:10\.\d{4,9}/\S+|nct:NCT\d{8}|pmcid:PMC\d+|url:https?://\S+|[a-z][a-z0-9_]*\d{2,4}\w*|kjim_pbmc"
)
ROUTE_IDS = ("peripheral_vein", "portal_vein", "hepatic_artery", "intrahepatic", "intrasplenic")
LINEAGES = ("embryonic", "adult", "induced pluripotent", "neighbour")

Row = Mapping[str, Any]
T = TypeVar("T", Product, Route, Comparator)


def products() -> Mapping[str, Product]:
    """Return every cell product by id: the built-in ones, then those of the user's own (see `considering`)."""
    own = own_products()
    return MappingProxyType({**built_in(), **own}) if own else built_in()


@by_language
def built_in() -> Mapping[str, Product]:
    """Return the cell products that come with hepatica, by id."""
    return _load("products.toml", "product", product_from_row)


@by_language
def routes() -> Mapping[str, Route]:
    """Return the five delivery routes by id."""
    return _load("routes.toml", "route", route_from_row)


@by_language
def comparators() -> Mapping[str, Comparator]:
    """Return every treatment without cells by id."""
    return _load("comparators.toml", "comparator", comparator_from_row)


def read_toml(name: str) -> dict[str, Any]:
    """Return one data file of this room as parsed TOML."""
    found = tomllib.loads(files("hepatica.therapy").joinpath("data", name).read_text(encoding="utf-8"))
    said: dict[str, Any] = said_data(f"therapy/data/{name}", found)
    return said


def sources_of(row: Row, where: str) -> tuple[Source, ...]:
    """Return the sources of a row; raise InputError where there is none, an unknown form, or no reason."""
    listed = row.get("sources") or ()
    if not listed:
        raise InputError("a row has no source", where=where, mend='add sources = [{ id = "pmid:…" }]')
    return tuple(source_from_row(s, where) for s in listed)


def source_from_row(entry: Row, where: str) -> Source:
    identity, note = str(entry.get("id", "")), str(entry.get("note", ""))
    if identity == "unverified":
        if not note:
            raise InputError("an unverified source gives no reason", where=where, mend="say why in `note`")
    elif not SOURCE_ID.fullmatch(identity):
        mend = "use a study id, or pmid:, doi:, nct:, pmcid:, url:"
        raise InputError(f"not a source id: {identity!r}", where=where, mend=mend)
    return Source(identity, str(entry.get("for", "")), note)


def product_from_row(row: Row, where: str) -> Product:
    """Return one product from its table row; raise InputError naming what is missing or wrong."""
    sources = sources_of(row, where)
    one_of(row, "lineage", LINEAGES, where)
    one_of(row, "donor", ("autologous", "allogeneic", "either"), where)
    one_of(row, "maturity", ("liver trial", "other human", "animal"), where)
    taken = strings(row, "routes", where)
    for route in taken:
        if route not in ROUTE_IDS:
            raise InputError(f"unknown route {route!r}", where=where, mend=f"one of {', '.join(ROUTE_IDS)}")
    regimens = tuple(_regimen(r, required_text(row, "id", where), taken, where) for r in row.get("regimen", ()))
    return Product(
        id=required_text(row, "id", where),
        name=required_text(row, "name", where),
        lineage=row["lineage"],
        cell_type=required_text(row, "cell_type", where),
        tissue=required_text(row, "tissue", where),
        donor=row["donor"],
        diameter_um=span(row, "diameter_um", where),
        dose_cells_per_kg=span(row, "dose_cells_per_kg", where),
        dose_cells_total=span(row, "dose_cells_total", where),
        viability_fraction=span(row, "viability_fraction", where),
        hla_matching=required_text(row, "hla_matching", where),
        channel=strings(row, "channel", where),
        licensed=strings(row, "licensed", where),
        harvest=required_text(row, "harvest", where),
        release_tests=strings(row, "release_tests", where),
        specific_risks=strings(row, "specific_risks", where),
        sources=sources,
        verified=any(s.verified for s in sources),
        maturity=row["maturity"],
        tags=strings(row, "tags", where),
        routes=taken,
        regimens=regimens,
        studied_courses=strings(row, "studied_courses", where),
        studied_causes=strings(row, "studied_causes", where),
    )


def _regimen(row: Row, product: str, allowed: tuple[str, ...], where: str) -> StudiedRegimen:
    where = f"{where}, regimen"
    one_of(row, "route", allowed, where)
    per_kg, total = row.get("dose_cells_per_kg"), row.get("dose_cells")
    if (per_kg is None) == (total is None):
        raise InputError("a regimen needs one dose", where=where, mend="dose_cells_per_kg or dose_cells")
    if (per_kg or total) <= 0:
        raise InputError("a dose must be above zero", where=where, mend="leave the regimen out where no dose is known")
    days = tuple(float(d) for d in row.get("days", ()))
    if not days or list(days) != sorted(set(days)) or days[0] < 0:
        raise InputError("days must rise from 0 or later", where=where, mend="days = [0, 7, 14]")
    source = source_from_row({"id": row.get("source", ""), "for": "regimen", "note": row.get("note", "")}, where)
    return StudiedRegimen(product, row["route"], days, source, per_kg, total)


def route_from_row(row: Row, where: str) -> Route:
    """Return one route from its table row; raise InputError naming what is missing or wrong."""
    one_of(row, "id", ROUTE_IDS, where)
    one_of(row, "bleeding", ("minimal", "arterial", "high"), where)
    return Route(
        id=row["id"],
        name=required_text(row, "name", where),
        entry=required_text(row, "entry", where),
        invasive=bool(row["invasive"]),
        sources=sources_of(row, where),
        bleeding=row["bleeding"],
    )


def comparator_from_row(row: Row, where: str) -> Comparator:
    """Return one comparator from its table row; raise InputError naming what is missing or wrong."""
    sources = sources_of(row, where)
    return Comparator(
        id=required_text(row, "id", where),
        name=required_text(row, "name", where),
        family=required_text(row, "family", where),
        for_causes=strings(row, "for_causes", where),
        for_courses=strings(row, "for_courses", where),
        invasive_procedures=int(row["invasive_procedures"]),
        sources=sources,
        verified=any(s.verified for s in sources),
        needs_condition=strings(row, "needs_condition", where),
        removes_cause=bool(row.get("removes_cause", False)),
    )


def required_text(row: Row, key: str, where: str) -> str:
    """Return a non-empty string of a row; raise InputError where it is missing."""
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"`{key}` is missing", where=where, mend=f"give {key} as text")
    return value


def strings(row: Row, key: str, where: str) -> tuple[str, ...]:
    """Return a list of strings of a row; empty where it is left out."""
    value = row.get(key, ())
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise InputError(f"`{key}` is not a list of texts", where=where, mend=f'{key} = ["…"]')
    return tuple(value)


def span(row: Row, key: str, where: str) -> tuple[float, float] | None:
    """Return a [low, high] pair of a row; None where it is left out."""
    value = row.get(key)
    if value is None:
        return None
    numbers = isinstance(value, list) and len(value) == 2 and all(type(v) in (int, float) for v in value)
    if not numbers or not 0 < value[0] <= value[1] < inf:
        raise InputError(f"`{key}` is not a [low, high] pair above zero", where=where, mend=f"{key} = [low, high]")
    return float(value[0]), float(value[1])


def one_of(row: Row, key: str, allowed: tuple[str, ...], where: str) -> None:
    """Raise InputError where a field is not one of the allowed words."""
    if row.get(key) not in allowed:
        raise InputError(f"`{key}` is {row.get(key)!r}", where=where, mend=f"one of {', '.join(allowed)}")


def _load(name: str, key: str, build: Callable[[Row, str], T]) -> Mapping[str, T]:
    built: dict[str, T] = {}
    for row in read_toml(name).get(key, ()):
        where = f"therapy/data/{name}, {row.get('id', 'a row without id')}"
        value = build(row, where)
        if value.id in built:
            raise InputError(f"two rows are called {value.id!r}", where=where, mend="rename one")
        built[value.id] = value
    return MappingProxyType(built)
