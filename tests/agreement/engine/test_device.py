"""The source that a GPU runs: as plain C++ it gives the processor's numbers, CUDA's compiler takes it, a GPU agrees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_events import course

from hepatica.engine import Dose, Model, compile_model, simulate
from hepatica.engine.solve import compiler as compilers
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


@pytest.mark.parametrize("build", [course, rich])
@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_as_plain_code_it_gives_the_numbers_of_the_lanes(
    build: Any, precision: compilers.Precision, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, built = tmp_path / "model.cpp", tmp_path / "model.so"
    text = cuda_source(compile_model(build()).source)
    source.write_text(text + '\nextern "C" int64_t about(int) { return 1; }\n')
    command = [sys.executable, "-m", "ziglang", "c++", "-O1", "-w", "-shared", "-fPIC", "-std=c++17", "-nostdlib++"]
    command += ["-DDEVICE", "-DEMULATED", "-DMETHOD=5", *(["-DSINGLE"] if precision == "f32" else [])]
    subprocess.run([*command, "-o", str(built), str(source)], check=True)
    how: dict[str, Any] = {"precision": precision, "rtol": 1e-9 if precision == "f64" else 1e-5, "atol": 1e-9}
    host = simulate(build(), **GIVEN, **how)
    monkeypatch.setattr("hepatica.engine.solve.run.library", lambda *_: compilers.load(built))
    check(simulate(build(), **GIVEN, **how), host, 1e-7 if precision == "f64" else 1e-3)


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
