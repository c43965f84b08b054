"""Groups of virtual patients, repeated: what the arm of a trial could have been, given its reported baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import staging
from hepatica.errors import CannotAnswer
from hepatica.therapy import Regimen

from . import _actions as treatments
from ._body import table
from ._build import twin
from ._causes import draw
from ._delivery import cell_doses, potency_of, traits
from ._population import draw_labs, noise, stream
from ._posterior import draw_hyper, draw_potency
from ._scores import scores
from ._virtual import Context, Virtual, assemble, doses, draw_latent, unknown_ascites

Array = NDArray[np.float64]
Reported = Mapping[str, tuple[float, float | None]]
LABS = (
    "albumin_g_l",
    "bilirubin_umol_l",
    "inr",
    "creatinine_umol_l",
    "sodium_mmol_l",
    "platelets_e9_l",
    "alt_u_l",
    "ast_u_l",
    "ammonia_umol_l",
    "hvpg_mmhg",
)
_ILLNESS = {"bilirubin_umol_l": 1.0, "inr": 1.0, "creatinine_umol_l": 0.5, "albumin_g_l": -0.6}
ONSET_D = 5.0


@dataclass(frozen=True, slots=True)
class Group:
    """Repeats of a group: `trials` x `people` virtual patients in that order."""

    virtual: Virtual
    trials: int
    people: int
    reported: Reported


def draw_group(
    course: str,
    reported: Reported,
    *,
    trials: int,
    people: int,
    seed: int,
    horizon_d: float,
    causes: Mapping[str, float] | None = None,
) -> Group:
    """Return repeats of a group whose baseline is the reported one; what is not reported comes from the population.

    Args:
        course: population.
        reported: (mean, SD or None) by variable: laboratory values with units, meld, child_pugh, age, weight_kg.
        trials, people: repeats and patients in each.
        seed: keyed by purpose, so that the arms of a trial share their patients.
        horizon_d: days to be simulated.
        causes: shares of causes; what they leave over is that of the population.
    """
    n = trials * people
    hyper = {k: np.repeat(v, people) for k, v in _shifted(draw_hyper(course, trials, seed), trials, seed).items()}
    labs = _labs(course, reported, trials, people, seed)
    weight = reported.get("weight_kg", (15.0 if course == "urea_cycle" else 70.0, None))[0]
    each = draw(course, causes or {}, n, stream("causes", seed))
    context = Context(weight_kg=weight, each_cause=each)
    latent = draw_latent(course, hyper, context, n, seed)
    rng = stream("group", seed)
    latent["ascites_l"] = unknown_ascites(course, n, rng)
    virtual = assemble(course, labs, latent, hyper, context, seed, horizon_d)
    age, age_sd = reported.get("age", (50.0, None))
    virtual.parameters["age_y"] = np.clip(age + (10.0 if age_sd is None else age_sd) * rng.standard_normal(n), 0, 95)
    return Group(virtual, trials, people, dict(reported))


def _shifted(hyper: dict[str, Array], trials: int, seed: int) -> dict[str, Array]:
    rng, rows = stream("between", seed), table("between")
    hyper["death_log_1_d"] = hyper["death_log_1_d"] + rows["death_log"]["sd"] * rng.standard_normal(trials)
    pace = np.exp(rows["resolution"]["sd"] * rng.standard_normal(trials))
    hyper["resolution_mean_1_d"] = hyper["resolution_mean_1_d"] * pace
    return hyper


def _labs(course: str, reported: Reported, trials: int, people: int, seed: int) -> dict[str, Array]:
    n = trials * people
    labs = draw_labs(course, {}, n, seed)
    reported = dict(reported)
    if "pt_percent" in reported and "inr" not in reported:
        row = table("parameters")
        lack = max(100 / reported["pt_percent"][0] - 1, 0.0)
        reported["inr"] = (row["inr_a"]["value"] + row["inr_b"]["value"] * lack ** row["inr_c"]["value"], None)
    for name, (mean, sd) in reported.items():
        if name in labs:
            labs[name] = _as_reported(labs[name].reshape(trials, people), mean, sd).ravel()
    free = {k: w for k, w in _ILLNESS.items() if k not in reported}
    worse = table("between")["illness"]["sd"] * stream("illness", seed).standard_normal(trials)
    for name, weight in free.items():
        labs[name] = labs[name] * np.exp(np.repeat(worse, people) * weight * _spread(labs[name]))
    if "meld" in reported and {"bilirubin_umol_l", "inr", "creatinine_umol_l"} & set(free):
        _match_meld(labs, free, reported["meld"], trials, people)
    elif "child_pugh" in reported and free:
        typical = {"compensated": 5.5, "decompensated": 9.0}.get(course, 9.0)
        for name, weight in free.items():
            labs[name] = labs[name] * np.exp(
                0.35 * weight * (reported["child_pugh"][0] - typical) / 2.0 * _spread(labs[name])
            )
    return {k: np.clip(v, *_possible(k)) for k, v in labs.items()}


def _spread(values: Array) -> float:
    return float(np.std(np.log(values)))


def _possible(name: str) -> tuple[float, float]:
    bounds = {"inr": (0.8, 12.0), "albumin_g_l": (12.0, 55.0), "sodium_mmol_l": (110.0, 155.0)}
    return bounds.get(name, (1.0, 20000.0))


def _as_reported(values: Array, mean: float, sd: float | None) -> Array:
    """Return values with exactly this mean in every repeat, and this SD where one is reported (log-normal shape)."""
    z = np.log(values)
    spread = float(np.std(z)) if sd is None else float(np.sqrt(np.log1p((sd / mean) ** 2)))
    if values.shape[1] > 2:
        z = (z - z.mean(axis=1, keepdims=True)) / np.maximum(z.std(axis=1, keepdims=True), 1e-9)
    else:
        z = (z - z.mean()) / max(float(z.std()), 1e-9)
    drawn = np.exp(spread * z)
    return np.asarray(mean * drawn / drawn.mean(axis=1, keepdims=True))


def _match_meld(
    labs: dict[str, Array], free: Mapping[str, float], target: tuple[float, float | None], trials: int, people: int
) -> None:
    """Shift the unreported laboratory values, all one way, until the mean MELD of every repeat is the reported one."""
    base = {k: np.log(labs[k]).reshape(trials, people) for k in free}
    spread = {k: float(v.std()) for k, v in base.items()}
    if target[1]:
        now = _meld(labs).reshape(trials, people).std(axis=1).mean()
        shrink = float(np.clip(target[1] / max(now, 0.1), 0.3, 1.8))
        base = {
            k: v.mean(axis=1, keepdims=True) + shrink * (v - v.mean(axis=1, keepdims=True)) for k, v in base.items()
        }
    low, high = np.full(trials, -8.0), np.full(trials, 8.0)
    for _ in range(30):
        middle = (low + high) / 2
        for name, weight in free.items():
            labs[name] = np.exp(base[name] + weight * spread[name] * middle[:, None]).ravel()
        over = _meld(labs).reshape(trials, people).mean(axis=1) > target[0]
        high, low = np.where(over, middle, high), np.where(over, low, middle)


def _meld(labs: Mapping[str, Array]) -> Array:
    return np.asarray(
        staging.meld(labs["bilirubin_umol_l"], labs["inr"], labs["creatinine_umol_l"], False, rounded=False), float
    )


def run_group(
    group: Group, days: Array, *, regimens: Sequence[Regimen] | None, actions: Sequence[str], seed: int
) -> dict[str, Array]:
    """Return what is measured on each day, [day, trial, patient]: values with assay noise, scores, probabilities.

    Raises CannotAnswer where the engine lost a patient.

    Args:
        regimens: what the arm may have been given; the repeats share them out evenly. None: no cells.
        actions: comparator ids.
    """
    from hepatica.engine import simulate

    v, n = group.virtual, group.virtual.n
    each = np.repeat(np.arange(group.trials), group.people)
    parameters: dict[str, Any] = dict(v.parameters)
    known = [a for a in actions if treatments.applies(a, v.course)]
    given, breaks = treatments.parameters(known, v.course, group.trials, seed)
    parameters |= {k: x[each] for k, x in given.items()}
    cells: list[Any] = []
    if regimens:
        potency = draw_potency(group.trials, seed)
        parameters["restorative_off_1_d"] = potency["restorative_off_1_d"][each]
        factor, engraft, half = np.ones(n), np.zeros(n), np.ones(n)
        for i, regimen in enumerate(regimens):
            mine = (each % len(regimens)) == i
            what = traits(regimen.product, n, seed)
            factor, engraft = (
                np.where(mine, what["potency_factor"], factor),
                np.where(mine, what["engraftment_1_d"], engraft),
            )
            half = np.where(mine, what["half_factor"], half)
            cells += cell_doses(regimen, what["viability"] * mine, v.initial["collateral_share"], seed, mine)
        parameters["potency"] = potency_of(potency["potency"][each], factor)
        parameters["engraftment_1_d"] = engraft
        parameters["paracrine_half_mcell"] = parameters["paracrine_half_mcell"] * half
    names = [*LABS, "ascites_l", "alive_untransplanted", "alive_transplanted", "alive_transplanted_recent"]
    result = simulate(
        twin(),
        days,
        n=n,
        parameters=parameters,
        initial=v.initial,
        doses=doses(v, cells),
        observables=names,
        breakpoints=breaks,
        precision="f32",
    )
    lost = int((np.asarray(result.code) != 0).sum())
    if lost:
        raise CannotAnswer(
            f"the engine lost {lost} of {n} virtual patients", mend="report this trial; no number is shown"
        )
    shape = (len(days), group.trials, group.people)
    raw = {k: np.asarray(result.values[k], float).reshape(shape) for k in names}
    return _anchored(_measure(raw, days, seed, v.course), group.reported)


def _measure(raw: dict[str, Array], days: Array, seed: int, course: str) -> dict[str, Array]:
    rng = stream("measure", seed)
    shape = raw["inr"].shape
    for name in LABS:
        drift = table("between")[name]["sd"] * rng.standard_normal(shape[1])
        grown = (1 - np.exp(-days / ONSET_D))[:, None, None] * drift[None, :, None]
        error = noise(name) * rng.standard_normal(shape) * (days > 0)[:, None, None]
        raw[name] = np.clip(raw[name] * np.exp(grown + error), *_possible(name))
    fixed = {
        "encephalopathy_grade": float(table("population")[course]["encephalopathy_grade"]),
        "cholestatic": float(course == "cholestatic"),
    }
    raw |= scores(raw, fixed)
    return raw


def _anchored(seen: dict[str, Array], reported: Reported) -> dict[str, Array]:
    """Return scores shifted so that every repeat starts from the reported mean score, within the score's range."""
    bounds = {"meld": (6, 40), "meld_na": (6, 40), "child_pugh": (5, 15)}
    for name, (low, high) in bounds.items():
        if name in reported:
            gap = reported[name][0] - seen[name][0].mean(axis=-1)
            seen[name] = np.clip(seen[name] + gap[None, :, None], low, high)
    return seen


def fates(group: Group, result: Mapping[str, Array], seed: int) -> tuple[Array, Array]:
    """Return (alive, alive with the native liver) as 0 or 1, [day, trial, patient], one fate a patient."""
    shape = result["inr"].shape
    luck = stream("fate", seed).random(shape[1:])[None]
    native = np.clip(result["alive_untransplanted"], 0, 1)
    alive = np.clip(native + result["alive_transplanted"] + result["alive_transplanted_recent"], 0, 1)
    return (luck < alive).astype(float), (luck < native).astype(float)
