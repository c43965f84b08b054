"""PATIENT as the user writes it: one record, or several (folder, glob, list, table) worked through one by one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hepatica.cli import show
from hepatica.errors import HepaticaError, InputError

if TYPE_CHECKING:
    from hepatica.patient import Patient, ReadFailure

TABLES = (".csv", ".tsv", ".ndjson", ".jsonl", ".duckdb", ".ddb")
WHOLE_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What one record of a cohort gave: a result, or the reason why not."""

    file: str
    patient: str | None
    exit_code: int
    result: Any = None
    reason: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """Return what to call the record in a table: the file's name and the patient's id."""
        return (Path(self.file).name, self.patient or "–")

    @property
    def problem(self) -> str:
        """Return the first words of the reason."""
        return self.reason.split(";")[0]

    @property
    def without_result(self) -> Answer:
        """Return the answer without what it gave, to be kept when that was shown."""
        return replace(self, result=None)

    def to_json(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        row: dict[str, Any] = {"file": self.file, "patient": self.patient, "exit_code": self.exit_code}
        return row | ({"reason": self.reason} if self.exit_code else {"result": self.result})


def one(words: Sequence[str], codes: str | None = None) -> Patient | None:
    """Return the patient where the words name one record, None where they name a cohort; raises InputError.

    A table or NDJSON file of several patients is a cohort; several patients in any other file are refused. codes: a
    file that says what a hospital's own codes mean.
    """
    import hepatica

    _refuse_empty(words)
    path = Path(words[0])
    if len(words) > 1 or path.is_dir() or (any(c in words[0] for c in "*?[") and not path.exists()):
        return None
    how = _how(codes)
    if path.suffix.lower() in TABLES and path.is_file() and _holds_several(words[0], how):
        return None
    return hepatica.read(words[0], **how)


def _refuse_empty(words: Sequence[str]) -> None:
    if not all(word.strip() for word in words):
        raise InputError(
            "a PATIENT is empty", mend="name a file, a folder or a glob; is a variable of your shell unset?"
        )


def _how(codes: str | None) -> dict[str, Any]:
    from hepatica.patient import read_codes

    return {"codes": read_codes(codes)} if codes else {}


def _holds_several(path: str, how: dict[str, Any]) -> bool:
    import hepatica

    if Path(path).stat().st_size > WHOLE_BYTES:
        return True
    return len(list(islice(hepatica.read_many(path, **how), 2))) > 1


def each(words: Sequence[str], work: Callable[[Patient], Any], codes: str | None = None) -> Iterator[Answer]:
    """Yield an answer for every record; one that fails never stops the rest."""
    for found in patients(words, codes):
        if not hasattr(found, "error"):
            yield _answer(found, work)
        else:
            yield Answer(found.where, None, found.error.exit_code, reason=_reason(found.error))


def patients(words: Sequence[str], codes: str | None = None) -> Iterator[Patient | ReadFailure]:
    """Yield every record that the words name, with a bar on a terminal; one that cannot be read is a ReadFailure."""
    from tqdm import tqdm

    _refuse_empty(words)
    found = _records(words, _how(codes))
    yield from tqdm(found, unit=" records", file=sys.stderr, disable=not sys.stderr.isatty(), leave=False)


def print_json(answers: Iterator[Answer]) -> Iterator[Answer]:
    """Print {"records": […]} as the answers come, and yield each without its result, so that memory stays flat."""
    import orjson

    out, head = sys.stdout.buffer, b'{\n  "records": ['
    # Nothing is written before the first answer: where there is none, a refusal stands alone.
    before = head + b"\n    "
    for answer in answers:
        text = orjson.dumps(answer.to_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY)
        out.write(before + text.replace(b"\n", b"\n    "))
        before = b",\n    "
        yield answer.without_result
    out.write((b"" if before[:1] == b"," else head) + b"\n  ]\n}\n")


def close(answers: Sequence[Answer], verb: str, *, of: int | None = None) -> int:
    """Say on stderr how many records failed and why, and return the cohort's exit code.

    0 where every record was answered, 2 where every one was wrong input, 1 otherwise. of: how many records there were,
    where `answers` holds the failed alone.
    """
    failed = [a for a in answers if a.exit_code]
    n = len(answers) if of is None else of
    if not failed:
        return 0
    show.complain(f"hepatica: {verb}: {len(failed)} of {n} records have no answer")
    for answer in failed[:2]:
        show.complain(f"  {answer.file}: {answer.reason}")
    if len(failed) > 2:
        show.complain(f"  and {len(failed) - 2} more: each stands with its reason in the output")
    return 2 if len(failed) == n and all(a.exit_code == 2 for a in failed) else 1


def _records(words: Sequence[str], how: dict[str, Any]) -> Iterator[Patient | ReadFailure]:
    import hepatica
    from hepatica.patient import ReadFailure

    for word in words:
        try:
            yield from hepatica.read_many(word, **how)
        except HepaticaError as error:
            if len(words) == 1:
                raise
            yield ReadFailure(word, error)


def _answer(patient: Patient, work: Callable[[Patient], Any]) -> Answer:
    file = next((row.source.file for row in (*patient.observations, *patient.conditions) if row.source.file), "")
    try:
        return Answer(file, patient.id, 0, work(patient))
    except HepaticaError as error:
        return Answer(file, patient.id, error.exit_code, reason=_reason(error))
    except Exception as error:
        if show.debugging():
            raise
        what = f"this is a fault of hepatica, not of your input: {type(error).__name__}: {error}"
        return Answer(file, patient.id, 1, reason=what)


def _reason(error: HepaticaError) -> str:
    return "; ".join(row.strip() for row in error.lines())
