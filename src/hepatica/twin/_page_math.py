"""Equations of the twin as text that reads like mathematics."""

from __future__ import annotations

from typing import Any

WIDTH = 110
_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def equation(left: str, terms: list[Any]) -> str:
    """Return one equation, its terms on lines of their own where it is long."""
    import sympy

    parts = [a for t in terms for a in sympy.Add.make_args(t)]
    parts.sort(key=lambda a: bool(a.could_extract_minus_sign()))
    whole = f"{left} = {_sum(parts)}"
    if len(whole) <= WIDTH:
        return whole
    signs = ["−" if a.could_extract_minus_sign() else "+" if len(parts) > 1 else " " for a in parts]
    rows = [f"{sign} {text(_positive(a), _PRODUCT)}" for sign, a in zip(signs, parts, strict=True)]
    return "\n".join([f"{left} =", *(line for row in rows for line in _folded(row))])


def _folded(row: str) -> list[str]:
    import textwrap

    return textwrap.wrap(row, WIDTH, initial_indent="    ", subsequent_indent="          ", break_long_words=False)


def text(e: Any, around: int = _SUM) -> str:
    """Return an expression; in brackets where what stands around it binds more tightly."""
    written, binds = _written(e)
    return f"({written})" if binds < around else written


def _written(e: Any) -> tuple[str, int]:
    import sympy

    if e.is_Symbol:
        return str(e), _ATOM
    if e.is_Number:
        return f"{float(e):.6g}".replace("-", "−"), _ATOM if e >= 0 else _SUM
    if e.is_Add:
        return _sum(sorted(e.args, key=lambda a: bool(a.could_extract_minus_sign()))), _SUM
    if e.is_Mul:
        return _product(e), _PRODUCT if not e.could_extract_minus_sign() else _SUM
    if isinstance(e, sympy.exp):
        return f"exp({text(e.args[0])})", _ATOM
    if e.is_Pow:
        if e.exp == sympy.Rational(1, 2):
            return f"√({text(e.base)})", _ATOM
        if e.exp.could_extract_minus_sign():
            return _product(e), _PRODUCT
        return f"{text(e.base, _ATOM)}^{text(e.exp, _ATOM)}", _POWER
    if isinstance(e, sympy.Piecewise):
        return _cases(e), _ATOM
    if isinstance(e, sympy.Max | sympy.Min):
        args = sorted(e.args, key=lambda a: bool(a.is_Number))
        return f"{'max' if isinstance(e, sympy.Max) else 'min'}({', '.join(text(a) for a in args)})", _ATOM
    return f"{type(e).__name__}({', '.join(text(a) for a in e.args)})", _ATOM


def _sum(parts: Any) -> str:
    out = ""
    for a in parts:
        minus = a.could_extract_minus_sign()
        shown = text(_positive(a), _PRODUCT)
        out += (f" {'−' if minus else '+'} " if out else "−" if minus else "") + shown
    return out


def _positive(a: Any) -> Any:
    return -a if a.could_extract_minus_sign() else a


def _product(e: Any) -> str:
    import sympy

    above, below = [], []
    sign = ""
    for a in sympy.Mul.make_args(e):
        if a == -1:
            sign = "−"
        elif a.is_Number and a.is_negative:
            sign = "−"
            above.append(-a)
        elif a.is_Rational and not a.is_Integer:
            above += [sympy.Integer(a.p)] if a.p != 1 else []
            below.append(sympy.Integer(a.q))
        elif a.is_Pow and not isinstance(a, sympy.exp) and a.exp.could_extract_minus_sign():
            below.append(a.base if a.exp == -1 else a.base ** (-a.exp))
        else:
            above.append(a)
    top = " · ".join(text(a, _POWER) for a in above) or "1"
    if not below:
        return sign + top
    bottom = " · ".join(text(a, _POWER) for a in below)
    return f"{sign}{top} / " + (f"({bottom})" if len(below) > 1 else bottom)


def _cases(e: Any) -> str:
    rows = []
    for value, condition in e.args:
        rows.append(f"{text(value)} if {_condition(condition)}" if condition != True else f"else {text(value)}")  # noqa: E712
    return "[" + ", ".join(rows) + "]"


def _condition(c: Any) -> str:
    import sympy

    if isinstance(c, sympy.And):
        return " and ".join(sorted(_condition(a) for a in c.args))
    signs = {"Lt": "<", "Le": "≤", "Gt": ">", "Ge": "≥"}
    for kind, sign in signs.items():
        if isinstance(c, getattr(sympy, kind)):
            return f"{text(c.lhs)} {sign} {text(c.rhs)}"
    return str(c)
