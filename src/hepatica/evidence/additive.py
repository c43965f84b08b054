"""Component networks: each treatment is a sum of its parts (cell, route, dose), and the parts have the effects.

The additive model of Welton et al. 2009 in its frequentist form: Rücker, Petropoulou and Schwarzer, Biom J 2020;
62:808, doi:10.1002/bimj.201800167. It also joins trials that share parts but no treatment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hepatica.errors import CannotAnswer
from hepatica.evidence.intervals import chi2_tail, normal_quantile, two_sided_p
from hepatica.evidence.networks import ArmEffect, components, gls, heterogeneity, studies_of, system


@dataclass(frozen=True, slots=True)
class Component:
    """The effect of one part when added to anything; `k` trials have it on one side and not on another."""

    name: str
    estimate: float
    se: float
    ci: tuple[float, float]
    p: float
    k: int


@dataclass(frozen=True, slots=True)
class ComponentNetwork:
    """Components with the fit of the additive model: Q, and how much of it additivity adds over free treatments."""

    components: tuple[Component, ...]
    not_estimable: tuple[str, ...]
    treatments: tuple[str, ...]
    studies: int
    tau2: float
    method: str
    q: float
    q_df: int
    q_p: float | None
    q_additivity: float | None
    additivity_df: int | None
    additivity_p: float | None
    warnings: tuple[str, ...]


def component_network(
    arms: Sequence[ArmEffect], parts: Mapping[str, frozenset[str]], method: str = "REML", level: float = 0.95
) -> ComponentNetwork:
    """Return the additive model of some arms; parts gives each treatment's components, none for the reference.

    A part that no trial's contrast can tell from others is in `not_estimable`, named with those it cannot be told
    from. Raises CannotAnswer where no part can be estimated. Additivity is tested where the trials hang together.
    """
    studies = studies_of(arms)
    names = tuple(sorted({a.treatment for s in studies for a in s}))
    missing = [n for n in names if n not in parts]
    if missing:
        raise CannotAnswer(f"no parts given for {', '.join(missing)}")
    every = sorted(set().union(*(parts[n] for n in names)))
    score = {n: np.array([float(p in parts[n]) for p in every]) for n in names}
    y, v, plain, between, _ = system(studies, names)
    x = np.array([score[a.treatment] - score[s[0].treatment] for s in studies for a in s[1:]])
    keep, lost = _estimable(x, every)
    if not keep:
        raise CannotAnswer("no part of these treatments can be estimated on its own", where="; ".join(lost))
    basis = _basis(x)
    tau2 = heterogeneity(y, v, basis, between, method)
    whole = v + tau2 * between
    weighted = np.linalg.solve(whole, x)
    inverse = np.linalg.pinv(x.T @ weighted, hermitian=True)
    beta = inverse @ (weighted.T @ y)
    q = gls(y, v, basis)[2]
    df = len(y) - basis.shape[1]
    z = normal_quantile((1 + level) / 2)
    rows = []
    for i in keep:
        b, se = float(beta[i]), math.sqrt(float(inverse[i, i]))
        k = sum(len({every[i] in parts[a.treatment] for a in s}) > 1 for s in studies)
        rows.append(Component(every[i], b, se, (b - z * se, b + z * se), two_sided_p(b / se), k))
    linked = len(components(studies)) == 1
    extra = plain.shape[1] - basis.shape[1] if linked else None
    apart = max(0.0, q - gls(y, v, plain)[2]) if linked and extra else (0.0 if linked else None)
    said = [] if linked else ["the trials share parts but not treatments: additivity cannot be tested"]
    if linked and not extra:
        said.append("as many parts as treatments: additivity cannot be tested")
    if df == 0:
        said.append("no part is seen twice: heterogeneity cannot be seen")
    said += [f"{e.name}: rests on one trial" for e in rows if e.k == 1]
    return ComponentNetwork(
        components=tuple(rows), not_estimable=tuple(lost), treatments=names, studies=len(studies), tau2=tau2,
        method=method, q=q, q_df=df, q_p=chi2_tail(q, df) if df else None, q_additivity=apart, additivity_df=extra,
        additivity_p=chi2_tail(apart, extra) if apart is not None and extra else None, warnings=tuple(said),
    )  # fmt: skip


def _basis(x: np.ndarray) -> np.ndarray:
    """Return independent columns that span x."""
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    return np.asarray(u[:, s > 1e-10 * s[0]])


def _estimable(x: np.ndarray, names: list[str]) -> tuple[list[int], list[str]]:
    """Return the columns whose coefficient is determined, and the others in words with what they move together with."""
    _, s, vt = np.linalg.svd(x, full_matrices=True)
    rank = int((s > 1e-10 * max(s[0], 1e-300)).sum()) if len(s) else 0
    null = vt[rank:]
    free = np.abs(null).max(0) if len(null) else np.zeros(len(names))
    keep = [i for i in range(len(names)) if free[i] < 1e-8]
    lost = []
    for i in range(len(names)):
        if free[i] >= 1e-8:
            if not x[:, i].any():
                lost.append(f"{names[i]}: no trial has it on one side only")
                continue
            own = null[np.abs(null[:, i]) > 1e-8]
            others = [names[j] for j in range(len(names)) if j != i and np.abs(own[:, j]).max() > 1e-8]
            lost.append(f"{names[i]}: not to be told from {', '.join(others)}")
    return keep, lost
