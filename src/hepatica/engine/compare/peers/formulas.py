"""A model's equations as ordered statements, each intermediate once, for engines that compile text of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from hepatica.engine.language.flatten import as_piecewise
from hepatica.engine.language.model import Model


def statements(model: Model, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yield (name, expression) of the intermediates that some definitions or rates need, in order of computing."""
    model.freeze()
    needed: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        roots = model.rates.get(name, []) + ([model.definitions[name]] if name in model.definitions else [])
        if name in model.definitions:
            needed.add(name)
        below = {s.name for e in roots for s in e.free_symbols}
        queue += [s for s in below if s in model.definitions and s not in needed]
    used = {s.name for n in needed for s in model.definitions[n].free_symbols}
    used |= {s.name for n in names for e in model.rates.get(n, []) for s in e.free_symbols}
    yield from ((f.name, as_piecewise(f, model.time)) for f in model.layout.forcings if f.name in used)
    yield from ((name, expr) for name, expr in model.definitions.items() if name in needed)


def refuse_events(model: Model, engine: str) -> None:
    """Raise NotImplementedError where a model has events, which are not translated for this engine."""
    if model.layout.events:
        raise NotImplementedError(f"events of the model are not translated for {engine}")


def rates(model: Model) -> dict[str, Any]:
    """Return d/dt of each state, in the order of the layout, in states, parameters and intermediates."""
    return {s.name: sympy.Add(*model.rates[s.name]) for s in model.layout.states}


class Printer(StrPrinter):  # type: ignore[misc]
    """Write sympy with a call for every function; `POWER` is called for what is not a whole power."""

    POWER = "pow"

    def _print_Pow(self, expr: Any, **_: Any) -> str:
        base, exponent = expr.base, expr.exp
        if exponent.is_Integer:
            return self._whole(self._print(base), int(exponent))
        if exponent.could_extract_minus_sign():
            return f"(1.0 / {self._print(sympy.Pow(base, -exponent, evaluate=False))})"
        return f"{self.POWER}({self._print(base)}, {self._print(exponent)})"

    def _whole(self, base: str, n: int) -> str:
        return f"(1.0 / {self._whole(base, -n)})" if n < 0 else base if n == 1 else f"({base})**{n}"

    def _print_Mul(self, expr: Any) -> str:
        return "(" + " * ".join(self._print(a) for a in expr.args) + ")"

    def _print_Add(self, expr: Any, **_: Any) -> str:
        return "(" + " + ".join(self._print(a) for a in expr.args) + ")"

    def _print_Rational(self, expr: Any) -> str:
        return repr(float(expr))

    def _print_Integer(self, expr: Any) -> str:
        return repr(float(expr))

    def _print_Float(self, expr: Any) -> str:
        return repr(float(expr))

    def _print_exp(self, expr: Any) -> str:
        return f"exp({self._print(expr.args[0])})"

    def _print_Abs(self, expr: Any) -> str:
        return f"abs({self._print(expr.args[0])})"

    def _extreme(self, name: str, args: Iterable[Any]) -> str:
        first, *others = [str(self._print(a)) for a in sorted(args, key=sympy.default_sort_key)]
        for other in others:
            first = f"{name}({first}, {other})"
        return first

    def _print_Max(self, expr: Any) -> str:
        return self._extreme("max", expr.args)

    def _print_Min(self, expr: Any) -> str:
        return self._extreme("min", expr.args)
