"""Dates and times as records write them, read as the wall clock they show."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from .shown import shown

_LONGEST = 60
_PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2}))?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$")


def parse_time(text: Any) -> datetime | None:
    """Return the wall-clock time of an ISO 8601, dotted or slashed date; None for nothing.

    A zone is dropped, so that a sample keeps the day it was taken on. Raises ValueError with the reason, also where
    day and month cannot be told apart.
    """
    if text is None or text == "":
        return None
    if isinstance(text, str) and len(text) <= _LONGEST:
        return _from_text(text)
    if isinstance(text, datetime):
        return text.replace(tzinfo=None)
    if isinstance(text, date):
        return datetime(text.year, text.month, text.day)
    raise ValueError(f"'{shown(text)}' is not a date")


@lru_cache(maxsize=16384)
def _from_text(text: str) -> datetime:
    text = text.strip()
    try:
        if len(text) >= 10:
            return datetime.fromisoformat(text.replace("/", "-") if text[:4].isdigit() else text).replace(tzinfo=None)
    except ValueError:
        pass
    return _other(text)


def _other(text: str) -> datetime:
    if match := _PARTIAL.match(text):
        return datetime(int(match[1]), int(match[2] or 1), 1)
    if match := _DAY_FIRST.match(text):
        day, month, year, *clock = match.groups()
        return _at(year, month, day, clock)
    if match := _SLASHED.match(text):
        first, second, year, *clock = match.groups()
        if int(first) <= 12 and int(second) <= 12 and first != second:
            raise ValueError(f"'{text}' may be day/month or month/day: write it as YYYY-MM-DD")
        day, month = (first, second) if int(first) > 12 else (second, first)
        return _at(year, month, day, clock)
    raise ValueError(f"'{text}' is not a date: write it as YYYY-MM-DD")


def _at(year: str, month: str, day: str, clock: list[str | None]) -> datetime:
    hour, minute, second = (int(c or 0) for c in clock)
    return datetime(int(year), int(month), int(day), hour, minute, second)


def is_partial(text: Any) -> bool:
    """Return whether a date names only a year or a month."""
    return isinstance(text, str) and bool(_PARTIAL.match(text.strip()))


def iso(time: datetime) -> str:
    """Return a time as ISO 8601: a bare date where it is midnight."""
    return time.date().isoformat() if time == datetime(time.year, time.month, time.day) else time.isoformat()
