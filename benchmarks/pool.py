"""Time the pooling of many studies and the answer of one question; prints one JSON document.

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


def milliseconds(call: Callable[[], object]) -> dict[str, float]:
    """Return the best and the median of repeated calls, in milliseconds."""
    call()
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - start))
    return {"best_ms": min(taken), "median_ms": sorted(taken)[REPEATS // 2]}


def main() -> None:
    """Print timings for every estimator and for the two questions on G-CSF."""
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
    print(json.dumps({"machine": machine, "rows": rows, "questions": questions}, indent=1))


if __name__ == "__main__":
    main()
