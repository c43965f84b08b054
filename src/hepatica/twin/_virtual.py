"""Virtual patients: what differs between people of one course, drawn, solved and ready for the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._body import table
from ._causes import drive
from ._initial import solve
from ._organs import excess
from ._population import prior, stream

Array = NDArray[np.float64]
COURSE_KEYS = tuple(k for k in table("course")["aclf"] if k != "source")
FLARE_DAYS = tuple(table("kinds")["people"]["precipitant_days"])


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the person beside laboratory values; None is unknown.

    `causes` and `treated` are of one person; `each_cause` names one for each of a group and overrides them.
    `organs` and `organ_chances` are the `known` and `chances` of `_organs.excess`.
    """

    weight_kg: float = 70.0
    age_y: float = 55.0
    ascites_l: float | None = 0.0
    anticoagulated: bool = False
    causes: tuple[str, ...] = ()
    treated: tuple[str, ...] = ()
    each_cause: NDArray[np.str_] | None = None
    urea_cycle: bool = False
    kidney_chronic: bool = False
    organs: Mapping[str, Any] = field(default_factory=dict)
    organ_chances: Mapping[str, tuple[float, float]] | None = None


@dataclass(frozen=True, slots=True)
class Virtual:
    """n virtual patients: parameters and initial states by name (arrays [n]), and flares (days, sizes [k, n])."""

    course: str
    parameters: dict[str, Array]
    initial: dict[str, Array]
    flare_days: tuple[float, ...] = ()
    flare_sizes: Array = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def n(self) -> int:
        """Return the number of virtual patients."""
        return len(self.parameters["age_y"])

    def take(self, rows: NDArray[np.int64]) -> Virtual:
        """Return these rows, repeats allowed."""
        return replace(
            self,
            parameters={k: v[rows] for k, v in self.parameters.items()},
            initial={k: v[rows] for k, v in self.initial.items()},
            flare_sizes=self.flare_sizes[:, rows] if self.flare_sizes.size else self.flare_sizes,
        )


def hyper_prior(course: str, n: int, seed: int) -> dict[str, Array]:
    """Return n draws of what is calibrated by course, from its prior (arrays [n])."""
    rng = stream(f"hyper:{course}", seed)
    rows = table("course")[course]
    return {k: bounded(k, rows[k][0] + rows[k][1] * rng.standard_normal(n)) for k in COURSE_KEYS}


def bounded(name: str, draws: Array) -> Array:
    """Return draws of a calibrated quantity, held above its lowest value."""
    lowest = table("kinds")["lowest"].get(name)
    return draws if lowest is None else np.maximum(draws, lowest)


def draw_latent(course: str, hyper: Mapping[str, Array], context: Context, n: int, seed: int) -> dict[str, Array]:
    """Return n draws of what no laboratory shows, given the course's calibrated quantities (arrays [n])."""
    rng = stream("latent", seed)
    params, shared, people = table("parameters"), kind(course), table("kinds")["people"]

    def spread(name: str) -> Array:
        row = params[name]
        return np.asarray(row["value"] * np.exp(row.get("spread", 0.0) * rng.standard_normal(n)))

    def around(name: str) -> Array:
        wide = people["course_spread"] * np.abs(hyper[name])
        return np.asarray(hyper[name] + wide * rng.standard_normal(n))

    insult, insult_sd = prior(course, "acute_insult")
    level, level_sd = prior(course, "cause_level")
    latent = {
        "acute_insult": insult * np.exp(insult_sd * rng.standard_normal(n)),
        "cause_level": level * np.exp(level_sd * rng.standard_normal(n)),
        "cause_death_1_d": spread("cause_death_1_d"),
        "inflammation_cause": spread("inflammation_cause"),
        "inflammation_acute": hyper["inflammation_acute"],
        "acute_death_1_d": hyper["acute_death_1_d"],
        "progression_1_y": around("progression_1_y"),
        "collagen_1_y": around("collagen_1_y"),
        "bilirubin_trend": around("bilirubin_trend"),
        "acute_resolution_1_d": np.maximum(
            hyper["resolution_mean_1_d"] + hyper["resolution_sd_1_d"] * rng.standard_normal(n),
            people["fastest_worsening_1_d"],
        ),
        "frailty_log": hyper["frailty_sd"] * rng.standard_normal(n),
        "enzyme_share": rng.uniform(*shared["enzyme_share"], n),
        "regeneration_capacity": _capacity(shared, n, rng),
        **{
            k: np.full(n, shared[k]) for k in ("critical_share", "stunned", "least_mass", "suppression", "most_albumin")
        },
        "synthesis_lead": _ahead(shared, n, rng),
        "organ_failure_log": excess(course, context.organs, context.organ_chances, n, stream("organs", seed)),
        "kidney_acute": (not context.kidney_chronic) * stream("kidney", seed).uniform(*shared["kidney_acute"], n),
        "clotting_spread": np.exp(people["clotting_log_sd"] * rng.standard_normal(n)),
        "shunt_spread": np.exp(people["shunt_log_sd"] * rng.standard_normal(n)),
        "urea_capacity": rng.uniform(*people["urea_capacity"], n) if context.urea_cycle else np.ones(n),
        "weight_kg": np.full(n, context.weight_kg),
        "anticoagulated": np.full(n, float(context.anticoagulated)),
    }
    each = context.each_cause is not None
    who = context.causes if context.each_cause is None else context.each_cause
    drivers = drive(course, who, context.treated, n, stream("cause", seed), each=each)
    latent |= drivers
    litres = context.ascites_l
    if litres is None:
        latent["ascites_l"] = unknown_ascites(course, n, stream("ascites", seed))
    else:
        told = np.exp(people["ascites_told_log_sd"] * rng.standard_normal(n)) if litres > 0 else np.zeros(n)
        latent["ascites_l"] = litres * told
    return latent


def kind(course: str) -> dict[str, Any]:
    """Return what a course shares with its kind of disease: acute, acute on chronic, or chronic."""
    rows = table("kinds")
    return next((rows[k] for k in ("acute", "on_chronic") if course in rows[k]["courses"]), rows["chronic"])


def unknown_ascites(course: str, n: int, rng: np.random.Generator) -> Array:
    """Return litres of ascites where nobody said: none in some, about two litres in the others."""
    wet = rng.random(n) < float(table("kinds")["with_ascites"].get(course, 0.0))
    median, log_sd = table("kinds")["people"]["ascites_untold_l"]
    return np.where(wet, median * np.exp(log_sd * rng.standard_normal(n)), 0.0)


def _ahead(shared: Mapping[str, Any], n: int, rng: np.random.Generator) -> Array:
    """Return clotting factors made over those found at the start, never less than in balance."""
    median, log_sd = shared["synthesis_lead"]
    return np.maximum(median * np.exp(log_sd * rng.standard_normal(n)), 1.0)


def _capacity(shared: Mapping[str, Any], n: int, rng: np.random.Generator) -> Array:
    """Return regenerative capacity of a kind of disease, NaN where it is to be solved."""
    if "capacity" not in shared:
        return np.full(n, np.nan)
    median, log_sd = shared["capacity"]
    return np.asarray(median * np.exp(log_sd * rng.standard_normal(n)))


def assemble(
    course: str,
    labs: Mapping[str, Array],
    latent: Mapping[str, Array],
    hyper: Mapping[str, Array],
    context: Context,
    seed: int,
    horizon_d: float,
) -> Virtual:
    """Return virtual patients that show these labs at the start."""
    n = len(latent["acute_insult"])
    labs = dict(labs)
    people = table("kinds")["people"]
    least = people["ascites_least_mmhg"]
    low = (latent["ascites_l"] > 0) & (labs["hvpg_mmhg"] < least)
    lifted = least + people["ascites_pulled"] * (least - labs["hvpg_mmhg"])
    labs["hvpg_mmhg"] = np.where(low, lifted, labs["hvpg_mmhg"])
    parameters, initial = solve(labs, latent)
    rng = stream("person", seed)
    for name, row in table("parameters").items():
        if row["kind"] in ("individual", "therapy") and "spread" in row and name not in parameters:
            parameters[name] = row["value"] * np.exp(row["spread"] * rng.standard_normal(n))
    for name in ("lung_arrest", "rest_arrest", "liver_arrest"):
        parameters[name] = np.minimum(parameters[name], people["most_arrest"])
    parameters["acute_resolution_1_d"] = latent["acute_resolution_1_d"]
    parameters["frailty_log"] = latent["frailty_log"]
    parameters["organ_failure_log"] = latent["organ_failure_log"] / np.maximum(latent["acute_insult"], 0.1)
    parameters["death_log_1_d"], parameters["death_meld"] = hyper["death_log_1_d"], hyper["death_meld"]
    if course in (how := table("kinds")["death"])["courses"]:
        for name in ("death_bilirubin_weight", "death_bilirubin_least_mg_dl"):
            parameters[name] = np.full(n, how[name])
    for name in ("transplant_gate", "death_quiet", "inflammation_1_d"):
        parameters[name] = np.full(n, kind(course)[name])
    parameters["age_y"] = np.full(n, context.age_y)
    initial["alive_untransplanted"] = initial["alive_event_free"] = np.ones(n)
    days, sizes = _flares(hyper["flare_1_y"], n, seed, horizon_d)
    return Virtual(course, parameters, initial, days, sizes)


def _flares(rate_1_y: Array, n: int, seed: int, horizon_d: float) -> tuple[tuple[float, ...], Array]:
    """Return the days on which a new precipitant may strike, and its size for each patient (0 where none does)."""
    rng = stream("flares", seed)
    median, log_sd = table("kinds")["people"]["precipitant"]
    chance, z = rng.random((len(FLARE_DAYS), n)), rng.standard_normal((len(FLARE_DAYS), n))
    edges = np.array([0.0, *[(a + b) / 2 for a, b in pairwise(FLARE_DAYS)], 3650.0])
    width = np.diff(edges) / 365.25
    sizes = np.where(chance < 1 - np.exp(-rate_1_y[None, :] * width[:, None]), median * np.exp(log_sd * z), 0.0)
    keep = [i for i, day in enumerate(FLARE_DAYS) if day < horizon_d]
    return tuple(FLARE_DAYS[i] for i in keep), sizes[keep]


def doses(virtual: Virtual, extra: Sequence[Any] = ()) -> list[Any]:
    """Return flares and product doses as engine doses."""
    from hepatica.engine import Dose

    flares = [Dose(d, "acute_insult", virtual.flare_sizes[i]) for i, d in enumerate(virtual.flare_days)]
    return [*flares, *extra]
