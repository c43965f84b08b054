"""What the command line asks: options in, the contract's JSON out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.errors import InputError
from hepatica.evidence.answer import pool
from hepatica.evidence.csv_data import pool_file

_KNOWN = {
    "outcome", "day", "condition", "intervention", "region", "data", "method", "ci", "adhoc", "level", "measure",
    "design", "window", "strict_endpoint", "medians",
}  # fmt: skip


def pool_question(options: Mapping[str, Any]) -> dict[str, Any]:
    """Answer `evidence pool` with its options by name; options that are None or absent take their default.

    With `data` (a CSV of study, yi, vi) the file is pooled; otherwise the base is asked.
    """
    given = {k: v for k, v in options.items() if v is not None}
    unknown = sorted(set(given) - _KNOWN)
    if unknown:
        raise InputError(f"option {unknown[0]!r} is not known to pool", mend=f"one of: {', '.join(sorted(_KNOWN))}")
    how = {k: given[k] for k in ("method", "ci", "adhoc", "level") if k in given}
    if "data" in given:
        extra = sorted(k for k in given if k not in (*how, "data", "outcome", "day"))
        if extra:
            raise InputError(f"--{extra[0]} asks the base, --data brings its own studies", mend="give one of the two")
        answer = pool_file(given["data"], **how)
        return {**answer, "outcome": given.get("outcome", answer["outcome"]), "day": given.get("day")}
    if "outcome" not in given:
        raise InputError("no outcome asked", mend="--outcome survival (or mortality, meld, …), or --data FILE.csv")
    return pool(**{k: v for k, v in given.items() if k != "data"}).to_json()
