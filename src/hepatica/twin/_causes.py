"""What each person's cause of liver disease does: who has which, what drives it, how fast it scars."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ._body import table
from ._cohort_data import groups
from .organs.injury import DRIVERS

Array = NDArray[np.float64]
ALWAYS_TREATED = ("DILI",)
STEPS_A_DAY = 400


def names() -> tuple[str, ...]:
    """Return every cause the twin knows."""
    return tuple(k for k in table("causes") if k != "shared")


def usual(course: str) -> dict[str, float]:
    """Return the causes of a population and their shares, as in `hepatica cohort`."""
    like = table("causes")["shared"]["causes_as"].get(course, course)
    found = next((dict(g.causes) for g in groups() if g.population == like and g.causes), {})
    return found or {"other": 1.0}


def draw(course: str, shares: Mapping[str, float], n: int, rng: np.random.Generator) -> NDArray[np.str_]:
    """Return one cause for each of n people; what the shares leave over is drawn from the population's."""
    known = {k: v for k, v in shares.items() if k in names() and v > 0}
    rest = max(1 - sum(known.values()), 0.0)
    if rest > 0.01 or not known:
        others = {k: v for k, v in usual(course).items() if k not in known} or usual(course)
        total = sum(others.values())
        for k, v in others.items():
            known[k] = known.get(k, 0.0) + (rest or 1.0) * v / total
    reached = np.cumsum(list(known.values()))
    pick = np.searchsorted(reached / reached[-1], rng.random(n), side="right")
    return np.array(list(known))[np.minimum(pick, len(known) - 1)]


def drive(
    course: str,
    causes: Sequence[str] | NDArray[np.str_],
    treated: Collection[str],
    n: int,
    rng: np.random.Generator,
    *,
    each: bool,
) -> dict[str, Array]:
    """Return shares, loads and targets of the drivers, cancer and scarring by cause (arrays [n]).

    Args:
        course: population; drawn from where no cause is known.
        causes: of one person, who may have several (shared out evenly), or one for each of n people (`each`).
        treated: causes that the record says are treated or gone.
        n: people, or draws of one person.
        rng: the stream.
        each: whether `causes` holds one for each.
    """
    rows = table("causes")
    if not each:
        mine = [c for c in causes if c in names()]
        lists = np.array([mine] * n) if mine else draw(course, {}, n, rng)[:, None]
    else:
        lists = np.asarray(causes)[:, None]
    made = {f"share_{k}": np.zeros(n) for k in (*DRIVERS, "lasting")}
    load = {k: np.zeros(n) for k in DRIVERS}
    stage, hcc = np.zeros(n), np.zeros(n)
    part = 1 / lists.shape[1]
    z = rng.standard_normal((2, n))
    for cause in np.unique(lists):
        row, has = rows[str(cause)], (lists == cause).any(axis=1)
        weight = part * has
        made[f"share_{row['driver']}"] += weight
        mean, sd = row["stage_1_y"]
        stage = np.maximum(stage, np.where(has, np.maximum(mean + sd * z[0], 0.1 * mean), 0))
        hcc = np.maximum(hcc, np.where(has, row["hcc_1_y"] / 365.25, 0))
        if row["driver"] in load:
            gone = cause in treated or cause in ALWAYS_TREATED
            median, log_sd = row["treated"] if gone else (1.0, 0.0)
            left = median * np.exp(log_sd * z[1])
            load[row["driver"]] = np.maximum(load[row["driver"]], np.where(has, left, 0))
    made |= {f"load_{k}": np.minimum(v, 1.5) for k, v in load.items()}
    made["stage_1_y"], made["hcc_1_d"] = stage, hcc
    if course in rows["shared"]["by_cause"]:
        made["collagen_1_y"] = rows["shared"]["collagen_per_stage"] * stage
    return made | _paracetamol(lists, n, rng)


def activity(drivers: Mapping[str, Array], level: Array) -> tuple[Array, Array, Array]:
    """Return (inflaming, killing, cholestasis) of the chronic cause, as the equations define them."""
    half = table("parameters")["viral_half"]["value"]
    act = {k: drivers[f"load_{k}"] for k in DRIVERS} | {"lasting": np.ones_like(level)}
    act["viral"] = act["viral"] * (1 + half) / (act["viral"] + half)
    part = {k: drivers[f"share_{k}"] * a for k, a in act.items()}
    kill = {k: table("parameters")[f"{k}_killing"]["value"] for k in part}
    bile = table("parameters")["bile_block"]["value"] * part["bile"]
    return (
        level * sum(part.values(), np.zeros_like(level)),
        level * sum((kill[k] * a for k, a in part.items()), np.zeros_like(level)),
        level * bile,
    )


def _paracetamol(lists: NDArray[np.str_], n: int, rng: np.random.Generator) -> dict[str, Array]:
    """Return what is left of an overdose, and of what takes it up, by the time of the record."""
    p = {k: table("parameters")[k]["value"] for k in table("parameters")}
    made = p["sulphation_made_fmol_d"] / p["sulphation_loss_1_d"]
    store = p["glutathione_made_fmol_d"] / p["glutathione_loss_1_d"]
    drug, sulphate, gsh, bound = np.zeros(n), np.full(n, made), np.full(n, store), np.zeros(n)
    has = (lists == "paracetamol").any(axis=1)
    if has.any():
        row, shared = table("causes")["paracetamol"], table("causes")["shared"]
        z = rng.standard_normal((2, n))
        grams = row["dose_g"][0] * np.exp(row["dose_g"][1] * z[0])
        days = row["hours"][0] / 24 * np.exp(row["hours"][1] * z[1])
        drug = has * shared["reference_fmol"] * grams / shared["reference_dose_g"]
        steps = int(STEPS_A_DAY * days[has].max()) + 1
        h = days / steps
        for _ in range(steps):
            toxic = p["oxidation_1_d"] * drug
            toxic /= p["napqi_back_1_d"] + p["napqi_binding_1_d"] + p["conjugation_1_fmol_d"] * gsh
            taken = p["sulphation_1_fmol_d"] * drug * sulphate
            conjugated = p["conjugation_1_fmol_d"] * toxic * gsh
            drug = np.maximum(drug - h * ((p["oxidation_1_d"] + p["glucuronidation_1_d"]) * drug + taken), 0)
            sulphate = np.maximum(
                sulphate + h * (p["sulphation_made_fmol_d"] - p["sulphation_loss_1_d"] * sulphate - taken), 0
            )
            gsh = np.maximum(gsh + h * (p["glutathione_made_fmol_d"] - p["glutathione_loss_1_d"] * gsh - conjugated), 0)
            bound = bound + h * (p["napqi_binding_1_d"] * toxic - p["adducts_loss_1_d"] * bound)
    return {"paracetamol_fmol": drug, "sulphation_fmol": sulphate, "glutathione_fmol": gsh, "adducts_fmol": bound}
