"""How much one study moves a pool: deletion residuals, Cook's distance, hat values, DFBETAS; the pool as it grows.

Definitions: Viechtbauer and Cheung, Res Synth Methods 2010;1:112, doi:10.1002/jrsm.11.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hepatica.errors import CannotAnswer
from hepatica.evidence.pooling import Pooled, pool_effects


@dataclass(frozen=True, slots=True)
class Influence:
    """What leaving one study out does; `why` says which cut-off it passes, empty where none."""

    study: str
    rstudent: float
    dffits: float
    cook: float
    cov_ratio: float
    tau2_without: float
    q_without: float
    hat: float
    weight: float
    dfbetas: float
    why: str

    @property
    def influential(self) -> bool:
        """Return whether any cut-off is passed."""
        return bool(self.why)


def influence(
    yi: ArrayLike, vi: ArrayLike, names: Sequence[str] = (), method: str = "REML", ci: str = "wald"
) -> tuple[Influence, ...]:
    """Return the influence of each study on the pool of all; `ci` as in pool_effects.

    Cut-offs for one coefficient: |DFFITS| > 3 / sqrt(k - 1), Cook's distance past the median of chi-square with one
    degree of freedom, hat > 3 / k, |DFBETAS| > 1. Raises CannotAnswer below 3 studies.
    """
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
    whole = pool_effects(y, v, method, ci)
    k = len(y)
    if k < 3:
        raise CannotAnswer(f"k = {k}: influence needs 3 studies")
    told = names or [f"study {i + 1}" for i in range(k)]
    return tuple(_one(y, v, i, told[i], whole, method, ci) for i in range(k))


def _one(y: Any, v: Any, i: int, name: str, whole: Pooled, method: str, ci: str) -> Influence:
    k, rest = len(y), np.arange(len(y)) != i
    part = pool_effects(y[rest], v[rest], method, ci)
    wald = 1 / float((1 / (v[rest] + part.tau2)).sum())
    scale = part.se**2 / wald
    moved = whole.estimate - part.estimate
    hat = whole.weights[i]
    spread = 1 / float((1 / (v + part.tau2)).sum())
    rstudent = (y[i] - part.estimate) / math.sqrt(scale * (v[i] + part.tau2) + part.se**2)
    dffits = moved / math.sqrt(scale * hat * (part.tau2 + v[i]))
    dfbetas = moved / math.sqrt(scale * spread)
    cook = (moved / whole.se) ** 2
    why = [
        text
        for text, yes in (
            ("DFFITS", abs(dffits) > 3 * math.sqrt(1 / (k - 1))),
            ("Cook's distance", cook > 0.454936423119573),
            ("hat value", hat > 3 / k),
            ("DFBETAS", abs(dfbetas) > 1),
        )
        if yes
    ]
    return Influence(
        name, float(rstudent), float(dffits), float(cook), (part.se / whole.se) ** 2, part.tau2, part.q, hat,
        100 * hat, float(dfbetas), ", ".join(why),
    )  # fmt: skip


def leave_one_out(
    yi: ArrayLike, vi: ArrayLike, names: Sequence[str] = (), method: str = "REML", ci: str = "hksj"
) -> list[dict[str, Any]]:
    """Return the pool without each study in turn."""
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
    if len(y) < 2:
        raise CannotAnswer("one study: nothing is left without it")
    told = names or [f"study {i + 1}" for i in range(len(y))]
    return [
        {"without": told[i], **_short(pool_effects(np.delete(y, i), np.delete(v, i), method, ci))}
        for i in range(len(y))
    ]


def cumulative(
    yi: ArrayLike, vi: ArrayLike, names: Sequence[str] = (), method: str = "REML", ci: str = "hksj"
) -> list[dict[str, Any]]:
    """Return the pool as it grew, study by study in the order given."""
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
    told = names or [f"study {i + 1}" for i in range(len(y))]
    return [{"added": told[i], **_short(pool_effects(y[: i + 1], v[: i + 1], method, ci))} for i in range(len(y))]


def _short(p: Pooled) -> dict[str, Any]:
    return {"k": p.k, "estimate": p.estimate, "se": p.se, "ci": list(p.ci), "tau2": p.tau2, "i2": p.i2, "q": p.q}
