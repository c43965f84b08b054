"""Generated files, the cache of compiled models, and the compilers."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from hepatica.engine import Model, compile_model, hill, load_model, simulate, write_generated
from hepatica.engine.solve import compiler as compilers
from hepatica.errors import CannotAnswer, InputError


def model() -> Model:
    m = Model("shipped")
    k = m.parameter("k1", 0.5, unit="1/d", source="nobody2020", grade="B", text="loss")
    x = m.state("x1", 2 * k, nonnegative=True)
    m.rate(x, -k * hill(x, 1.0, 2))
    m.assign("level", x / 2, unit="g/L")
    return m


def test_a_loaded_model_runs_as_the_symbolic_one(tmp_path: Path) -> None:
    write_generated(model(), tmp_path)
    loaded = load_model(tmp_path)
    assert loaded == compile_model(model())
    call = {"times": [0, 1, 5], "parameters": {"k1": [0.2, 0.9]}, "observables": ["level"]}
    assert (simulate(loaded, **call)["level"] == simulate(model(), **call)["level"]).all()


def test_generated_files_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_generated import model; from hepatica.engine import write_generated\n"
        "write_generated(model(), sys.argv[1])"
    )
    texts = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code, str(folder)], check=True, env=environment)
        texts.append([p.read_bytes() for p in sorted(folder.iterdir())])
    assert texts[0] == texts[1]


def test_running_a_loaded_model_imports_neither_sympy_nor_scipy(tmp_path: Path) -> None:
    write_generated(model(), tmp_path)
    code = (
        "import sys; from hepatica.engine import load_model, simulate\n"
        "simulate(load_model(sys.argv[1]), [0, 1], observables=['x1'])\n"
        "assert not {'sympy', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


@pytest.mark.parametrize("content", ["", "{}", "[1]", "not json"])
def test_a_broken_table_is_named(tmp_path: Path, content: str) -> None:
    write_generated(model(), tmp_path)
    (tmp_path / "shipped.json").write_text(content)
    with pytest.raises(InputError, match="cannot load the model shipped"):
        load_model(tmp_path)
    with pytest.raises(InputError, match="0 generated models"):
        load_model(tmp_path / "nowhere")


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEPATICA_CACHE", str(tmp_path / "cache"))
    compilers.library.cache_clear()
    yield tmp_path / "cache"
    compilers.library.cache_clear()


def run_once() -> float:
    return float(simulate(model(), [0, 1], observables=["x1"])["x1"][1, 0])


def test_second_run_finds_the_compiled_model(fresh_cache: Path) -> None:
    first = run_once()
    (built,) = fresh_cache.glob("*.so")
    made = built.stat().st_ino
    compilers.library.cache_clear()
    assert run_once() == first
    assert built.stat().st_ino == made


def test_models_that_nobody_loads_leave_the_cache(fresh_cache: Path) -> None:
    fresh_cache.mkdir()
    old = fresh_cache / "old.so"
    old.touch()
    os.utime(old, (0, 0))
    run_once()
    assert not old.exists() and len(list(fresh_cache.glob("*.so"))) == 1


def test_a_torn_file_in_the_cache_is_built_again(fresh_cache: Path) -> None:
    first = run_once()
    (built,) = fresh_cache.glob("*.so")
    whole = built.read_bytes()
    torn = built.with_suffix(".part")
    torn.write_bytes(whole[: len(whole) // 3])
    os.replace(torn, built)
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_generated import run_once; print(run_once())"
    )
    again = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert float(again) == first


def test_many_processes_may_fill_one_cache(fresh_cache: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_generated import run_once; print(run_once())"
    )
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: subprocess.check_output([sys.executable, "-c", code], text=True), range(3)))
    assert len(set(found)) == 1
    assert not [p for p in fresh_cache.iterdir() if p.is_dir() and p.name != "zig"]


def test_a_cache_that_cannot_be_written_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("HEPATICA_CACHE", str(blocked / "below"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    folder = compilers.cache_folder()
    assert folder.parent == tmp_path
    folder.chmod(0o777)
    with pytest.raises(CannotAnswer, match="no folder can be written"):
        compilers.cache_folder()


def available() -> list[compilers.Compiler]:
    return list(compilers.compilers())


@pytest.mark.parametrize("compiler", available(), ids=lambda c: c.identity.split()[0].rsplit("/", 1)[-1])
@pytest.mark.parametrize("lanes", [1, 4, 8, 16])
@pytest.mark.parametrize("precision", ["f32", "f64"])
def test_every_compiler_and_width_builds_the_same_answer(
    compiler: compilers.Compiler,
    lanes: int,
    precision: compilers.Precision,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flags = [*compilers.flags(compiler, precision, lanes), "-Wall", "-Wextra", "-Werror"]
    flags.remove("-w")
    told = compilers.build(compiler, tuple(flags), compile_model(model()).source, tmp_path / "built.so", tmp_path)
    assert told == ""
    monkeypatch.setattr("hepatica.engine.solve.run.lanes", lambda _: lanes)
    monkeypatch.setattr("hepatica.engine.solve.run.library", lambda *_: compilers.load(tmp_path / "built.so"))
    r = simulate(
        model(), [0, 1, 3], parameters={"k1": np.linspace(0.1, 2, 21)}, observables=["x1"], precision=precision
    )
    monkeypatch.undo()
    wanted = simulate(model(), [0, 1, 3], parameters={"k1": np.linspace(0.1, 2, 21)}, observables=["x1"], rtol=1e-9)
    assert r.ok.all()
    np.testing.assert_allclose(r["x1"], wanted["x1"], rtol=1e-3, atol=1e-5)
