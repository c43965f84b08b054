"""Hand a question's answer on as a distribution that a simulation can draw from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.errors import CannotAnswer
from hepatica.evidence.answer import Answer, pool
from hepatica.evidence.bayes import MU_SD_LOG_RATIO, TAU_SCALE_LOG_RATIO, Posterior, posterior
from hepatica.evidence.contrasts import is_cells
from hepatica.evidence.courses import MONTH, pool_course
from hepatica.evidence.question import ask

Array = NDArray[np.floating[Any]]
TAU_SHARE_OF_SD = 0.5  # half-normal scale of tau for means, as a share of the spread between patients (ours)


@dataclass(frozen=True, slots=True)
class CoursePrior:
    """A course of effects as a distribution: mean [d], its covariance [d, d], and that of true effects [d, d]."""

    days: tuple[float, ...]
    mean: Array
    covariance: Array
    between: Array

    def draw(self, n: int, seed: int = 1, new_study: bool = True) -> Array:
        """Return n draws of the whole course, [n, d], in a new study (or of the mean)."""
        whole = self.covariance + (self.between if new_study else 0.0)
        return np.random.default_rng(seed).multivariate_normal(self.mean, whole, n, method="eigh")

    def correlation(self) -> Array:
        """Return how the effects of a new study on two days go together, [d, d]."""
        whole = self.covariance + self.between
        sd = np.sqrt(np.diag(whole))
        return np.asarray(whole / np.outer(sd, sd))


def prior(
    outcome: str,
    day: float,
    condition: str,
    intervention: str,
    tau_scale: float | None = None,
    tau_prior: str = "half-normal",
    **more: Any,
) -> tuple[Posterior, dict[str, Any]]:
    """Return the posterior of an effect and how it came about, for use as a prior elsewhere.

    Ratios are on the log scale with a half-normal(0.5) prior on tau; differences of means take half the spread between
    patients of the control arms as that scale unless `tau_scale` is given, in the outcome's unit. A cell product
    without studies raises CannotAnswer as `pool` does.
    """
    answer = pool(outcome, day, condition, intervention, **more)
    ratio = answer.question.measure in ("OR", "RR", "HR")
    scale, told = (tau_scale, "as given") if tau_scale is not None else _scale(answer, ratio)
    vague = MU_SD_LOG_RATIO if ratio else 20 * scale
    y, v = [r.effect.yi or 0.0 for r in answer.rows], [r.effect.vi or 0.0 for r in answer.rows]
    fit = posterior(y, v, scale, vague, tau_prior)
    names = [r.study.id for r in answer.rows]
    return fit, {
        "question": answer.question.text(),
        "scale": "log" if ratio else outcome,
        "tau_prior": f"{tau_prior}({scale:g})",
        "tau_scale_from": told,
        "mu_prior": f"normal(0, {vague:g})",
        **fit.summary(),
        "shrunken": fit.shrunken(names),
        "studies": names,
        "certainty": answer.certainty["level"],
        "cells": is_cells(ask(outcome, day, condition, intervention).intervention),
        "warnings": [f"k = {len(y)}: the prior on tau says as much as the studies"] if len(y) < 5 else [],
    }


def course_prior(
    outcome: str, days: Sequence[float], condition: str, intervention: str, **more: Any
) -> tuple[CoursePrior, dict[str, Any]]:
    """Return the course of an effect over days, with heterogeneity and correlation in time, and how it came about.

    Days that no study reports are left out and named. With one study heterogeneity cannot be seen: `between` is 0 and a
    warning says so. Raises CannotAnswer as `pool_course` does.
    """
    c = pool_course(outcome, days, condition, intervention, **more)
    fit = c.fit
    apart = np.abs(np.subtract.outer(c.days, c.days)) / MONTH
    rho = fit.rho if fit.rho is not None else 1.0
    shape = np.where(apart == 0, 1.0, rho if fit.structure == "cs" else rho**apart)
    warnings = list(fit.warnings)
    if fit.studies < 2:
        warnings.append("between-study spread is unknown and taken as 0: the draws are too narrow")
    held = CoursePrior(c.days, np.array(fit.estimate), np.array(fit.covariance), fit.tau2 * shape)
    about = c.to_json()
    keys = ("question", "measure", "days", "not_estimable_days", "tau2", "rho_per_month", "structure", "studies",
            "within_study_correlation")  # fmt: skip
    return held, {**{k: about[k] for k in keys}, "warnings": warnings,
                  "scale": "log" if c.question.measure in ("OR", "RR", "HR") else outcome}  # fmt: skip


def _scale(a: Answer, ratio: bool) -> tuple[float, str]:
    if ratio:
        return TAU_SCALE_LOG_RATIO, "half-normal(0.5) for log ratios, Röver et al. 2021"
    if a.question.measure in ("SMD", "RD"):
        return (0.5, "0.5 standard deviations") if a.question.measure == "SMD" else (0.1, "ten points in a hundred")
    spread = [n["control_sd"] for r in a.rows if (n := dict(r.numbers)).get("control_sd")]
    if not spread:
        raise CannotAnswer("no spread between patients to scale heterogeneity by", mend="tau_scale")
    value = TAU_SHARE_OF_SD * float(np.median(spread))
    return value, f"{TAU_SHARE_OF_SD:g} of the median SD of the control arms, ours"
