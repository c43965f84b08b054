"""How a plan is shown: a page, a printed document, canonical JSON, a FHIR bundle, a few lines on a terminal."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "canonical": "canonical",
    "cite": "cite",
    "fhir_bundle": "fhir",
    "html": "html",
    "pdf": "pdf",
    "references": "cite",
    "review_html": "review",
    "save": "save",
    "save_network": "review.pools",
    "save_pool": "review.pools",
    "save_review": "review",
    "terminal": "terminal",
    "terminal_match": "terminal",
    "terminal_stage": "terminal",
}
__all__ = [
    "canonical",
    "cite",
    "fhir_bundle",
    "html",
    "pdf",
    "references",
    "review_html",
    "save",
    "save_network",
    "save_pool",
    "save_review",
    "terminal",
    "terminal_match",
    "terminal_stage",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}._{_HOME[name]}"), name)
    globals()[name] = value
    return value
