"""A Bayesian pool by quadrature: what the studies and a weakly informative prior say together; hands on a distribution.

The normal-normal model: y_i ~ N(theta_i, v_i), theta_i ~ N(mu, tau^2), mu ~ N(m, s^2) or flat, tau ~ half-normal,
half-Cauchy or uniform. Given tau everything is normal, so only tau needs quadrature (Gauss-Legendre on panels). Prior
scales: Röver et al. 2021 doi:10.1002/jrsm.1475; the method: Röver, J Stat Softw 2020;93(6).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hepatica.errors import CannotAnswer, InputError

Array = NDArray[np.floating[Any]]
TAU_SCALE_LOG_RATIO = 0.5
MU_SD_LOG_RATIO = 2.82  # 95 % of ratios between 1/250 and 250: vague (ours)
TAU_PRIORS = ("half-normal", "half-cauchy", "uniform")
_PANELS, _NODES = 60, 20


@dataclass(frozen=True, slots=True)
class Posterior:
    """Quadrature nodes of tau with their weights, and the normal of mu given tau; everything else follows from these.

    y and v are the studies' effects and variances (for shrinkage); empty where only the distribution is known.
    """

    tau: Array
    weight: Array
    mean: Array
    sd: Array
    y: Array
    v: Array
    edges: Array

    def draw(self, n: int, seed: int = 1, new_study: bool = True) -> Array:
        """Return n draws of the effect in a new study (or of the mean effect)."""
        rng = np.random.default_rng(seed)
        i = rng.choice(len(self.tau), n, p=self.weight)
        sd = np.sqrt(self.sd[i] ** 2 + (self.tau[i] ** 2 if new_study else 0.0))
        return rng.normal(self.mean[i], sd)

    def summary(self, level: float = 0.95) -> dict[str, Any]:
        """Return mean, SD and interval of mu, of a new study's effect and of tau, and the chance that mu is above 0."""
        from scipy.special import ndtr

        tail = (1 - level) / 2
        wide = np.sqrt(self.sd**2 + self.tau**2)
        return {
            "mu": self._normal(self.mean, self.sd, tail),
            "new_study": self._normal(self.mean, wide, tail),
            "tau": {
                "mean": float(self.weight @ self.tau),
                "median": self._tau_quantile(0.5),
                "interval": [self._tau_quantile(tail), self._tau_quantile(1 - tail)],
            },
            "p_above_0": float(self.weight @ ndtr(self.mean / self.sd)),
            "p_new_above_0": float(self.weight @ ndtr(self.mean / wide)),
            "level": level,
        }

    def shrunken(self, names: Sequence[str] = (), level: float = 0.95) -> list[dict[str, Any]]:
        """Return each study's own effect as the others change it: mean, SD, median, interval and the pull to the mean.

        pull: the share of the weight that lies on the common mean, 0 (as printed) to 1 (as if no study differed).
        """
        tail = (1 - level) / 2
        out = []
        for i, (y, v) in enumerate(zip(self.y, self.v, strict=True)):
            pull = v / (v + self.tau**2)
            mean = (1 - pull) * y + pull * self.mean
            sd = np.sqrt(pull * self.tau**2 + pull**2 * self.sd**2)
            row = self._normal(mean, sd, tail)
            out.append({"study": names[i] if names else f"study {i + 1}", "yi": float(y), **row,
                        "pull": float(self.weight @ pull)})  # fmt: skip
        return out

    def _normal(self, mean: Array, sd: Array, tail: float) -> dict[str, Any]:
        centre = float(self.weight @ mean)
        variance = float(self.weight @ (sd**2 + (mean - centre) ** 2))
        ends = [self._quantile(mean, sd, p) for p in (tail, 0.5, 1 - tail)]
        return {"mean": centre, "sd": variance**0.5, "median": ends[1], "interval": [ends[0], ends[2]]}

    def _quantile(self, mean: Array, sd: Array, p: float) -> float:
        from scipy.special import ndtr

        lo, hi = float((mean - 12 * sd).min()), float((mean + 12 * sd).max())
        for _ in range(100):
            middle = (lo + hi) / 2
            if float(self.weight @ ndtr((middle - mean) / sd)) < p:
                lo = middle
            else:
                hi = middle
        return (lo + hi) / 2

    def _tau_quantile(self, p: float) -> float:
        """Return a quantile of tau: its panel by the weights so far, the place inside by Legendre integration."""
        mass = self.weight.reshape(-1, _NODES)
        below = np.concatenate([[0.0], np.cumsum(mass.sum(1))])
        i = min(int(np.searchsorted(below, p, side="right")) - 1, len(mass) - 1)
        whole = float(mass[i].sum())
        if whole <= 0:
            return float(self.edges[i])
        x, w = np.polynomial.legendre.leggauss(_NODES)
        series = np.polynomial.legendre.legfit(x, mass[i] / w, _NODES - 1)
        rising = np.polynomial.legendre.legint(series, lbnd=-1)
        lo, hi = -1.0, 1.0
        for _ in range(60):
            middle = (lo + hi) / 2
            if float(np.polynomial.legendre.legval(middle, rising)) < p - below[i]:
                lo = middle
            else:
                hi = middle
        return float(self.edges[i] + (self.edges[i + 1] - self.edges[i]) * (lo + 1) / 2)


def posterior(
    yi: ArrayLike,
    vi: ArrayLike,
    tau_scale: float,
    mu_sd: float | None,
    tau_prior: str = "half-normal",
    mu_mean: float = 0.0,
) -> Posterior:
    """Return the posterior of mean effect and heterogeneity; the prior scales are in the unit of yi.

    tau_prior: one of TAU_PRIORS; for "uniform", tau_scale is its upper end. mu_sd None is a flat prior. Raises
    InputError for scales not above 0 and CannotAnswer for one study under a flat mean and a half-Cauchy, whose
    posterior does not exist as a distribution of use.

    >>> s = posterior([0.2, 1.1, -0.3], [0.05, 0.08, 0.3], 0.5, 2.82).summary()
    >>> round(s["mu"]["mean"], 3), round(s["tau"]["median"], 3)
    (0.419, 0.465)
    """
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
    if not tau_scale > 0 or not (mu_sd is None or mu_sd > 0):
        raise InputError(f"prior scales {tau_scale} and {mu_sd}", mend="both above 0")
    if tau_prior not in TAU_PRIORS:
        raise InputError(f"tau prior {tau_prior!r} is not known", mend=f"one of: {', '.join(TAU_PRIORS)}")
    if len(y) == 0:
        raise CannotAnswer("no study to pool: k=0")
    if len(y) == 1 and mu_sd is None:
        raise CannotAnswer("one study and a flat prior on the mean say nothing of heterogeneity", mend="mu_sd")
    log_prior = _LOG_PRIOR[tau_prior]

    def given(tau: Array) -> tuple[Array, Array, Array]:
        total = v[None, :] + tau[:, None] ** 2
        own = 0.0 if mu_sd is None else mu_sd**-2
        precision = (1 / total).sum(1) + own
        mean = ((y / total).sum(1) + own * mu_mean) / precision
        fit = -0.5 * (np.log(total).sum(1) + np.log(precision))
        fit -= 0.5 * (((y - mean[:, None]) ** 2 / total).sum(1) + own * (mean - mu_mean) ** 2)
        return fit + log_prior(tau / tau_scale), mean, precision**-0.5

    edges = _edges(lambda t: given(t)[0], tau_scale, tau_prior)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half = np.diff(edges)[:, None] / 2
    tau = (edges[:-1, None] + half * (nodes + 1)).ravel()
    log, mean, sd = given(tau)
    weight = np.exp(log - log.max()) * (half * weights).ravel()
    return Posterior(tau, weight / weight.sum(), mean, sd, y, v, edges)


def _edges(log: Callable[[Array], Array], scale: float, prior: str) -> Array:
    """Return panels of tau: fine where the density is, reaching as far as it matters."""
    top = scale if prior == "uniform" else scale * (40.0 if prior == "half-normal" else 1e9)
    rough = np.concatenate([[0.0], np.geomspace(1e-6 * scale, top, 4000)])
    density = np.exp((value := log(rough)) - value.max())
    widths = np.diff(rough)
    mass = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * widths)])
    share = mass / mass[-1]
    ends = np.interp(np.linspace(0, 1, _PANELS - 19), share, rough)
    tail = np.concatenate([10.0 ** np.arange(-3, -11.5, -0.5)])
    beyond = np.interp(1 - tail, share, rough)
    return np.unique(np.concatenate([[0.0], ends, beyond, [top]]))


_LOG_PRIOR: dict[str, Callable[[Array], Array]] = {
    "half-normal": lambda x: np.asarray(-0.5 * x**2),
    "half-cauchy": lambda x: np.asarray(-np.log1p(x**2)),
    "uniform": lambda x: np.where(x <= 1, 0.0, -math.inf),
}
