"""Risk of death where transplantation competes: Cox and Poisson hazards, incidence, and how to judge them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._pbcseq import CENSORED, DEAD

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cox:
    """A fitted cause-specific Cox model: log hazard ratios, and the baseline hazard's steps at event times."""

    beta: Array
    center: Array
    times: Array
    steps: Array

    def ratio(self, x: Array) -> Array:
        """Return hazard ratios [n] against the center."""
        return np.asarray(np.exp((x - self.center) @ self.beta))


def cox(x: Array, time: Array, event: NDArray[np.bool_], ridge: float = 0.0) -> Cox:
    """Return the Cox model of events, ties by Breslow.

    Args:
        x: covariates [n, p].
        time: days of follow-up [n].
        event: whether the event ended it [n].
        ridge: penalty on squared log hazard ratios of covariates scaled to SD 1.
    """
    center, scale = x.mean(axis=0), x.std(axis=0)
    order = np.argsort(-time, kind="stable")
    z, time, event = ((x - center) / scale)[order], time[order], event[order]
    last = np.searchsorted(-time, -time[event], side="right") - 1
    beta = np.zeros(z.shape[1])
    for _ in range(50):
        w = np.exp(z @ beta)
        s0, s1 = np.cumsum(w)[last], np.cumsum(z * w[:, None], axis=0)[last]
        s2 = np.cumsum(z[:, :, None] * z[:, None, :] * w[:, None, None], axis=0)[last]
        mean = s1 / s0[:, None]
        score = (z[event] - mean).sum(axis=0) - ridge * beta
        information = (s2 / s0[:, None, None] - mean[:, :, None] * mean[:, None, :]).sum(axis=0)
        step = np.linalg.solve(information + ridge * np.eye(len(beta)), score)
        beta = beta + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:
            break
    s0 = np.cumsum(np.exp(z @ beta))[last]
    return Cox(beta / scale, center, time[event][::-1], (1 / s0)[::-1])


def cox_incidence(death: Cox, transplant: Cox, x: Array, horizon_d: float) -> Array:
    """Return the probability [n] of death by a horizon where transplantation competes."""
    times = np.concatenate([death.times, transplant.times])
    order = np.argsort(times, kind="stable")
    kept = order[times[order] <= horizon_d]
    fatal = np.arange(len(times)) < len(death.times)
    steps = np.concatenate([death.steps, transplant.steps])
    hazard = np.where(fatal, death.ratio(x)[:, None], transplant.ratio(x)[:, None]) * steps
    hazard, fatal = hazard[:, kept], fatal[kept]
    alive = np.exp(-(np.cumsum(hazard, axis=1) - hazard))
    return np.asarray((alive * (1 - np.exp(-hazard)) * fatal).sum(axis=1))


def poisson(x: Array, exposure: Array, events: Array, ridge: float) -> Array:
    """Return the coefficients [1 + p] of the log rate of events on columns x [n, p]; the first is the constant.

    The penalty is on squared coefficients of columns scaled to SD 1; the constant goes free. Without any event the rate
    is that of half an event, for everybody.
    """
    if events.sum() == 0:
        return np.array([np.log(0.5 / exposure.sum()), *np.zeros(x.shape[1])])
    center, scale = x.mean(axis=0), x.std(axis=0)
    z = np.column_stack([np.ones(len(x)), (x - center) / scale])
    penalty = np.diag([0.0, *np.full(x.shape[1], ridge)])
    beta = np.array([np.log(events.sum() / exposure.sum()), *np.zeros(x.shape[1])])
    for _ in range(100):
        rate = exposure * np.exp(z @ beta)
        step = np.linalg.solve((z * rate[:, None]).T @ z + penalty, z.T @ (events - rate) - penalty @ beta)
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    slopes = beta[1:] / scale
    return np.array([beta[0] - slopes @ center, *slopes])


def weights(time: Array, status: NDArray[np.int64], horizon_d: float) -> tuple[Array, Array]:
    """Return inverse-probability-of-censoring weights and whether dead by the horizon, both [n].

    The transplanted count as known not to have died of the disease by then; the censored weigh nothing.
    Source: Graf 1999 (score), Blanche 2013 (competing events).
    """
    at = np.unique(time[status == CENSORED])
    lost = np.array([(time[status == CENSORED] == t).sum() for t in at], float)
    stay = np.cumprod(np.array([1 - n / (time >= t).sum() for t, n in zip(at, lost, strict=True)]))
    kept = np.concatenate([[1.0], stay])
    before = kept[np.searchsorted(at, np.minimum(time, horizon_d), side="left")]
    beyond = kept[np.searchsorted(at, horizon_d, side="right")]
    known = (status != CENSORED) & (time <= horizon_d)
    w = np.where(time > horizon_d, 1 / beyond, np.where(known, 1 / before, 0.0))
    return w, ((status == DEAD) & (time <= horizon_d)).astype(float)


def auc(risk: Array, died: Array, weight: Array) -> float:
    """Return the weighted probability that who died had the higher risk (ties count half)."""
    case, control = (died == 1) & (weight > 0), (died == 0) & (weight > 0)
    order = np.sign(risk[case][:, None] - risk[control][None, :])
    pairs = weight[case][:, None] * weight[control][None, :]
    return float((pairs * (order + 1) / 2).sum() / pairs.sum())


def brier(risk: Array, died: Array, weight: Array) -> float:
    """Return the weighted mean squared distance of risk from what happened."""
    return float((weight * (died - risk) ** 2).sum() / len(risk))
