"""What each controlled study gives to a review, and why the rest of it is not in a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hepatica.report._review.effects import words
from hepatica.report._review.forests import capital

_NAMED = re.compile(r"^no mean of \w+ with")


def studies(review: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the studies with `used` (outcome and times) and `not_used` (a reason and the outcomes it holds for)."""
    names = {o["name"]: o["outcome"] for o in review["outcomes"]}
    groups: dict[str, list[str]] = {}
    for o in review["outcomes"]:
        groups.setdefault(o["group"], []).append(o["name"])
    used = {
        (s["study"], o["name"])
        for o in review["outcomes"]
        for c in o["slices"][0]["cells"]
        for s in c.get("studies", ())
    }
    out = []
    for s in review["studies"]:
        why: dict[str, list[str]] = {}
        for name, said in s["reported"].items():
            if (s["id"], name) not in used:
                why.setdefault(_reason(said, names[name]), []).append(name)
        held = [f"{n} at {said}" for n, said in s["reported"].items() if (s["id"], n) in used]
        out.append(
            {**s, "used": held, "not_used": [{"why": w, "outcomes": _grouped(o, groups)} for w, o in why.items()]}
        )
    return out


def _grouped(names: list[str], groups: dict[str, list[str]]) -> list[str]:
    """Return outcomes by the name of their group where all of it is among them."""
    out = []
    for group, held in groups.items():
        mine = [n for n in held if n in names]
        out += [group] if len(mine) == len(held) else mine
    return out


def _reason(said: str, outcome: str) -> str:
    """Return a reason without the name of the outcome, so that outcomes with the same reason stand together."""
    plain = said if "survival" in outcome else said.replace(f"{outcome} ", "")
    return capital(words(_NAMED.sub("no mean with", plain)))
