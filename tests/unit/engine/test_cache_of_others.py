"""What others could have written is never loaded: a compiled model runs with the rights of its user."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_generated import run_once

from hepatica.engine.solve import compiler
from hepatica.errors import CannotAnswer

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system has no owners of files")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cache, temporary = tmp_path / "cache", tmp_path / "tmp"
    cache.mkdir(mode=0o700)
    temporary.mkdir()
    monkeypatch.setenv("HEPATICA_CACHE", str(cache))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return cache


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770])
def test_a_folder_that_others_can_write_is_not_used(folder: Path, mode: int) -> None:
    assert compiler.cache_folder() == folder
    folder.chmod(mode)
    assert compiler.cache_folder() == folder.parent / "tmp" / f"hepatica-{os.getuid()}"


def test_a_folder_of_someone_else_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(CannotAnswer, match="yours alone"):
        compiler.cache_folder()


def test_a_model_that_others_can_write_is_built_anew(folder: Path) -> None:
    compiler.library.cache_clear()
    first = run_once()
    (built,) = folder.glob("*.so")
    built.chmod(0o777)
    made = built.stat().st_ino
    compiler.library.cache_clear()
    assert run_once() == first
    assert built.stat().st_ino != made and built.stat().st_mode & 0o777 == 0o700
    compiler.library.cache_clear()
