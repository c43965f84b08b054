"""The legal and ethical pathway of one product in one jurisdiction, as data with its gaps named."""

from __future__ import annotations

from typing import Any

from hepatica.errors import InputError
from hepatica.governance.library import rows
from hepatica.language import say
from hepatica.therapy import Product


def jurisdiction_id(name: str) -> str:
    """Return the id of a jurisdiction from any of its names; raise InputError where none fits."""
    wanted = name.strip().lower()
    known = rows("regulation.toml", "jurisdiction")
    for row in known:
        if wanted in row["aka"]:
            return str(row["id"])
    ids = ", ".join(str(r["id"]) for r in known)
    raise InputError(f"no rules for the jurisdiction '{name}'", where="jurisdiction", mend=f"use one of {ids}")


def regulation(jurisdiction: str, product: Product | None) -> dict[str, Any]:
    """Return pathway, rules and gaps for a product; without a cell product nothing special applies."""
    key = jurisdiction_id(jurisdiction)
    row = next(r for r in rows("regulation.toml", "jurisdiction") if r["id"] == key)
    if product is None:
        return {
            "jurisdiction": key,
            "product": None,
            "pathway": say("Usual care: no cell product is recommended, so no special permission is needed"),
            "items": [],
            "gaps": [],
        }
    items = [
        {"text": i["text"], "source": i["source"], "status": i["status"]}
        for i in (*row["item"], *rows("regulation.toml", "everywhere"))
    ]
    gaps = [say("Not read in a source yet: {rule}", rule=i["text"]) for i in items if i["status"] == "unverified"]
    licensed = key in {jurisdiction_id(j) for j in product.licensed if _known(j)}
    if licensed:
        pathway = say("Licensed in {place} for a liver indication: use as the licence says", place=key)
    else:
        pathway = row["pathway"]
        gaps.insert(
            0,
            say(
                "{product}: no licence for a liver indication in {place} is known to this program",
                product=product.name,
                place=key,
            ),
        )
    return {"jurisdiction": key, "product": product.id, "pathway": pathway, "items": items, "gaps": gaps}


def _known(name: str) -> bool:
    return any(name.strip().lower() in r["aka"] for r in rows("regulation.toml", "jurisdiction"))
