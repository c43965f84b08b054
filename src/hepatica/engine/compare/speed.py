"""How fast and how exact, in one run on one machine: this engine and its peers on the same patients."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

from hepatica.engine.compare.peers import ON_GPU, OURS, PEERS, Peer, Task, supported
from hepatica.engine.compare.peers.crew import Crew, Refused
from hepatica.engine.generate.compiled import compile_model
from hepatica.engine.language.model import Model
from hepatica.engine.solve.cost import peak_flops, step_flops
from hepatica.engine.solve.gpu import missing
from hepatica.engine.solve.machine import machine
from hepatica.engine.solve.problem import Dose, Floats
from hepatica.engine.solve.run import simulate
from hepatica.engine.solve.scipy_path import reference
from hepatica.errors import InputError

DAYS = {"d": 1.0, "h": 1 / 24, "min": 1 / 1440, "s": 1 / 86400, "wk": 7.0, "a": 365.25}
FLOOR = 1e-3
POPULATION = 16_384
EXACT_RTOL = 1e-9
PATIENCE_S = 400.0
"""For one engine to compile and solve the first patients; a round may last a tenth of it longer than asked."""
ERROR = (
    f"largest |value - exact| / (|exact| + floor) over observables, times and patients; the floor is {FLOOR} x the "
    "largest |exact| of that observable and patient, for a state at least the value below which atol rules "
    f"(atol x its scale / rtol); exact is scipy's LSODA at {EXACT_RTOL:g}"
)
RATE = "patients_per_s is patient-years a second, the median of the rounds; best_patients_per_s the best round"


@dataclass
class _Row:
    """One engine on so many threads, as it is measured."""

    peer: Peer
    threads: int
    crew: Crew | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    rounds: list[dict[str, Any]] = field(default_factory=list)

    def told(self, years: float) -> dict[str, Any]:
        rates = [r["rate"] * years for r in self.rounds]
        return {
            "engine": self.peer.engine, "method": self.peer.method, "precision": self.peer.precision,
            "threads": self.threads,
            "patients_per_s": round(median(rates), 2) if rates else None,
            "best_patients_per_s": round(max(rates), 2) if rates else None,
            "max_rel_error": None, "rounds": len(rates),
            "patients": sum(r["patients"] for r in self.rounds),
            "seconds": round(sum(r["seconds"] for r in self.rounds), 3),
            "peak_memory_mb": round(max(r["memory_mb"] for r in self.rounds)) if rates else None,
        } | self.facts  # fmt: skip


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
    rounds: int = 5,
    exact_patients: int = 8,
    with_peers: bool = True,
    peers: Sequence[Peer] = PEERS,
    limit_s: float = 840.0,
    progress: Callable[[float, str], None] | None = None,
) -> dict[str, Any]:
    """Time this engine and its peers; return machine, model, rows and ratios.

    Each engine runs in processes of its own, on one core and on all, for `seconds` in each of `rounds`; the rounds of
    all engines alternate, so that a busy moment of the machine meets all. `sample(n)` gives {"parameters": …,
    "initial": …} of n patients (default: see `spread`). `patients_per_s` is
    patient-years a second. Doses must be at once and the same for all. Every row's error is against the same exact
    solution of the first `exact_patients`. Within `limit_s` in all: what is not done by then is a row without a speed
    or with fewer rounds. `progress` is called with (share done, what comes). Raises InputError for doses that peers
    cannot give.
    """
    if not supported(doses):
        raise InputError("bench gives doses at once, the same for all patients", where=f"model {model.name}")
    until, load = time.monotonic() + limit_s, _load()
    say = progress or (lambda share, text: None)
    when = np.asarray(times, dtype=np.float64)
    years = float(when[-1] - when[0]) * DAYS.get(model.time_unit, 1.0) / 365.25
    drawn = dict(sample(POPULATION) if sample else {"parameters": spread(model, POPULATION)})
    population = {kind: dict(values) for kind, values in drawn.items() if kind in ("parameters", "initial")}
    task = Task(model, when, tuple(doses), tuple(observables), population, rtol, atol, tuple(breakpoints), POPULATION)
    say(0.0, "exact solution")
    exact, agreement = _exact(task, exact_patients)
    chosen = (*OURS, *(() if missing() else ON_GPU), *(peers if with_peers else ()))
    cores = machine()["cores"]
    rows: list[_Row] = []
    ready = until - min(limit_s / 2, 3 * seconds * rounds * len(chosen))
    try:
        for number, peer in enumerate(chosen):
            say(0.05 + 0.4 * number / len(chosen), f"{peer.engine} {peer.precision}: compile, check")
            rows += _enter(peer, task, cores, exact, ready)
        _race(rows, seconds, rounds, until, say)
    finally:
        for row in rows:
            if row.crew:
                row.crew.close()
    say(1.0, "done")
    told = [row.told(years) for row in rows]
    return {
        "machine": machine(),
        "model": {
            "name": model.name, "states": len(model.layout.states), "parameters": len(model.layout.parameters),
            "years": round(years, 4), "doses": len(doses), "outputs": len(when), "observables": list(observables),
            "rtol": rtol, "atol": atol,
        },
        "rows": told,
        "ratios": ratios(told),
        "ratios_of_best_rounds": ratios(told, "best_patients_per_s"),
        "limit": _limit(model, told, years),
        "rate": RATE,
        "error": ERROR,
        "exact": {"rtol": EXACT_RTOL, "patients": exact_patients, "hepatica_f64_differs_by": agreement},
        "load": {"before": load, "after": _load()},
        "took_s": round(limit_s - (until - time.monotonic()), 1),
    }  # fmt: skip


def _limit(model: Model, rows: Sequence[Mapping[str, Any]], years: float) -> list[dict[str, Any]]:
    """Return how near this engine comes to the arithmetic that one core could do, by precision."""
    found = []
    operations = step_flops(compile_model(model).source)["total"]
    for row in rows:
        if (
            row["engine"] == "hepatica"
            and "CUDA" not in row["method"]
            and row["threads"] == 1
            and row.get("steps")
            and row["best_patients_per_s"]
        ):
            peak = peak_flops(row["precision"], 1)
            achieved = row["best_patients_per_s"] / years * row["steps"] * operations
            found.append(
                {
                    "precision": row["precision"], "operations_a_step": operations,
                    "achieved_gflop_s": round(achieved / 1e9, 1), "peak_gflop_s": round(peak / 1e9, 1),
                    "share": round(achieved / peak, 3),
                }
            )  # fmt: skip
    return found


def _load() -> float | None:
    """Return how many processes wanted a core over the last minute, where the system tells."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def spread(model: Model, n: int, sd: float = 0.1) -> dict[str, Floats]:
    """Return log-normal values of every positive parameter, or odds of what lies below 1, since it may be a share.

    Patient i has the same for any n.
    """
    drawn: dict[str, Floats] = {}
    for number, p in enumerate(model.layout.parameters):
        factor = np.exp(sd * np.random.default_rng([number, 1]).standard_normal(n))
        if 0 < p.value < 1:
            odds = p.value / (1 - p.value) * factor
            drawn[p.name] = odds / (1 + odds)
        elif p.value > 0:
            drawn[p.name] = p.value * factor
    return drawn


def ratios(rows: Sequence[Mapping[str, Any]], rate: str = "patients_per_s") -> dict[str, float]:
    """Return how many times faster the best row of this engine is than the best of each other one."""
    best: dict[str, float] = {}
    single: dict[str, float] = {}
    for row in rows:
        if row[rate]:
            name = row["engine"]
            best[name] = max(best.get(name, 0.0), row[rate])
            if row["threads"] == 1:
                single[name] = max(single.get(name, 0.0), row[rate])
    if "hepatica" not in best:
        return {}
    found = {f"hepatica / {name}": best["hepatica"] / v for name, v in best.items() if name != "hepatica"}
    for name in single:
        if name != "hepatica" and "hepatica" in single:
            found[f"hepatica / {name}, one core each"] = single["hepatica"] / single[name]
    return {name: round(value, 1) for name, value in found.items()}


def _exact(task: Task, patients: int) -> tuple[Floats, float]:
    """Return the exact values of the first patients, and how far this engine is from them at the same tolerance."""
    few = task.take(range(patients))
    tight = task.arguments() | {"rtol": EXACT_RTOL, "atol": task.atol * 1e-4}
    told = [call(task.model, n=patients, **tight, **few) for call in (reference, simulate)]
    values, ours = (np.stack([r[name] for name in task.observables]) for r in told)
    return values, error(ours, values, _least(task))


def _enter(peer: Peer, task: Task, cores: int, exact: Floats, until: float) -> list[_Row]:
    """Build an engine and look at its error; one that fails is one row with a note."""

    def patience() -> float:
        return max(0.1, min(PATIENCE_S, until - time.monotonic()))

    crew: Crew | None = None
    try:
        crew = Crew(peer, task, cores, patience())
        solved = crew.solve(exact.shape[2], patience())
    except Refused as reason:
        if crew:
            crew.close()
        return [_Row(peer, cores, facts={"note": str(reason)})]
    facts = {
        "max_rel_error": error(solved["values"], exact, _least(task)),
        "compile_s": round(crew.compile_s, 2),
        "steps": solved["steps"],
        "failed": solved["lost"],
        "of": solved["of"],
    }
    return [_Row(peer, threads, crew, dict(facts)) for threads in sorted({1, cores} if peer.device == "cpu" else {1})]


def _race(rows: list[_Row], seconds: float, rounds: int, until: float, say: Callable[[float, str], None]) -> None:
    """Run every row in turn, round after round, while time is left."""
    for number in range(rounds):
        for place, row in enumerate(rows):
            if row.crew is None or "note" in row.facts:
                continue
            share = (number + place / len(rows)) / rounds
            say(0.45 + 0.55 * share, f"round {number + 1}: {row.peer.engine} {row.peer.precision}, {row.threads}")
            left = until - time.monotonic()
            slowest = max((r["seconds"] for r in row.rounds), default=0.0)
            if left < max(seconds, slowest):
                continue
            try:
                row.rounds.append(row.crew.run(row.threads, seconds, min(left, seconds + PATIENCE_S / 10)))
            except Refused as reason:
                for other in rows:
                    if other.crew is row.crew:
                        other.facts["note"] = str(reason)


def _least(task: Task) -> Floats:
    """Return, for each observable, the value below which atol rules: zero for what is not a state."""
    scales = {state.name: state.atol_scale for state in task.model.layout.states}
    return np.array([scales.get(name, 0.0) * task.atol / task.rtol for name in task.observables])[:, None, None]


def error(found: Floats, exact: Floats, least: Floats) -> float:
    """Return the largest relative error of the patients that both solved (see ERROR)."""
    floor = np.maximum(FLOOR * np.abs(exact).max(axis=1, keepdims=True), least) + 1e-300
    held = ~np.isnan(found + exact).any(axis=(0, 1))
    return float(np.max((np.abs(found - exact) / (np.abs(exact) + floor))[:, :, held], initial=0.0))
