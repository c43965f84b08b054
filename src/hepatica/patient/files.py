"""Files of patients: sniffed, size-checked, decoded, and handed to the reader of their format."""

from __future__ import annotations

import gc
import glob
import os
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

import orjson

from hepatica.errors import HepaticaError, InputError

from . import bulk, omop
from .codes import NO_CODES, Codes
from .fhir import patients_of
from .model import Patient
from .short import parse_short
from .shown import shown
from .table import drafts_of

MAX_BYTES = 100_000_000
MOST_EXPORT_FILES = 2000
_SUFFIXES = frozenset((".json", ".ndjson", ".jsonl", ".csv", ".tsv", ".toml"))
_MAGIC = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Office file",
}


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """One record of a cohort that could not be read: where it is and the error that names the reason."""

    where: str
    error: HepaticaError


def read(
    path: str | PathLike[str], *, today: date | None = None, max_bytes: int = MAX_BYTES, codes: Codes = NO_CODES
) -> Patient:
    """Return the one patient of a file: FHIR R4 (JSON, NDJSON), CSV, or hepatica's short JSON or TOML.

    today: the day after which dates count as in the future (default: the clock). codes: what a hospital's own codes
    mean (`read_codes`). Raises InputError where the file cannot be read, holds no patient or several, or nothing in it
    can be used.
    """
    path = Path(path)
    return parse(_bytes_of(path, max_bytes), name=str(path), today=today, codes=codes)


def parse(data: bytes, *, name: str = "", today: date | None = None, codes: Codes = NO_CODES) -> Patient:
    """Return the one patient in the bytes of a file called `name`; raises InputError as `read` does."""
    with _no_collection():
        found = _records(data, name, _Way(today or date.today(), codes))
        if len(found) == 1:
            return found[0]()
    ids = [record.label for record in found]
    shown = ", ".join(ids[:5]) + (" …" if len(ids) > 5 else "")
    raise InputError(
        f"{len(found)} patients in one file: {shown}",
        where=name,
        mend="give one patient a file, or read the file as a cohort",
    )


def read_many(
    path: str | PathLike[str], *, today: date | None = None, max_bytes: int = MAX_BYTES, codes: Codes = NO_CODES
) -> Iterator[Patient | ReadFailure]:
    """Yield every patient of a file, a folder or a glob, and a ReadFailure for each that cannot be read.

    A folder of NDJSON files split by resource type (a bulk export) is read as one, in memory that does not grow with
    the number of patients, and so is a large NDJSON file; a folder or DuckDB file of OMOP CDM tables likewise. Raises
    InputError only where nothing is found to read.
    """
    way = _Way(today or date.today(), codes)
    if omop.is_omop(path):
        yield from omop.read_omop(path, today=way.today, codes=codes)
        return
    for group in _groups(path):
        where = str(group[0])
        if len(group) > 1 or bulk.is_export(group):
            yield from _streamed(group, way)
            continue
        try:
            data = _bytes_of(group[0], max_bytes)
            with _no_collection():
                found = _records(data, where, way)
        except HepaticaError as error:
            yield ReadFailure(where, error)
            continue
        for record in found:
            try:
                yield record()
            except HepaticaError as error:
                yield ReadFailure(f"{where} {record.label}", error)


def _streamed(group: Sequence[Path], way: _Way) -> Iterator[Patient | ReadFailure]:
    name = str(group[0] if len(group) == 1 else group[0].parent / "*.ndjson")
    for found in bulk.people(group, name):
        if isinstance(found, HepaticaError):
            yield ReadFailure(found.where or name, found)
            continue
        try:
            with _no_collection():
                drafts = patients_of(found, file=name, today=way.today, codes=way.codes)
        except HepaticaError as error:
            yield ReadFailure(name, error)
            continue
        for draft in drafts:
            try:
                yield draft.finish()
            except HepaticaError as error:
                yield ReadFailure(f"{name} {draft.id}", error)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause cyclic garbage collection, which doubles the time that many small objects take to read."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _groups(path: str | PathLike[str]) -> Iterator[list[Path]]:
    """Yield the files of a path that belong together; only their names are held, whatever their number."""
    root = Path(path)
    if root.is_dir():
        with os.scandir(root) as entries:
            names = sorted(e.name for e in entries if os.path.splitext(e.name)[1].lower() in _SUFFIXES and e.is_file())
    else:
        names = [str(root)] if root.exists() else sorted(glob.glob(str(path)))
        root = Path()
    if not names:
        raise InputError(f"no patient files in {path}", mend=f"known endings: {', '.join(sorted(_SUFFIXES))}")
    lines = [n for n in names if n.lower().endswith((".ndjson", ".jsonl"))]
    export = [root / n for n in lines] if 1 < len(lines) <= MOST_EXPORT_FILES else []
    if export and bulk.is_export(export):
        yield export
        taken = set(lines)
        names = [n for n in names if n not in taken]
    for name in names:
        yield [root / name]


def _bytes_of(path: Path, max_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise InputError(f"{path} is a folder", mend="give one file, or read the folder as a cohort")
        if size > max_bytes:
            raise InputError(
                f"the file is {size / 1e6:.0f} MB; at most {max_bytes / 1e6:.0f} MB is read",
                where=str(path),
                mend="export one patient a file, or leave out images and documents",
            )
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
        if len(data) > max_bytes:  # what has no size of its own: a pipe, a device
            raise InputError(f"more than {max_bytes / 1e6:.0f} MB come from {path}", mend="give a file")
        return data
    except OSError as error:
        raise InputError(f"cannot open {path}", mend=error.strerror or str(error)) from None


@dataclass(frozen=True, slots=True)
class _Way:
    """How to read: the day after which dates are in the future, and what the hospital's codes mean."""

    today: date
    codes: Codes


@dataclass(frozen=True, slots=True)
class _Record:
    label: str
    finish: Callable[[], Patient]

    def __call__(self) -> Patient:
        try:
            return self.finish()
        except RecursionError:
            raise _too_deep(self.label) from None


def _too_deep(where: str) -> InputError:
    return InputError("values lie within values too deeply", where=where, mend="write the record as its format has it")


def _records(data: bytes, name: str, way: _Way) -> list[_Record]:
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(
                f"this is {kind}, not a patient record", where=name, mend="give FHIR R4 JSON, CSV, or the short form"
            )
    suffix = Path(name).suffix.lower()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = _text(data, name, "utf-16").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    start = data[:2000].lstrip()
    if not data.strip():
        raise InputError("the file is empty", where=name)
    if start[:1] == b"<":
        html = b"<html" in start.lower() or b"<!doctype html" in start.lower()
        kind = "an HTML page" if html else "XML"
        raise InputError(
            f"this is {kind}, not JSON",
            where=name,
            mend="export as FHIR R4 JSON" if not html else "download the record itself",
        )
    if start[:1] in (b"{", b"[") and suffix not in (".csv", ".tsv", ".toml"):
        return _from_json(data, name, way)
    text = _text(data, name)
    if "\0" in text:
        raise InputError("this is not a table or TOML: it holds NUL bytes", where=name, mend="save it as text in UTF-8")
    if suffix == ".toml":
        return _from_toml(text, name, way)
    if suffix in (".json", ".ndjson", ".jsonl"):
        raise InputError(
            "this is not JSON",
            where=f"{name}: it starts with {text.strip()[:20]!r}",
            mend="give FHIR R4 JSON, or rename a CSV to .csv",
        )
    drafts = drafts_of(text, file=name, today=way.today, tabs=suffix == ".tsv", codes=way.codes)
    return [_Record(d.id, d.finish) for d in drafts]


def _text(data: bytes, name: str, encoding: str = "utf-8") -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"the file is not {encoding.upper()}: byte 0x{data[error.start]:02x} cannot be read",
            where=f"{name} line {line}",
            mend="save it as UTF-8 (in Excel: 'CSV UTF-8')",
        ) from None


def _from_toml(text: str, name: str, way: _Way) -> list[_Record]:
    try:
        table = tomllib.loads(text)
    except ValueError as error:  # a TOMLDecodeError, or a number of thousands of digits
        raise InputError("this is not TOML", where=name, mend=str(error)) from None
    except RecursionError:
        raise _too_deep(name) from None
    return _from_documents([table], name, way)


def _from_json(data: bytes, name: str, way: _Way) -> list[_Record]:
    try:
        return _from_documents([orjson.loads(data)], name, way)
    except orjson.JSONDecodeError as error:
        lines = [line for line in data.splitlines() if line.strip()]
        whole = _loads_or_none(lines[0]) if len(lines) > 1 else None
        if isinstance(whole, dict):
            return _from_documents(list(_lines(lines, name)), name, way)
        raise InputError(
            "this is not JSON, or it is cut off", where=f"{name} {_place(error)}", mend=error.msg
        ) from None


def _place(error: orjson.JSONDecodeError) -> str:
    return f"line {error.lineno} column {error.colno}"


def _loads_or_none(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _lines(lines: Iterable[bytes], name: str) -> Iterator[Any]:
    for i, line in enumerate(lines, 1):
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise InputError("a line is not JSON, or it is cut off", where=f"{name} line {i}", mend=error.msg) from None


def _from_documents(documents: list[Any], name: str, way: _Way) -> list[_Record]:
    if len(documents) == 1 and isinstance(documents[0], list):
        documents = documents[0]
    if not documents or not all(isinstance(d, dict) for d in documents):
        raise InputError(
            "this JSON is not a patient record",
            where=name,
            mend='a record is an object: {"id": …} or {"resourceType": …}',
        )
    if any("resourceType" in d for d in documents):
        try:
            drafts = patients_of(documents, file=name, today=way.today, codes=way.codes)
        except RecursionError:
            raise _too_deep(name) from None
        return [_Record(d.id, d.finish) for d in drafts]
    if any("entry" in d and "id" not in d for d in documents):
        raise InputError(
            "this looks like FHIR, but there is no resourceType", where=name, mend='add "resourceType": "Bundle"'
        )
    short = partial(parse_short, file=name, today=way.today, codes=way.codes)
    return [_Record(shown(d.get("id", f"record {i}")), partial(short, d)) for i, d in enumerate(documents, 1)]
