"""The source that a GPU runs: as plain C++ it gives the processor's numbers, CUDA's compiler takes it, a GPU agrees."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from test_events import course

from hepatica.engine import Dose, Model, compile_model, simulate
from hepatica.engine.solve import compiler as compilers
from hepatica.engine.solve import gpu
from hepatica.engine.solve.gpu import compile_cuda, cuda_source, missing
from hepatica.errors import CannotAnswer

N = 50
GIVEN: dict[str, Any] = {
    "times": np.linspace(0, 6, 13),
    "parameters": {"k": np.linspace(0.1, 2, N)},
    "observables": ["x1", "seen", "death_hazard"],
    "doses": [Dose(3.0, "x1", np.linspace(0, 1, N)), Dose(1.0, "x1", 0.5, duration=0.75)],
    "seed": 3,
}


def rich() -> Model:
    """Return a model that uses every function of the language."""
    import sympy

    m = Model("rich")
    k = m.parameter("k", 0.5)
    x, y = m.state("x1", 1.0, nonnegative=True), m.state("y1", 0.5)
    m.rate(x, sympy.Max(0.1, sympy.tanh(y)) - k * x**1.7 / (1 + x**1.7))
    m.rate(y, sympy.Min(x, 2) * sympy.exp(-y) - sympy.Abs(y) * sympy.log(1 + x) / 3 + sympy.sign(x - 1) / 10)
    m.observe("seen", sympy.sqrt(x) + y)
    m.observe("death_hazard", sympy.Piecewise((x, y > 1), (y, True)))
    return m


def check(device: Any, host: Any, tolerance: float) -> None:
    assert device.code.tolist() == host.code.tolist()
    for name in GIVEN["observables"]:
        np.testing.assert_allclose(device[name], host[name], rtol=tolerance, atol=tolerance, err_msg=name)
    for name in host.events:
        np.testing.assert_allclose(device.events[name], host.events[name], rtol=tolerance, err_msg=name)
        assert (device.counts[name] == host.counts[name]).all()


WORDS = """
static struct { unsigned x; } gridDim, blockDim, blockIdx, threadIdx;
"""
LAUNCH = """
extern "C" void launch(int blocks, int threads, const problem *q, int64_t first, int64_t last)
{
  gridDim.x = blocks;
  blockDim.x = threads;
  for (blockIdx.x = 0; blockIdx.x < gridDim.x; blockIdx.x++)
    for (threadIdx.x = 0; threadIdx.x < blockDim.x; threadIdx.x++) run_all(q, first, last);
}
"""


def plain(source: str, precision: compilers.Precision, _architecture: str, method: int, folder: Path) -> bytes:
    """Return the device's source as a library of this processor, which runs the threads of a grid one after another."""
    text, built = folder / "model.cpp", folder / "model.so"
    text.write_text(WORDS + cuda_source(source) + LAUNCH)
    command = [sys.executable, "-m", "ziglang", "c++", "-O1", "-w", "-shared", "-fPIC", "-std=c++17", "-nostdlib++"]
    command += ["-D__device__=", "-D__global__=", "-D__forceinline__=inline", "-DDEVICE", f"-DMETHOD={method}"]
    command += ["-DSINGLE"] if precision == "f32" else []
    subprocess.run([*command, "-o", str(built), str(text)], check=True)
    return built.read_bytes()


class CuPy(ModuleType):
    """What the engine asks of CuPy, on this processor: memory that is a copy, a module that is a library."""

    def __init__(self) -> None:
        super().__init__("cupy")
        self.launched: list[int] = []
        self.cuda = SimpleNamespace(
            runtime=SimpleNamespace(getDeviceCount=lambda: 1),
            Device=lambda: SimpleNamespace(
                compute_capability="90", attributes={"MultiProcessorCount": 3}, synchronize=lambda: None
            ),
        )

    def asarray(self, array: NDArray[Any]) -> Any:
        kept = array.copy()
        return SimpleNamespace(kept=kept, data=SimpleNamespace(ptr=kept.ctypes.data))

    def asnumpy(self, array: Any) -> NDArray[Any]:
        return np.array(array.kept)

    def RawModule(self, path: str) -> Any:
        library = ctypes.CDLL(path)

        def kernel(grid: tuple[int], block: tuple[int], arguments: tuple[np.generic, ...]) -> None:
            self.launched.append(grid[0])
            asked, first, last = (int(a) for a in arguments)
            library.launch(grid[0], block[0], ctypes.c_void_p(asked), ctypes.c_int64(first), ctypes.c_int64(last))

        return SimpleNamespace(get_function={"run_all": kernel}.__getitem__)


@pytest.fixture
def cupy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CuPy:
    stand_in = CuPy()
    monkeypatch.setitem(sys.modules, "cupy", stand_in)
    monkeypatch.setattr(gpu, "missing", lambda: "")
    monkeypatch.setattr(gpu, "compile_cuda", partial(plain, folder=tmp_path))
    return stand_in


@pytest.mark.parametrize("build", [course, rich])
@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_as_plain_code_it_gives_the_numbers_of_the_lanes(
    build: Any, precision: compilers.Precision, cupy: CuPy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "CHUNK", 20)  # of 50 patients: two full chunks and a rest
    how: dict[str, Any] = {"precision": precision, "rtol": 1e-9 if precision == "f64" else 1e-5, "atol": 1e-9}
    told: list[tuple[int, int]] = []
    device = simulate(build(), **GIVEN, **how, device="gpu", progress=lambda *at: told.append(at))
    check(device, simulate(build(), **GIVEN, **how), 1e-7 if precision == "f64" else 1e-3)
    assert told == [(20, N), (40, N), (N, N)] and cupy.launched[:3] == [1, 1, 1]


def test_each_shape_of_the_grid_is_tried_once_and_the_fastest_kept(cupy: CuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "CHUNK", 8)
    monkeypatch.setattr(gpu, "BLOCK", 1)
    gpu._shapes.cache_clear()
    clock = iter([0.0, 4.0, 10.0, 15.0, 20.0, 22.0, 30.0, 33.0, *range(40, 100)])  # chunks of 4, 5, 2, 3, 1, 1, 1 s
    monkeypatch.setattr(gpu, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    simulate(rich(), **GIVEN, device="gpu")
    first, *_ = gpu.SHAPES
    # At most one block for each patient of a chunk: 3 multiprocessors times 2, 1, 4, 8, then the third of them.
    assert cupy.launched == [3 * first, 3, 8, 8, 8, 8, 2]


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_the_cuda_compiler_takes_every_model(precision: compilers.Precision) -> None:
    pytest.importorskip("cupy", reason="CuPy is not installed")
    for build in (course, rich):
        try:
            code = compile_cuda(compile_model(build()).source, precision, "sm_90")
        except CannotAnswer as error:
            pytest.skip(str(error)) if "cannot be used" in str(error) else pytest.fail(str(error))
        assert code[:4] == b"\x7fELF"


def test_without_a_gpu_the_reason_and_the_cure_are_named() -> None:
    if not missing():
        pytest.skip("a GPU is here")
    with pytest.raises(CannotAnswer, match=r"no model can run on a GPU here[\s\S]*hepatica\[gpu\]"):
        simulate(rich(), **GIVEN, device="gpu")


@pytest.mark.skipif(bool(missing()), reason="no GPU here")
@pytest.mark.parametrize("build", [course, rich])
@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_a_gpu_agrees_with_the_processor(build: Any, precision: compilers.Precision) -> None:
    how: dict[str, Any] = {"precision": precision, "rtol": 1e-9 if precision == "f64" else 1e-5, "atol": 1e-9}
    host = simulate(build(), **GIVEN, **how)
    check(simulate(build(), **GIVEN, **how, device="gpu"), host, 1e-7 if precision == "f64" else 1e-3)
