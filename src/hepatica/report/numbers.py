"""Write numbers the way the report shows them: few digits, thin spaces, true minus and multiplication signs."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

from hepatica.language import date_text, decimal, say, say_many

NARROW = "\u202f"
MINUS = "\u2212"
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number(value: float | None, *, decimals: int | None = None, digits: int = 3, signed: bool = False) -> str:
    """Return `value` with at most `digits` significant digits and at most `decimals` decimals.

    >>> number(1234.5), number(-0.04567), number(14.23, decimals=1), number(2, signed=True)
    ('1\u202f230', '−0.0457', '14.2', '+2')
    """
    if value is None or not math.isfinite(value):
        return say("unknown")
    size = abs(float(value))
    if 0 < size < 1e-4 and decimals is None:
        return (MINUS if value < 0 else "+" if signed else "") + dose(size)
    places = _places(size, digits, decimals)
    shown = round(size, places)
    places = min(places, _places(shown, digits, decimals)) if shown else places
    if float(value).is_integer() and places > 0:
        places = 0
    text = group(f"{shown:.{max(places, 0)}f}")
    if shown == 0:
        return "0"
    negative = value < 0
    return (MINUS if negative else "+" if signed else "") + text


def _places(size: float, digits: int, decimals: int | None) -> int:
    wanted = digits - 1 - math.floor(math.log10(size)) if size > 0 else 0
    return wanted if decimals is None else min(wanted, decimals)


def exact(value: float) -> str:
    """Return a reported value with every digit it came with (laboratory results, counts).

    >>> exact(3.80), exact(12500)
    ('3.8', '12\u202f500')
    """
    text = f"{abs(value):.10f}".rstrip("0").rstrip(".")
    return (MINUS if value < 0 else "") + group(text)


def group(text: str) -> str:
    """Put a narrow space between thousands."""
    whole, dot, rest = text.partition(".")
    parts = []
    while len(whole) > 3:
        parts.insert(0, whole[-3:])
        whole = whole[:-3]
    return NARROW.join([whole, *parts]) + decimal(dot) + rest


def percent(probability: float | None, *, signed: bool = False) -> str:
    """Return a probability (0 to 1) as a percentage without its sign, e.g. `81` or `0.3`.

    >>> percent(0.814), percent(0.0312), percent(0.998), percent(-0.02, signed=True)
    ('81', '3.1', '99.8', '−2')
    """
    if probability is None or not math.isfinite(probability):
        return say("unknown")
    size = abs(probability) * 100
    if size == 0 or (signed and size < 0.005):
        return "0"
    if size < 0.1:
        text = f"{size:.2f}".removesuffix("0") if signed else "< 0.1"
    elif 99.9 < size < 100:
        text = "> 99.9"
    elif 99 < size < 100 or size < 9.95:
        text = f"{math.floor(size * 10 + 1e-9) / 10 if size > 99 else size:.1f}".removesuffix(".0")
    else:
        text = f"{size:.0f}"
    return (MINUS if probability < 0 else "+" if signed else "") + decimal(text)


def tick(value: float, *, signed: bool = False) -> str:
    """Return an axis label: the round value with no more digits than it has.

    >>> tick(0.5, signed=True), tick(-20), tick(0, signed=True)
    ('+0.5', '−20', '0')
    """
    return ("+" if signed and value > 0 else "") + exact(value)


def dose(cells: float | None) -> str:
    """Return a cell count as a mantissa and a power of ten.

    >>> dose(1.2e8), dose(5e9), dose(None)
    ('1.2 × 10⁸', '5 × 10⁹', 'unknown')
    """
    if cells is None or not math.isfinite(cells) or cells <= 0:
        return say("unknown")
    power = math.floor(math.log10(cells))
    mantissa = round(cells / 10**power, 2)
    if mantissa >= 10:
        mantissa, power = mantissa / 10, power + 1
    return decimal(f"{mantissa:g} × 10{str(power).translate(_SUPERSCRIPT)}")


def span(day: float) -> str:
    """Name a time after the decision in the unit people use for it.

    >>> span(0), span(1), span(28), span(90), span(182), span(365), span(1826), span(0.125)
    ('now', 'day 1', 'day 28', 'day 90', '6 months', '1 year', '5 years', '3 hours')
    """
    if day == 0:
        return say("now")
    if day < 1:
        return say_many("{n} hour", "{n} hours", round(day * 24))
    if day <= 120:
        return say("day {day}", day=number(day))
    years = day / 365.25
    if abs(years - round(years)) < 0.01 and round(years):
        return say_many("{n} year", "{n} years", round(years))
    months = day / 30.4375
    if months < 24 or abs(months - round(months)) < 0.04:
        return say_many("{n} month", "{n} months", round(months))
    return say("{years} years", years=number(years, decimals=1))


def iso_date(text: str | None) -> str:
    """Return the day of an ISO time as the language writes it, or `undated`; what is no date stays as it is."""
    if not text:
        return say("undated")
    try:
        return date_text(date.fromisoformat(str(text)[:10]).isoformat())
    except ValueError:
        return str(text)[:10]


def on_day(created: str | None, day: float) -> str:
    """Return the date `day` days after the plan was made, or nothing where that is unknown."""
    try:
        start = datetime.fromisoformat(str(created)).date() if created else None
    except ValueError:
        start = None
    return date_text((start + timedelta(days=round(day))).isoformat()) if isinstance(start, date) else ""
