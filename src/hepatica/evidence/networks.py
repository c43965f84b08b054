"""Network meta-analysis: several treatments compared at once through what trials share, by generalised least squares.

Contrast-based and frequentist, with the arms of one trial correlated through their common arm; one heterogeneity
variance for all contrasts (correlation 1/2 inside a trial), by restricted maximum likelihood. For consistent networks
this is the graph-theoretical estimate of Rücker, Res Synth Methods 2012;3:312, doi:10.1002/jrsm.1058. P-scores:
Rücker and Schwarzer, BMC Med Res Methodol 2015;15:58, doi:10.1186/s12874-015-0060-8.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.intervals import chi2_tail, normal_quantile, t_quantile

Array = NDArray[np.floating[Any]]
METHODS = ("FE", "REML", "DL")


@dataclass(frozen=True, slots=True)
class ArmEffect:
    """One arm on an additive scale (log odds, mean): only differences inside a study are used."""

    study: str
    treatment: str
    y: float
    v: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """One comparison: the effect of `treatment` against `against`, with how many trials compare them head to head.

    The prediction interval is t with the degrees of freedom of the network's Q; none below 2, none under FE.
    """

    treatment: str
    against: str
    estimate: float
    se: float
    ci: tuple[float, float]
    direct_k: int
    prediction_interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """A network's estimates. Q splits into `q_within` designs (heterogeneity) and `q_between` (inconsistency)."""

    treatments: tuple[str, ...]
    studies: int
    league: tuple[Estimate, ...]
    p_scores: dict[str, float] | None
    tau2: float
    method: str
    q: float
    q_df: int
    q_within: float
    q_within_df: int
    q_between: float
    q_between_df: int
    q_between_p: float | None
    designs: dict[str, int]
    warnings: tuple[str, ...]

    def of(self, treatment: str, against: str) -> Estimate:
        """Return one comparison of the league; raises CannotAnswer for a treatment that is not in the network."""
        for e in self.league:
            if (e.treatment, e.against) == (treatment, against):
                return e
        raise CannotAnswer(f"{treatment} v. {against} is not in this network", mend=", ".join(self.treatments))


def network(arms: Sequence[ArmEffect], method: str = "REML", better: str | None = None, level: float = 0.95) -> Network:
    """Return the network of some arms.

    method: FE (one true effect a comparison), REML or DL (generalised method of moments). better: "higher" or
    "lower", for P-scores; None gives none.
    Raises InputError for arms that cannot be used and CannotAnswer where the trials do not hang together, naming the
    parts.
    """
    if method not in METHODS or better not in (None, "higher", "lower"):
        raise InputError(f"method is {', '.join(METHODS)}, better is higher or lower")
    studies = studies_of(arms)
    names = tuple(sorted({a.treatment for s in studies for a in s}))
    connected(studies)
    y, v, x, between, designs = system(studies, names)
    tau2 = heterogeneity(y, v, x, between, method)
    beta, cov, _ = gls(y, v + tau2 * between, x)
    q = gls(y, v, x)[2]
    q_within, df_within = _within(y, v, studies, designs)
    df = len(y) - x.shape[1]
    df_between = df - df_within
    q_between = max(0.0, q - q_within) if df_between else 0.0
    league = _league(names, beta, cov, studies, level, None if method == "FE" or df < 2 else (tau2, df))
    warnings = []
    if df == 0:
        warnings.append("no comparison is made twice: heterogeneity cannot be seen")
    if df_between == 0:
        warnings.append("no closed loop of different trials: inconsistency cannot be seen")
    counted = {d: designs.count(d) for d in dict.fromkeys(designs)}
    return Network(
        treatments=names, studies=len(studies), league=league,
        p_scores=_p_scores(names, league, better) if better else None, tau2=tau2, method=method, q=q, q_df=df,
        q_within=q_within, q_within_df=df_within, q_between=q_between, q_between_df=df_between,
        q_between_p=chi2_tail(q_between, df_between) if df_between else None, designs=counted, warnings=tuple(warnings),
    )  # fmt: skip


def studies_of(arms: Sequence[ArmEffect]) -> list[list[ArmEffect]]:
    """Return the arms by study, in the order of their treatments; raises as `network` does."""
    by: dict[str, list[ArmEffect]] = {}
    for a in arms:
        if not (math.isfinite(a.y) and math.isfinite(a.v) and a.v > 0):
            raise InputError(
                f"y {a.y}, v {a.v}", where=f"{a.study}: {a.treatment}", mend="a number, and a variance > 0"
            )
        if any(b.treatment == a.treatment for b in by.setdefault(a.study, [])):
            raise InputError(f"{a.treatment} stands twice", where=a.study, mend="join the arms first")
        by[a.study].append(a)
    alone = [s for s, group in by.items() if len(group) < 2]
    if alone:
        raise InputError("one arm only: nothing to compare", where=", ".join(alone), mend="leave the study out")
    if not by:
        raise CannotAnswer("no study to compare: k=0")
    return [sorted(group, key=lambda a: a.treatment) for group in by.values()]


def components(studies: Sequence[Sequence[ArmEffect]]) -> list[set[str]]:
    """Return the sets of treatments that trials link, largest first."""
    parts: list[set[str]] = []
    for s in studies:
        new = {a.treatment for a in s}
        apart = [p for p in parts if not p & new]
        parts = [*apart, new.union(*(p for p in parts if p & new))]
    return sorted(parts, key=lambda p: (-len(p), sorted(p)))


def connected(studies: list[list[ArmEffect]]) -> None:
    """Raise CannotAnswer where the trials fall apart, naming the parts."""
    parts = components(studies)
    if len(parts) > 1:
        told = "; ".join(", ".join(sorted(p)) for p in parts)
        raise CannotAnswer("the trials do not hang together", where=told, mend="ask about one part")


def system(studies: list[list[ArmEffect]], names: tuple[str, ...]) -> tuple[Array, Array, Array, Array, list[str]]:
    """Return contrasts with each study's first arm: y, their covariance, the design, the shape of tau2, designs."""
    size = sum(len(s) - 1 for s in studies)
    y, v, between = np.zeros(size), np.zeros((size, size)), np.zeros((size, size))
    x = np.zeros((size, len(names)))
    place = {n: i for i, n in enumerate(names)}
    at = 0
    for s in studies:
        first, rest = s[0], s[1:]
        part = slice(at, at + len(rest))
        y[part] = [a.y - first.y for a in rest]
        v[part, part] = np.diag([a.v for a in rest]) + first.v
        between[part, part] = 0.5 * (np.eye(len(rest)) + 1)
        for i, a in enumerate(rest):
            x[at + i, place[a.treatment]], x[at + i, place[first.treatment]] = 1.0, -1.0
        at += len(rest)
    return y, v, x[:, 1:], between, [":".join(a.treatment for a in s) for s in studies]


def gls(y: Array, v: Array, x: Array) -> tuple[Array, Array, float]:
    """Return coefficients, covariance and the weighted sum of squares left."""
    weighted = np.linalg.solve(v, x)
    cov = np.linalg.inv(x.T @ weighted)
    beta = cov @ (weighted.T @ y)
    left = y - x @ beta
    return beta, cov, float(left @ np.linalg.solve(v, left))


def heterogeneity(y: Array, v: Array, x: Array, between: Array, method: str) -> float:
    """Return tau2 by FE (0), REML or DL; 0 where nothing is left to see it by.

    DL sets Q to its expectation: Jackson, White and Riley, Stat Med 2012;31:3805.
    """
    if method == "FE" or len(y) <= x.shape[1]:
        return 0.0
    if method == "REML":
        return reml(y, v, x, between)
    _, cov, q = gls(y, v, x)
    inverse = np.linalg.inv(v)
    projection = inverse - inverse @ x @ cov @ x.T @ inverse
    return max(0.0, (q - (len(y) - x.shape[1])) / float(np.trace(projection @ between)))


def reml(y: Array, v: Array, x: Array, between: Array) -> float:
    """Return tau2 >= 0 by restricted maximum likelihood."""
    from scipy.optimize import minimize_scalar

    def loss(tau2: float) -> float:
        whole = v + tau2 * between
        _, cov, rss = gls(y, whole, x)
        return float(np.linalg.slogdet(whole)[1] - np.linalg.slogdet(cov)[1] + rss)

    top = 4 * float(np.var(y)) + float(np.diag(v).max())
    grid = np.concatenate([[0.0], top * np.logspace(-5, 0, 40)])
    values = [loss(float(t)) for t in grid]
    i = int(np.argmin(values))
    low, high = float(grid[max(i - 1, 0)]), float(grid[min(i + 1, len(grid) - 1)])
    fit = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12 * (1 + high)})
    return float(fit.x) if float(fit.fun) < values[0] else 0.0


def _within(y: Array, v: Array, studies: list[list[ArmEffect]], designs: list[str]) -> tuple[float, int]:
    """Return the heterogeneity of trials of the same design around that design's own effects."""
    q, df, at = 0.0, 0, 0
    rows: dict[str, list[int]] = {}
    for s, d in zip(studies, designs, strict=True):
        rows.setdefault(d, []).extend(range(at, at + len(s) - 1))
        at += len(s) - 1
    for d, where in rows.items():
        arms = d.count(":")
        x = np.tile(np.eye(arms), (len(where) // arms, 1))
        if len(where) > arms:
            q += gls(y[where], v[np.ix_(where, where)], x)[2]
            df += len(where) - arms
    return q, df


def _league(
    names: tuple[str, ...],
    beta: Array,
    cov: Array,
    studies: list[list[ArmEffect]],
    level: float,
    spread: tuple[float, int] | None,
) -> tuple[Estimate, ...]:
    full = np.concatenate([[0.0], beta])
    whole = np.zeros((len(names), len(names)))
    whole[1:, 1:] = cov
    z = normal_quantile((1 + level) / 2)
    given = [{a.treatment for a in s} for s in studies]
    out = []
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            if i != j:
                d = float(full[i] - full[j])
                se = math.sqrt(float(whole[i, i] + whole[j, j] - 2 * whole[i, j]))
                k = sum({a, b} <= g for g in given)
                wide = t_quantile((1 + level) / 2, spread[1]) * math.sqrt(se**2 + spread[0]) if spread else 0.0
                reach = (d - wide, d + wide) if spread else None
                out.append(Estimate(a, b, d, se, (d - z * se, d + z * se), k, reach))
    return tuple(out)


def _p_scores(names: tuple[str, ...], league: tuple[Estimate, ...], better: str) -> dict[str, float]:
    """Return for each treatment the mean certainty that it is better than another, 0 to 1."""
    from scipy.special import ndtr

    sign = 1.0 if better == "higher" else -1.0
    scores = {n: float(np.mean([ndtr(sign * e.estimate / e.se) for e in league if e.treatment == n])) for n in names}
    return dict(sorted(scores.items(), key=lambda kv: -kv[1]))
