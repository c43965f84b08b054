"""What this machine can do for the engine, and what to install where it cannot."""

from __future__ import annotations

import ctypes.util
import os
import platform
import shutil
import subprocess
import time
from typing import Any

from hepatica.engine.solve.compiler import cache_folder, compilers, cpu, lanes, library
from hepatica.engine.solve.gpu import missing
from hepatica.errors import HepaticaError

PROBE = """#define N_STATES 1
#define N_PARAMETERS 1
#define N_HOISTED 1
#define N_OUTPUTS 0
#define N_JACOBIAN 1
#define N_LU 1
#define AUTONOMOUS 1
#include "lanes.h"
EXPORT int64_t run(const void *q, int64_t first, int64_t last) { return q ? last - first : 0; }
EXPORT int64_t about(int what) { return what ? (int64_t)sizeof(REAL) : LANES; }
"""


def available_cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> dict[str, Any]:
    """Return the processor, its cores and lanes."""
    return {
        "cpu": cpu()[0],
        "cores": available_cores(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "lanes": {"f32": lanes("f32"), "f64": lanes("f64")},
    }


def doctor() -> dict[str, Any]:
    """Try the compiler and look at the machine; `works` tells if models can run, `advice` what to install."""
    found = compilers()
    advice: list[str] = []
    began = time.perf_counter()
    try:
        works = library(PROBE, "f32", lanes("f32")).about(0) == lanes("f32")
    except HepaticaError as error:
        works = False
        advice.append(error.what.splitlines()[0] + (f": {error.mend}" if error.mend else ""))
    if not any("ziglang" in c.identity for c in found):
        advice.append("pip install ziglang: a compiler that comes as a wheel, and gives the fastest models")
    if "avx2" not in cpu()[1] and platform.machine() in ("x86_64", "AMD64"):
        advice.append("this processor has no AVX2: models run in 4 (f32) or 2 (f64) lanes")
    gpu = _gpu()
    if gpu["found"] and not gpu["used"]:
        advice.append("pip install 'hepatica[gpu]': models can run on the GPU found here")
    return {
        "works": works,
        "probe_s": round(time.perf_counter() - began, 3),
        "compilers": [{"command": " ".join(c.command), "version": c.identity} for c in found],
        "machine": machine(),
        "gpu": gpu,
        "cache": _cache(),
        "advice": advice,
    }


def _gpu() -> dict[str, Any]:
    name = ""
    if tool := shutil.which("nvidia-smi"):
        asked = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"]
        try:
            told = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603
            name = told.stdout.strip() if told.returncode == 0 else ""
        except (OSError, subprocess.TimeoutExpired):
            name = ""
    driver = bool(ctypes.util.find_library("cuda"))
    reason = missing() if name or driver else "no NVIDIA driver"
    why = f"models run on the processor: {reason}" if reason else 'models run on it with device="gpu"'
    return {"found": name or None, "driver": driver, "used": not reason, "why": why}


def _cache() -> dict[str, Any]:
    try:
        folder = cache_folder()
    except HepaticaError as error:
        return {"folder": None, "why": error.what}
    built = list(folder.glob("*.so"))
    return {"folder": str(folder), "models": len(built), "bytes": sum(p.stat().st_size for p in built)}
