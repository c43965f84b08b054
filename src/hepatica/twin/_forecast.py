"""What would happen: every option for the same virtual patients, under common random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hepatica.therapy import Regimen

from . import _actions as treatments
from ._body import table
from ._build import twin
from ._delivery import prepare
from ._fit import Fit
from ._posterior import draw_potency
from ._scores import SCORES, scores
from ._virtual import Virtual, doses

Array = NDArray[np.float64]
Point = dict[str, float]

LABS = (
    "albumin_g_l",
    "bilirubin_umol_l",
    "inr",
    "creatinine_umol_l",
    "sodium_mmol_l",
    "alt_u_l",
    "ast_u_l",
    "platelets_e9_l",
    "ammonia_umol_l",
    "hvpg_mmhg",
    "ascites_l",
    "hepatocytes_fraction",
    "collagen_percent",
    "macrophages_inflammatory",
    "icg_r15_percent",
)
OUTCOMES = ("alive_untransplanted", "alive_transplanted", "alive_transplanted_recent", "decompensation_incidence")
EVENTS = ("ascites", "bleeding", "encephalopathy", "infection", "aclf", "hcc")
STORES = ("glycogen_g", "glucose_mmol_l")
ORGANS = ("lung", "liver", "spleen", "rest")
VARIABLES = (*SCORES, *LABS)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that could be done: cells by a regimen, other treatments by id, both, or neither.

    `factors` multiply parameters of the model in every draw of this option (what-if).
    """

    id: str
    regimen: Regimen | None = None
    actions: tuple[str, ...] = ()
    factors: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of one option; every list holds one point a day.

    `events`: probability so far by kind (ascites, bleeding, encephalopathy: as the first decompensation to come).
    `stores`: glycogen of the liver and glucose in blood.
    """

    option: Option
    variables: dict[str, list[Point]]
    survival: list[Point]
    transplant_free_survival: list[Point]
    decompensation: list[Point]
    events: dict[str, list[Point]]
    stores: dict[str, list[Point]]
    difference: dict[str, list[Point]]
    cells: list[Point] | None
    share_paracrine: dict[str, float] | None
    draws: dict[str, Array]
    failed: int


def compare(
    virtual: Virtual,
    options: Sequence[Option],
    days: Sequence[float],
    *,
    fixed: dict[str, float] | None = None,
    seed: int = 1,
    bound: dict[str, Any] | None = None,
) -> dict[str, Forecast]:
    """Return a forecast by option id; differences are against `standard_care`, draw by draw.

    Args:
        virtual: virtual patients of one person.
        options: what to compare; standard care is added where it is not among them.
        days: days from the decision, in order, from 0 on.
        fixed: encephalopathy_grade, female (0/1), dialysis (0/1), cholestatic (0/1) for the scores.
        seed: keyed by purpose: options differ by treatment alone.
        bound: parameters to override for everybody (what-if).
    """
    wanted = list(options)
    if all(o.id != "standard_care" for o in wanted):
        wanted.insert(0, Option("standard_care", actions=("standard_care",)))
    times = np.asarray(sorted({0.0, *map(float, days)}))
    raw = {o.id: _run(virtual, o, times, seed, bound or {}) for o in wanted}
    for run in raw.values():
        run["values"] |= scores(run["values"], fixed or {})
    base = raw["standard_care"]
    return {o.id: _summarise(o, raw[o.id], base, times, virtual, seed, fixed or {}, bound or {}) for o in wanted}


def forecast(
    fit: Fit, options: Sequence[Option], days: Sequence[float], *, seed: int = 1, bound: dict[str, Any] | None = None
) -> dict[str, Forecast]:
    """Return a forecast by option id for one fitted person; see `compare`."""
    return compare(fit.virtual, options, days, fixed=dict(fit.fixed), seed=seed, bound=bound)


def _run(
    virtual: Virtual,
    option: Option,
    times: Array,
    seed: int,
    bound: dict[str, Any],
    precision: Literal["f32", "f64"] = "f64",
) -> dict[str, Any]:
    from hepatica.engine import simulate

    n = virtual.n
    parameters: dict[str, Any] = dict(virtual.parameters)
    given, breaks = treatments.parameters(option.actions, virtual.course, n, seed)
    parameters |= given
    cells: list[Any] = []
    observables = [*LABS, *OUTCOMES, *STORES, *(f"{k}_incidence" for k in EVENTS)]
    if option.regimen is not None:
        alone = np.zeros(n, dtype=np.int64)
        shunt = virtual.initial["collateral_share"]
        set_by_cells, cells = prepare([option.regimen], alone, draw_potency(n, seed), parameters, shunt, seed)
        parameters |= set_by_cells
        observables += [f"{kind}_{organ}" for organ in ORGANS for kind in ("cells", "label")]
        observables += ["cells_venous", "cells_arterial", "hepatocyte_like"]
    parameters |= bound
    for name, factor in option.factors:
        most = table("parameters")[name].get("most", np.inf)
        parameters[name] = np.clip(parameters.get(name, default(name)) * np.full(n, factor), -most, most)
    result = simulate(
        twin(),
        times,
        n=n,
        parameters=parameters,
        initial=virtual.initial,
        doses=doses(virtual, cells),
        observables=observables,
        breakpoints=breaks,
        precision=precision,
        rtol=1e-4,
    )
    good = np.asarray(result.code) == 0
    values = {k: np.asarray(v) for k, v in result.values.items()}
    told = {"potency": np.broadcast_to(parameters["potency"], n)} if option.regimen is not None else {}
    return {"values": values, "good": good, "failed": int((~good).sum()), **told}


def default(name: str) -> float:
    """Return a parameter of the twin where nothing sets it; raises KeyError for one that it lacks."""
    layout = twin().layout
    return float(layout.parameters[layout.parameter_index[name]].value)


def _summarise(
    option: Option,
    run: dict[str, Any],
    base: dict[str, Any],
    times: Array,
    virtual: Virtual,
    seed: int,
    fixed: dict[str, float],
    bound: dict[str, Any],
) -> Forecast:
    good = run["good"] & base["good"]
    alone = option.regimen is not None and not option.actions
    v = {k: np.asarray(x, float)[:, good] for k, x in run["values"].items()}
    b = {k: np.asarray(x, float)[:, good] for k, x in base["values"].items()}
    native = np.clip(v["alive_untransplanted"], 0, 1)
    alive = np.clip(native + v["alive_transplanted"] + v["alive_transplanted_recent"], 0, 1)
    native_base = np.clip(b["alive_untransplanted"], 0, 1)
    alive_base = np.clip(native_base + b["alive_transplanted"] + b["alive_transplanted_recent"], 0, 1)
    variables = {k: points(times, v[k], native) for k in VARIABLES}
    weight = native * native_base
    difference = {k: points(times, v[k] - b[k], weight) for k in VARIABLES}
    difference["survival"] = points(times, alive - alive_base)
    difference["transplant_free_survival"] = points(times, native - native_base)
    draws = {k: v[k] for k in VARIABLES}
    if "potency" in run:
        draws["potency"] = run["potency"][good]
    draws |= {"survival": alive, "transplant_free_survival": native, "decompensation": v["decompensation_incidence"]}
    draws |= {f"{k}_incidence": v[f"{k}_incidence"] for k in EVENTS}
    return Forecast(
        option,
        variables,
        points(times, alive),
        points(times, native),
        points(times, v["decompensation_incidence"]),
        {k: points(times, v[f"{k}_incidence"]) for k in EVENTS},
        {k: points(times, v[k], native) for k in STORES},
        difference,
        None if option.regimen is None else _body_map(v, times),
        _share(virtual, option, times, seed, v, b, fixed, bound, good) if alone else None,
        draws,
        run["failed"],
    )


QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}


def points(times: Array, values: Array, weight: Array | None = None) -> list[Point]:
    """Return mean and quantiles a day; weighted by the probability of being there to be measured.

    Args:
        times: days [t].
        values: finite draws [t, n].
        weight: probability of being measured [t, n]; None counts every draw alike and gives no `at_risk`.
    """
    w = np.ones_like(values) if weight is None else np.maximum(weight, 1e-12)
    order = np.argsort(values, axis=1)
    ranked = np.take_along_axis(values, order, axis=1)
    reached = np.cumsum(np.take_along_axis(w, order, axis=1), axis=1)
    total = reached[:, -1:]
    mean = (values * w).sum(axis=1) / total[:, 0]
    columns = {"mean": mean}
    for name, q in QUANTILES.items():
        index = np.minimum((reached < q * total).sum(axis=1), values.shape[1] - 1)
        columns[name] = np.take_along_axis(ranked, index[:, None], axis=1)[:, 0]
    if weight is not None:
        columns["at_risk"] = w.mean(axis=1)
    return [{"day": float(day)} | {k: float(v[i]) for k, v in columns.items()} for i, day in enumerate(times)]


def _body_map(v: dict[str, Array], times: Array) -> list[Point]:
    rows = []
    for i, day in enumerate(times):
        total = sum(float((v[f"cells_{o}"][i] + v[f"label_{o}"][i]).mean()) for o in ORGANS)
        blood = float((v["cells_venous"][i] + v["cells_arterial"][i]).mean())
        engrafted = float(v["hepatocyte_like"][i].mean())
        scale = 100 / max(total + blood + engrafted, 1e-12)
        row: Point = {"day": float(day), "blood": blood * scale}
        for organ in ORGANS:
            row[organ] = float((v[f"cells_{organ}"][i] + v[f"label_{organ}"][i]).mean()) * scale
            row[f"{organ}_living_mcell"] = float(v[f"cells_{organ}"][i].mean())
        row["engrafted_mcell"] = engrafted
        rows.append(row)
    return rows


def _share(
    virtual: Virtual,
    option: Option,
    times: Array,
    seed: int,
    v: dict[str, Array],
    b: dict[str, Array],
    fixed: dict[str, float],
    bound: dict[str, Any],
    good: NDArray[np.bool_],
) -> dict[str, float]:
    """Return the paracrine share of the effect on function of cells alone, by switching differentiation off."""
    alone = _run(virtual, option, times, seed, bound | {"engraftment_1_d": 0.0})
    p = np.asarray(alone["values"]["bilirubin_umol_l"], float)[:, good]
    whole = np.abs(np.log(v["bilirubin_umol_l"] / b["bilirubin_umol_l"]))[1:].mean(axis=0)
    rest = np.abs(np.log(v["bilirubin_umol_l"] / p))[1:].mean(axis=0)
    q = np.quantile(1 - np.clip(rest / np.maximum(whole, 1e-9), 0, 1), (0.05, 0.5, 0.95))
    return {"p05": float(q[0]), "p50": float(q[1]), "p95": float(q[2])}
