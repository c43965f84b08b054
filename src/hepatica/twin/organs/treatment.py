"""Windows in which a treatment acts: a course with an end, a lasting treatment, a direct effect on the hazard."""

from __future__ import annotations

from .._body import Body


def windows(x: Body) -> None:
    """Define the three windows, each 0 or 1."""
    x.let("course", x.between(x.course_on_d, x.course_off_d), "1", "a course of treatment runs")
    x.let("lasting", x.from_day(x.start_d), "1", "a lasting treatment runs")
    x.let("direct", x.between(x.course_on_d, x.rx_hazard_off_d), "1", "a direct effect on the hazard runs")
    x.let("lasting_or_course", x.at_most(x.course + x.lasting, 1), "1", "either runs")
