"""Time the pooling of many studies, the heavier models and the answer of one question; prints one JSON document.

Run: python benchmarks/pool.py [STUDIES]
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable

import numpy as np

from hepatica import evidence
from hepatica.evidence.tau2 import METHODS

REPEATS = 20


def milliseconds(call: Callable[[], object], repeats: int = REPEATS) -> dict[str, float]:
    """Return the best and the median of repeated calls, in milliseconds."""
    call()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - start))
    return {"best_ms": min(taken), "median_ms": sorted(taken)[repeats // 2]}


def models() -> list[dict[str, object]]:
    """Return timings of the models that need a search, on made-up studies of usual size."""
    rng = np.random.default_rng(2)
    n = rng.integers(20, 90, 20)
    a, c = rng.binomial(n, 0.06), rng.binomial(n, 0.12)
    study = [f"s{i // 4}" for i in range(80)]
    month = np.tile([1.0, 3.0, 6.0, 12.0], 20)
    v = rng.uniform(0.02, 0.2, 80)
    y = 0.1 * np.sqrt(month) + rng.normal(0, 0.3, 80)
    errors = evidence.sampling_covariance(study, v, rho=0.5)
    days = np.equal.outer(month, np.unique(month)).astype(float)
    moderator = rng.normal(size=20)
    calls: dict[str, Callable[[], object]] = {
        "exact odds ratio, 20 studies": lambda: evidence.odds_ratio(a, n, c, n),
        "exact proportion, 20 studies": lambda: evidence.pool_proportions(a, n),
        "course, 20 studies of 4 days": lambda: evidence.multilevel(
            study, y, errors, days, structure="car", times=month
        ),
        "influence, 80 studies": lambda: evidence.influence(y, v),
        "posterior, 80 studies": lambda: evidence.posterior(y, v, 0.5, 2.82).summary(),
        "step selection model, 80 studies": lambda: evidence.step_model(y, v),
        "meta-regression, 1,000 permutations": lambda: evidence.regress(y[:20], v[:20], moderator, permutations=1000),
        "network of the base": lambda: evidence.network_question("survival", 90, "alcoholic_hepatitis"),
    }
    return [{"model": name, **milliseconds(call, 3)} for name, call in calls.items()]


def main() -> None:
    """Print timings for every estimator, the heavier models and the two questions on G-CSF."""
    k = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rng = np.random.default_rng(1)
    v = rng.uniform(0.01, 0.5, k)
    y = rng.normal(0.2, np.sqrt(v + 0.1))
    rows = [{"method": m, "k": k, **milliseconds(lambda m=m: evidence.pool_effects(y, v, m))} for m in METHODS]
    questions = [
        {"condition": c, **milliseconds(lambda c=c: evidence.pool("survival", 90, c, "g_csf"))}
        for c in ("aclf", "alcoholic_hepatitis")
    ]
    machine = {"system": platform.platform(), "cores": os.cpu_count(), "python": platform.python_version()}
    print(json.dumps({"machine": machine, "rows": rows, "models": models(), "questions": questions}, indent=1))


if __name__ == "__main__":
    main()
