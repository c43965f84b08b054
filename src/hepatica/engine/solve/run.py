"""Run a model for one patient or many: chunks of patients over threads, each in compiled C."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hepatica.engine.generate.compiled import CompiledModel, compile_model
from hepatica.engine.solve.compiler import METHOD, Precision, lanes, library
from hepatica.engine.solve.machine import available_cores
from hepatica.engine.solve.packed import Host, Raw, pack
from hepatica.engine.solve.problem import FINE, INTERRUPTED, Dose, Problem, Result, prepare, select
from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.engine.language.model import Model

MAX_STEPS = 100_000
Solver = Literal["rodas5p", "rodas4", "rodas4p2", "dopri5"]
METHODS: dict[str, int] = {"rodas5p": METHOD, "rodas4": 4, "rodas4p2": 42, "dopri5": 54}
"""The METHOD of kernel/tableau.h by name."""


def simulate(
    model: Model | CompiledModel,
    times: Any,
    *,
    n: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    doses: Sequence[Dose] = (),
    observables: Sequence[str] = (),
    precision: Precision = "f64",
    rtol: float = 1e-4,
    atol: float = 1e-6,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    breakpoints: Sequence[float] = (),
    start: float | None = None,
    max_steps: int = MAX_STEPS,
    forcing: Mapping[str, tuple[Any, Any]] | None = None,
    solver: Solver = "rodas5p",
    seed: int = 0,
    first_patient: int = 0,
    device: Literal["cpu", "gpu"] = "cpu",
) -> Result:
    """Integrate a model for n patients and return the observables at the output times.

    Parameters, initial values and dose amounts are one number for all or an array of n. The run begins at `start`
    (default: the first output). `atol` is multiplied by each state's `atol_scale`. At `breakpoints` the step is cut
    and restarted small. `forcing[name]` is (times, values) in place of a table of the model, values [times] or
    [times, n]. The chance events of patient i are drawn by (seed, event, first_patient + i). `solver` is a stiff
    Rosenbrock method ("rodas5p", "rodas4", "rodas4p2") or, for models that are not stiff, "dopri5". Patients that f32
    cannot hold are computed again in f64. `progress` is called with (patients done, patients). A patient's numbers
    never depend on the other patients, on threads or on chunks. `device="gpu"` runs the same source through CUDA.
    Raises InputError for anything the caller got wrong, CannotAnswer where there is no compiler, or no GPU that was
    asked for; what fails along the run is told by `Result.code`.
    """
    compiled = compile_model(model)
    problem = prepare(
        compiled.layout, times, n=n, parameters=parameters, initial=initial, doses=doses, observables=observables,
        rtol=rtol, atol=atol, breakpoints=breakpoints, start=start, forcing=forcing, seed=seed,
        first_patient=first_patient,
    )  # fmt: skip
    where = f"model {compiled.name}"
    if precision not in ("f32", "f64"):
        raise InputError(f"precision {precision!r}", where=where, mend='choose "f32" or "f64"')
    if solver not in METHODS:
        raise InputError(f"solver {solver!r}", where=where, mend=f"choose one of {', '.join(METHODS)}")
    if device not in ("cpu", "gpu"):
        raise InputError(f"device {device!r}", where=where, mend='choose "cpu" or "gpu"')
    if threads is not None and threads < 1:
        raise InputError(f"{threads} threads", where=where, mend="give at least one, or leave it out")
    workers, method = threads or available_cores(), METHODS[solver]

    def go(asked: Problem, number: Precision, told: Callable[[int, int], None] | None) -> Raw:
        if device == "gpu":
            from hepatica.engine.solve.gpu import run_gpu

            return run_gpu(compiled, asked, number, told, max_steps, method)
        return run(compiled, asked, number, workers, told, max_steps, method)

    raw = go(problem, precision, progress)
    lost = np.flatnonzero(~np.isin(raw.code, (*FINE, INTERRUPTED)))
    if precision == "f32" and lost.size:
        again = go(select(problem, lost), "f64", None)
        for kept, new in zip(raw.arrays(), again.arrays(), strict=True):
            kept[..., lost] = new
    names = [e.name for e in compiled.layout.events]
    return Result(
        problem.times, dict(zip(problem.observables, raw.values, strict=True)), raw.code, raw.steps, raw.reached,
        dict(zip(names, raw.happened, strict=True)), dict(zip(names, raw.how_often, strict=True)),
    )  # fmt: skip


def run(
    compiled: CompiledModel,
    problem: Problem,
    precision: Precision,
    threads: int,
    progress: Callable[[int, int], None] | None,
    max_steps: int,
    method: int = METHOD,
) -> Raw:
    """Run a checked problem."""
    width = lanes(precision)
    built = library(compiled.source, precision, width, method)
    raw = Raw.empty(problem)
    stop = ctypes.c_int32(0)
    place = Host()
    packed = pack(problem, raw, place, max_steps, ctypes.addressof(stop))
    chunk = max(width * 16, min(4096, -(-problem.n // (threads * 8))))
    spans = [(a, min(a + chunk, problem.n)) for a in range(0, problem.n, chunk)]
    done = 0

    def work(span: tuple[int, int]) -> int:
        ran: int = built.run(ctypes.byref(packed), *span)
        return ran

    if len(spans) == 1 or threads == 1:
        for span in spans:
            done += work(span)
            if progress:
                progress(done, problem.n)
    else:
        with ThreadPoolExecutor(min(threads, len(spans))) as pool:
            try:
                for ran in pool.map(work, spans):
                    done += ran
                    if progress:
                        progress(done, problem.n)
            except BaseException:
                stop.value = 1
                raise
    del place
    return raw
