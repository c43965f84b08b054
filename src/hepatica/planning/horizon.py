"""Which days a plan looks at: days in acute courses, months and years in chronic ones."""

from __future__ import annotations

ACUTE = ("alf", "ali", "aclf", "alcoholic_hepatitis")
ACUTE_HORIZON = (7, 28, 90)
ACUTE_DAYS = (0, 1, 3, 7, 14, 28, 60, 90, 180)
CHRONIC_HORIZON = (90, 365, 730)
CHRONIC_DAYS = (0, 14, 30, 90, 180, 365, 545, 730)


def horizon(course: str) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """Return the horizons of a course, the days to plot, and the day its options are judged on.

    >>> horizon("aclf")[0], horizon("compensated")[2]
    ((7, 28, 90), 730)
    """
    if course in ACUTE:
        return ACUTE_HORIZON, ACUTE_DAYS, 90
    return CHRONIC_HORIZON, CHRONIC_DAYS, 730
