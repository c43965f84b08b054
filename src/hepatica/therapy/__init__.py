"""What could be given: cell products, delivery routes, the treatments they compete with, and what forbids them."""

from __future__ import annotations

from hepatica.therapy.answers import Finding, Reading
from hepatica.therapy.claims import MULTIPLES, Claims, Multiple, considering
from hepatica.therapy.concepts import Concept, concepts, in_words
from hepatica.therapy.contraindications import Contraindication, comparator_contraindications, contraindications
from hepatica.therapy.facts import Record
from hepatica.therapy.model import Comparator, Product, Regimen, Route, Source, StudiedRegimen
from hepatica.therapy.product_file import read_product
from hepatica.therapy.signs import GRADED
from hepatica.therapy.tables import comparators, one_of, products, required_text, routes, sources_of

__all__ = [
    "GRADED",
    "MULTIPLES",
    "Claims",
    "Comparator",
    "Concept",
    "Contraindication",
    "Finding",
    "Multiple",
    "Product",
    "Reading",
    "Record",
    "Regimen",
    "Route",
    "Source",
    "StudiedRegimen",
    "comparator_contraindications",
    "comparators",
    "concepts",
    "considering",
    "contraindications",
    "in_words",
    "one_of",
    "products",
    "read_product",
    "required_text",
    "routes",
    "sources_of",
]
