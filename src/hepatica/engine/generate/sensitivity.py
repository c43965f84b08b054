"""Forward sensitivities: the derivatives of states and outputs by parameters, from the same graph as the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hepatica.engine.generate.compiled import CompiledModel
from hepatica.engine.generate.emit import system_c
from hepatica.engine.generate.translate import System, translate
from hepatica.engine.language.layout import Output, State
from hepatica.engine.language.model import Model
from hepatica.errors import InputError


def with_sensitivities(model: Model, parameters: Sequence[str], outputs: Sequence[str] | None = None) -> CompiledModel:
    """Return a model that also integrates the derivatives of its states by some parameters.

    The derivative of a state or output `a` by a parameter `b` is the observable `a__b`, in the unit of a over that of
    b. `outputs` are those whose derivatives are wanted (default: all). The derivatives are of the course with the
    start that the model gives; where a run sets an initial value itself, set `initial={"a__b": 0}` too.
    """
    layout = model.freeze().layout
    for name in parameters:
        layout.find(name, layout.parameter_index, "parameter")
    indices = {o.name: i for i, o in enumerate(layout.outputs)}
    chosen = list(indices if outputs is None else outputs)
    for name in chosen:
        layout.find(name, indices, "output")
    if layout.events:
        raise InputError(
            f"model {layout.name} has events, and a derivative jumps where one happens",
            mend="differentiate a model without them, or take finite differences",
        )
    if not parameters:
        raise InputError("no parameter to differentiate by", where=f"model {layout.name}")
    system = _extend(translate(model), list(dict.fromkeys(parameters)), chosen)
    return CompiledModel(system.layout, system_c(system))


def _extend(system: System, parameters: list[str], outputs: list[str]) -> System:
    graph, layout = system.graph, system.layout
    states = [s.name for s in layout.states]
    graph.variables += tuple(f"{s}__{p}" for p in parameters for s in states)
    rates, initials = list(system.rates), list(system.initials)
    new_states: list[State] = []
    new_outputs: list[Output] = []
    nodes = list(system.outputs)
    wanted = [i for i, o in enumerate(layout.outputs) if o.name in outputs]
    for p in parameters:
        size = abs(layout.parameters[layout.parameter_index[p]].value) or 1.0
        for i, s in enumerate(layout.states):
            rates.append(_total_slope(system, system.rates[i], states, p))
            initials.append(graph.slope(system.initials[i], p))
            new_states.append(
                State(
                    f"{s.name}__{p}", "", f"{s.unit}/({p})", text=f"d {s.name} / d {p}", atol_scale=s.atol_scale / size
                )
            )
        for i in wanted:
            o = layout.outputs[i]
            nodes.append(_total_slope(system, system.outputs[i], states, p))
            new_outputs.append(Output(f"{o.name}__{p}", "observe", f"{o.unit}/({p})", text=f"d {o.name} / d {p}"))
    extended = replace(layout, states=(*layout.states, *new_states), outputs=(*layout.outputs, *new_outputs))
    return System(extended, graph, rates, initials, nodes)


def _total_slope(system: System, node: int, states: list[str], parameter: str) -> int:
    """Return the derivative of a node by a parameter, its way through the states included."""
    graph = system.graph
    through = [graph.mul(graph.slope(node, j + 1), graph.variable(f"{s}__{parameter}")) for j, s in enumerate(states)]
    return graph.total([graph.slope(node, parameter), *through])
