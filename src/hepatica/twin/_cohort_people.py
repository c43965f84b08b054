"""Draw people of one group: body, signs and laboratory values that together meet the definition of their course."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepatica import staging
from hepatica.errors import CannotAnswer

from ._cohort_data import Group, record
from ._initial import ASCITES_L
from ._organs import organs_seen
from ._population import CORRELATED, FREE, draw_labs, stream
from ._posterior import draw_hyper
from ._virtual import Context, Virtual, assemble, draw_latent

Array = NDArray[np.float64]
POOL = 4
ROUNDS = 8
ADULT_Y = 16.0
UMOL_L_BILIRUBIN, UMOL_L_CREATININE = 17.1, 88.4


@dataclass(frozen=True, slots=True)
class People:
    """n people of one group: who they are (arrays [n]) and the virtual patients that stand for them."""

    group: Group
    cause: NDArray[np.str_]
    age_y: Array
    female: NDArray[np.bool_]
    weight_kg: Array
    height_cm: Array
    ascites: NDArray[np.str_]
    encephalopathy: NDArray[np.int64]
    once: dict[str, Array]
    virtual: Virtual


def draw_people(group: Group, n: int, seed: int, horizon_d: float, cause: str | None = None) -> People:
    """Return n people of a group; values that the course's definition rules out are drawn again.

    Args:
        group: whom to draw.
        n: how many.
        seed: keyed by purpose.
        horizon_d: how far precipitants are drawn ahead, days.
        cause: only this cause of liver disease, one of the group's.
    """
    drawn = _admitted(group, n, seed, cause)
    drawn["hvpg_mmhg"] = _with_ascites(drawn["hvpg_mmhg"], drawn["ascites"])
    labs = {k: drawn[k] for k in (*CORRELATED, *FREE)}
    hyper = draw_hyper(group.population, n, seed)
    each = np.where(drawn["cause"] == "", "other", drawn["cause"])
    rng = stream("cohort:once", seed)
    once = {k: m * np.exp(sd * rng.standard_normal(n)) for k, (m, sd) in group.once.items()}
    organs = organs_seen({"encephalopathy": drawn["encephalopathy"], **once})
    context = Context(organs=organs, urea_cycle=group.course == "urea_cycle", each_cause=each)
    latent = draw_latent(group.population, hyper, context, n, seed)
    latent["weight_kg"] = drawn["weight_kg"]
    litres = np.array([ASCITES_L[a] for a in drawn["ascites"]]) * np.minimum(1.0, drawn["weight_kg"] / 70)
    latent["ascites_l"] = litres * np.exp(0.15 * stream("cohort:litres", seed).standard_normal(n))
    virtual = assemble(group.population, labs, latent, hyper, context, seed, horizon_d)
    virtual.parameters["age_y"] = drawn["age_y"]
    who = (drawn[k] for k in ("cause", "age_y", "female", "weight_kg", "height_cm", "ascites", "encephalopathy"))
    return People(group, *who, once, virtual)


def _with_ascites(hvpg: Array, ascites: NDArray[np.str_]) -> Array:
    """Return the pressure gradient, lifted above 12 mmHg where there is ascites (as the twin's fits do)."""
    return np.where((ascites != "none") & (hvpg < 12), 12 + 0.4 * (12 - hvpg), hvpg)


def _admitted(group: Group, n: int, seed: int, cause: str | None) -> dict[str, NDArray]:
    kept: list[dict[str, NDArray]] = []
    have = 0
    for step in range(ROUNDS):
        drawn = _candidates(group, POOL * n + 16, seed + 7919 * step, cause)
        rows = np.flatnonzero(_meets(group, drawn))
        kept.append({k: v[rows] for k, v in drawn.items()})
        have += len(rows)
        if have >= n:
            return {k: np.concatenate([part[k] for part in kept])[:n] for k in kept[0]}
    raise CannotAnswer(f"too few draws of {group.name} meet its own definition", mend="see twin/data/cohort.toml")


def _candidates(group: Group, n: int, seed: int, cause: str | None) -> dict[str, NDArray]:
    rng = stream("cohort:person", seed)
    mean, sd, low, high = group.age_y
    age = _between(rng, mean, sd, low, high, n)
    female = rng.random(n) < group.female
    growth = record("growth")
    mean_cm, sd_cm = (np.where(female, growth["female"][i], growth["male"][i]) for i in (0, 1))
    height = mean_cm + sd_cm * rng.standard_normal(n)
    bmi = np.clip(group.bmi[0] * np.exp(group.bmi[1] * rng.standard_normal(n)), 16, 50)
    weight = bmi * (height / 100) ** 2
    child = age < ADULT_Y
    vary = np.exp(0.1 * rng.standard_normal(n))
    weight = np.where(child, (growth["child_kg"][0] + growth["child_kg"][1] * age) * vary, weight)
    height = np.where(child, (growth["child_cm"][0] + growth["child_cm"][1] * age) * vary ** (1 / 3), height)
    return {
        "cause": np.full(n, cause) if cause else _pick(rng, group.causes or {"": 1.0}, n),
        "age_y": age,
        "female": female,
        "weight_kg": weight,
        "height_cm": height,
        "ascites": _pick(rng, group.ascites, n),
        "encephalopathy": rng.choice(5, n, p=np.array(group.encephalopathy) / sum(group.encephalopathy)),
        **draw_labs(group.population, {}, n, seed),
    }


def _between(rng: np.random.Generator, mean: float, sd: float, low: float, high: float, n: int) -> Array:
    """Return normal draws, those beyond the limits replaced by uniform ones near the limit they crossed."""
    draws = mean + sd * rng.standard_normal(n)
    edge = 0.25 * sd * rng.random(n)
    return np.where(draws < low, low + edge, np.where(draws > high, high - edge, draws))


def _pick(rng: np.random.Generator, chances: dict[str, float], n: int) -> NDArray[np.str_]:
    p = np.array(list(chances.values()))
    return np.array(list(chances))[rng.choice(len(p), n, p=p / p.sum())]


def _meets(group: Group, x: dict[str, NDArray]) -> NDArray[np.bool_]:
    """Return who meets the definition of the course by EASL-CLIF, Child-Pugh, Maddrey and that of acute failure."""
    graded = _graded(x)
    burst = np.maximum(x["alt_u_l"], x["ast_u_l"]) >= 400
    if group.name == "aclf":
        return graded
    if group.course == "decompensated":
        return ~graded
    if group.course == "compensated":
        level = grade = np.zeros(len(graded))
        bile = np.isin(x["cause"], ("PBC", "PSC"))
        labs = (x["bilirubin_umol_l"], x["albumin_g_l"], x["inr"])
        points = [staging.child_pugh_points(*labs, level, grade, cholestatic=c) for c in (False, True)]
        return np.asarray(np.where(bile, points[1], points[0]) < 7)
    if group.course in ("alf", "ali"):
        return np.asarray((x["inr"] >= 1.5) & (burst | (group.course == "alf")))
    if group.course == "alcoholic_hepatitis":
        control = record("prothrombin")["control_s"]
        return np.asarray(staging.maddrey_df(control * x["inr"], control, x["bilirubin_umol_l"]) >= 32)
    return np.ones(len(graded), bool)


def _graded(x: dict[str, NDArray]) -> NDArray[np.bool_]:
    """Return who has ACLF: the rules of `staging.organ_failures`, for arrays."""
    kidney = x["creatinine_umol_l"] >= 2.0 * UMOL_L_CREATININE
    others = (x["bilirubin_umol_l"] >= 12.0 * UMOL_L_BILIRUBIN, x["encephalopathy"] >= 3, x["inr"] >= 2.5)
    failing = kidney.astype(int) + sum(o.astype(int) for o in others)
    mild = (x["creatinine_umol_l"] >= 1.5 * UMOL_L_CREATININE) | np.isin(x["encephalopathy"], (1, 2))
    return np.asarray(kidney | (failing >= 2) | ((failing == 1) & mild))
