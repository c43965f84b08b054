"""Times of a record: with or without a zone, with or without an hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from hepatica.errors import InputError


def days_between(later: datetime, earlier: datetime) -> float:
    """Return the days from `earlier` to `later`; times with and without a zone are compared by the clock shown."""
    if (later.tzinfo is None) != (earlier.tzinfo is None):
        later, earlier = later.replace(tzinfo=None), earlier.replace(tzinfo=None)
    return (later - earlier).total_seconds() / 86400.0


def as_time(at: datetime | date | str) -> datetime:
    """Return `at` as a time; a bare date means the end of that day."""
    if isinstance(at, str):
        try:
            at = date.fromisoformat(at) if len(at) == 10 else datetime.fromisoformat(at)
        except ValueError:
            raise InputError(f"at={at!r} is not a date", mend="give YYYY-MM-DD or an ISO time") from None
    return at if isinstance(at, datetime) else datetime.combine(at, time(23, 59, 59))


def latest(times: Iterable[datetime | None]) -> datetime | None:
    """Return the newest of some times, or None where none is known."""
    newest: datetime | None = None
    for moment in times:
        if moment is not None and (newest is None or days_between(moment, newest) > 0):
            newest = moment
    return newest


def iso(moment: datetime | None) -> str | None:
    """Return the date, with the time of day where the record has one."""
    if moment is None:
        return None
    midnight = moment.hour == moment.minute == moment.second == 0
    return moment.date().isoformat() if midnight else moment.isoformat()
