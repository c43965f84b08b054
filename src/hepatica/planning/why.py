"""The lineage of one value in a plan: value, unit, the chain behind it, sources, support grades."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import Any

from hepatica.errors import InputError

_STEP = re.compile(r"\.?([A-Za-z_][\w\-]*)|\.(\d+)|\[(\d{1,9})\]")
_HOLDERS = 4
_MOST_OPEN = 2  # of a pattern of a plan by someone else, which could search without end
_ENDINGS = {"_years": "years", "_kg": "kg", "_d": "days", "_days": "days", "_percent": "percent"}
LEADING = ("mean", "p50", "value", "probability")


def why(plan: dict[str, Any], path: str) -> dict[str, Any]:
    """Return path, value, unit, chain, sources and grades; raises InputError naming the nearest valid keys."""
    steps = parse(path)
    trail = [plan]
    here: Any = plan
    for i, step in enumerate(steps):
        here = _down(here, step, steps[:i], path)
        trail.append(here)
    patterns = plan.get("lineage", {}).get("patterns", [])
    pattern = _find(patterns, steps)
    if pattern is None and isinstance(here, dict | list):
        pattern = _find_below(patterns, steps, here)
    own = _own_source(trail)
    if pattern is None:
        chain = [
            {
                "step": "text",
                "text": "words of this plan, not a number",
                "source": own[0] if own else "method",
                "grade": "",
            }
        ]
        unit = ""
    else:
        chain, unit = [dict(c) for c in pattern["chain"]], pattern["unit"]
        if unit.startswith("see "):
            unit = _seen(plan, unit.removeprefix("see "), trail, steps)
        elif unit == "money":
            unit = _nearest(trail, "currency", "unit") or unit
    ids = list(
        dict.fromkeys([*own, *(c["source"] for c in chain if c["source"] and not c["source"].startswith("see "))])
    )
    library = plan.get("sources", {})
    return {
        "path": path,
        "value": here,
        "unit": unit,
        "chain": chain,
        "sources": [{"id": k, **library[k]} if k in library else {"id": k, "citation": k} for k in ids],
        "grades": list(dict.fromkeys(c["grade"] for c in chain if c.get("grade"))),
    }


def parse(path: str) -> list[str | int]:
    """Return the keys and indexes of a path; raise InputError where it cannot be read.

    >>> parse("$.options[0].forecast.meld[3].mean")
    ['options', 0, 'forecast', 'meld', 3, 'mean']
    """
    body = path.strip().removeprefix("$")
    steps: list[str | int] = []
    at = 0
    while at < len(body):
        match = _STEP.match(body, at)
        if match is None:
            raise InputError(
                f"cannot read the path at '{body[at : at + 20]}'",
                where=path,
                mend="write it like $.options[0].forecast.meld[3].mean",
            )
        key, year, index = match.groups()
        steps.append(key or year or int(index))
        at = match.end()
    if not steps:
        raise InputError("the path is empty", where=path, mend="write it like $.options[0].forecast.meld[3].mean")
    return steps


def _down(here: Any, step: str | int, before: list[str | int], path: str) -> Any:
    if isinstance(step, int):
        if isinstance(here, list) and step < len(here):
            return here[step]
        if isinstance(here, list):
            allowed = f"[0] to [{len(here) - 1}]" if here else "nothing: the list is empty"
            raise InputError(f"{_show(before)} has no [{step}]", where=path, mend=f"it has {allowed}")
        raise InputError(f"{_show(before)} is not a list", where=path, mend=_keys(here, None))
    if isinstance(here, dict) and step in here:
        return here[step]
    raise InputError(f"{_show(before)} has no '{step}'", where=path, mend=_keys(here, step))


def _keys(here: Any, wanted: str | None) -> str:
    if isinstance(here, list):
        return f"it is a list: use [0] to [{len(here) - 1}]" if here else "it is an empty list"
    if not isinstance(here, dict):
        return "nothing lies below it: end the path here"
    names = list(map(str, here))
    near = difflib.get_close_matches(wanted or "", names, n=4, cutoff=0.5) or names[:8]
    return f"nearest: {', '.join(near)}"


def _show(steps: list[str | int]) -> str:
    text = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps)
    return f"${text}" if text else "the plan"


def _find(patterns: list[dict[str, Any]], steps: list[str | int]) -> dict[str, Any] | None:
    text = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps).lstrip(".")
    hits = [p for p in patterns if p["path"].count("**") <= _MOST_OPEN and _regex(p["path"]).fullmatch(text)]
    return min(hits, key=lambda p: (p["path"].count("**"), len(re.findall(r"(?<!\[)\*", p["path"]))), default=None)


def _find_below(patterns: list[dict[str, Any]], steps: list[str | int], here: Any) -> dict[str, Any] | None:
    """Return the pattern of the leading number below a group of values, or None where there is none."""
    pairs = list(here.items() if isinstance(here, dict) else enumerate(here))
    for key, value in sorted(pairs, key=lambda pair: pair[0] not in LEADING):
        below = [*steps, key]
        if isinstance(value, dict | list):
            found = _find_below(patterns, below, value)
        else:
            found = _find(patterns, below) if isinstance(value, int | float) else None
        if found is not None:
            return found
    return None


@lru_cache(maxsize=2048)
def _regex(pattern: str) -> re.Pattern[str]:
    body = re.escape(pattern).replace(r"\[\*\]", r"\[\d+\]").replace(r"\*\*", r".+").replace(r"\*", r"[^.\[\]]++")
    return re.compile(body)


def _own_source(trail: list[Any]) -> list[str]:
    for holder in reversed(trail[-_HOLDERS:]):
        if isinstance(holder, dict):
            found = holder.get("sources") or ([holder["source"]] if holder.get("source") else [])
            if isinstance(found, list) and found:
                return [str(f) for f in found]
    return []


def _seen(plan: dict[str, Any], where: str, trail: list[Any], steps: list[str | int]) -> str:
    """Return the unit beside a number: under a key, in its name, or with its analyte; 1 where it has none."""
    if where == "name":
        named = next((u for end, u in _ENDINGS.items() if str(steps[-1]).endswith(end)), "")
        return named or _nearest(trail, "unit", "currency") or "1"
    if where == "analyte":
        analyte = next((h["analyte"] for h in reversed(trail) if isinstance(h, dict) and "analyte" in h), None)
        labs = plan.get("patient", {}).get("labs", [])
        return next((str(row["unit"]) for row in labs if row.get("analyte") == analyte), "1")
    keys = ("unit", "currency") if where == "unit" else (where,)
    return _nearest(trail, *keys) or "1"


def _nearest(trail: list[Any], *keys: str) -> str:
    """Return the text under one of these keys in the nearest group above a number, or nothing."""
    for holder in reversed(trail[:-1]):
        if isinstance(holder, dict):
            found = next((holder[key] for key in keys if isinstance(holder.get(key), str)), None)
            if found is not None:
                return str(found)
    return ""
