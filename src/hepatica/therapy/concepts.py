"""The concepts a rule may ask of a record: their names in words, what they include, what test settles them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hepatica.errors import InputError
from hepatica.language import by_language, either, mark, say
from hepatica.therapy.tables import read_toml, required_text, strings

CAPITALS = {"inr", "alt", "ast", "alp", "ggt", "crp", "afp", "hvpg", "map", "bmi", "egfr", "meld", "albi", "apri"}
LABELS = {
    "aclf_grade": mark("ACLF grade"),
    "ascites_level": mark("ascites level"),
    "pt_percent": mark("prothrombin activity"),
    "pt_s": mark("prothrombin time"),
    "hbv_dna": mark("HBV DNA"),
    "hcv_rna": mark("HCV RNA"),
    "hba1c": "HbA1c",
    "wbc": mark("white cells"),
    "meld_na": "MELD-Na",
    "meld_3": "MELD 3.0",
    "child_pugh": mark("Child-Pugh score"),
    "maddrey_df": mark("Maddrey discriminant function"),
    "lille": mark("Lille score"),
    "pao2": mark("arterial oxygen"),
    "map": mark("mean arterial pressure"),
    "ast_alt_ratio": mark("AST over ALT"),
}


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a record may show: a label, everything whose record counts as it, and the test that settles it."""

    name: str
    label: str
    settled_by: str
    members: frozenset[str]
    causes: frozenset[str]


@by_language
def concepts() -> Mapping[str, Concept]:
    """Return every concept by name, with what it includes followed to the end."""
    rows = read_toml("concepts.toml")
    for name, row in rows.items():
        for inner in row.get("includes", ()):
            if inner not in rows:
                raise InputError(f"`{inner}` is not a concept", where=f"concepts.toml, {name}", mend=f"add [{inner}]")
    built = {}
    for name, row in rows.items():
        where = f"concepts.toml, {name}"
        members = _closure(name, rows)
        causes = frozenset(c for m in members for c in strings(rows[m], "causes", where))
        built[name] = Concept(
            name, required_text(row, "label", where), required_text(row, "settled_by", where), members, causes
        )
    return MappingProxyType(built)


def _closure(name: str, rows: Mapping[str, dict]) -> frozenset[str]:
    members, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one not in members:
            members.add(one)
            waiting.extend(rows[one].get("includes", ()))
    return frozenset(members)


def in_words(name: str) -> str:
    """Return an analyte's, score's or concept's name as a reader would say it.

    >>> in_words("inr"), in_words("pt_percent"), in_words("encephalopathy_grade"), in_words("hcc")
    ('INR', 'prothrombin activity', 'encephalopathy grade', 'liver cancer')
    """
    if " or " in name:
        return either([in_words(part) for part in name.split(" or ")])
    if name in LABELS:
        return say(LABELS[name])
    if name in CAPITALS:
        return name.upper()
    if name in concepts():
        return concepts()[name].label
    return say(name.replace("_", " "))
