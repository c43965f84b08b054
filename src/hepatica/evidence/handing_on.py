"""Hand a question's answer on as a distribution that a simulation can draw from."""

from __future__ import annotations

from typing import Any

from hepatica.errors import InputError
from hepatica.evidence.answer import pool
from hepatica.evidence.bayes import MU_SD_LOG_RATIO, TAU_SCALE_LOG_RATIO, Posterior, posterior
from hepatica.evidence.contrasts import is_cells
from hepatica.evidence.question import ask


def prior(
    outcome: str, day: float, condition: str, intervention: str, tau_scale: float | None = None, **more: Any
) -> tuple[Posterior, dict[str, Any]]:
    """Return the posterior of an effect and how it came about, for use as a prior elsewhere.

    Ratios are on the log scale with a half-normal(0.5) prior on tau; other scales need `tau_scale`, in the outcome's
    unit. A cell product without studies raises CannotAnswer as `pool` does.
    """
    answer = pool(outcome, day, condition, intervention, **more)
    ratio = answer.question.measure in ("OR", "RR")
    if not ratio and tau_scale is None:
        raise InputError(f"no scale for the heterogeneity of {outcome}", mend="tau_scale, in the unit of the outcome")
    scale = TAU_SCALE_LOG_RATIO if tau_scale is None else tau_scale
    vague = MU_SD_LOG_RATIO if ratio else 20 * scale
    y, v = [r.effect.yi or 0.0 for r in answer.rows], [r.effect.vi or 0.0 for r in answer.rows]
    fit = posterior(y, v, scale, vague)
    return fit, {
        "question": answer.question.text(),
        "scale": "log" if ratio else outcome,
        "tau_prior": f"half-normal({scale:g})",
        "mu_prior": f"normal(0, {vague:g})",
        **fit.summary(),
        "studies": [r.study.id for r in answer.rows],
        "certainty": answer.certainty["level"],
        "cells": is_cells(ask(outcome, day, condition, intervention).intervention),
    }
