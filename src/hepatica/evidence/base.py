"""Load the study base, the bibliography and the fact tables from `data/`, once."""

from __future__ import annotations

import os
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from hepatica.errors import CannotAnswer, HepaticaError, InputError
from hepatica.evidence import checks, read
from hepatica.evidence.model import Finding, Study

OWN = "HEPATICA_STUDIES"
TABLES = (
    "safety", "comparators", "utilities", "costs", "transitions", "patient_reported", "natural_history",
    "published_pools", "ongoing",
)  # fmt: skip
_LINK = {
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
    "doi": "https://doi.org/{}",
    "nct": "https://clinicaltrials.gov/study/{}",
    "url": "{}",
}


def _data() -> Any:
    return files("hepatica.evidence").joinpath("data")


def own_folder() -> Path | None:
    """Return the folder of the user's own studies, named in the environment by HEPATICA_STUDIES, or None."""
    named = os.environ.get(OWN)
    if not named:
        return None
    folder = Path(named)
    if not folder.is_dir():
        raise InputError("no such folder", where=f"{OWN}={named}", mend="evidence add FILE --keep DIR makes one")
    return folder


@cache
def _loaded() -> tuple[dict[str, Study], tuple[Finding, ...]]:
    found: list[Finding] = []
    base: dict[str, Study] = {}
    packed = sorted(_data().joinpath("studies").iterdir(), key=lambda p: p.name)
    own = own_folder()
    for path in [*packed, *(sorted(own.iterdir()) if own else ())]:
        if not path.name.endswith(".json"):
            continue
        try:
            item = read.study(orjson.loads(path.read_bytes()), path.name)
            if item.id in base:
                found.append(Finding("doubt", item.id, "id", f"{OWN} holds it too: that file is used"))
        except (orjson.JSONDecodeError, HepaticaError) as error:
            found.append(Finding("error", path.name, "", str(error).splitlines()[0]))
            continue
        problems = checks.study(item)
        found.extend(problems)
        if not any(p.level == "error" for p in problems):
            base[item.id] = item
    found.extend(checks.base(tuple(base.values())))
    return base, tuple(found)


def studies() -> dict[str, Study]:
    """Return every study that passed the checks, by id."""
    return dict(_loaded()[0])


def study(id: str) -> Study:
    """Return one study; raises CannotAnswer where the base has none of that id."""
    base = _loaded()[0]
    if id not in base:
        near = [k for k in base if id.lower()[:4] in k][:5]
        raise CannotAnswer(
            f"no study {id!r} in this base", mend=f"near: {', '.join(near)}" if near else "see `evidence list`"
        )
    return base[id]


def findings() -> tuple[Finding, ...]:
    """Return what the checks found when the base was loaded: errors (study left out) and doubts (kept)."""
    return _loaded()[1]


@cache
def table(name: str) -> tuple[dict[str, Any], ...]:
    """Return the rows of one fact table; a row without a source or a usable value does not load (InputError)."""
    rows = orjson.loads(_data().joinpath(f"{name}.json").read_bytes())
    for i, row in enumerate(rows):
        if not row.get("source"):
            raise InputError(f"row {i} has no source", where=f"evidence/data/{name}.json")
        lo, hi, value = row.get("lo"), row.get("hi"), row.get("value")
        if None not in (lo, hi) and lo > hi:
            raise InputError(f"row {i}: lo {lo} is above hi {hi}", where=f"evidence/data/{name}.json")
        if None not in (lo, hi, value) and not lo <= value <= hi:
            row["usable"] = False
    return tuple(rows)


@cache
def bibliography() -> dict[str, dict[str, Any]]:
    """Return id -> {citation, pmid, pmcid, doi, registry, url, note, kind, verified}; study ids are among them."""
    raw = orjson.loads(_data().joinpath("bibliography.json").read_bytes())
    blank: dict[str, Any] = {
        "citation": "",
        "pmid": None,
        "pmcid": None,
        "doi": None,
        "registry": [],
        "url": None,
        "note": "",
    }
    return {key: {**blank, **row} for key, row in raw.items()}


def _own(s: Study) -> dict[str, Any]:
    known = {"doi": s.doi, "pmid": s.pmid, "pmcid": s.pmcid}
    url = next((_LINK[k].format(v) for k, v in known.items() if v), s.provenance[0].source.removeprefix("url:"))
    return {"citation": s.citation, **known, "registry": list(s.registry), "url": url, "kind": "own study",
            "note": "of the user's own folder", "verified": False}  # fmt: skip


def reference(id: str) -> dict[str, Any]:
    """Return the bibliography row of an id; `pmid:`, `pmcid:`, `doi:`, `nct:` and `url:` ids resolve by themselves."""
    book = bibliography()
    if id in book:
        return {"id": id, **book[id]}
    own = _loaded()[0].get(id)
    if own is not None:
        return {"id": id, **_own(own)}
    kind, _, rest = id.partition(":")
    if rest and kind in _LINK:
        for key, row in book.items():
            if rest.lower() == str(row.get(kind) or "").lower():
                return {"id": key, **row}
        known = {kind: rest} if kind in ("pmid", "pmcid", "doi") else {}
        text = re.sub(r"^https?://(www\.)?", "", rest) if kind == "url" else f"{kind.upper()} {rest}"
        return {"id": id, "citation": text, "pmid": None, "doi": None, **known, "url": _LINK[kind].format(rest),
                "note": "not in the bibliography: link made from the id", "verified": False}  # fmt: skip
    raise CannotAnswer(f"no reference {id!r} in the bibliography")
