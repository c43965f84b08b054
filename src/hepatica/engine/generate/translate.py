"""From sympy expressions to the shared graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne

from hepatica.engine.generate.graph import Graph
from hepatica.engine.language.layout import Layout
from hepatica.engine.language.model import Model
from hepatica.errors import InputError

ELEMENTARY = {sympy.exp: "exp", sympy.log: "log", sympy.tanh: "tanh", sympy.Abs: "abs", sympy.sign: "sign"}


@dataclass(frozen=True)
class System:
    """A model as nodes, in the order of the layout: d/dt of each state, values at the start, and outputs.

    `triggers` are the levels of the events, `actions` the states that each sets.
    """

    layout: Layout
    graph: Graph
    rates: list[int]
    initials: list[int]
    outputs: list[int]
    triggers: list[int] = field(default_factory=list)
    actions: list[dict[int, int]] = field(default_factory=list)

    @cached_property
    def jacobian(self) -> dict[tuple[int, int], int]:
        """The derivatives of rate i by state j that are not zero."""
        slopes = {
            (i, j): self.graph.slope(rate, j + 1) for i, rate in enumerate(self.rates) for j in range(len(self.rates))
        }
        return {ij: node for ij, node in slopes.items() if self.graph.value(node) != 0}

    @cached_property
    def by_time(self) -> list[int]:
        """The derivatives of the rates by time."""
        return [self.graph.slope(rate, 0) for rate in self.rates]


def translate(model: Model) -> System:
    """Return the graph of a model."""
    model.freeze()
    states = [s.name for s in model.layout.states]
    graph = Graph(("t", *states))
    reader = _Reader(graph, model)
    for name, expr in model.definitions.items():
        node = reader.read(expr)
        reader.defined[name] = node
        if graph.nodes[node].op not in ("const", "var", "par"):
            graph.labels.setdefault(node, name)
    rates = [graph.total(reader.read(term) for term in model.rates[name]) for name in states]
    return System(
        layout=model.layout,
        graph=graph,
        rates=rates,
        initials=[reader.read(model.initials[name]) for name in states],
        outputs=[reader.defined[o.name] for o in model.layout.outputs],
        triggers=[reader.read(expr) for expr in model.triggers.values()],
        actions=[
            {states.index(name): reader.read(expr) for name, expr in action.items()}
            for action in model.actions.values()
        ],
    )


class _Reader:
    def __init__(self, graph: Graph, model: Model) -> None:
        self.graph = graph
        self.parameters = model.layout.parameter_index
        self.forcings = {f.name for f in model.layout.forcings}
        self.where = f"model {model.name}"
        self.defined: dict[str, int] = {}
        self.seen: dict[Any, int] = {}

    def read(self, expr: Any) -> int:
        if expr not in self.seen:
            self.seen[expr] = self._read(expr)
        return self.seen[expr]

    def _read(self, expr: Any) -> int:
        g = self.graph
        if expr.is_Symbol:
            if expr.name in self.defined:
                return self.defined[expr.name]
            if expr.name in self.forcings:
                return g.forcing(expr.name)
            return g.parameter(expr.name) if expr.name in self.parameters else g.variable(expr.name)
        if expr.is_number:
            return g.const(float(expr))
        if expr.is_Add:
            return g.total(self.read(a) for a in self._sorted(expr))
        if expr.is_Mul:
            return g.product(self.read(a) for a in self._sorted(expr))
        if expr.is_Pow:
            return self._power(expr.base, expr.exp)
        if type(expr) in ELEMENTARY:
            return g.unary(ELEMENTARY[type(expr)], self.read(expr.args[0]))
        if isinstance(expr, sympy.Min | sympy.Max):
            op = "min" if isinstance(expr, sympy.Min) else "max"
            first, *others = [self.read(a) for a in self._sorted(expr)]
            for other in others:
                first = g.extreme(op, first, other)
            return first
        if isinstance(expr, sympy.Piecewise):
            node = g.const(float("nan"))
            for value, condition in reversed(expr.args):
                node = self.read(value) if condition == sympy.true else g.select(
                    self._condition(condition), self.read(value), node
                )  # fmt: skip
            return node
        raise InputError(f"cannot translate {expr}", where=self.where)

    def _sorted(self, expr: Any) -> list[Any]:
        return sorted(expr.args, key=sympy.default_sort_key)

    def _power(self, base: Any, exponent: Any) -> int:
        g = self.graph
        if exponent.is_Integer:
            return g.power(self.read(base), int(exponent))
        if exponent.could_extract_minus_sign():
            return g.recip(self._power(base, -exponent))
        if base.is_number and float(base) > 0:
            return g.unary("exp", g.mul(g.const(float(sympy.log(base))), self.read(exponent)))
        return g.real_power(self.read(base), self.read(exponent))

    def _condition(self, expr: Any) -> int:
        g = self.graph
        if isinstance(expr, sympy.And | sympy.Or):
            op = "and" if isinstance(expr, sympy.And) else "or"
            first, *others = [self._condition(a) for a in self._sorted(expr)]
            for other in others:
                first = g.logic(op, first, other)
            return first
        if isinstance(expr, sympy.Not):
            return g.logic("not", self._condition(expr.args[0]))
        if isinstance(expr, Lt | Gt | Le | Ge | Eq | Ne):
            a, b = (self.read(x) for x in expr.args)
            match expr:
                case Lt():
                    return g.logic("lt", a, b)
                case Gt():
                    return g.logic("lt", b, a)
                case Le():
                    return g.logic("le", a, b)
                case Ge():
                    return g.logic("le", b, a)
                case Eq():
                    return g.logic("eq", a, b)
            return g.logic("not", g.logic("eq", a, b))
        raise InputError(f"cannot translate the condition {expr}", where=self.where)
