"""From a diagnosis as coded or written to hepatica's own condition names and causes (data/conditions.json)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .analytes import key
from .data import load


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code or a phrase says: condition names, causes and, at times, an encephalopathy grade."""

    names: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    encephalopathy_grade: int | None = None


NOTHING = Meaning()
_NEAR = 200
_OVERRIDES = {
    "icd10": ("icd10cm", "icd10gm", "icd10"),
    "icd10cm": ("icd10", "icd10cm"),
    "icd10gm": ("icd10", "icd10gm"),
}
_SYSTEMS = (
    ("snomed", re.compile(r"snomed|2\.16\.840\.1\.113883\.6\.96\b", re.I)),
    ("icd10cm", re.compile(r"icd-?10-?cm|2\.16\.840\.1\.113883\.6\.90\b", re.I)),
    ("icd10gm", re.compile(r"icd-?10-?gm|1\.2\.276\.0\.76\.5\.", re.I)),
    ("icd9", re.compile(r"icd-?9|2\.16\.840\.1\.113883\.6\.(103|42)\b", re.I)),
    ("icd10", re.compile(r"icd-?10|2\.16\.840\.1\.113883\.6\.3\b", re.I)),
    ("loinc", re.compile(r"loinc", re.I)),
    ("rxnorm", re.compile(r"rxnorm|2\.16\.840\.1\.113883\.6\.88\b", re.I)),
    ("atc", re.compile(r"whocc|\batc\b", re.I)),
)
_NEGATED = re.compile(
    r"\b(?:no|not|non|without|denies|negative for|ohne|kein|keine|family history of|screening for|risk of|at risk|"
    r"rule out|ruled out|suspected|suspicion of|possible|vaccination against|immune to|exposure to|"
    r"prophylaxis of)\s+(?:\w+\s+){0,2}$",
    re.I,
)

_DENIED_AFTER = re.compile(
    r"\s*(?:virus\s+)?(?:vaccin|immuni|screen|negative|excluded|ruled out|surface antibody)", re.I
)


@lru_cache(maxsize=256)
def system_of(uri: str) -> str:
    """Return the short name of a code system by its address, OID or nickname; "" where it is not known."""
    return next((name for name, pattern in _SYSTEMS if pattern.search(uri)), "")


@dataclass(frozen=True, slots=True)
class _Tables:
    names: dict[str, str]
    causes: dict[str, str]
    codes: dict[str, dict[str, Meaning]]
    phrases: tuple[tuple[re.Pattern[str], Meaning], ...]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    table = load("conditions.json")
    by_system: dict[str, dict[str, Meaning]] = {}
    for row in table["codes"]:
        by_system.setdefault(row["system"], {})[row["code"]] = _meaning(row, table)
    codes = {s: by_system[s] for s in ("icd9", "snomed")}
    for system, order in _OVERRIDES.items():
        codes[system] = {code: m for part in order for code, m in by_system[part].items()}
    longest_first = sorted(table["phrases"], key=lambda row: -len(row["text"]))
    phrases = [(re.compile(rf"(?<![\w-]){re.escape(row['text'])}"), _meaning(row, table)) for row in longest_first]
    causes = {key(word): cause for cause, words in table["causes"].items() for word in (cause, *words)}
    return _Tables(table["names"], causes, codes, tuple(phrases))


def _meaning(row: dict[str, Any], table: dict[str, Any]) -> Meaning:
    unknown = set(row["names"]) - table["names"].keys() | set(row["causes"]) - table["causes"].keys()
    if row.get("source") not in table["sources"] or unknown:
        raise ValueError(f"conditions.json: {row}: no source, or unknown names {sorted(unknown)}")
    return Meaning(tuple(row["names"]), tuple(row["causes"]), row.get("encephalopathy_grade"))


def condition_names() -> dict[str, str]:
    """Return every condition name with its label."""
    return dict(_tables().names)


def condition_codes(name: str) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Return what codes a condition has, by system: each with the longer codes below it that mean something else.

    ICD codes are prefixes without dots ("icd10", "icd9"), SNOMED CT codes ("snomed") are whole.
    """
    found = {}
    for system in ("icd10", "icd9", "snomed"):
        table = _tables().codes[system]
        mine = [code for code, meaning in table.items() if name in meaning.names]
        prefixes = system != "snomed"
        found[system] = tuple(
            (code, tuple(c for c in table if prefixes and c.startswith(code) and c != code and c not in mine))
            for code in mine
        )
    return found


def find_cause(text: str) -> str | None:
    """Return the cause of liver disease that a word names, or None."""
    return _tables().causes.get(key(text))


def of_code(system: str, code: str) -> Meaning | None:
    """Return what a code means, by its longest known prefix (ICD) or exactly (SNOMED CT); None where unknown."""
    table = _tables().codes.get(system)
    if table is None:
        return None
    code = re.sub(r"[^A-Z0-9]", "", code.upper())
    if system == "snomed":
        return table.get(code)
    return next((table[code[:n]] for n in range(len(code), 0, -1) if code[:n] in table), None)


def of_text(text: str) -> Meaning:
    """Return what a diagnosis in words says; negated and suspected mentions say nothing."""
    low = key(re.sub(r"\((?:disorder|finding|situation|procedure)\)", "", text))
    names: dict[str, None] = {}
    causes: dict[str, None] = {}
    for pattern, meaning in _tables().phrases:
        for match in pattern.finditer(low):
            start, end = match.span()
            before, after = low[max(0, start - _NEAR) : start], low[end : end + _NEAR]
            if not _NEGATED.search(before) and not _DENIED_AFTER.match(after):
                names.update(dict.fromkeys(meaning.names))
                causes.update(dict.fromkeys(meaning.causes))
        low = pattern.sub(lambda m: "." * len(m.group()), low)
    return Meaning(tuple(names), tuple(causes))


@lru_cache(maxsize=4096)
def of_coding(codings: tuple[tuple[str, str], ...], text: str) -> Meaning:
    """Return what a coded and worded diagnosis says; the words count only where no code is known.

    codings: pairs of system (address) and code. A code without a system counts where it looks like ICD-10.
    """
    found = [m for uri, code in codings if (m := of_code(_system_or_guess(uri, code), code)) is not None]
    if not found:
        return of_text(text)
    names = dict.fromkeys(n for m in found for n in m.names)
    causes = dict.fromkeys(c for m in found for c in m.causes)
    grades = [m.encephalopathy_grade for m in found if m.encephalopathy_grade is not None]
    return Meaning(tuple(names), tuple(causes), max(grades, default=None))


def _system_or_guess(uri: str, code: str) -> str:
    if uri:
        return system_of(uri)
    return "icd10" if re.fullmatch(r"[A-TV-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?", code) else ""
