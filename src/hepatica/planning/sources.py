"""The sources a plan may cite, and the reader of the room's data files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any

from hepatica.language import by_language, said_data

_PREFIX = {
    "doi": "https://doi.org/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/",
    "nct": "https://clinicaltrials.gov/study/",
    "url": "",
}


def read(name: str, package: str = "hepatica.planning") -> dict[str, Any]:
    """Return one data file of a room as a dictionary."""
    found = tomllib.loads(resources.files(package).joinpath("data", name).read_text(encoding="utf-8"))
    said: dict[str, Any] = said_data(f"{package.rpartition('.')[2]}/data/{name}", found)
    return said


@by_language
def own() -> dict[str, dict[str, Any]]:
    """Return the room's bibliography; raise ValueError where a source lacks its citation or what was seen of it."""
    rows: dict[str, dict[str, Any]] = read("sources.toml")["source"]
    for key, row in rows.items():
        if not row.get("citation") or row.get("seen") not in ("text", "citation", "unverified"):
            raise ValueError(f"sources.toml: '{key}' lacks a citation or says not what was seen")
    return rows


def library(key: str) -> dict[str, Any] | None:
    """Return a source of the evidence base, of governance or of the twin, or None where none has it."""
    from hepatica import evidence, governance, twin

    return evidence.bibliography().get(key) or governance.bibliography().get(key) or twin.sources().get(key)


def check(ids: Iterable[str], where: str) -> tuple[str, ...]:
    """Return source ids, or raise ValueError where one is missing from the bibliography or none is given."""
    ids = tuple(ids)
    if not ids:
        raise ValueError(f"{where}: a row without a source")
    for key in ids:
        if key not in own() and not library(key) and key.partition(":")[0] not in _PREFIX:
            raise ValueError(f"{where}: unknown source '{key}'")
    return ids


def describe(key: str) -> dict[str, Any]:
    """Return the bibliographic entry of a source id: the room's, the evidence base's, or what the id itself says."""
    row = own().get(key) or library(key)
    if row is None:
        kind, _, rest = key.partition(":")
        row = {"citation": key}
        if rest and kind in _PREFIX:
            row = {"citation": f"{kind.upper()} {rest}", kind: rest, "url": _PREFIX[kind] + rest}
    row = dict(row)
    seen = row.pop("seen", None)
    note = row.get("note") or ""
    if seen == "citation":
        note = (note + "; " if note else "") + "reference confirmed, recommendation not read in full"
    elif seen == "unverified":
        note = (note + "; " if note else "") + "unverified"
    url = row.get("url") or (f"https://doi.org/{row['doi']}" if row.get("doi") else None)
    if url is None and row.get("pmid"):
        url = _PREFIX["pmid"] + str(row["pmid"])
    return {
        "citation": row.get("citation") or row.get("title") or key,
        "pmid": row.get("pmid"),
        "doi": row.get("doi"),
        "url": url,
        "note": note,
    }
