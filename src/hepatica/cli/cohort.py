"""PATIENT as the user writes it: one record, or several (a folder, a glob, a list) worked through one by one."""

from __future__ import annotations

import glob
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hepatica.cli.show import debugging
from hepatica.errors import HepaticaError, InputError

if TYPE_CHECKING:
    from hepatica.patient import Patient

SUFFIXES = (".json", ".ndjson", ".jsonl", ".csv", ".toml")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one record of a cohort gave: a result, or the reason why not."""

    file: str
    patient: str | None
    exit_code: int
    result: Any = None
    reason: str = ""

    def to_json(self, document: Callable[[Any], Any]) -> dict[str, Any]:
        """Return the answer as JSON, the result through `document`."""
        row: dict[str, Any] = {"file": self.file, "patient": self.patient, "exit_code": self.exit_code}
        if self.exit_code == 0:
            row["result"] = document(self.result)
        else:
            row["reason"] = self.reason
        return row


def single(words: Sequence[str]) -> str | None:
    """Return the one file that was named, or None where several were (a folder, a glob, a list)."""
    if len(words) == 1 and not Path(words[0]).is_dir() and (Path(words[0]).exists() or not _is_glob(words[0])):
        return words[0]
    return None


def files(words: Sequence[str]) -> list[Path]:
    """Return the files that the words name, in order; raise InputError where a word names none."""
    found: list[Path] = []
    for word in words:
        path = Path(word)
        if path.is_dir():
            rows = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            mend = f"records end in {', '.join(SUFFIXES)}"
        elif _is_glob(word) and not path.exists():
            rows = sorted(Path(p) for p in glob.glob(word, recursive=True) if Path(p).is_file())
            mend = "put the pattern in quotes and check the folder"
        else:
            rows, mend = [path], ""
        if not rows:
            raise InputError("no record found", where=word, mend=mend)
        found += rows
    return list(dict.fromkeys(found))


def each(words: Sequence[str], work: Callable[[Patient], Any]) -> Iterator[Answer]:
    """Yield an answer for every record; one that fails never stops the rest."""
    from tqdm import tqdm

    import hepatica

    paths = files(words)
    for path in tqdm(paths, unit="record", file=sys.stderr, disable=not sys.stderr.isatty(), leave=False):
        patient: Patient | None = None
        try:
            patient = hepatica.read(path)
            yield Answer(str(path), patient.id, 0, work(patient))
        except HepaticaError as error:
            reason = "; ".join(row.strip() for row in error.lines())
            yield Answer(str(path), patient.id if patient else None, error.exit_code, reason=reason)
        except Exception as error:
            if debugging():
                raise
            reason = f"this is a fault of hepatica, not of your input: {type(error).__name__}: {error}"
            yield Answer(str(path), patient.id if patient else None, 1, reason=reason)


def close(answers: Sequence[Answer], verb: str) -> int:
    """Say on stderr how many records failed and why, and return the cohort's exit code.

    0 where every record was answered, 2 where every one was wrong input, 1 otherwise.
    """
    failed = [a for a in answers if a.exit_code]
    if not failed:
        return 0
    print(f"hepatica: {verb}: {len(failed)} of {len(answers)} records have no answer", file=sys.stderr)
    for answer in failed[:2]:
        print(f"  {answer.file}: {answer.reason}", file=sys.stderr)
    if len(failed) > 2:
        print(f"  and {len(failed) - 2} more: each stands with its reason in the output", file=sys.stderr)
    return 2 if all(a.exit_code == 2 for a in answers) else 1


def _is_glob(word: str) -> bool:
    return any(c in word for c in "*?[")
