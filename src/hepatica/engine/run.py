"""Run a model for one patient or many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from hepatica.engine.problem import Dose, Result


def simulate(
    model: Any,
    times: Any,
    *,
    n: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    doses: Sequence[Dose] = (),
    observables: Sequence[str] = (),
    precision: Literal["f64", "f32"] = "f64",
    rtol: float = 1e-4,
    atol: float = 1e-6,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    breakpoints: Sequence[float] = (),
    start: float | None = None,
) -> Result:
    """Integrate a model and return the observables at the output times."""
    from hepatica.engine.reference import reference

    return reference(
        model, times, n=n, parameters=parameters, initial=initial, doses=doses, observables=observables,
        rtol=rtol, atol=atol, breakpoints=breakpoints, start=start,
    )  # fmt: skip
