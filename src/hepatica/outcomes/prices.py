"""The user's own prices of treatments, from a TOML file of [[price]] rows, checked before anything is planned."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hepatica import therapy
from hepatica.errors import InputError
from hepatica.outcomes.places import currencies

FIELDS = ("option", "value", "currency", "year", "per", "source")
PER = ("infusion", "course", "year")
YEARS = (1950, 2100)


@dataclass(frozen=True, slots=True)
class Price:
    """What a treatment costs by its user's own account: per infusion, course or year, in a currency of a year."""

    option: str
    value: float
    currency: str
    year: int
    per: str
    source: str


def read_prices(path: str | Path) -> tuple[Price, ...]:
    """Return the prices of a file; raise InputError naming the row, the field and the cure."""
    try:
        raw = tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise InputError(
            f"cannot read the prices: {error.strerror}", where=str(path), mend="name a TOML file"
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not TOML: {error}", where=str(path), mend="write [[price]] rows") from None
    rows = raw.get("price")
    if not isinstance(rows, list) or not rows or not all(isinstance(r, dict) for r in rows):
        raise InputError("no prices in it", where=str(path), mend="write one [[price]] row for each treatment")
    if extra := sorted(set(raw) - {"price"}):
        raise InputError(f"unknown table '{extra[0]}'", where=str(path), mend="write [[price]] rows only")
    found = tuple(_price(row, f"{path}, price {i}") for i, row in enumerate(rows, 1))
    for i, row in enumerate(found):
        if row.option in [p.option for p in found[:i]]:
            raise InputError(f"two prices for '{row.option}'", where=f"{path}, price {i + 1}", mend="keep one")
    return found


def _price(row: Mapping[str, Any], where: str) -> Price:
    for name in FIELDS:
        if name not in row:
            raise InputError(f"'{name}' is missing", where=where, mend=f"give {', '.join(FIELDS)}")
    if extra := sorted(set(row) - set(FIELDS)):
        raise InputError(f"unknown field '{extra[0]}'", where=where, mend=f"the fields are {', '.join(FIELDS)}")
    option = _known(row["option"], where)
    value, year = row["value"], row["year"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise InputError(f"the price {value!r} is no amount", where=where, mend="give a number of 0 or more")
    currency = str(row["currency"]).strip().upper()
    if currency not in currencies():
        mend = f"use one of {', '.join(currencies())}"
        raise InputError(f"unknown currency '{row['currency']}'", where=where, mend=mend)
    if isinstance(year, bool) or not isinstance(year, int) or not YEARS[0] <= year <= YEARS[1]:
        raise InputError(f"the year {year!r} is none", where=where, mend="give the price's year, such as 2025")
    per = str(row["per"]).strip().lower()
    if per not in PER:
        raise InputError(f"a price per '{row['per']}'", where=where, mend=f"write per = one of {', '.join(PER)}")
    source = str(row["source"]).strip()
    if not source:
        raise InputError("the price has no source", where=where, mend="say where the price is from")
    return Price(option, float(value), currency, year, per, source)


def _known(option: Any, where: str) -> str:
    name = str(option).strip()
    if name in therapy.comparators() or name in therapy.products():
        return name
    first = ", ".join([*list(therapy.comparators())[1:4], *list(therapy.products())[:3]])
    raise InputError(f"no treatment or product '{name}'", where=where, mend=f"name one by its id, such as {first}")


def price_of(option: str, product: str | None, prices: Sequence[Price]) -> Price | None:
    """Return the user's price of an option, by its own id before its product's, or None."""
    by_id = {p.option: p for p in prices}
    return by_id.get(option) or (by_id.get(product) if product else None)
