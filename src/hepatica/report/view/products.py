"""Products that the reader's own files define: what was claimed, how sure, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.report.view.book import Book


def products(book: Book) -> list[dict[str, Any]]:
    """Return every product of a file with its multiples; empty where none was given."""
    return [
        {
            "name": str(p.get("name") or ""),
            "file": str(p.get("file") or ""),
            "like": str(p.get("like") or ""),
            "tested": str(p.get("tested") or ""),
            "harms": str(p.get("harms") or ""),
            "method": str(p.get("method") or ""),
            "cites": book.cite(p.get("sources")),
            "rows": [_row(book, i, k, m) for k, m in enumerate(p.get("multiples") or [])],
        }
        for i, p in enumerate(book.plan.get("products") or [])
    ]


def _row(book: Book, product: int, index: int, multiple: Mapping[str, Any]) -> dict[str, Any]:
    base = f"$.products[{product}].multiples[{index}]"
    return {
        "name": str(multiple.get("name") or ""),
        **{key: book.num(f"{base}.{key}", "exact") for key in ("value", "lo", "hi")},
        "cites": book.cite(multiple.get("source")),
        "named": book.named(multiple.get("source")),
        "why": str(multiple.get("why") or ""),
    }
