"""A model in words and as a drawing: what its author reads to see that it says what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hepatica.engine.language.model import Model


def table(model: Model) -> str:
    """Return states, equations, events and parameters as text."""
    return "\n".join(row.rstrip() for row in _rows(model))


def _rows(model: Model) -> Iterator[str]:
    layout = model.freeze().layout
    yield f"model {model.name} (time in {model.time_unit})"
    yield from ("", "states")
    for s in layout.states:
        yield f"  {s.name} [{s.unit}]  {s.text}  {_support(s)}"
        yield f"    at start {s.initial}"
        yield f"    d/dt = {' + '.join(f'({e})' if e.is_Add else str(e) for e in model.rates[s.name])}"
    for kind, title in (("assign", "intermediates"), ("observe", "observables")):
        chosen = [o for o in layout.outputs if o.kind == kind]
        yield from ("", title) if chosen else ()
        for o in chosen:
            yield f"  {o.name} [{o.unit}] = {model.definitions[o.name]}  {o.text}"
    yield from ("", "forcings") if layout.forcings else ()
    for f in layout.forcings:
        yield f"  {f.name} [{f.unit}]  {len(f.times)} knots, {f.kind}  {f.text}  {_support(f)}"
    yield from ("", "events") if layout.events else ()
    for e in layout.events:
        yield f"  {e.name}  when {model.triggers[e.name]} rises through 0  {e.text}  {_support(e)}"
        for state, expr in model.actions[e.name].items():
            yield f"    {state} becomes {expr}"
        if e.stops:
            yield "    the run stops"
    yield from ("", "parameters")
    for p in layout.parameters:
        yield f"  {p.name} = {p.value:g} {p.unit}  {p.text}  {_support(p)}"


def _support(row: Any) -> str:
    return f"({row.source or 'no source'}; grade {row.grade or '-'})"


def diagram(model: Model) -> str:
    """Return a Mermaid flow chart: an arrow from each state or forcing to the states whose rates it enters."""
    layout = model.freeze().layout
    states = [s.name for s in layout.states]
    sources = [*states, *(f.name for f in layout.forcings)]
    lines = ["flowchart LR", *(f"  {name}([{name}])" for name in states)]
    lines += [f"  {f.name}[/{f.name}/]" for f in layout.forcings]
    for target in states:
        seen = _entering(model, model.rates[target])
        lines += [f"  {name} --> {target}" for name in sources if name in seen and name != target]
    for e in layout.events:
        lines.append(f"  {e.name}{{{{{e.name}}}}}")
        seen = _entering(model, [model.triggers[e.name]])
        lines += [f"  {name} -.-> {e.name}" for name in sources if name in seen]
        lines += [f"  {e.name} ==> {name}" for name in e.sets]
        if e.stops:
            lines.append(f"  {e.name} ==> stop((stop))")
    return "\n".join(lines)


def _entering(model: Model, exprs: list[Any]) -> set[str]:
    """Return the names that expressions depend on, through intermediates."""
    found: set[str] = set()
    queue = list(exprs)
    while queue:
        for name in {s.name for s in queue.pop().free_symbols} - found:
            found.add(name)
            if name in model.definitions:
                queue.append(model.definitions[name])
    return found
