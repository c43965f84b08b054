"""How things are written: names for identifiers, numbers, counts out of a hundred, and times in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from hepatica import therapy
from hepatica.language import by_language, decimal, either, grouped, mark, say, say_many
from hepatica.planning import sources
from hepatica.planning.option import Option

_SHORT = "inr|meld|alt|ast|alp|ggt|afp|crp|hvpg|fib4|hcc|tips|sbp|aclf|hbv|hcv"
_TOKEN = re.compile(rf"(?<![\w.-])(?:{_SHORT}|[a-z][a-z0-9]*(?:_[a-z0-9]+)+)(?![\w-])")
_POWER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e\+?(-?\d+)(?![\w.]*\w)")
_UNIT = re.compile(r"(?<![\w])(umol|ug)/|1e9/L")
_ONE = re.compile(r"\b1 (earlier )?(day|month|year|point|date)s\b")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LARGE, SMALL = 1e5, 1e-3


@by_language
def _names() -> dict[str, dict[str, str]]:
    return sources.read("names.toml")


def name(identifier: str) -> str:
    """Return what a clinician reads for an identifier.

    >>> name("hbv_dna"), name("meld_na"), name("portal_vein_thrombosis"), name("inr or pt_percent")
    ('HBV DNA', 'MELD-Na', 'portal vein thrombosis', 'INR or prothrombin activity')
    """
    known = _names()["name"]
    if " or " in identifier:
        return either([name(part) for part in identifier.split(" or ")])
    return known.get(identifier) or say(identifier.replace("_", " ").strip())


def quantity(identifier: str) -> str:
    """Return what a clinician reads for a quantity of the twin.

    >>> quantity("potency")
    "effect of the cells' signal on inflammation (below 0: harm)"
    """
    return _names()["quantity"].get(identifier) or name(identifier)


def needs(identifiers: Iterable[str]) -> str:
    """Return what is needed as names, each once; an alternative goes where one of its parts is asked for anyway.

    >>> needs(["inr", "inr or pt_percent", "sodium"])
    'INR, sodium'
    """
    asked = list(dict.fromkeys(identifiers))
    kept = [n for n in asked if not any(part in asked for part in n.split(" or ") if part != n)]
    return ", ".join(map(name, kept))


def unit(code: str) -> str:
    """Return a unit as a laboratory prints it."""
    return _names()["unit"].get(code, code)


def number(value: float) -> str:
    """Return a number to three digits, very large and very small ones as powers of ten.

    >>> number(178.0), number(8.1e6), number(0.00003), number(120.0)
    ('178', '8.1 × 10⁶', '3 × 10⁻⁵', '120')
    """
    if value and (abs(value) >= LARGE or abs(value) < SMALL):
        return power(value)
    return decimal(f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}")


def power(value: float) -> str:
    """Return a number as a power of ten.

    >>> power(7.6e7), power(1e8)
    ('7.6 × 10⁷', '1 × 10⁸')
    """
    head, tail = f"{value:.2e}".split("e")
    return decimal(f"{float(head):g} × 10{str(int(tail)).translate(_RAISED)}")


def capital(text: str) -> str:
    """Return a text with its first letter a capital."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """Return a text with its first letter small, unless it starts with an abbreviation or a proper name.

    >>> lower("Beta-blocker"), lower("SBP prophylaxis"), lower("CD34+ cells"), lower("TIPS"), lower("N-acetylcysteine")
    ('beta-blocker', 'SBP prophylaxis', 'CD34+ cells', 'TIPS', 'N-acetylcysteine')
    """
    return text if len(text) < 2 or not text[1].islower() else text[:1].lower() + text[1:]


def mended(text: str) -> str:
    """Return a sentence of another room with identifiers, units and powers of ten written for readers.

    >>> mended("inr 1.2 does not fit pt_percent 22 %; bilirubin 95 umol/L; 4.1e+04 IU/mL; over 1 days")
    'INR 1.2 does not fit prothrombin activity 22 %; bilirubin 95 µmol/L; 4.1 × 10⁴ IU/mL; over 1 day'
    """
    text = text.replace("pt percent", "prothrombin activity").replace("bilirubin direct", "direct bilirubin")
    text = _UNIT.sub(lambda m: "× 10⁹/L" if m.group(0) == "1e9/L" else f"µ{m.group(1)[1:]}/", text)
    text = _POWER.sub(lambda m: f"{m.group(1)} × 10{str(int(m.group(2))).translate(_RAISED)}", text)
    text = _ONE.sub(r"1 \1\2", text)
    return _TOKEN.sub(lambda m: name(m.group(0)), text)


def sentences(node: Any, keys: tuple[str, ...]) -> Any:
    """Return a document with the sentences under some keys mended."""
    if isinstance(node, dict):
        return {k: _all_mended(v) if k in keys else sentences(v, keys) for k, v in node.items()}
    return [sentences(v, keys) for v in node] if isinstance(node, list) else node


def _all_mended(node: Any) -> Any:
    if isinstance(node, str):
        return mended(node)
    return [_all_mended(v) for v in node] if isinstance(node, list) else node


def disease(course: str) -> str:
    """Return what a patient hears for a course."""
    return _names()["course"].get(course, "your liver problem")


def treatment(option: Option) -> str:
    """Return what a patient hears for an option."""
    if option.product is not None:
        kind = therapy.products()[option.product].cell_type
        return _names()["cells"].get(kind, "cells")
    return _names()["treatment"].get(option.id) or lower(option.name)


def of_100(probability: float, *, children: bool = False) -> str:
    """Return a probability as people, or as children, out of a hundred.

    >>> of_100(0.213), of_100(0.004), of_100(0.996), of_100(0.0)
    ('about 21 of 100 people', 'fewer than 1 of 100 people', 'more than 99 of 100 people', 'nobody in the studies')
    """
    if probability <= 0:
        return say("nobody in the studies")
    if probability < 0.01:
        return say("fewer than 1 of 100 children") if children else say("fewer than 1 of 100 people")
    if probability > 0.99:
        return say("more than 99 of 100 children") if children else say("more than 99 of 100 people")
    text = mark("about {n} of 100 children") if children else mark("about {n} of 100 people")
    return say(text, n=round(probability * 100))


def when(day: float) -> str:
    """Return a day in the words people use.

    >>> when(1), when(28), when(180), when(545), when(730)
    ('1 day', '28 days', '6 months', '18 months', '2 years')
    """
    if day < 60:
        return say_many("{n} day", "{n} days", round(day))
    if day < 365:
        return say_many("{n} month", "{n} months", round(day / 30.4375))
    years = day / 365
    if abs(years - round(years)) > 0.2:
        return say_many("{n} month", "{n} months", round(day / 30.4375))
    return say_many("{n} year", "{n} years", round(years))


def listed(words: list[str]) -> str:
    """Return words joined by commas and a last `and`.

    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    if len(words) < 2:
        return "".join(words)
    return say("{first} and {last}", first=", ".join(words[:-1]), last=words[-1])


def money(value: dict[str, Any]) -> str:
    """Return a cost with its currency and price year."""
    rounded = f"{round(value['mean'], -2):,.0f}"
    amount = f"{value['currency']} {grouped(rounded)}"
    return say("{amount} (prices of {year})", amount=amount, year=value["year"]) if value.get("year") else amount
