"""Models out of models: one becomes part of another under a prefix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy

from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.engine.language.model import Model


def include(whole: Model, part: Model, prefix: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Add all of `part` to `whole`, as `Model.include` says; raise InputError for an input that is no parameter."""
    layout = part.freeze().layout
    for name in inputs:
        layout.find(name, layout.parameter_index, "parameter")
    if part.time_unit != whole.time_unit:
        raise InputError(
            f"model {part.name} counts time in {part.time_unit}, {whole.name} in {whole.time_unit}",
            mend="write both in one unit",
        )
    new: dict[str, Any] = {"t": whole.time} | {name: sympy.sympify(expr) for name, expr in inputs.items()}

    def there(expr: Any) -> Any:
        return expr.xreplace({part.symbols[s.name]: new[s.name] for s in expr.free_symbols if s.name in new})

    written = {(name, kind): expr for place, name, kind, expr in part.declared() if kind in ("assign", "observe")}
    for p in layout.parameters:
        if p.name not in new:
            new[p.name] = whole.parameter(prefix + p.name, p.value, **_notes(p))
    for f in layout.forcings:
        new[f.name] = whole.forcing(prefix + f.name, f.times, f.values, kind=f.kind, **_notes(f))
    for s in layout.states:
        start = there(part.initials[s.name])
        new[s.name] = whole.state(
            prefix + s.name, start, atol_scale=s.atol_scale, nonnegative=s.nonnegative, **_notes(s)
        )
    for o in layout.outputs:
        if o.kind == "assign":
            new[o.name] = whole.assign(prefix + o.name, there(written[o.name, "assign"]), **_notes(o))
        else:
            whole.observe(prefix + o.name, there(written[o.name, "observe"]), **_notes(o))
    for _, name, kind, expr in part.declared():
        if kind == "rate":
            whole.rate(new[name], there(expr))
    for e in layout.events:
        action = {new[state]: there(expr) for state, expr in part.actions[e.name].items()}
        whole.add_event(replace(e, name=prefix + e.name), there(part.triggers[e.name]) >= 0, action)
    return new


def _notes(row: Any) -> dict[str, str]:
    return {"unit": row.unit, "source": row.source, "grade": row.grade, "text": row.text}
