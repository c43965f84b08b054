"""Dynamic prediction: at each landmark the twin, fitted to the record so far, and a Cox model, in the same folds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import staging, twin

from ._pbcseq import DEAD, TRANSPLANTED, YEAR_D, Person, record
from ._risk import cox, cox_incidence, poisson

Array = NDArray[np.float64]
LANDMARKS_Y = (0, 1, 2, 3)
HORIZONS_Y = (1, 2)
FOLDS = 5
STEP_D = 73.05
GRID_D = np.arange(11) * STEP_D
DRAWS, POOL = 100, 6000
LABS = ("bilirubin_umol_l", "albumin_g_l", "inr", "hepatocytes_fraction")
SIGNS = ("age", "oedema")
JUDGED = "labs"
LAYERS: dict[str, tuple[str, ...]] = {
    "labs": (*LABS[:3], *SIGNS),
    "own hazard": ("death_1_d",),
    "labs and liver mass": (*LABS, *SIGNS),
    "labs, liver mass, pressure": (*LABS, "hvpg_mmhg", *SIGNS),
    "labs, liver mass, platelets": (*LABS, "platelets_e9_l", *SIGNS),
}
LAST = ("last_bilirubin", "last_albumin", "last_inr")
CONTROL = (*LAST, *SIGNS)
_SHOWN = (*LABS, "hvpg_mmhg", "platelets_e9_l", "death_1_d", "alive_untransplanted")


@dataclass(frozen=True, slots=True)
class Case:
    """One person at one landmark: what followed, what Cox is given, and the twin's expected course from then on.

    `ahead` holds logs of the twin's states (age in years, oedema and pressure as they are) at `GRID_D` from the
    landmark; `shipped` the twin's probability of death by each horizon with nothing refitted.
    """

    id: int
    landmark: int
    left_d: float
    status: int
    covariates: tuple[float, ...]
    ahead: dict[str, Array]
    shipped: tuple[float, ...]
    visits: int
    fit: str
    ess: float
    torn: bool


@dataclass(frozen=True, slots=True)
class Predicted:
    """Risk of death by horizon [cases, horizons] of each model, and the layer each fold chose."""

    cases: tuple[Case, ...]
    risks: dict[str, Array]
    chosen: tuple[str, ...]
    coefficients: dict[str, Array] = field(default_factory=dict)

    def column(self, what: Callable[[Case], Any]) -> NDArray[Any]:
        """Return one fact of every case as an array."""
        return np.array([what(c) for c in self.cases])


def observe(person: Person, landmark: int) -> Case | None:
    """Return a person at a landmark as the twin sees them; None for who died, was transplanted or left before."""
    day = landmark * YEAR_D
    if person.followed_d <= day:
        return None
    last = person.until(day)[-1]
    patient = record(person, day)
    fit = twin.fit(patient, staging.stage(patient), draws=DRAWS, pool=POOL, learned=False)
    gap = day - last["day"]
    days = np.unique(np.concatenate([[0.0], gap + GRID_D]))
    seen = {k: v[np.searchsorted(days, gap + GRID_D)] for k, v in twin.ahead(fit, days, _SHOWN).items()}
    alive = np.clip(seen.pop("alive_untransplanted"), 1e-9, 1)
    share = alive[0] / alive[0].sum()
    course = {k: (v if k == "hvpg_mmhg" else np.log(np.maximum(v, 1e-9))) @ share for k, v in seen.items()}
    course |= {"age": person.age + (day + GRID_D) / YEAR_D, "oedema": np.full(len(GRID_D), last["edema"])}
    for name, value in zip(LAST, (last["bili"], last["albumin"], last["protime"]), strict=True):
        course[name] = np.full(len(GRID_D), log(value))
    gone = 1 - alive.mean(axis=1) / alive[0].mean()
    return Case(
        person.id,
        landmark,
        person.followed_d - day,
        person.status,
        (log(last["bili"]), last["albumin"], log(last["protime"]), person.age + landmark, last["edema"]),
        course,
        tuple(float(np.interp(h * YEAR_D, GRID_D, gone)) for h in HORIZONS_Y),
        len(person.until(day)),
        fit.status,
        fit.ess,
        any("contradict" in note for note in fit.notes),
    )


def predict(cases: Sequence[Case]) -> Predicted:
    """Return risks by Cox, the twin with nothing refitted, and the twin with its survival part refitted, out of fold.

    Fold k holds the people whose id leaves k on division by five. Cox: one supermodel over the landmarks, cause by
    cause, follow-up cut at two years. The twin's survival part: log rate of death linear in its expected course
    (`LAYERS`; `JUDGED` is the one judged), by Poisson regression over 73-day intervals. "chosen": the layer that the
    training people choose among themselves. "last values": the same regression on the newest values, without a twin.
    """
    fold = np.array([c.id % FOLDS for c in cases])
    landmark = np.array([c.landmark for c in cases])
    shape = (len(cases), len(HORIZONS_Y))
    names = ("cox", "cox by landmark", "shipped", "chosen", "last values", *LAYERS)
    risks = {name: np.zeros(shape) for name in names}
    risks["shipped"] = np.array([c.shipped for c in cases])
    chosen = []
    for k in range(FOLDS):
        train = [c for c, f in zip(cases, fold, strict=True) if f != k]
        test = [c for c, f in zip(cases, fold, strict=True) if f == k]
        risks["cox"][fold == k] = _cox_risks(train, test)
        for y in LANDMARKS_Y:
            here = (fold == k) & (landmark == y)
            if here.any():
                one = [c for c in train if c.landmark == y]
                risks["cox by landmark"][here] = _cox_risks(one, [c for c in test if c.landmark == y])
        for name, columns in {**LAYERS, "last values": CONTROL}.items():
            risks[name][fold == k] = layer_risks(train, test, columns)
        chosen.append(_choose(train))
        risks["chosen"][fold == k] = risks[chosen[-1]][fold == k]
    slopes = {name: _layer(cases, columns, DEAD) for name, columns in LAYERS.items()}
    return Predicted(tuple(cases), risks, tuple(chosen), slopes)


def _cox_risks(train: Sequence[Case], test: Sequence[Case]) -> Array:
    x, left = np.array([c.covariates for c in train]), np.array([c.left_d for c in train])
    most = HORIZONS_Y[-1] * YEAR_D
    status = np.where(left > most, 0, [c.status for c in train])
    left = np.minimum(left, most)
    death, transplant = cox(x, left, status == DEAD), cox(x, left, status == TRANSPLANTED, ridge=1.0)
    new = np.array([c.covariates for c in test])
    return np.column_stack([cox_incidence(death, transplant, new, h * YEAR_D) for h in HORIZONS_Y])


def _course(cases: Sequence[Case], columns: Sequence[str]) -> Array:
    """Return the twin's course in the middle of each interval [cases, intervals, columns]."""
    path = np.array([[c.ahead[name] for name in columns] for c in cases])
    return np.moveaxis((path[:, :, 1:] + path[:, :, :-1]) / 2, 1, 2)


def _counts(cases: Sequence[Case], cause: int) -> tuple[Array, Array]:
    """Return days at risk and events of a cause in each interval, both [cases, intervals]."""
    left = np.array([c.left_d for c in cases])
    at_risk = np.clip(left[:, None] - GRID_D[:-1], 0, STEP_D)
    ended = (np.array([c.status for c in cases]) == cause) & (left <= GRID_D[-1])
    inside = (GRID_D[:-1] < left[:, None]) & (left[:, None] <= GRID_D[1:])
    return at_risk, (inside & ended[:, None]).astype(float)


def _layer(cases: Sequence[Case], columns: Sequence[str], cause: int) -> Array:
    at_risk, events = _counts(cases, cause)
    under = at_risk > 0
    return poisson(_course(cases, columns)[under], at_risk[under], events[under], ridge=1.0)


def layer_risks(train: Sequence[Case], test: Sequence[Case], columns: Sequence[str]) -> Array:
    """Return the risk of death by horizon [test, horizons] of a layer fitted to `train`; transplantation competes."""
    death = _rate(_layer(train, columns, DEAD), _course(test, columns))
    waiting = ("bilirubin_umol_l", "age")
    total = death + _rate(_layer(train, waiting, TRANSPLANTED), _course(test, waiting))
    hazard = total * STEP_D
    alive = np.exp(-(np.cumsum(hazard, axis=1) - hazard))
    reached = np.cumsum(alive * death / total * (1 - np.exp(-hazard)), axis=1)
    return np.column_stack([reached[:, round(h * YEAR_D / STEP_D) - 1] for h in HORIZONS_Y])


def _rate(beta: Array, course: Array) -> Array:
    return np.asarray(np.exp(beta[0] + course @ beta[1:]))


def _choose(train: Sequence[Case]) -> str:
    """Return the layer with the highest likelihood out of fold, in folds within the training people."""
    inner = np.array([c.id // FOLDS % 4 for c in train])
    best: dict[str, float] = dict.fromkeys(LAYERS, 0.0)
    for k in range(4):
        one = [c for c, f in zip(train, inner, strict=True) if f != k]
        two = [c for c, f in zip(train, inner, strict=True) if f == k]
        at_risk, events = _counts(two, DEAD)
        for name, columns in LAYERS.items():
            rate = _rate(_layer(one, columns, DEAD), _course(two, columns))
            best[name] += float((events * np.log(rate) - at_risk * rate).sum())
    return max(best, key=lambda name: best[name])
