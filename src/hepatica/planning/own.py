"""A product of the user's own among the options: never recommended, its numbers claims, its harms not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hepatica import therapy
from hepatica.language import mark, say
from hepatica.planning import words
from hepatica.planning.option import Option
from hepatica.therapy import Claims, Multiple, Product, Regimen

SAID_INSTEAD = ("never_in_people",)
"""Rules that would rule out every new product: said as a caution, for here the question is what it would do."""
TESTED = {
    "animal": mark("not yet given to people"),
    "other human": mark("given to people for other diseases, not for the liver as far as its file says"),
    "liver trial": mark("given to people with liver disease, says its file"),
}
MULTIPLE = {
    "potency": mark("potency"),
    "survival": mark("life in the body"),
    "engraftment": mark("engraftment"),
    "function": mark("function of an engrafted cell"),
    "half_dose": mark("dose of half the effect"),
    "cells_per_unit": mark("cells that one particle or organoid acts as"),
}


def option(base: Option, product: Product, r: Regimen, regimen_id: str, against: Sequence[Any], ask: Any) -> Option:
    """Return a regimen of a product file as an option: inside a trial only, and not to be recommended."""
    assert product.claims is not None
    own = (*cautions(product), *against)
    because = say(
        "Only inside a trial, and never recommended here: it is defined by a file of yours ({file}), whose numbers "
        "nobody here has checked; {tested}.",
        file=product.claims.file, tested=say(TESTED[product.maturity]),
    )  # fmt: skip
    return replace(
        base,
        id=regimen_id,
        route=r.route,
        regimen=r,
        status="trial only",
        because=because,
        cautions=(*own, *ask),
        invasive_procedures=len(r.days) * int(therapy.routes()[r.route].invasive),
        recommendable=False,
        trial=None,
    )


def blank(base: Option, product: Product) -> Option:
    """Return an option of a product file without what was learnt with other products of its kind."""
    return replace(
        base,
        certainty="very low",
        certainty_why=say("no study of it is in this program: its numbers are multiples that its file states"),
        basis="assumption",
        evidence=(),
        notes={**base.notes, "own_product": True},
    )


def cautions(product: Product) -> tuple[str, ...]:
    """Return what must be said of a product of one's own: harms that nobody counted, what its file left out."""
    assert product.claims is not None
    rows = [
        say(
            "what harm {name} may do is not known: nobody has counted it. The net benefit counts none of it, "
            "and is the most it could be",
            name=words.lower(product.name),
        )
    ]
    if product.claims.unstated:
        left_out = words.listed([say(MULTIPLE[k]) for k in product.claims.unstated])
        text = mark("not in its file: {names}. Taken as those of {kind}, within a factor of two (assumption)")
        rows.append(say(text, names=left_out, kind=product.claims.like))
    if product.specific_risks:
        rows.append(say("its file names these risks: {risks}", risks="; ".join(product.specific_risks)))
    return tuple(rows)


def unknown(products: Sequence[Product]) -> list[str]:
    """Return what is not known of products of one's own, as sentences."""
    text = mark(
        "Whether {name} does what its file says, and what harm it does. The file is yours and nobody here checked it."
    )
    return [say(text, name=words.lower(p.name)) for p in products]


def section(products: Sequence[Product]) -> list[dict[str, Any]]:
    """Return the products of one's own as the plan tells them: every number that was claimed, with its source."""
    return [_told(p, p.claims) for p in products if p.claims]


def _told(p: Product, claims: Claims) -> dict[str, Any]:
    return {
        "id": p.id,
        "name": p.name,
        "file": claims.file,
        "like": claims.like,
        "tested": say(TESTED[p.maturity]),
        "dose_unit": claims.dose_unit,
        "dose_cells": list(p.dose_cells_total) if p.dose_cells_total else None,
        "dose_cells_per_kg": list(p.dose_cells_per_kg) if p.dose_cells_per_kg else None,
        "multiples": [_multiple(name, m) for name, m in _stated(claims)],
        "harms": say("The harms of this product are not known: nobody has counted them."),
        "sources": [s.id for s in p.sources if s.verified],
        "method": say(
            "The twin draws what such cells do, times a factor whose median is the value and whose 5 % and 95 % "
            "points are the ends of the interval. The forecast is as true as these numbers."
        ),
    }


def _stated(claims: Claims) -> list[tuple[str, Multiple]]:
    each = [("cells_per_unit", claims.cells_per_unit)] if claims.cells_per_unit else []
    return [*claims.multiples.items(), *each]


def _multiple(name: str, m: Multiple) -> dict[str, Any]:
    return {
        "id": name,
        "name": words.capital(say(MULTIPLE[name])),
        "value": m.value,
        "lo": m.lo,
        "hi": m.hi,
        "source": "assumption" if m.source == "unstated" else m.source,
        "why": say("not stated in the file: taken as the kind's own") if m.source == "unstated" else m.why,
    }
