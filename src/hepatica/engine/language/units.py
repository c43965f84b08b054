"""Units of whole models: every sum, rate and assignment is checked, and a term that does not fit is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.engine.language.model import Model

Dimension = dict[str, Any]
"""Powers of base units; a scale is powers of its prime factors, so that 1 d and 24 h are the same."""

PREFIXES = {"f": -15, "p": -12, "n": -9, "u": -6, "µ": -6, "μ": -6, "m": -3, "c": -2, "d": -1, "k": 3, "M": 6, "G": 9}
PREFIXED = {"g", "L", "l", "mol", "m", "s", "Pa", "U", "IU", "cell", "eq", "J", "W", "Cel", "K"}
SCALED: dict[str, tuple[int | Fraction, str]] = {
    "min": (60, "s"), "h": (3600, "s"), "d": (86400, "s"), "wk": (604800, "s"), "a": (31557600, "s"),
    "y": (31557600, "s"), "l": (1, "L"), "%": (Fraction(1, 100), ""), "IU": (1, "U"),
}  # fmt: skip
TOKEN = re.compile(
    r"\s*(?:(?P<number>10[*^]-?\d+|\d+(?:\.\d+)?(?:e-?\d+)?)"
    r"|(?P<name>[A-Za-zµμ%][A-Za-zµμ_]*)(?P<power>\^?-?\d+)?"
    r"|(?P<op>[*/.·]))"
)


class Empirical(sympy.Function):  # type: ignore[misc]
    """An expression whose unit is declared, not derived: a fitted law, or a number that has a unit."""

    nargs = 2

    @property
    def free_symbols(self) -> set[Any]:
        return set(self.args[0].free_symbols)


def parse_unit(text: str) -> Dimension:
    """Return the powers of base units in a unit such as "umol/L/d", "10*9/L" or "mL/min"; raise InputError."""
    if text in ("", "1", "-"):
        return {}
    found: Dimension = {}
    sign, position, expects = 1, 0, True
    while position < len(text.rstrip()):
        match = TOKEN.match(text, position)
        if match is None:
            raise InputError(
                f"cannot read the unit {text!r}", where=f"at {text[position:]!r}", mend="write as in g/L/d"
            )
        position = match.end()
        if match["op"]:
            if expects:
                raise InputError(f"cannot read the unit {text!r}", mend="write as in g/L/d")
            sign, expects = (-1 if match["op"] == "/" else 1), True
            continue
        if match["number"]:
            power10 = re.fullmatch(r"10[*^](-?\d+)", match["number"])
            value = Fraction(10) ** int(power10[1]) if power10 else Fraction(match["number"])
            found, expects = times(found, _scale(value), sign), False
        else:
            power = int((match["power"] or "1").lstrip("^"))
            found = times(found, _atom(match["name"]), sign * power)
            sign, expects = 1, False
    return found


def _scale(value: Fraction) -> Dimension:
    if value <= 0:
        raise InputError(f"a unit cannot hold the number {value}")
    found: Dimension = {f"{p}": n for p, n in sympy.factorint(value.numerator).items() if p > 1}
    for p, n in sympy.factorint(value.denominator).items():
        if p > 1:
            found[f"{p}"] = -n
    return found


def _atom(name: str) -> Dimension:
    if name in SCALED:
        factor, base = SCALED[name]
        return times(_scale(Fraction(factor)), {base: 1} if base else {})
    if name[0] in PREFIXES and name[1:] in PREFIXED:
        return times(_scale(Fraction(10) ** PREFIXES[name[0]]), _atom(name[1:]))
    return {name: 1}


def times(a: Dimension, b: Dimension, power: Any = 1) -> Dimension:
    """Return a times b to a power; powers that cancel vanish."""
    found = dict(a)
    for base, n in b.items():
        total = sympy.simplify(found.get(base, 0) + n * power)
        if total == 0:
            found.pop(base, None)
        else:
            found[base] = total
    return found


def show(d: Dimension) -> str:
    """Return a unit in base units, as readable as it gets."""
    scale = sympy.Integer(1)
    words: list[str] = []
    for base, n in sorted(d.items()):
        if base.isdigit():
            scale *= sympy.Integer(base) ** n
        else:
            words.append(base if n == 1 else f"{base}^{n}")
    number = [] if scale == 1 else [f"{float(scale):.6g}" if scale.is_number else str(scale)]
    return " ".join(number + words) or "1"


def check_units(model: Model) -> None:
    """Raise InputError for the first term whose unit does not fit, naming equation, term and both units."""
    for fault in unit_faults(model):
        raise fault


def unit_faults(model: Model) -> Iterator[InputError]:
    """Yield one InputError for every equation whose units do not fit."""
    layout = model.layout
    units = {
        q.name: parse_unit(q.unit)
        for group in (layout.states, layout.parameters, layout.outputs, layout.forcings)
        for q in group
    }
    units["t"] = parse_unit(model.time_unit)
    for place, name, kind, expr in model.declared():
        if kind == "initial" and expr.is_number:
            continue
        where = f"model {model.name}, {place}"
        try:
            if kind == "trigger":
                _same(sympy.Add.make_args(expr), units, where)
                continue
            wanted = times(units[name], units["t"], -1) if kind == "rate" else units[name]
            _fits(expr, wanted, units, where)
        except InputError as fault:
            yield fault


def _fits(expr: Any, wanted: Dimension, units: dict[str, Dimension], where: str) -> None:
    for term in sympy.Add.make_args(expr):
        found = _unit_of(term, units, where)
        if found is not None and found != wanted:
            raise InputError(f"the term {term} is in {show(found)}, not in {show(wanted)}", where=where, mend=_cure())


def _cure() -> str:
    return "correct a unit, or declare one: m.empirical(expression, unit)"


def _unit_of(expr: Any, units: dict[str, Dimension], where: str) -> Dimension | None:
    """Return the unit of an expression; None for zero, which fits any unit."""
    if isinstance(expr, Empirical):
        return parse_unit(str(expr.args[1]))
    if expr.is_number:
        return None if expr.is_zero else {}
    if expr.is_Symbol:
        return units[expr.name]
    if expr.is_Mul:
        found: Dimension = {}
        for factor in expr.args:
            found = times(found, _unit_of(factor, units, where) or {})
        return found
    if expr.is_Pow:
        _plain(expr.exp, units, where)
        base = _unit_of(expr.base, units, where)
        return None if base is None else times({}, base, expr.exp)
    if expr.is_Add or isinstance(expr, sympy.Min | sympy.Max):
        return _same(expr.args, units, where)
    if isinstance(expr, sympy.Piecewise):
        for _, condition in expr.args:
            _check_condition(condition, units, where)
        return _same([value for value, _ in expr.args], units, where)
    if isinstance(expr, sympy.Abs):
        return _unit_of(expr.args[0], units, where)
    if isinstance(expr, sympy.sign):
        return {}
    _plain(expr.args[0], units, where)
    return {}


def _same(terms: Any, units: dict[str, Dimension], where: str) -> Dimension | None:
    first: Dimension | None = None
    shown: Any = None
    for term in sorted(terms, key=sympy.default_sort_key):
        found = _unit_of(term, units, where)
        if found is None:
            continue
        if first is None:
            first, shown = found, term
        elif found != first:
            raise InputError(
                f"{term} in {show(found)} stands beside {shown} in {show(first)}", where=where, mend=_cure()
            )
    return first


def _plain(expr: Any, units: dict[str, Dimension], where: str) -> None:
    found = _unit_of(expr, units, where)
    if found:
        raise InputError(f"{expr} must be a plain number but is in {show(found)}", where=where, mend=_cure())


def _check_condition(condition: Any, units: dict[str, Dimension], where: str) -> None:
    if isinstance(condition, Relational):
        _same(condition.args, units, where)
    elif isinstance(condition, BooleanFunction):
        for part in condition.args:
            _check_condition(part, units, where)
