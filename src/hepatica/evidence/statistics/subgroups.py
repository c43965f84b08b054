"""Do groups of studies differ? Each group's pool and the test between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hepatica.errors import InputError
from hepatica.evidence.intervals import chi2_tail
from hepatica.evidence.pooling import pool_effects
from hepatica.evidence.regression import regress


def subgroups(
    yi: ArrayLike, vi: ArrayLike, groups: Sequence[str], method: str = "REML", ci: str = "hksj", level: float = 0.95
) -> dict[str, Any]:
    """Return {groups, own_tau2, common_tau2, warnings}: each group's pool, and Q between by either heterogeneity.

    own_tau2: every group has its own heterogeneity; common_tau2: one for all, by meta-regression (None where k is
    too small or the method has none). A difference between groups of studies is not a randomised comparison. Raises
    InputError where names and effects differ in number.
    """
    y, v = np.asarray(yi, dtype=np.float64).ravel(), np.asarray(vi, dtype=np.float64).ravel()
    if len(groups) != len(y):
        raise InputError(f"{len(groups)} group names for {len(y)} effects")
    names = sorted(set(groups))
    held = [np.array([g == n for g in groups]) for n in names]
    pools = [pool_effects(y[m], v[m], method, ci, level=level) for m in held]
    walds = [pool_effects(y[m], v[m], method, "wald") for m in held]
    own = common = None
    if len(names) > 1:
        q = pool_effects([p.estimate for p in walds], [p.se**2 for p in walds], "FE", "wald").q
        own = {"q": q, "df": len(names) - 1, "p": chi2_tail(q, len(names) - 1)}
    if 1 < len(names) < len(y) and method in ("FE", "DL", "REML", "ML", "PM"):
        fit = regress(y, v, np.column_stack(held[1:]), tuple(names[1:]), method, knapp_hartung=False)
        common = {"q": fit.qm, "df": len(names) - 1, "p": fit.qm_p, "tau2": fit.tau2}
    said = []
    if len(names) > 1:
        said.append("groups of studies are not randomised against each other: a difference may have another cause")
    small = [n for n, p in zip(names, pools, strict=True) if p.k < 5]
    if small:
        said.append(f"below 5 studies: {', '.join(small)}")
    return {
        "groups": [{"group": n, **p.to_json()} for n, p in zip(names, pools, strict=True)],
        "own_tau2": own, "common_tau2": common, "warnings": said,
    }  # fmt: skip
