"""Find machine words in the sentences of a plan."""

from __future__ import annotations

import re

IDENTIFIERS = {
    "id", "source", "sources", "option", "tied_options", "cannot_be_told_from", "beaten_in_everything_by",
    "blocked_by", "protocol", "pathway", "product",
    "route", "patient", "near_misses", "open_if_silent_is_absent", "course", "causes", "cited", "score", "needs",
    "name", "formula", "version", "analyte", "family", "unit", "event_id", "arms", "scores", "labs", "missing",
    "verify", "recruitment_status", "region", "basis", "payer", "payers_with_a_source", "who", "over",
    "parts", "parts_given", "now", "later", "changes_to", "without_evidence",
    "option_after", "quantity",
}  # fmt: skip
WRONG = {
    "an identifier": re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b"),
    "a plural of one": re.compile(
        r"(?<![.\d])\b1 (?:earlier )?(?:days|months|years|points|dates|criteria|regimens|studies)\b"
    ),
    "two spaces": re.compile(r"\S  +\S"),
    "an abbreviation in small letters": re.compile(
        r"(?<![\w.-])(?:meld|inr|sbp|alt|ast|hcc|tips|hvpg|aclf|afp|hbv|hcv|covid)\b"
    ),
    "a computer's number": re.compile(r"\d(?:\.\d+)?e[+-]?\d"),
    "a unit in ASCII": re.compile(r"\bumol/|\bug/L|1e9/L"),
    "a colon twice": re.compile(r"not met: [^;.]*not met:"),
}


def sentences(node, path="$"):
    """Yield the path and text of every string that is not an identifier, below a node."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in IDENTIFIERS:
                yield from sentences(value, f"{path}.{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from sentences(value, f"{path}[{i}]")
    elif isinstance(node, str):
        yield path, node


def machine_words(node):
    """Return what no reader should meet, as sentences."""
    return [
        f"{path}: {what} in '{text[:120]}'"
        for path, text in sentences(node)
        for what, pattern in WRONG.items()
        if pattern.search(text)
    ]
