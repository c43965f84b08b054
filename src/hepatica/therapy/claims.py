"""What a file claims of a product of one's own: multiples of a built-in kind of cell, with interval and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.therapy.model import Product

MULTIPLES = ("potency", "survival", "engraftment", "function", "half_dose")
UNSTATED = (0.5, 2.0)
"""Interval of a multiple that the file does not state: as the kind, and nobody knows how nearly (an assumption)."""


@dataclass(frozen=True, slots=True)
class Multiple:
    """One property of the cells over that of their kind: value with a 90 % interval, and where it is from."""

    value: float
    lo: float
    hi: float
    source: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a product file says of how its cells act; every name of MULTIPLES is in `multiples`."""

    like: str  # cell type of the built-in products
    multiples: Mapping[str, Multiple]
    dose_unit: str = "cells"  # cells | particles | organoids
    cells_per_unit: Multiple | None = None  # cells that one particle or organoid acts as; None where the unit is cells
    file: str = ""

    @property
    def unstated(self) -> tuple[str, ...]:
        """Return the multiples that the file left out."""
        return tuple(name for name, m in self.multiples.items() if m.source == "unstated")


def unstated() -> Multiple:
    """Return the multiple of what a file leaves out."""
    return Multiple(1.0, *UNSTATED, "unstated")


_own: ContextVar[Mapping[str, Product]] = ContextVar("own_products", default=MappingProxyType({}))


def own_products() -> Mapping[str, Product]:
    """Return the products that are considered beside the built-in ones now, by id."""
    return _own.get()


@contextmanager
def considering(products: Sequence[Product]) -> Iterator[None]:
    """Consider products of one's own within the block; raises InputError where two share an id."""
    found: dict[str, Product] = {}
    for product in products:
        if product.id in found:
            raise InputError(
                f"two product files give the id {product.id!r}", where=file_of(product), mend="rename one of them"
            )
        found[product.id] = product
    token = _own.set(MappingProxyType(found))
    try:
        yield
    finally:
        _own.reset(token)


def file_of(product: Product) -> str:
    """Return the name of the file that defines a product."""
    return product.claims.file if product.claims else ""
