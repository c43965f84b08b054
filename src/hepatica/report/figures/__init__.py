"""Figures as SVG text, drawn by pure functions from numbers; colours come from CSS classes."""

from hepatica.report.figures.anatomy import body_map, route_map
from hepatica.report.figures.curve import course
from hepatica.report.figures.dose_curve import dose_curve
from hepatica.report.figures.dots import quantile_dots
from hepatica.report.figures.draw import Drawn, standalone
from hepatica.report.figures.icons import icon_array
from hepatica.report.figures.interval import axis_row, interval_row
from hepatica.report.figures.lobule import lobule
from hepatica.report.figures.scale import Scale
from hepatica.report.figures.spark import lab_spark, range_bar

__all__ = [
    "Drawn",
    "Scale",
    "axis_row",
    "body_map",
    "course",
    "dose_curve",
    "icon_array",
    "interval_row",
    "lab_spark",
    "lobule",
    "quantile_dots",
    "range_bar",
    "route_map",
    "standalone",
]
