"""Unit spellings: UCUM and what people type, read into a dimension and an exact factor to that dimension's base."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple


class Unit(NamedTuple):
    """A reading of one unit spelling: `value * factor` is in the base unit of `dimension`."""

    dimension: str
    factor: Fraction


_PREFIX = {
    "k": Fraction(1000),
    "": Fraction(1),
    "d": Fraction(1, 10),
    "c": Fraction(1, 100),
    "m": Fraction(1, 10**3),
    "u": Fraction(1, 10**6),
    "n": Fraction(1, 10**9),
    "p": Fraction(1, 10**12),
    "f": Fraction(1, 10**15),
}
_LONGEST = 80
_MMHG_PA = Fraction("133.322387415")
_WHOLE: dict[str, Unit] = {
    **dict.fromkeys(("", "1", "ratio", "inr", "{inr}", "ph", "[ph]", "l/l"), Unit("number", Fraction(1))),
    **dict.fromkeys(("%", "percent", "pct"), Unit("percent", Fraction(1))),
    **dict.fromkeys(("mmhg", "mm[hg]", "torr"), Unit("pressure", _MMHG_PA)),
    **{k: Unit("pressure", Fraction(v)) for k, v in {"kpa": 1000, "pa": 1, "hpa": 100, "mbar": 100}.items()},
    **dict.fromkeys(("cel", "degc", "°c", "c", "celsius"), Unit("celsius", Fraction(1))),
    **dict.fromkeys(("[degf]", "degf", "°f", "f", "fahrenheit"), Unit("fahrenheit", Fraction(1))),
    **dict.fromkeys(
        ("/min", "1/min", "bpm", "beats/min", "min-1", "min^-1", "breaths/min", "br/min", "{beats}/min"),
        Unit("rate", Fraction(1)),
    ),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek"), Unit("time", Fraction(1))),
    **{k: Unit("mass", v) for k, v in {"kg": Fraction(1000), "g": Fraction(1)}.items()},
    **dict.fromkeys(("lb", "lbs", "[lb_av]", "pounds"), Unit("mass", Fraction("453.59237"))),
    **{k: Unit("length", Fraction(v, 1000)) for k, v in {"m": 1000, "cm": 10, "mm": 1}.items()},
    **dict.fromkeys(("in", "[in_i]", "inch", "inches"), Unit("length", Fraction("0.0254"))),
    **dict.fromkeys(("ft", "[ft_i]"), Unit("length", Fraction("0.3048"))),
    **dict.fromkeys(("kg/m2", "kg/m^2", "kg/m*2"), Unit("body mass index", Fraction(1))),
    **dict.fromkeys(
        ("ml/min/1.73m2", "ml/min/1.73m^2", "ml/min/{1.73_m2}", "ml/min/1.73_m2", "ml/min/1.73sqm"),
        Unit("filtration by area", Fraction(1)),
    ),
    "ml/min": Unit("filtration", Fraction(1)),
    **dict.fromkeys(("a", "yr", "yrs", "year", "years", "y"), Unit("years", Fraction(1))),
    **dict.fromkeys(("mo", "month", "months"), Unit("years", Fraction(1, 12))),
    "mmol/mol": Unit("per mole", Fraction(1, 1000)),
    "db/m": Unit("attenuation", Fraction(1)),
}
_VOLUME = re.compile(r"^(?:(?P<p>[dcmunpf]?)l|(?P<dl>100ml)|(?P<ul>mm3|mm\^3|cmm|cumm|ul|mcl))$")
_COUNT_WORDS = {
    "": 1,
    "1": 1,
    "cells": 1,
    "k": 10**3,
    "th": 10**3,
    "thou": 10**3,
    "thousand": 10**3,
    "tsd": 10**3,
    "m": 10**6,
    "mio": 10**6,
    "mill": 10**6,
    "million": 10**6,
    "g": 10**9,
    "gi": 10**9,
    "gpt": 10**9,
    "tpt": 10**12,
}
_POWER = re.compile(r"^(?:1?x?10(?:\*\*?|\^|e|\()\+?(\d{1,2})\)?|1?e\+?(\d{1,2}))$")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LETTERS = str.maketrans({"µ": "u", "μ": "u", "×": "x", "·": "", "⋅": "", "\u200b": "", "\u00a0": "", "−": "-"})


def tidy(text: str) -> str:
    """Return a unit spelling without spaces, Greek letters, superscripts or `mcg`; case is kept."""
    text = re.sub(r"(?<=10)[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "^" + m.group().translate(_SUPERSCRIPT), text)
    text = re.sub(r"\b10 (?=\d{1,2}\s*/)", "10^", text.translate(_SUPERSCRIPT).translate(_LETTERS))
    text = re.sub(r"\bmcg\b", "ug", text, flags=re.I)
    text = re.sub(r"\bmcl\b", "uL", text, flags=re.I)
    return re.sub(r"^[x*](?=10)", "", re.sub(r"\s+", "", text))


@lru_cache(maxsize=4096)
def readings(text: str) -> tuple[Unit, ...]:
    """Return every dimension a unit spelling may stand for; empty where it is not known.

    More than one only where people use one spelling for two things: `G/L` is giga a litre or, in capitals, grams.
    """
    if len(text) > _LONGEST:
        return ()
    exact = tidy(text)
    found = _one(exact.lower())
    if exact in ("mM", "uM", "nM"):
        return (Unit("amount", _PREFIX[exact[0]]),)
    if exact.startswith(("g/", "m/")):
        return tuple(u for u in found if u.dimension != "count")
    return found


def is_log10(text: str) -> bool:
    """Return whether a unit is a decimal logarithm (viral loads are often printed so)."""
    return len(text) <= _LONGEST and bool(re.match(r"^\W*log(?:10|_10)?[\W_]*(?=\w)", tidy(text), flags=re.I))


def without_log10(text: str) -> str:
    """Return the unit inside a decimal logarithm: `log10 IU/mL` gives `IU/mL`."""
    inner = re.sub(r"^\W*log(?:10|_10)?[\W_]*", "", tidy(text), flags=re.I)
    return re.sub(r"^(IU|U)[\]\)}]+", r"\1", inner.rstrip(")]}"), flags=re.I)


def _one(key: str) -> tuple[Unit, ...]:
    if key in _WHOLE:
        return (_WHOLE[key],)
    bare = re.sub(r"\{(?!.*(?:cop|log))[^}]*\}", "", key)
    if bare in _WHOLE:
        return (_WHOLE[bare],)
    top, slash, bottom = bare.partition("/")
    litres = _litres(bottom)
    if not slash or litres is None:
        return ()
    return tuple(Unit(u.dimension, u.factor / litres) for u in _numerators(top))


def _litres(text: str) -> Fraction | None:
    match = _VOLUME.match(text)
    if not match:
        return None
    if match["dl"]:
        return _PREFIX["d"]
    return _PREFIX["u"] if match["ul"] else _PREFIX[match["p"] or ""]


def _numerators(top: str) -> list[Unit]:
    found: list[Unit] = []
    power = _POWER.match(top)
    if power:
        found.append(Unit("count", Fraction(10 ** int(power[1] or power[2]))))
    elif top in _COUNT_WORDS:
        found.append(Unit("count", Fraction(_COUNT_WORDS[top])))
    for suffix, dimension, scale in _SUFFIXES:
        if top.endswith(suffix) and top[: -len(suffix)] in _PREFIX:
            found.append(Unit(dimension, _PREFIX[top[: -len(suffix)]] * scale))
            break
    return found


_SUFFIXES: tuple[tuple[str, str, Fraction], ...] = (
    ("[iu]", "activity", Fraction(1)),
    ("iu", "activity", Fraction(1)),
    ("ui", "activity", Fraction(1)),
    ("u", "activity", Fraction(1)),
    ("kat", "activity", Fraction(60 * 10**6)),
    ("mole", "amount", Fraction(1)),
    ("mol", "amount", Fraction(1)),
    ("eq", "equivalents", Fraction(1)),
    ("val", "equivalents", Fraction(1)),
    ("g", "mass concentration", Fraction(1)),
)
