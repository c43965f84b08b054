"""Who pays, by jurisdiction: rules with sources and dates, and the gaps named."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources

from hepatica.language import by_language, said_data, say
from hepatica.outcomes.places import payers

APPLIES = ("cells", "trial", "care")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it is about, who pays by it (a payer's id, or "unknown"), since when, and its source."""

    applies: str
    who: str
    date: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The rules of one jurisdiction, what they mean in short words, and what was not seen."""

    jurisdiction: str
    said: str
    rules: tuple[Rule, ...]
    gaps: tuple[str, ...]


@by_language
def _all() -> dict[str, Coverage]:
    text = resources.files("hepatica.outcomes").joinpath("data", "coverage.toml").read_text("utf-8")
    found = {}
    for row in said_data("outcomes/data/coverage.toml", tomllib.loads(text))["jurisdiction"]:
        rules = tuple(Rule(r["for"], r["who"], r["date"], r["text"], r["source"]) for r in row["rule"])
        for rule in rules:
            if rule.applies not in APPLIES or rule.who not in (*payers(), "unknown") or not (rule.source and rule.date):
                raise ValueError(f"coverage.toml: {row['id']} has a rule without a source, a date or a known payer")
        found[row["id"]] = Coverage(row["id"], row["said"], rules, tuple(row["gaps"]))
    return found


def coverage(jurisdiction: str) -> Coverage:
    """Return who pays in a jurisdiction, by its id; one without rules names that as its gap."""
    none = Coverage(
        jurisdiction, "", (), (say("no rule on who pays was seen for {jurisdiction}", jurisdiction=jurisdiction),)
    )
    return _all().get(jurisdiction, none)
