"""`hepatica doctor` and `hepatica demo`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson

from hepatica import engine
from hepatica.cli.demo import built_in


def test_it_says_what_this_machine_can_do(hepatica) -> None:
    ended = hepatica("doctor", "--json")
    assert ended.code == 0
    document = ended.document
    assert document["works"] and document["compilers"] and document["machine"]["cores"] >= 1
    assert {"gpu", "cache", "pdf", "browser", "database"} <= set(document)
    text = hepatica("doctor").out
    assert document["compilers"][0]["version"] in text and "can run models" in text


def test_warming_compiles_the_twin_into_the_cache(tmp_path: Path) -> None:
    environment = {**os.environ, "HEPATICA_CACHE": str(tmp_path)}
    command = [sys.executable, "-m", "hepatica", "doctor", "--warm", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert orjson.loads(done.stdout)["warm_s"] > 0
    assert list(tmp_path.glob("*.so"))


def test_without_a_compiler_it_says_what_to_install(hepatica, monkeypatch) -> None:
    told = {**engine.doctor(), "works": False, "compilers": [], "advice": ["pip install ziglang"]}
    monkeypatch.setattr(engine, "doctor", lambda: told)
    ended = hepatica("doctor")
    assert ended.code == 1
    assert "pip install ziglang" in ended.err
    assert "cannot run models" in ended.out


def test_the_demo_plans_the_built_in_patient(hepatica, tmp_path: Path) -> None:
    ended = hepatica("demo", "--no-open", "-o", tmp_path)
    assert ended.code == 0
    assert (tmp_path / "plan.html").exists()
    assert built_in().exists()
