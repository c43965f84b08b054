"""A model without intermediates: expressions of states, parameters and time alone, and as plain Python functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sympy

from hepatica.engine.language.layout import Forcing
from hepatica.engine.language.model import Model


def as_piecewise(forcing: Forcing, t: Any) -> Any:
    """Return a forcing table as an expression of time."""
    knots, values = forcing.times, forcing.values
    pieces: list[Any] = [(values[0], t < knots[0])]
    for (t0, t1), (v0, v1) in zip(pairwise(knots), pairwise(values), strict=True):
        pieces.append((v0 + (v1 - v0) * (t - t0) / (t1 - t0) if forcing.kind == "linear" else v0, t < t1))
    return sympy.Piecewise(*pieces, (values[-1], True))


def flatten(model: Model, expr: Any) -> Any:
    """Return an expression with every intermediate written out; forcing tables stay symbols."""
    definitions = {model.symbols[k]: v for k, v in model.definitions.items() if k in model.symbols}
    while expr.free_symbols & definitions.keys():
        expr = expr.xreplace(definitions)
    return expr


@dataclass(frozen=True)
class PythonModel:
    """A model as plain Python functions of (t, y, p, forced): what scipy runs."""

    rate: Callable[..., Any]
    observe: Callable[..., Any]
    initial: Callable[..., Any]
    level: Callable[..., Any]
    acts: tuple[Callable[..., Any], ...]


def compile_python(model: Model, names: list[str]) -> PythonModel:
    """Return the model's functions in Python; `observe` gives the observables in `names`."""
    layout = model.freeze().layout
    parameters = [model.symbols[p.name] for p in layout.parameters]
    along = [model.time, [model.symbols[s.name] for s in layout.states], parameters]
    along.append([model.symbols[f.name] for f in layout.forcings])

    def build(exprs: list[Any], args: list[Any] = along) -> Callable[..., Any]:
        built: Callable[..., Any] = sympy.lambdify(args, [flatten(model, e) for e in exprs], modules="math", cse=True)
        return built

    return PythonModel(
        build([sympy.Add(*terms) for terms in model.rates.values()]),
        build([model.definitions.get(name, model.symbols.get(name)) for name in names]),
        build(list(model.initials.values()), [parameters]),
        build(list(model.triggers.values())),
        tuple(build(list(action.values())) for action in model.actions.values()),
    )
