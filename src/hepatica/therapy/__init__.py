"""What could be given: cell products, delivery routes, the treatments they compete with, and what forbids them."""

from __future__ import annotations

from hepatica.therapy.model import Comparator, Product, Regimen, Route, Source, StudiedRegimen
from hepatica.therapy.tables import comparators, products, routes

__all__ = [
    "Comparator",
    "Product",
    "Regimen",
    "Route",
    "Source",
    "StudiedRegimen",
    "comparators",
    "products",
    "routes",
]
