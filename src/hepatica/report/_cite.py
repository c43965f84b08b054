"""The literature behind a plan, for a reader or a reference manager: only what the bibliography holds, nothing guessed.

A reference is kept as one text; authors and titles are not told apart. A reference manager completes it from its DOI or
PMID.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hepatica.errors import InputError

Entry = Mapping[str, Any]
NOT_LITERATURE = ("method", "record", "assumption", "unverified", "own_price")


def references(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every source a plan names but its own workings: id, citation, pmid, doi, url, note."""
    rows = plan.get("sources") or {}
    return [{"id": key, **row} for key, row in rows.items() if key not in NOT_LITERATURE]


def cite(plan: Mapping[str, Any], form: str = "text") -> str:
    """Return the references in a form: text, bibtex, csl-json or ris; raises InputError for another one."""
    if form not in FORMS:
        raise InputError(f"there is no form {form!r} of a reference", where="cite", mend=f"one of {', '.join(FORMS)}")
    return FORMS[form](references(plan))


def _text(rows: Sequence[Entry]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        ids = [f"PMID {row['pmid']}" if row.get("pmid") else "", f"doi:{row['doi']}" if row.get("doi") else ""]
        link = "" if any(ids) else row.get("url") or ""
        note = f"[{row['note']}]" if row.get("note") else ""
        lines.append(" ".join(part for part in (f"{number}.", f"{row['citation']}.", *ids, link, note) if part))
    return "\n".join(lines) + "\n"


def _bibtex(rows: Sequence[Entry]) -> str:
    found = []
    for row, key in zip(rows, _keys(rows), strict=True):
        fields = {
            "title": row["citation"], "doi": row.get("doi"), "pmid": row.get("pmid"), "url": row.get("url"),
            "note": row.get("note"),
        }  # fmt: skip
        held = ",\n".join(f"  {name} = {{{_plain(str(value))}}}" for name, value in fields.items() if value)
        found.append(f"@misc{{{key},\n{held}\n}}\n")
    return "\n".join(found)


def _csl(rows: Sequence[Entry]) -> str:
    names = {"doi": "DOI", "pmid": "PMID", "url": "URL", "note": "note"}
    found = [
        {"id": row["id"], "type": "document", "title": row["citation"]}
        | {shown: str(row[name]) for name, shown in names.items() if row.get(name)}
        for row in rows
    ]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _ris(rows: Sequence[Entry]) -> str:
    found = []
    for row in rows:
        pairs = [("TY", "GEN"), ("ID", row["id"]), ("TI", row["citation"]), ("DO", row.get("doi"))]
        pairs += [("AN", f"PMID {row['pmid']}" if row.get("pmid") else None), ("UR", row.get("url"))]
        pairs += [("N1", row.get("note"))]
        lines = [f"{tag}  - {' '.join(str(value).split())}" for tag, value in pairs if value]
        found.append("\n".join([*lines, "ER  - ", ""]))
    return "\n".join(found)


def _keys(rows: Sequence[Entry]) -> list[str]:
    """Return a key of letters, digits and hyphens for each id, told apart by a number where two would be alike."""
    found: list[str] = []
    for row in rows:
        key = base = re.sub(r"[^A-Za-z0-9]+", "-", str(row["id"])).strip("-")[:60] or "source"
        number = 2
        while key in found:
            key, number = f"{base}-{number}", number + 1
        found.append(key)
    return found


def _plain(text: str) -> str:
    return re.sub(r"([%&#$_])", r"\\\1", text.replace("{", "(").replace("}", ")").replace("\\", "/"))


FORMS: dict[str, Callable[[Sequence[Entry]], str]] = {
    "text": _text, "bibtex": _bibtex, "csl-json": _csl, "ris": _ris,
}  # fmt: skip
