"""From a medicine or procedure as coded or written to hepatica's name and kind (data/medicines.json)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .analytes import key
from .concepts import system_of
from .data import load


class Named(NamedTuple):
    """A treatment's name and kind, and the lasting condition that a procedure leaves behind ("" where none)."""

    name: str
    kind: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class _Tables:
    by_name: dict[str, Named]
    atc: dict[str, Named]
    exact: dict[tuple[str, str], Named]
    medicine_words: tuple[tuple[re.Pattern[str], Named], ...]
    procedure_words: tuple[tuple[re.Pattern[str], Named], ...]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    table = load("medicines.json")
    by_name: dict[str, Named] = {}
    atc: dict[str, Named] = {}
    exact: dict[tuple[str, str], Named] = {}
    words: dict[str, list[tuple[str, Named]]] = {"medicines": [], "procedures": []}
    for group, pairs in words.items():
        for row in table[group]:
            if row.get("source") not in table["sources"]:
                raise ValueError(f"medicines.json: {row['name']} has no source")
            named = Named(row["name"], row["kind"], row.get("condition", ""))
            by_name.setdefault(key(named.name), named)
            atc.update((code, named) for code in row.get("atc", ()))
            exact.update(((s, code), named) for s in ("rxnorm", "snomed", "cpt") for code in row.get(s, ()))
            pairs.extend((word, named) for word in row["words"])
    return _Tables(by_name, atc, exact, _patterns(words["medicines"]), _patterns(words["procedures"]))


def _patterns(pairs: list[tuple[str, Named]]) -> tuple[tuple[re.Pattern[str], Named], ...]:
    longest_first = sorted(pairs, key=lambda pair: -len(pair[0]))
    return tuple((re.compile(rf"(?<!\w){re.escape(word)}"), named) for word, named in longest_first)


def kinds() -> frozenset[str]:
    """Return every kind of treatment known here."""
    return frozenset(n.kind for n in _tables().by_name.values())


def is_known(name: str, kind: str) -> bool:
    """Return whether a treatment of this name and kind is one of hepatica's own, or says that it is none."""
    if name == kind:
        return not name or name in kinds()
    return name in {n.name for n in _tables().by_name.values() if n.kind == kind}


@lru_cache(maxsize=4096)
def find(codings: tuple[tuple[str, str], ...], text: str, procedure: bool = False) -> tuple[Named, ...]:
    """Return what codes (system address, code) or words name: several for a combination, none where unknown."""
    tables = _tables()
    found: dict[Named, None] = {}
    for uri, code in codings:
        system = "cpt" if "cpt" in uri.lower() else system_of(uri)
        if system == "atc":
            match = next((tables.atc[code[:n]] for n in range(len(code), 2, -1) if code[:n] in tables.atc), None)
        else:
            match = tables.exact.get((system, code))
        if match:
            found[match] = None
    if found:
        return tuple(found)
    low = key(text)
    if low in tables.by_name:
        return (tables.by_name[low],)
    for pattern, named in tables.procedure_words if procedure else tables.medicine_words:
        if pattern.search(low):
            found[named] = None
            low = pattern.sub(" ", low)
    return tuple(found)


def find_any(text: str) -> tuple[Named, ...]:
    """Return the treatments that words name, medicines or procedures."""
    return find((), text) or find((), text, procedure=True)
