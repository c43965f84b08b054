"""How much a step computes, counted in the generated C, and how much this processor could: how far from the limit."""

from __future__ import annotations

import ctypes
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hepatica.engine.solve.compiler import METHOD, Precision, lanes, library

STAGES = {4: (6, 2), 42: (6, 2), 5: (8, 3), 54: (7, 0)}
"""Stages of each METHOD of kernel/tableau.h, and how many of them start from the one before plus its result."""
POLYNOMIAL = {"exp": 25, "log": 30, "pow": 30, "tanh": 55, "sqrt": 1, "recip": 1, "abs": 1, "min": 2, "max": 2}
"""Operations of each function of kernel/maths.h in f32, a division or square root counted as one."""

PEAK = """#define N_STATES 1
#define N_PARAMETERS 1
#define N_HOISTED 1
#define N_OUTPUTS 0
#define N_JACOBIAN 1
#define N_LU 1
#include "lanes.h"
EXPORT int64_t run(const void *q, int64_t first, int64_t last)
{
  T a[12], x = K(1.0 + 1e-9 * (double)first), y = K(1e-9);
  for (int k = 0; k < 12; k++) a[k] = K(k);
  for (int64_t i = first; i < last; i++)
    for (int k = 0; k < 12; k++) a[k] = a[k] * x + y;
  T sum = K(0.0);
  for (int k = 0; k < 12; k++) sum += a[k];
  return q || any(v_lt(sum, K(0.0)));
}
EXPORT int64_t about(int what) { return what; }
"""


def step_flops(source: str, method: int = METHOD) -> dict[str, int]:
    """Return the operations of one step of one patient: by part, and their `total`.

    Counted are additions, multiplications and divisions as one each and functions as their polynomials, in the C of
    the model; the sums over stages, the error norm and the step control by their formulas.
    """
    (stages, closing), states = STAGES[method], int(re.findall(r"#define N_STATES (\d+)", source)[0])
    parts = {name: _operations(_body(source, name)) for name in ("rate", "linearise", "factorise", "solve")}
    pairs, opening = stages * (stages - 1) // 2, (stages - closing + 1) * (stages - closing) // 2
    if method == 54:
        found = {"rates": stages * parts["rate"], "stages": states * (2 * pairs + 3 * stages)}
    else:
        found = {
            "linearise": parts["linearise"], "factorise": parts["factorise"],
            "rates": (stages - 1) * parts["rate"], "solves": stages * parts["solve"],
            "stages": states * (2 * pairs + 2 * opening + stages),
        }  # fmt: skip
    found["norm"] = states * 10 + 120
    return found | {"total": sum(found.values())}


def _body(source: str, name: str) -> str:
    return str(re.findall(rf"KERNEL (?:void|T) {name}\(.*?\)\n\{{\n(.*?)\n\}}", source, re.DOTALL)[0])


def _operations(c: str) -> int:
    code = re.sub(r"/\*.*?\*/", "", c)
    binary = len(re.findall(r" [-+*/] | -= |\(-|= -", code))
    return binary + sum(cost * len(re.findall(rf"\bv_{name}\(", code)) for name, cost in POLYNOMIAL.items())


def peak_flops(precision: Precision, threads: int, seconds: float = 0.2) -> float:
    """Measure how many operations a second this processor does at most: independent multiply-adds in full lanes."""
    built: Any = library(PEAK, precision, lanes(precision))
    rounds = 1 << 16

    def work(_: int) -> float:
        return float(built.run(ctypes.c_void_p(), 0, rounds))

    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until or not best:
            began = time.perf_counter()
            list(pool.map(work, range(threads)))
            best = max(best, threads * rounds * 12 * 2 * lanes(precision) / (time.perf_counter() - began))
    return best
