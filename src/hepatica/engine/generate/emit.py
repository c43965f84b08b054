"""From the shared graph to straight-line C over a lane type `T` (see kernel/lanes.h)."""

from __future__ import annotations

import math
from collections import Counter

from hepatica.engine.generate.emit_lu import factorise_c, solve_c
from hepatica.engine.generate.graph import FORCED, LOGICAL
from hepatica.engine.generate.sparse import Plan, plan
from hepatica.engine.generate.translate import System, translate
from hepatica.engine.language.model import Model

LONGEST = 160
KERNEL_VERSION = 3
"""Raised whenever a kernel needs its models generated anew; kernel/problem.h checks it."""


def generate_c(model: Model) -> str:
    """Return the model as C: the same text for the same model, on any machine."""
    return system_c(translate(model))


def system_c(system: System) -> str:
    """Return a translated model as C."""
    return _Writer(system).text()


def _c_number(value: float) -> str:
    if math.isnan(value):
        return "K(NAN)"
    if math.isinf(value):
        return "K(INFINITY)" if value > 0 else "K(-INFINITY)"
    return f"K({value!r})"


class _Writer:
    def __init__(self, system: System) -> None:
        self.system, self.graph, self.layout = system, system.graph, system.layout
        self.plan: Plan = plan(len(self.layout.states), system.jacobian)
        self.autonomous = all(self.graph.value(i) == 0 for i in system.by_time)
        self.happening = [*system.triggers, *(node for action in system.actions for node in action.values())]
        self.run_roots = [
            *system.rates, *system.jacobian.values(), *system.by_time, *system.outputs, *self.happening,
        ]  # fmt: skip
        self.hoists = self._hoists()
        self.forced = {f.name: len(self.hoists) + 3 * k for k, f in enumerate(self.layout.forcings)}
        moving = [(ij, i) for ij, i in system.jacobian.items() if self.graph.varies[i]]
        self.slots = {ij: k for k, (ij, _) in enumerate(moving)}

    def _hoists(self) -> dict[int, int]:
        """Number the largest subexpressions that stay the same along a run."""
        g = self.graph
        found: dict[int, None] = {}
        for i in g.below(self.run_roots):
            if g.varies[i]:
                for a in g.nodes[i].args:
                    found.setdefault(a)
        for i in self.run_roots:
            found.setdefault(i)
        kept = [i for i in sorted(found) if not g.varies[i] and not self._trivial(i)]
        return {i: k for k, i in enumerate(kept)}

    def _trivial(self, i: int) -> bool:
        node = self.graph.nodes[i]
        negated = node.op == "neg" and self.graph.nodes[node.args[0]].op == "par"
        return negated or node.op in ("const", "par", *LOGICAL)

    def text(self) -> str:
        states, outputs = self.layout.states, self.layout.outputs
        jacobian = [(f"J[{k}]", self.system.jacobian[ij]) for ij, k in self.slots.items()]
        notes = {f"J[{k}]": f"d {states[i].name} / d {states[j].name}" for (i, j), k in self.slots.items()}
        by_time = [(f"ft[{i}]", n) for i, n in enumerate(self.system.by_time) if not self.autonomous]
        parts = [
            self._heading(),
            '#include "lanes.h"',
            "\n".join(f"#define x_{s.name} y[{i}] /* {s.unit} */" for i, s in enumerate(states)),
            "\n".join(f"#define p_{p.name} p[{i}] /* {p.unit} */" for i, p in enumerate(self.layout.parameters)),
            self._function("prepare", ["c"], [(f"c[{k}]", i) for i, k in self.hoists.items()], before=True),
            self._function(
                "initial", ["y0"], [(f"y0[{i}]", n) for i, n in enumerate(self.system.initials)], before=True
            ),
            self._function("rate", ["f"], self._rate_rows()),
            self._function("linearise", ["f", "J", "ft"], [*self._rate_rows(), *jacobian, *by_time], notes),
            self._turn(),
            factorise_c(self.plan, self.system.jacobian, self._jacobian_text),
            solve_c(self.plan),
            self._function(
                "observe",
                ["o"],
                [(f"o[{i}]", n) for i, n in enumerate(self.system.outputs)],
                {f"o[{i}]": o.name for i, o in enumerate(outputs)},
            ),
            *self._happenings(),
            self._tables(),
            '#include "run.h"',
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _tables(self) -> str:
        """Return what the solver must know of each state and output: signs, and what computing the outputs reads."""
        g, states = self.graph, self.layout.states
        bits = [[g.varies[node] >> (i + 1) & 1 for i in range(len(states))] for node in self.system.outputs]
        rows = ["{" + ", ".join(map(str, row)) + "}" for row in bits]
        reads = self._uses(list(self.system.outputs), before=False)
        index = self.layout.parameter_index
        parameters = sorted(index[g.nodes[i].name] for i in reads if g.nodes[i].op == "par")
        hoists = sorted(self.hoists[i] for i in reads if i in self.hoists)
        forced = sorted({self.forced[g.nodes[i].name] for i in reads if g.nodes[i].op in FORCED})
        hoists += [slot + k for slot in forced for k in range(3)]
        return "\n".join(
            [
                "TABLE int nonnegative[N_STATES] = {" + ", ".join(str(int(s.nonnegative)) for s in states) + "};",
                "TABLE unsigned char needs[N_OUTPUTS + 1][N_STATES] = {" + ",\n  ".join(rows or ["{0}"]) + "};",
                f"TABLE short observe_p[] = {{{', '.join(map(str, [*parameters, -1]))}}};",
                f"TABLE short observe_c[] = {{{', '.join(map(str, [*hoists, -1]))}}};",
            ]
        )

    def _happenings(self) -> list[str]:
        """Return the functions of the events: how far each is from happening, and what each does to the states."""
        events, system = self.layout.events, self.system
        if not events:
            return []
        names = {s.name: i for i, s in enumerate(self.layout.states)}
        sets = [[int(any(names[s] == i for s in e.sets)) for i in names.values()] for e in events]
        rows = [(f"e[{k}]", node) for k, node in enumerate(system.triggers)]
        acts = [
            self._function(f"act_{e.name}", ["z"], [(f"z[{i}]", node) for i, node in action.items()])
            for e, action in zip(events, system.actions, strict=True)
        ]
        takes = "int which, T t, const T *RESTRICT y, const T *RESTRICT p, const T *RESTRICT c, T *RESTRICT z"
        cases = "".join(f"  if (which == {k}) act_{e.name}(t, y, p, c, z);\n" for k, e in enumerate(events))
        return [
            self._function("crossing", ["e"], rows, {f"e[{k}]": e.name for k, e in enumerate(events)}),
            *acts,
            f"KERNEL void act({takes})\n{{\n{cases}}}",
            "TABLE unsigned char event_sets[N_EVENTS][N_STATES] = {"
            + ", ".join("{" + ", ".join(map(str, row)) + "}" for row in sets)
            + "};",
            f"TABLE int event_stops[N_EVENTS] = {{{', '.join(str(int(e.stops)) for e in events)}}};",
        ]

    def _heading(self) -> str:
        layout = self.layout
        sizes = {
            "GENERATED_FOR": KERNEL_VERSION,
            "N_STATES": len(layout.states),
            "N_PARAMETERS": max(1, len(layout.parameters)),
            "N_HOISTED": max(1, len(self.hoists) + 3 * len(layout.forcings)),
            "FORCED": len(self.hoists),
            "N_EVENTS": len(layout.events),
            "N_OUTPUTS": len(layout.outputs),
            "N_JACOBIAN": max(1, len(self.slots)),
            "N_LU": len(self.plan.entries),
            "AUTONOMOUS": int(self.autonomous),
        }
        words = (
            f"/* {layout.name}: generated by hepatica.engine, not to be edited. Time in {layout.time_unit}.\n"
            f"   {len(layout.states)} states, {len(layout.parameters)} parameters, "
            f"{len(self.system.jacobian)} Jacobian entries, {len(self.plan.entries)} in its LU. */\n"
        )
        return words + "\n".join(f"#define {name} {value}" for name, value in sizes.items())

    def _turn(self) -> str:
        """Return the C function for how fast the slope itself changes: J f, and the slope's own change in time."""
        lines = ["  (void)J; (void)ft; (void)p; (void)c; (void)f;"]
        for i in range(len(self.layout.states)):
            row = sorted(j for k, j in self.system.jacobian if k == i)
            terms = [f"({self._jacobian_text(i, j)}) * f[{j}]" for j in row]
            terms += [] if self.autonomous else [f"ft[{i}]"]
            lines.append(f"  f2[{i}] = {' + '.join(terms) or 'K(0.0)'};")
        takes = "const T *RESTRICT J, const T *RESTRICT ft, const T *RESTRICT p, const T *RESTRICT c"
        return f"KERNEL void turn({takes}, const T *RESTRICT f, T *RESTRICT f2)\n{{\n" + "\n".join(lines) + "\n}"

    def _rate_rows(self) -> list[tuple[str, int]]:
        return [(f"f[{i}]", node) for i, node in enumerate(self.system.rates)]

    def _function(
        self,
        name: str,
        out: list[str],
        rows: list[tuple[str, int]],
        notes: dict[str, str] | None = None,
        *,
        before: bool = False,
    ) -> str:
        """Return a C function that computes rows of (target, node); `before` a run there is no time and no state."""
        takes = ["const T *RESTRICT p"] if before else ["T t", *(f"const T *RESTRICT {a}" for a in "ypc")]
        takes += [f"T *RESTRICT {a}" for a in out]
        unused = "".join(f" (void){a};" for a in [*("p" if before else "typc"), *out])
        body = [f" {unused}", *self._statements(rows, before, notes or {})]
        return f"KERNEL void {name}({', '.join(takes)})\n{{\n" + "\n".join(body) + "\n}"

    def _statements(self, rows: list[tuple[str, int]], before: bool, notes: dict[str, str]) -> list[str]:
        g = self.graph
        uses = self._uses([node for _, node in rows], before)
        targets: dict[int, list[str]] = {}
        for target, node in rows:
            targets.setdefault(node, []).append(target)
        shown: dict[int, str] = {}
        lines: list[str] = []
        for i in sorted(uses):
            text, simple = self._expression(i, shown, before)
            label = None if before or i in self.hoists else g.labels.get(i)
            if not simple and (label or uses[i] > 1 or len(text) > LONGEST):
                name = f"a_{label}" if label else f"v{len(lines) + 1}"
                lines.append(f"  const {'M' if g.nodes[i].op in LOGICAL else 'T'} {name} = {self._bare(text)};")
                text = name
            shown[i] = text
            for target in targets.get(i, ()):
                note = f" /* {notes[target]} */" if target in notes else ""
                lines.append(f"  {target} = {self._bare(text)};{note}")
        return lines

    def _uses(self, roots: list[int], before: bool) -> Counter[int]:
        """Count how often each node is needed; below what is known before the run there is nothing to compute."""
        uses: Counter[int] = Counter(roots)
        stack, seen = list(roots), set()
        while stack:
            i = stack.pop()
            if i in seen:
                continue
            seen.add(i)
            if before or i not in self.hoists:
                uses.update(self.graph.nodes[i].args)
                stack.extend(self.graph.nodes[i].args)
        return uses

    @staticmethod
    def _bare(text: str) -> str:
        if text.startswith("(") and text.endswith(")"):
            depth = 0
            for k, ch in enumerate(text):
                depth += (ch == "(") - (ch == ")")
                if depth == 0 and k < len(text) - 1:
                    return text
            return text[1:-1]
        return text

    def _expression(self, i: int, shown: dict[int, str], before: bool) -> tuple[str, bool]:
        node = self.graph.nodes[i]
        if not before and i in self.hoists:
            return f"c[{self.hoists[i]}]", True
        if node.op == "const":
            return _c_number(node.value), True
        if node.op == "par":
            return f"p_{node.name}", True
        if node.op == "var":
            return ("t" if node.name == "t" else f"x_{node.name}"), True
        if node.op in FORCED:
            first = self.forced[node.name]
            if node.op == "slope":
                return f"c[{first + 2}]", True
            return f"(c[{first}] + (t - c[{first + 1}]) * c[{first + 2}])", False
        a = [shown[k] for k in node.args]
        match node.op:
            case "add":
                if self.graph.nodes[node.args[1]].op == "neg" and a[1].startswith("(-"):
                    return f"({a[0]} - {a[1][2:-1]})", False
                if self.graph.nodes[node.args[0]].op == "neg" and a[0].startswith("(-"):
                    return f"({a[1]} - {a[0][2:-1]})", False
                return f"({a[0]} + {a[1]})", False
            case "mul":
                return f"({self._factor_text(a[0])} * {self._factor_text(a[1])})", False
            case "neg":
                return f"(-{a[0]})", False
            case "min" | "max" if (k := self._bound(node.args)) is not None:
                call = "v_at_most" if node.op == "min" else "v_at_least"
                return f"{call}({a[k]}, {self._bare(a[1 - k])})", False
            case "and":
                return f"({a[0]} & {a[1]})", False
            case "or":
                return f"({a[0]} | {a[1]})", False
            case "not":
                return f"(~{a[0]})", False
        return f"v_{node.op}({', '.join(self._bare(x) for x in a)})", False

    def _bound(self, args: tuple[int, ...]) -> int | None:
        """Return which of two arguments is a number."""
        return next((k for k, i in enumerate(args) if self.graph.value(i) is not None), None)

    def _factor_text(self, text: str) -> str:
        inner = self._bare(text)
        plain = inner != text and " * " in inner and not any(op in inner for op in (" + ", " - ", "(-", "&", "|"))
        return inner if plain and not inner.startswith("-") else text

    def _jacobian_text(self, i: int, j: int) -> str:
        if (i, j) in self.slots:
            return f"J[{self.slots[i, j]}]"
        node = self.system.jacobian[i, j]
        inner = (
            self.graph.nodes[node].args[0] if node not in self.hoists and self.graph.nodes[node].op == "neg" else None
        )
        shown = {} if inner is None else {inner: self._expression(inner, {}, False)[0]}
        return self._expression(node, shown, False)[0]
