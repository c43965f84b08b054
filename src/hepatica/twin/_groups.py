"""Groups of virtual patients, repeated: what the arm of a trial could have been, given its reported baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.errors import CannotAnswer
from hepatica.therapy import Regimen

from . import _actions as treatments
from ._between import Between, disagreement_shown, draw_between
from ._body import table
from ._build import twin
from ._causes import draw
from ._delivery import prepare
from ._group_labs import Reported, group_labs
from ._history import drift, drift_cov
from ._population import noise, possible, stream
from ._posterior import draw_hyper, draw_potency
from ._scores import scores
from ._virtual import Context, Virtual, assemble, doses, draw_latent, unknown_ascites

Array = NDArray[np.float64]
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


@dataclass(frozen=True, slots=True)
class Group:
    """Repeats of a group: `trials` x `people` virtual patients in that order."""

    virtual: Virtual
    trials: int
    people: int
    reported: Reported
    between: Between


def draw_group(
    course: str,
    reported: Reported,
    *,
    trials: int,
    people: int,
    seed: int,
    horizon_d: float,
    causes: Mapping[str, float] | None = None,
    between: Mapping[str, Any] | None = None,
) -> Group:
    """Return repeats of a group whose baseline is the reported one; what is not reported comes from the population.

    Args:
        course: population.
        reported: (mean, SD or None) by variable: laboratory values with units, meld, child_pugh, age, weight_kg.
        trials, people: repeats and patients in each.
        seed: keyed by purpose, so that the arms of a trial share their patients.
        horizon_d: days to be simulated.
        causes: shares of causes; what they leave over is that of the population.
        between: SDs between studies instead of the stored ones (see `draw_between`).
    """
    n = trials * people
    effects = draw_between(trials, seed, between)
    learned = draw_hyper(course, trials, seed)
    learned["death_log_1_d"] = learned["death_log_1_d"] + effects.death_log
    learned["resolution_mean_1_d"] = learned["resolution_mean_1_d"] * effects.pace
    hyper = {k: np.repeat(v, people) for k, v in learned.items()}
    rng = stream("group", seed)
    litres = unknown_ascites(course, n, rng)
    labs = group_labs(course, reported, litres, effects.illness, (trials, people), seed)
    weight = reported.get("weight_kg", (15.0 if course == "urea_cycle" else 70.0, None))[0]
    each = draw(course, causes or {}, n, stream("causes", seed))
    context = Context(weight_kg=weight, each_cause=each)
    latent = draw_latent(course, hyper, context, n, seed) | {"ascites_l": litres}
    virtual = assemble(course, labs, latent, hyper, context, seed, horizon_d)
    age, age_sd = reported.get("age", (50.0, None))
    virtual.parameters["age_y"] = np.clip(age + (10.0 if age_sd is None else age_sd) * rng.standard_normal(n), 0, 95)
    return Group(virtual, trials, people, dict(reported), effects)


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
        potency = {k: x[each] for k, x in draw_potency(group.trials, seed).items()}
        which = each % len(regimens)
        shunt = v.initial["collateral_share"]
        set_by_cells, cells = prepare(regimens, which, potency, parameters, shunt, seed)
        parameters |= set_by_cells
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
    return _anchored(_measure(raw, days, seed, group), group, days)


def _measure(raw: dict[str, Array], days: Array, seed: int, group: Group) -> dict[str, Array]:
    rng = stream("measure", seed)
    shape, course = raw["inr"].shape, group.virtual.course
    for name in LABS:
        fast, slow = disagreement_shown(name, course, days)
        apart = np.outer(fast, group.between.drift[name]) + np.outer(slow, group.between.slow[name])
        error = noise(name) * rng.standard_normal(shape) * (days > 0)[:, None, None]
        error += apart[..., None] + _wander(name, course, days, shape, rng)
        raw[name] = possible(name, raw[name] * np.exp(error))
    fixed = {
        "encephalopathy_grade": float(table("population")[course]["encephalopathy_grade"]),
        "cholestatic": float(course == "cholestatic"),
    }
    raw |= scores(raw, fixed)
    return raw


def _wander(name: str, course: str, days: Array, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Return how single persons drift from the model by each day, as in fits to records; no drift of the mean."""
    cov = drift_cov(days, days, *drift(course, name))
    root = np.linalg.cholesky(cov + 1e-10 * np.eye(len(days)))
    path = np.einsum("ij,jkl->ikl", root, rng.standard_normal(shape))
    return np.asarray(path - 0.5 * np.diag(cov)[:, None, None])


def _anchored(seen: dict[str, Array], group: Group, days: Array) -> dict[str, Array]:
    """Return scores that start from the reported mean in every repeat, and differ later as studies do."""
    bounds = {"meld": (6, 40), "meld_na": (6, 40), "child_pugh": (5, 15)}
    for name, (low, high) in bounds.items():
        gap = np.zeros(group.trials)
        if name in group.reported:
            gap = group.reported[name][0] - seen[name][0].mean(axis=-1)
        apart = group.between.score.get(name, gap * 0)
        shift = gap[None, :] + (days > 0)[:, None] * apart[None, :]
        seen[name] = np.clip(seen[name] + shift[..., None], low, high)
    return seen


def fates(group: Group, result: Mapping[str, Array], seed: int) -> tuple[Array, Array]:
    """Return (alive, alive with the native liver) as 0 or 1, [day, trial, patient], one fate a patient."""
    shape = result["inr"].shape
    luck = stream("fate", seed).random(shape[1:])[None]
    native = np.clip(result["alive_untransplanted"], 0, 1)
    alive = np.clip(native + result["alive_transplanted"] + result["alive_transplanted_recent"], 0, 1)
    return (luck < alive).astype(float), (luck < native).astype(float)
