"""Which days a plan looks at: days in acute courses, months and years in chronic ones."""

from __future__ import annotations

ACUTE = ("alf", "ali", "aclf", "alcoholic_hepatitis")
ACUTE_HORIZON = (7, 28, 90)
ACUTE_DAYS = (0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 60, 90, 180)
CHRONIC_HORIZON = (90, 365, 730)
CHRONIC_DAYS = (0, 7, 14, 30, 60, 90, 120, 180, 270, 365, 545, 730)
CELL_DAYS = (0.04, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7, 10, 14, 28)


def horizon(course: str) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """Return the horizons of a course, the days to plot, and the day its options are judged on.

    >>> horizon("aclf")[0], horizon("compensated")[2]
    ((7, 28, 90), 730)
    """
    if course in ACUTE:
        return ACUTE_HORIZON, ACUTE_DAYS, 90
    return CHRONIC_HORIZON, CHRONIC_DAYS, 730
