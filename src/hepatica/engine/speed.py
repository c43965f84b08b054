"""How fast and how exact, in one run on one machine: this engine and its peers on the same patients."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hepatica.engine.compiled import compile_model
from hepatica.engine.compiler import lanes, library
from hepatica.engine.machine import machine
from hepatica.engine.model import Model
from hepatica.engine.peers import Peer, Solve, Task, peers, supported
from hepatica.engine.problem import Dose, Floats
from hepatica.engine.run import simulate
from hepatica.engine.scipy_path import reference
from hepatica.errors import InputError

DAYS = {"d": 1.0, "h": 1 / 24, "min": 1 / 1440, "s": 1 / 86400, "wk": 7.0, "a": 365.25}
FLOOR = 1e-3
POPULATION = 4096
ERROR = (
    f"largest |value - exact| / (|exact| + floor) over observables, times and patients; the floor is {FLOOR} x the "
    "largest |exact| of that observable and patient, for a state at least the value below which atol rules "
    "(atol x its scale / rtol); exact is scipy's LSODA at 1e-9"
)


def bench(
    model: Model,
    times: Any,
    *,
    observables: Sequence[str],
    doses: Sequence[Dose] = (),
    sample: Callable[[int], Mapping[str, Any]] | None = None,
    rtol: float = 1e-4,
    atol: float = 1e-6,
    breakpoints: Sequence[float] = (),
    seconds: float = 3.0,
    exact_patients: int = 8,
    with_peers: bool = True,
    limit_s: float = 180.0,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Time this engine and its peers; return machine, model, rows and ratios.

    `sample(n)` gives {"parameters": …, "initial": …} of n patients (default: every positive parameter log-normal,
    10 %). `patients_per_s` is patient-years a second; each engine runs for about `seconds`. Doses must be at once and
    the same for all. Every row's error is against the same exact solution of the first `exact_patients`. A peer that
    is not done within `limit_s`, its own compiling included, is a row without a speed.
    """
    if not supported(doses):
        raise InputError("bench gives doses at once, the same for all patients", where=f"model {model.name}")
    draw = sample or (lambda n: {"parameters": spread(model, n)})
    when = np.asarray(times, dtype=np.float64)
    years = float(when[-1] - when[0]) * DAYS.get(model.time_unit, 1.0) / 365.25
    few = Task(
        model, when, tuple(doses), tuple(observables), _plain(draw(exact_patients)), rtol, atol, tuple(breakpoints)
    )
    say = progress or (lambda _: None)
    say("exact solution")
    exact = _stack(
        reference(model, **(few.arguments() | {"rtol": 1e-9, "atol": atol * 1e-4}), **few.population), observables
    )
    rows: list[dict[str, Any]] = []
    cores = machine()["cores"]
    for precision, compile_s in _compile(model).items():
        for threads in sorted({1, cores}):
            say(f"hepatica {precision}, threads {threads}")
            rows.append(_ours(few, draw, years, seconds, exact, precision, threads) | {"compile_s": compile_s})
    if with_peers:
        crowd = Task(**(vars(few) | {"population": _plain(draw(POPULATION))}))
        for peer in peers(crowd, cores):
            say(f"{peer.engine}, threads {peer.threads}")
            rows.append(_theirs(peer, years, seconds, (exact, _least(few)), POPULATION, limit_s))
    return {
        "machine": machine(),
        "model": {
            "name": model.name, "states": len(model.layout.states), "parameters": len(model.layout.parameters),
            "years": round(years, 4), "doses": len(doses), "outputs": len(when), "observables": list(observables),
            "rtol": rtol, "atol": atol,
        },
        "rows": rows,
        "ratios": ratios(rows),
        "error": ERROR,
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


def spread(model: Model, n: int, sd: float = 0.1) -> dict[str, Floats]:
    """Return log-normal values of every positive parameter; patient i has the same for any n."""
    drawn: dict[str, Floats] = {}
    for number, p in enumerate(model.layout.parameters):
        if p.value > 0:
            drawn[p.name] = p.value * np.exp(sd * np.random.default_rng([number, 1]).standard_normal(n))
    return drawn


def ratios(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return how many times faster the best row of this engine is than the best of each other one."""
    best: dict[str, float] = {}
    single: dict[str, float] = {}
    for row in rows:
        if row["patients_per_s"]:
            name = row["engine"]
            best[name] = max(best.get(name, 0.0), row["patients_per_s"])
            if row["threads"] == 1:
                single[name] = max(single.get(name, 0.0), row["patients_per_s"])
    found = {f"hepatica / {name}": best["hepatica"] / v for name, v in best.items() if name != "hepatica"}
    if "scipy" in single:
        found["hepatica / scipy, one core each"] = single["hepatica"] / single["scipy"]
    return {name: round(value, 1) for name, value in found.items()}


def _plain(drawn: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: dict(values) for kind, values in drawn.items() if kind in ("parameters", "initial")}


def _stack(result: Any, observables: Sequence[str]) -> Floats:
    return np.stack([result[name] for name in observables])


def _least(task: Task) -> Floats:
    """Return, for each observable, the value below which atol rules: zero for what is not a state."""
    layout = task.model.layout
    scales = {state.name: state.atol_scale for state in layout.states}
    return np.array([scales.get(name, 0.0) * task.atol / task.rtol for name in task.observables])[:, None, None]


def _error(found: Floats, exact: Floats, least: Floats) -> float:
    n = min(found.shape[2], exact.shape[2])
    a, b = found[:, :, :n], exact[:, :, :n]
    floor = np.maximum(FLOOR * np.abs(b).max(axis=1, keepdims=True), least) + 1e-300
    held = ~np.isnan(a).any(axis=(0, 1))
    return float(np.max(np.abs(a - b)[:, :, held] / (np.abs(b) + floor)[:, :, held], initial=0.0))


def _compile(model: Model) -> dict[str, float]:
    took: dict[str, float] = {}
    for precision in ("f32", "f64"):
        began = time.perf_counter()
        library(compile_model(model).source, precision, lanes(precision))
        took[precision] = round(time.perf_counter() - began, 3)
    return took


def _ours(
    few: Task,
    draw: Callable[[int], Mapping[str, Any]],
    years: float,
    seconds: float,
    exact: Floats,
    precision: Any,
    threads: int,
) -> dict[str, Any]:
    call = few.arguments() | {"precision": precision, "threads": threads}
    error = _error(_stack(simulate(few.model, **call, **few.population), few.observables), exact, _least(few))
    n = 1024
    while True:
        drawn = _plain(draw(n))
        began = time.perf_counter()
        result = simulate(few.model, **call, **drawn, n=n)
        took = time.perf_counter() - began
        if took > seconds / 3 or n >= 1_000_000:
            break
        n = int(min(1_000_000, max(2 * n, n * seconds / took)))
    return {
        "engine": "hepatica", "method": "Rodas5P, compiled", "precision": precision, "threads": threads, "patients": n,
        "seconds": round(took, 3), "patients_per_s": round(n * years / took, 1), "max_rel_error": error,
        "steps": round(float(result.steps.mean()), 1), "failed": int((~result.ok).sum()),
    }  # fmt: skip


def _theirs(
    peer: Peer, years: float, seconds: float, truth: tuple[Floats, Floats], most: int, limit_s: float
) -> dict[str, Any]:
    """Return a peer's row; it runs in a process of its own, so that it can neither hang nor end the comparison."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_measure, args=(theirs, peer, years, seconds, truth, most))
    child.start()
    theirs.close()
    row = {"engine": peer.engine, "method": peer.method, "precision": peer.precision, "threads": peer.threads}
    try:
        answer = ours.recv() if ours.poll(limit_s) else {"note": f"not done within {limit_s:g} s"}
    except EOFError:
        answer = {"note": "it ended without an answer"}
    child.kill()
    child.join()
    return row | {"patients_per_s": None, "max_rel_error": None} | answer


def _measure(pipe: Any, peer: Peer, years: float, seconds: float, truth: tuple[Floats, Floats], most: int) -> None:
    exact, least = truth
    try:
        n = peer.batch or exact.shape[2]
        began = time.perf_counter()
        found = peer.solve(n)
        error, lost = _error(found, exact, least), int(np.isnan(found).any(axis=(0, 1)).sum())
        first = time.perf_counter() - began
        n, took = _longest(peer.solve, n, seconds, peer.batch or most)
        pipe.send(
            {
                "patients": n, "seconds": round(took, 3), "patients_per_s": round(n * years / took, 2),
                "max_rel_error": error, "first_call_s": round(first, 2), "failed": lost, "of": found.shape[2],
            }
        )  # fmt: skip
    except Exception as fault:  # a peer's own failure is a row
        pipe.send({"note": f"{type(fault).__name__}: {fault}"[:200]})


def _longest(solve: Solve, n: int, seconds: float, most: int) -> tuple[int, float]:
    """Time ever more patients until one run takes a third of `seconds`."""
    while True:
        began = time.perf_counter()
        solve(n)
        took = time.perf_counter() - began
        if took > seconds / 3 or n >= most:
            return n, took
        n = int(min(most, max(2 * n, n * seconds / took / 2)))
