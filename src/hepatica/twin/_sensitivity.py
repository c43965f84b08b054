"""Which quantities of the twin matter for a forecast: screening of its constants, Sobol indices of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._body import table
from ._build import twin
from ._history import error
from ._population import CORRELATED, Known, draw_labs, prior, stream
from ._posterior import draw_hyper
from ._sobol import Index, indices
from ._virtual import Context, Virtual, assemble, doses, draw_latent

Array = NDArray[np.float64]
DAYS = (90.0, 365.0)
OUTPUTS = ("meld", "albumin_g_l", "bilirubin_log", "survival")
MEASURED = (*CORRELATED, "alt_u_l", "ast_u_l")
HOME = {"hvpg_mmhg": "pressure and scar", "collagen_percent": "pressure and scar", "ammonia_umol_l": "ammonia"}
CHANCE = "new precipitants"
TAIL = 0.005
CONVENTIONS = ("reference", "per_mg_dl", "whole_percent", "one_1_d", "icg_", "weight_kg", "age_y")
STEP = {"A": 0.05, "B": 0.10, "C": 0.20}
WORDS = {
    "measured labs": "true values behind the measured labs of day 0",
    "pressure and scar": "pressure gradient and collagen, not measured",
    "ammonia": "ammonia, not measured",
    CHANCE: "new precipitants: whether and when (chance)",
    "acute_insult": "acute insult on day 0",
    "cause_activity": "activity of the chronic cause",
    "progression_1_y": "yearly loss of hepatocytes, this person's",
    "collagen_1_y": "yearly growth of scar, this person's",
    "bilirubin_trend": "where bilirubin tends, this person's",
    "enzyme_share": "release of enzymes against that which would hold them",
    "clotting_spread": "clotting against function, this person's",
    "shunt_spread": "collaterals against pressure, this person's",
    "ascites_l": "ascites, litres",
    "flare_1_y": "precipitants a year",
    "regeneration_capacity": "capacity to regenerate",
    "frailty_log": "hazard of death against others with the same values",
    "resolution_mean_1_d": "mean resolution of an acute insult",
    "resolution_sd_1_d": "spread of that resolution between people",
    "frailty_sd": "spread of the hazard between people",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a little more of one constant does to an output: mean size and SD over people, in SDs of that output."""

    parameter: str
    output: str
    size: float
    spread: float


def typical(course: str) -> dict[str, Known]:
    """Return the record of a typical person of a course: the medians of its population, with the noise of a lab."""
    return {name: Known(prior(course, name)[0], error(course, name)) for name in MEASURED}


def meaning(name: str) -> str:
    """Return what a quantity is, in words; a quantity of a whole course is named "course: …"."""
    if name.startswith("course: "):
        own = meaning(name.removeprefix("course: ")).removesuffix(", this person's")
        return f"{own}, of the whole course"
    return WORDS.get(name) or str(table("parameters").get(name, {}).get("text") or name.replace("_", " "))


def sensitivity(course: str, n: int = 4096, seed: int = 1) -> list[Index]:
    """Return Sobol indices of what differs between people with one typical record, for every output and day.

    Groups are drawn as in a fit of one date (posterior of the course, population), then permuted one by one, so that
    they are independent. Groups that do not vary are left out. Outputs beyond the central 99 % are held at its edge, so
    that a few runaways do not carry the variance.
    """
    rng = stream("sobol", seed)
    one, two = (_groups(course, n, seed + k, rng) for k in (0, 1))

    def model(inputs: Mapping[str, Any]) -> dict[str, Array]:
        draws: dict[str, dict[str, Array]] = {"hyper": {}, "latent": {}, "labs": {}}
        for group, values in inputs.items():
            if group != CHANCE:
                for (room, name), value in values.items():
                    draws[room][name] = value
        rooms = (draws[k] for k in ("labs", "latent", "hyper"))
        return _outputs(assemble(course, *rooms, Context(), inputs[CHANCE], DAYS[-1]))

    edges = {k: np.nanquantile(y, (TAIL, 1 - TAIL)) for k, y in model(one).items()}

    def held(inputs: Mapping[str, Any]) -> dict[str, Array]:
        return {k: np.clip(y, *edges[k]) for k, y in model(inputs).items()}

    still = {g for g, v in one.items() if g != CHANCE and all(np.ptp(x) == 0 for x in v.values())}
    return [row for row in indices(held, one, two, rng) if row.group not in still]


def _groups(course: str, n: int, seed: int, rng: np.random.Generator) -> dict[str, Any]:
    """Return groups of draws by (room, name), each permuted; chance is a seed."""
    hyper = draw_hyper(course, n, seed)
    latent = draw_latent(course, hyper, Context(), n, seed)
    groups: dict[str, Any] = {}
    for name, value in draw_labs(course, typical(course), n, seed).items():
        groups.setdefault(HOME.get(name, "measured labs"), {})["labs", name] = value
    groups |= {name: {("latent", name): value} for name, value in latent.items()}
    for name, value in hyper.items():
        groups.setdefault(name, {})["hyper", name] = value
    for group in groups.values():
        order = rng.permutation(n)
        for key in group:
            group[key] = group[key][order]
    return groups | {CHANCE: seed}


def _outputs(virtual: Virtual, given: Mapping[str, float] | None = None) -> dict[str, Array]:
    from hepatica.engine import simulate

    result = simulate(
        twin(),
        [0.0, *DAYS],
        n=virtual.n,
        parameters={**virtual.parameters, **(given or {})},
        initial=virtual.initial,
        doses=doses(virtual),
        observables=["meld_unrounded", "albumin_g_l", "bilirubin_umol_l", "alive_untransplanted"],
        precision="f32",
    )
    lost = np.asarray(result.code) != 0
    v = {k: np.where(lost, np.nan, np.asarray(x, float)) for k, x in result.values.items()}
    found = {}
    for i, day in enumerate(DAYS, start=1):
        found[f"meld {day:g}"] = np.maximum(v["meld_unrounded"][i], 6)
        found[f"albumin_g_l {day:g}"] = v["albumin_g_l"][i]
        found[f"bilirubin_log {day:g}"] = np.log(np.maximum(v["bilirubin_umol_l"][i], 1e-6))
        found[f"survival {day:g}"] = v["alive_untransplanted"][i]
    return found


def screen(course: str, n: int = 512, seed: int = 1) -> list[Effect]:
    """Return what a little more of every constant of the model does, one at a time, around n people with one record.

    A little is 5, 10 or 20 % by support grade A, B or C; shares stay under 1; logs of hazards rise by as much instead.
    Conventions (units, the points at which hazards are stated) and what is drawn, calibrated or given are left out.
    Source: elementary effects, Morris 1991, with people as the points of departure.
    """
    hyper = draw_hyper(course, n, seed)
    latent = draw_latent(course, hyper, Context(), n, seed)
    labs = draw_labs(course, typical(course), n, seed)

    def run(given: Mapping[str, float]) -> dict[str, Array]:
        return _outputs(assemble(course, labs, latent, hyper, Context(), seed, DAYS[-1]), given)

    base = run({})
    rows = []
    for name, row in table("parameters").items():
        if row["kind"] in ("course", "treatment", "therapy") or any(word in name for word in CONVENTIONS):
            continue
        old, step = float(row["value"]), STEP[row["grade"]]
        new = old + step if "_log_" in name else old * (1 + step)
        if row["unit"] == "1" and old < 1 < new:
            new = (1 + old) / 2
        with _changed(name, new):
            moved = run({name: new} if row["kind"] == "fixed" else {})
        for output, value in base.items():
            change, scale = moved[output] - value, max(float(np.nanstd(value)), 1e-12)
            size, spread = float(np.nanmean(np.abs(change))), float(np.nanstd(change))
            rows.append(Effect(name, output, size / scale, spread / scale))
    return rows


@contextmanager
def _changed(name: str, value: float) -> Iterator[None]:
    """Read another value of a parameter for a while; what people are solved from follows it."""
    row = table("parameters")[name]
    old = row["value"]
    row["value"] = value
    try:
        yield
    finally:
        row["value"] = old
