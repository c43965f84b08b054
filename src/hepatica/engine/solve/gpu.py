"""The same generated source on a GPU: NVRTC compiles it, CuPy loads and runs it, each thread takes patients in turn."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module, util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.engine.generate.compiled import CompiledModel
from hepatica.engine.solve.compiler import KERNEL, METHOD, Precision, cache_folder
from hepatica.engine.solve.packed import Raw, pack
from hepatica.engine.solve.problem import Problem, select
from hepatica.errors import CannotAnswer

BLOCK = 64
"""Threads of a block: few, since each needs many registers."""
SHAPES = (2, 1, 4, 8)
"""Blocks for each multiprocessor, the one to begin with first: few threads have more cache each, many hide waiting. A
thread that is done with a patient takes another."""
CHUNK = 1 << 18
"""Patients whose arrays are on the device at a time."""
EXTRA = "pip install 'hepatica[gpu]' where an NVIDIA driver is, or leave device out"


def missing() -> str:
    """Return why no model can run on a GPU here, or "" if it can."""
    if not util.find_spec("cupy"):
        return "CuPy is not installed"
    try:
        cupy = import_module("cupy")
        return "" if cupy.cuda.runtime.getDeviceCount() else "no GPU"
    except Exception as error:  # whatever a driver that does not fit raises
        return str(error).splitlines()[0][:200]


def describe() -> dict[str, Any] | None:
    """Return the name and memory of the GPU that would be used, or None."""
    if missing():
        return None
    found = import_module("cupy").cuda.runtime.getDeviceProperties(0)
    name = found["name"].decode() if isinstance(found["name"], bytes) else str(found["name"])
    return {"name": name, "memory_gib": round(found["totalGlobalMem"] / 2**30, 1)}


def cuda_source(source: str) -> str:
    """Return a generated model as one text: the kernel's files stand where they are included."""
    included: set[str] = set()

    def expand(text: str) -> str:
        lines = []
        for line in text.splitlines():
            name = line.split('"')[1] if line.startswith('#include "') else ""
            if name in included:
                continue
            if name:
                included.add(name)
                line = expand((KERNEL / name).read_text(encoding="utf-8"))
            lines.append(line)
        return "\n".join(lines)

    return expand(source)


def compile_cuda(source: str, precision: Precision, architecture: str, method: int = METHOD) -> bytes:
    """Return the machine code of a generated model for a GPU architecture such as "sm_90"; no GPU is needed.

    Raises CannotAnswer where CuPy or NVRTC is not installed, or where the compiler refuses.
    """
    options = ["-DDEVICE", f"-DMETHOD={method}", f"-arch={architecture}", "--std=c++17", "-prec-div=false"]
    options += ["-prec-sqrt=false", "-w", *(["-DSINGLE", "-ftz=true"] if precision == "f32" else [])]
    text = cuda_source(source)
    try:
        nvrtc = import_module("cupy.cuda").nvrtc
        version = nvrtc.getVersion()
    except Exception as error:  # CuPy is absent, or the library that it loads
        raise CannotAnswer(f"CUDA's compiler cannot be used: {error}", mend=EXTRA) from None
    key = hashlib.sha256("\0".join([text, *options, str(version)]).encode()).hexdigest()
    folder = cache_folder()
    target = folder / f"{key[:32]}.cubin"
    if not target.exists():
        program = nvrtc.createProgram(text, "model.cu", (), ())
        try:
            nvrtc.compileProgram(program, tuple(options))
        except nvrtc.NVRTCError:
            told = str(nvrtc.getProgramLog(program)).strip().splitlines() or ["it failed without a word"]
            raise CannotAnswer(f"CUDA's compiler refused the model: {told[0][:300]}", mend="report it") from None
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as built:
            built.write(nvrtc.getCUBIN(program))
        os.replace(built.name, target)
    return target.read_bytes()


def compile_for_gpu(source: str, precision: Precision, method: int = METHOD) -> bytes:
    """Return the machine code of a generated model for the first GPU here; raise CannotAnswer where there is none."""
    reason = missing()
    if reason:
        raise CannotAnswer(f"no model can run on a GPU here: {reason}", mend=EXTRA)
    capability = import_module("cupy").cuda.Device().compute_capability
    return compile_cuda(source, precision, f"sm_{capability}", method)


class _Shapes:
    """Which of SHAPES a kernel runs fastest with: each is tried on a full chunk, in turn, as runs bring them."""

    def __init__(self) -> None:
        self.seconds: dict[int, float] = {}

    def choose(self) -> int:
        """Return what to try next, or the fastest once all have been."""
        left = [shape for shape in SHAPES if shape not in self.seconds]
        return left[0] if left else min(self.seconds, key=self.seconds.__getitem__)

    def learn(self, shape: int, patients: int, seconds: float) -> None:
        """Take in how long a chunk took."""
        if patients == CHUNK:
            self.seconds[shape] = min(seconds, self.seconds.get(shape, seconds))


@lru_cache(maxsize=64)
def _shapes(code: bytes) -> _Shapes:
    return _Shapes()


class _Device:
    """Arrays go to the device, each once."""

    def __init__(self, cupy: Any) -> None:
        self.cupy = cupy
        self.kept: dict[int, tuple[NDArray[Any], Any]] = {}

    def __call__(self, array: NDArray[Any]) -> int:
        if id(array) not in self.kept:
            flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
            self.kept[id(array)] = (array, self.cupy.asarray(flat))
        return int(self.kept[id(array)][1].data.ptr)

    def fetch(self, array: NDArray[Any]) -> None:
        """Bring what the device made of an array back into it."""
        array[...] = self.cupy.asnumpy(self.kept[id(array)][1]).view(array.dtype).reshape(array.shape)


def run_gpu(
    compiled: CompiledModel,
    problem: Problem,
    precision: Precision,
    progress: Callable[[int, int], None] | None,
    max_steps: int,
    method: int = METHOD,
) -> Raw:
    """Run a checked problem on the first GPU; raise CannotAnswer with the reason where there is none."""
    code = compile_for_gpu(compiled.source, precision, method)
    cupy = import_module("cupy")
    device = cupy.cuda.Device()
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        Path(file.name).write_bytes(code)
        kernel = cupy.RawModule(path=file.name).get_function("run_all")
    whole, shapes = Raw.empty(problem), _shapes(code)
    for first in range(0, problem.n, CHUNK):
        span = np.arange(first, min(first + CHUNK, problem.n))
        part = select(problem, span)
        raw, place = Raw.empty(part), _Device(cupy)
        packed = pack(part, raw, place, max_steps)
        asked = place(np.frombuffer(bytes(packed), np.uint8))
        shape = shapes.choose()
        blocks = min(-(-part.n // BLOCK), shape * int(device.attributes["MultiProcessorCount"]))
        began = time.perf_counter()
        kernel((blocks,), (BLOCK,), (np.uint64(asked), np.int64(0), np.int64(part.n)))
        device.synchronize()
        shapes.learn(shape, part.n, time.perf_counter() - began)
        for array, target in zip(raw.arrays(), whole.arrays(), strict=True):
            if array.size:
                place.fetch(array)
                target[..., span] = array
        if progress:
            progress(int(span[-1]) + 1, problem.n)
    return whole
