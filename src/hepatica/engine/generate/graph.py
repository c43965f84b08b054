"""Expressions as one shared graph: equal subexpressions meet in one node, derivatives are nodes of the same graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

LOGICAL = {"lt", "le", "eq", "and", "or", "not"}
FORCED = {"forcing", "slope"}


@dataclass(frozen=True, slots=True)
class Node:
    """An operation on earlier nodes; `value` is a constant's value, `name` a variable's name."""

    op: str
    args: tuple[int, ...] = ()
    value: float = 0.0
    name: str = ""


@dataclass
class Graph:
    """Build nodes once each; `varies[i]` is the set, as bits, of time and states that node i depends on."""

    variables: tuple[str, ...]
    nodes: list[Node] = field(default_factory=list)
    varies: list[int] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict)
    _known: dict[tuple[str, tuple[int, ...], str, str], int] = field(default_factory=dict)
    _slopes: dict[tuple[int, int | str], int] = field(default_factory=dict)

    def _node(self, op: str, args: tuple[int, ...] = (), value: float = 0.0, name: str = "") -> int:
        key = (op, args, repr(value), name)
        if key not in self._known:
            bits = 0
            for a in args:
                bits |= self.varies[a]
            if op == "var":
                bits = 1 << self.variables.index(name)
            if op in FORCED:
                bits = 1
            self._known[key] = len(self.nodes)
            self.nodes.append(Node(op, args, value, name))
            self.varies.append(bits)
        return self._known[key]

    def const(self, value: float) -> int:
        return self._node("const", value=float(value) + 0.0)

    def variable(self, name: str) -> int:
        """Return time or a state, which change along a run."""
        return self._node("var", name=name)

    def forcing(self, name: str, part: str = "value") -> int:
        """Return a forcing table's value now, or its "slope" along the present segment; both change with time."""
        return self._node("forcing" if part == "value" else "slope", name=name)

    def parameter(self, name: str) -> int:
        """Return a parameter, which stays the same along a run."""
        return self._node("par", name=name)

    def value(self, i: int) -> float | None:
        """Return the number behind a node, or None if it is not constant."""
        return self.nodes[i].value if self.nodes[i].op == "const" else None

    def add(self, a: int, b: int) -> int:
        va, vb = self.value(a), self.value(b)
        if va is not None and vb is not None:
            return self.const(va + vb)
        if va == 0:
            return b
        if vb == 0:
            return a
        na, nb = self.nodes[a], self.nodes[b]
        if (nb.op == "neg" and nb.args[0] == a) or (na.op == "neg" and na.args[0] == b):
            return self.const(0)
        if na.op == "neg" and nb.op == "neg":
            return self.neg(self.add(na.args[0], nb.args[0]))
        return self._node("add", (min(a, b), max(a, b)))

    def neg(self, a: int) -> int:
        node, value = self.nodes[a], self.value(a)
        if value is not None:
            return self.const(-value)
        if node.op == "neg":
            return node.args[0]
        if node.op == "mul" and (c := self.value(node.args[0])) is not None:
            return self.mul(self.const(-c), node.args[1])
        return self._node("neg", (a,))

    def mul(self, a: int, b: int) -> int:
        va, vb = self.value(a), self.value(b)
        if va is not None and vb is not None:
            return self.const(va * vb)
        if va is None and vb is not None:
            return self.mul(b, a)
        if va is not None:
            return self._scale(va, b, a)
        for first, second in ((a, b), (b, a)):
            node = self.nodes[first]
            if node.op == "neg":
                return self.neg(self.mul(node.args[0], second))
            if node.op == "select" and self.value(node.args[2]) == 0:
                return self.select(node.args[0], self.mul(node.args[1], second), self.const(0))
            if node.op == "select" and self.value(node.args[1]) == 0:
                return self.select(node.args[0], self.const(0), self.mul(node.args[2], second))
            if node.op == "mul" and (c := self.value(node.args[0])) is not None:
                return self._scale(c, self.mul(node.args[1], second), node.args[0])
        return self._node("mul", (min(a, b), max(a, b)))

    def _scale(self, c: float, b: int, node_of_c: int) -> int:
        if c == 0:
            return self.const(0)
        if c == 1:
            return b
        if c == -1:
            return self.neg(b)
        node = self.nodes[b]
        if node.op == "neg":
            return self.mul(self.const(-c), node.args[0])
        if node.op == "mul" and (inner := self.value(node.args[0])) is not None:
            return self.mul(self.const(c * inner), node.args[1])
        return self._node("mul", (node_of_c, b))

    def recip(self, a: int) -> int:
        value = self.value(a)
        if value:
            return self.const(1 / value)
        node = self.nodes[a]
        if node.op == "recip":
            return node.args[0]
        if node.op == "neg":
            return self.neg(self.recip(node.args[0]))
        return self._node("recip", (a,))

    def total(self, terms: Iterable[int]) -> int:
        """Add many nodes; those that stay the same along a run first, so that their sum is known before it."""
        return self._fold(terms, self.add, 0.0)

    def product(self, factors: Iterable[int]) -> int:
        """Multiply many nodes; those that stay the same along a run first."""
        return self._fold(factors, self.mul, 1.0)

    def _fold(self, items: Iterable[int], join: Callable[[int, int], int], neutral: float) -> int:
        fixed = moving = self.const(neutral)
        for i in items:
            if self.varies[i]:
                moving = join(moving, i)
            else:
                fixed = join(fixed, i)
        return join(fixed, moving)

    def power(self, a: int, n: int) -> int:
        """Return a to a whole power, by repeated squaring."""
        if n < 0:
            return self.recip(self.power(a, -n))
        result, square = self.const(1), a
        while n:
            if n & 1:
                result = self.mul(result, square)
            square, n = (self.mul(square, square), n >> 1) if n > 1 else (square, 0)
        return result

    def real_power(self, a: int, n: int) -> int:
        """Return a to a power that need not be whole: 0 at a = 0 for n > 0, not a number for a < 0."""
        whole = self.value(n)
        if whole is not None and whole == int(whole) and abs(whole) <= 16:
            return self.power(a, int(whole))
        if whole in (0.5, -0.5):
            root = self.unary("sqrt", a)
            return root if whole == 0.5 else self.recip(root)
        return self._node("pow", (a, n, self.unary("log", a)))

    def unary(self, op: str, a: int) -> int:
        value = self.value(a)
        if value is not None and not (op in ("log", "sqrt") and value <= 0):
            functions: dict[str, Callable[[float], float]] = {
                "exp": math.exp,
                "log": math.log,
                "sqrt": math.sqrt,
                "tanh": math.tanh,
                "abs": abs,
            }
            if op == "sign":
                return self.const((value > 0) - (value < 0))
            return self.const(functions[op](value))
        node = self.nodes[a]
        if node.op == "select" and not any(self.varies[i] for i in node.args[1:]):
            # Both choices are known before the run, and so are their images.
            return self.select(node.args[0], self.unary(op, node.args[1]), self.unary(op, node.args[2]))
        return self._node(op, (a,))

    def extreme(self, op: str, a: int, b: int) -> int:
        """Return the smaller ("min") or larger ("max") of two nodes."""
        if a == b:
            return a
        return self._node(op, (min(a, b), max(a, b)))

    def logic(self, op: str, *args: int) -> int:
        """Return a condition: lt, le, eq of numbers; and, or, not of conditions."""
        return self._node(op, args)

    def select(self, condition: int, yes: int, no: int) -> int:
        if yes == no:
            return yes
        return self._node("select", (condition, yes, no))

    def slope(self, i: int, by: int | str) -> int:
        """Return the derivative of node i by the variable of that number or the parameter of that name."""
        if isinstance(by, int) and not self.varies[i] >> by & 1:
            return self.const(0)
        key = (i, by)
        if key not in self._slopes:
            self._slopes[key] = self._slope(i, by)
        return self._slopes[key]

    def _slope(self, i: int, by: int | str) -> int:
        node = self.nodes[i]
        if node.op in ("const", "var", "par"):
            return self.const(node.op != "const" and (node.name == by or (node.op == "var" and isinstance(by, int))))
        if node.op in FORCED:
            return self.forcing(node.name, "slope") if node.op == "forcing" and by == 0 else self.const(0)
        d = [self.slope(a, by) if self.nodes[a].op not in LOGICAL else -1 for a in node.args]
        a = node.args
        match node.op:
            case "add":
                return self.add(d[0], d[1])
            case "neg":
                return self.neg(d[0])
            case "mul":
                return self.add(self.mul(d[0], a[1]), self.mul(a[0], d[1]))
            case "recip":
                return self.neg(self.mul(self.mul(i, i), d[0]))
            case "exp":
                return self.mul(i, d[0])
            case "log":
                return self.mul(self.recip(a[0]), d[0])
            case "sqrt":
                return self.mul(self.mul(self.const(0.5), self.recip(i)), d[0])
            case "tanh":
                return self.mul(self.add(self.const(1), self.neg(self.mul(i, i))), d[0])
            case "abs":
                return self.select(self.logic("lt", a[0], self.const(0)), self.neg(d[0]), d[0])
            case "sign":
                return self.const(0)
            case "min" | "max":
                # Where both are equal a constant wins, so that x^n held at zero has no infinite slope there.
                tie = "le" if self.value(a[0]) is not None else "lt"
                order = a if node.op == "min" else a[::-1]
                return self.select(self.logic(tie, *order), d[0], d[1])
            case "select":
                return self.select(a[0], d[1], d[2])
            case "pow":
                return self._slope_of_power(i, d)
        raise AssertionError(node.op)

    def _slope_of_power(self, i: int, d: list[int]) -> int:
        base, n, log = self.nodes[i].args
        below = self._node("pow", (base, self.add(n, self.const(-1)), log))
        by_base = self.mul(self.mul(n, below), d[0])
        by_exponent = self.mul(self.mul(i, log), d[1])
        if self.value(by_exponent) != 0:
            positive = self.logic("lt", self.const(0), base)
            by_exponent = self.select(positive, by_exponent, self.const(0))
        return self.add(by_base, by_exponent)

    def below(self, roots: Iterable[int]) -> Iterator[int]:
        """Yield every node that the roots need, each once, in the order of computing."""
        seen: set[int] = set()
        stack = list(roots)
        while stack:
            i = stack.pop()
            if i not in seen:
                seen.add(i)
                stack.extend(self.nodes[i].args)
        yield from sorted(seen)
