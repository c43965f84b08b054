"""Do direct and indirect evidence of a network agree? Node splits, and all designs at once.

A split lets the trials that compare two treatments head to head have their own difference, half on each side so that
no treatment is the base: Dias et al., Stat Med 2010;29:932, doi:10.1002/sim.3767, in White's symmetrical form (Stata J
2015). All designs at once: every design has its own effects (the design-by-treatment interaction of Higgins et al.,
Res Synth Methods 2012). Heterogeneity is estimated anew in each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hepatica.evidence.intervals import chi2_tail, normal_quantile, two_sided_p
from hepatica.evidence.networks import ArmEffect, Array, connected, gls, heterogeneity, studies_of, system


@dataclass(frozen=True, slots=True)
class Split:
    """One comparison, `treatment` against `against`: head to head, through the others, and their difference."""

    treatment: str
    against: str
    direct: float
    direct_ci: tuple[float, float]
    indirect: float
    indirect_ci: tuple[float, float]
    difference: float
    se: float
    p: float
    tau2: float
    direct_k: int


@dataclass(frozen=True, slots=True)
class Designs:
    """The test of all inconsistency at once; no degrees of freedom where no loop of different trials is closed."""

    q: float
    df: int
    p: float | None
    tau2: float


def node_splits(arms: Sequence[ArmEffect], method: str = "REML", level: float = 0.95) -> tuple[Split, ...]:
    """Return a split for every comparison that has both direct and indirect evidence, least agreeing first."""
    studies = studies_of(arms)
    connected(studies)
    names = tuple(sorted({a.treatment for s in studies for a in s}))
    y, v, x, between, _ = system(studies, names)
    out = []
    for against, treatment in combinations(names, 2):
        column = _column(studies, against, treatment)
        wide = np.column_stack([x, column])
        if not column.any() or np.linalg.matrix_rank(wide) < wide.shape[1]:
            continue
        tau2 = heterogeneity(y, v, wide, between, method)
        beta, cov, _ = gls(y, v + tau2 * between, wide)
        line = np.zeros(len(beta))
        for name, sign in ((treatment, 1.0), (against, -1.0)):
            if names.index(name):
                line[names.index(name) - 1] = sign
        last = np.eye(len(beta))[-1]
        z = normal_quantile((1 + level) / 2)
        ends = []
        for row in (line + last, line):
            value, se = float(row @ beta), math.sqrt(float(row @ cov @ row))
            ends.append((value, (value - z * se, value + z * se)))
        d, se = float(beta[-1]), math.sqrt(float(cov[-1, -1]))
        k = sum({against, treatment} <= {a.treatment for a in s} for s in studies)
        out.append(Split(treatment, against, *ends[0], *ends[1], d, se, two_sided_p(d / se), tau2, k))
    return tuple(sorted(out, key=lambda s: s.p))


def design_by_treatment(arms: Sequence[ArmEffect], method: str = "REML") -> Designs:
    """Return the test of the network's consistency with heterogeneity as it is within designs."""
    studies = studies_of(arms)
    connected(studies)
    names = tuple(sorted({a.treatment for s in studies for a in s}))
    y, v, x, between, designs = system(studies, names)
    full = _own_effects(studies, designs)
    df = full.shape[1] - x.shape[1]
    tau2 = heterogeneity(y, v, full, between, method)
    whole = v + tau2 * between
    q = max(0.0, gls(y, whole, x)[2] - gls(y, whole, full)[2]) if df else 0.0
    return Designs(q, df, chi2_tail(q, df) if df else None, tau2)


def _column(studies: list[list[ArmEffect]], against: str, treatment: str) -> Array:
    score = {treatment: 0.5, against: -0.5}
    rows = []
    for s in studies:
        both = {against, treatment} <= {a.treatment for a in s}
        rows += [score.get(a.treatment, 0.0) - score.get(s[0].treatment, 0.0) if both else 0.0 for a in s[1:]]
    return np.array(rows)


def _own_effects(studies: list[list[ArmEffect]], designs: list[str]) -> Array:
    keys = list(dict.fromkeys((d, a.treatment) for s, d in zip(studies, designs, strict=True) for a in s[1:]))
    rows = [(d, a.treatment) for s, d in zip(studies, designs, strict=True) for a in s[1:]]
    return np.array([[float(r == k) for k in keys] for r in rows])
