"""A FHIR bulk export of any size, a patient at a time: lines are spilled by patient to temporary files, then gathered.

Memory holds one part at a time: 8 MB of text up to 1.6 GB in all, and a two-hundredth of a larger export.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from zlib import crc32

import orjson

from hepatica.errors import HepaticaError, InputError

from .fhir import READ

LARGE_BYTES = 50_000_000
PART_BYTES = 8_000_000
LINE_BYTES = 20_000_000
PERSON_BYTES = 200_000_000
MOST_PARTS = 200
_SHOWN = 5
Json = dict[str, Any]


def is_export(files: Sequence[Path]) -> bool:
    """Return whether some files are a bulk export: FHIR NDJSON, Patient and other types apart, or very large."""
    if not all(f.suffix.lower() in (".ndjson", ".jsonl") for f in files):
        return False
    is_apart = len({f.name.startswith("Patient") for f in files}) == 2
    try:
        return (is_apart or any(f.stat().st_size > LARGE_BYTES for f in files)) and any(map(_is_fhir, files))
    except OSError:
        return False


def _is_fhir(path: Path) -> bool:
    with path.open("rb") as file:
        return b'"resourceType"' in file.readline(1_000_000)


def people(files: Sequence[Path], name: str) -> Iterator[list[Json] | HepaticaError]:
    """Yield the resources of each person of some NDJSON files, Medications they refer to included, the person first.

    Lines that cannot be read, and resources of nobody in the files, are yielded as errors that name them. Where the
    files hold no Patient at all, whoever resources refer to is a person. Raises nothing.
    """
    size = sum(f.stat().st_size for f in files)
    n = max(1, min(MOST_PARTS, size // PART_BYTES))
    with tempfile.TemporaryDirectory(prefix="hepatica-") as folder, ExitStack() as stack:
        parts = [Path(folder) / f"{i}.part" for i in range(n)]
        spill = _Spill([stack.enter_context(p.open("wb")) for p in parts], _Medications(Path(folder) / "medications"))
        stack.callback(spill.medications.close)
        yield from spill.read(sorted(files, key=lambda f: not f.name.startswith("Patient")))
        for out in spill.outs:
            out.close()
        strangers: Counter[str] = Counter()
        for part in parts:
            for key, rows in _gathered(part):
                if rows is None:
                    what = f"more than {PERSON_BYTES / 1e6:.0f} MB are said of one person: {key}"
                    yield InputError(what, where=name, mend="leave out images and documents")
                elif spill.patients and not any(r.get("resourceType") == "Patient" for r in rows):
                    strangers[key] += len(rows)
                else:
                    yield [*spill.medications.of(rows), *sorted(rows, key=_not_the_person)]
        if strangers:
            shown = ", ".join(key or "nobody" for key, _ in strangers.most_common(_SHOWN))
            yield InputError(
                f"{sum(strangers.values())} resources belong to {len(strangers)} who are not patients here: {shown}",
                where=name,
                mend="export the Patient resources too",
            )


def _not_the_person(resource: Json) -> bool:
    return resource.get("resourceType") != "Patient"


def _gathered(part: Path) -> Iterator[tuple[str, list[Json] | None]]:
    """Yield each person of a part with the resources, None where they are more than a person can have."""
    by_key: dict[bytes, list[bytes]] = {}
    sizes: Counter[bytes] = Counter()
    with part.open("rb") as file:
        for line in file:
            key, _, text = line.partition(b"\t")
            sizes[key] += len(text)
            if sizes[key] > PERSON_BYTES:
                by_key[key] = []
            else:
                by_key.setdefault(key, []).append(text)
    part.unlink()
    while by_key:
        key = next(iter(by_key))
        texts = by_key.pop(key)
        yield key.decode(), None if sizes[key] > PERSON_BYTES else [orjson.loads(text) for text in texts]


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file; one longer than LINE_BYTES is cut, so that it cannot be read, and skipped over."""
    while line := file.readline(LINE_BYTES):
        yield line
        while line and len(line) == LINE_BYTES and not line.endswith(b"\n"):
            line = file.readline(LINE_BYTES)


@dataclass
class _Spill:
    outs: list[IO[bytes]]
    medications: _Medications
    patients: int = 0

    def read(self, files: Iterable[Path]) -> Iterator[HepaticaError]:
        """Write every line to the part of its patient; yield an error a file with lines that cannot be read."""
        for path in files:
            bad: list[int] = []
            try:
                with path.open("rb") as file:
                    for number, line in enumerate(_lines(file), 1):
                        if line.strip() and not self._add(line):
                            bad.append(number)
            except OSError as error:
                yield InputError(f"cannot open {path}", mend=error.strerror or str(error))
            if bad:
                where = f"{path} line {', '.join(map(str, bad[:_SHOWN]))}{' …' if len(bad) > _SHOWN else ''}"
                yield InputError(f"{len(bad)} lines are not FHIR resources, or are cut off", where=where)

    def _add(self, line: bytes) -> bool:
        line = line.removeprefix(b"\xef\xbb\xbf").strip()
        try:
            resource = orjson.loads(line)
        except orjson.JSONDecodeError:
            return False
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(kind, str):
            return False
        if kind == "Bundle":
            entries = resource.get("entry")
            rows = [e.get("resource") for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
            try:
                return min([self._add(orjson.dumps(row)) for row in rows if row is not None], default=True)
            except orjson.JSONEncodeError:  # too deep
                return False
        if kind == "Medication":
            self.medications.add(resource)
            return True
        owner = _owner(resource)
        if not owner and kind not in READ:
            return True
        self.patients += kind == "Patient"
        key = orjson.dumps(owner).strip(b'"')
        self.outs[crc32(key) % len(self.outs)].write(key + b"\t" + line + b"\n")
        return True


def _owner(resource: Json) -> str:
    """Return the last part of whatever names the person a resource belongs to; "" where nothing does."""
    if resource["resourceType"] == "Patient":
        return str(resource.get("id") or "")
    subject = resource.get("subject") or resource.get("patient")
    reference = subject.get("reference") if isinstance(subject, dict) else None
    if not isinstance(reference, str):
        return ""
    return reference.split("/_history/")[0].rsplit("/", 1)[-1].rsplit(":", 1)[-1]


class _Medications:
    """Medication resources by id on disk, for the requests that refer to them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.base: sqlite3.Connection | None = None

    def add(self, resource: Json) -> None:
        """Keep the id and the code of one Medication."""
        if self.base is None:
            self.base = sqlite3.connect(self.path)
            self.base.execute("PRAGMA journal_mode = OFF")
            self.base.execute("CREATE TABLE medication (id TEXT PRIMARY KEY, code BLOB) WITHOUT ROWID")
        row = (str(resource.get("id")), orjson.dumps(resource.get("code")))
        self.base.execute("INSERT OR REPLACE INTO medication VALUES (?, ?)", row)

    def of(self, rows: Iterable[Json]) -> list[Json]:
        """Return the Medications that some resources refer to."""
        if self.base is None:
            return []
        references = (row.get("medicationReference") for row in rows)
        texts = {r["reference"] for r in references if isinstance(r, dict) and isinstance(r.get("reference"), str)}
        found = []
        for name in sorted(t.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for t in texts):
            hit = self.base.execute("SELECT code FROM medication WHERE id = ?", (name,)).fetchone()
            if hit:
                found.append({"resourceType": "Medication", "id": name, "code": orjson.loads(hit[0])})
        return found

    def close(self) -> None:
        """Close the file."""
        if self.base is not None:
            self.base.close()
