"""Habits of the house that a machine can check: size of files, speed of start, no trace of one machine."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "hepatica"
HEAVY = {"numpy", "scipy", "sympy", "orjson", "jinja2", "tqdm", "typst", "ziglang"}
TEXT = {".py", ".md", ".toml", ".json", ".csv", ".html", ".css", ".js", ".typ", ".svg", ".c", ".txt", ""}
PLACES = re.compile(r"/(?:roo[t]|hom[e]|wor[k]|User[s])/\w")


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_800_lines() -> None:
    long = {str(p.relative_to(ROOT)): lines(p) for p in tracked() if p.suffix == ".py" and lines(p) > 800}
    assert long == {}


def test_the_median_file_is_at_most_130_lines() -> None:
    assert statistics.median(lines(p) for p in SOURCE.rglob("*.py")) <= 130


def test_no_tracked_file_names_a_place_on_one_machine() -> None:
    found = []
    for path in tracked():
        if path.suffix in TEXT:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.relative_to(ROOT)}: {m.group()}" for m in PLACES.finditer(text)]
    assert found == []


def test_no_two_test_files_share_a_name() -> None:
    names = [p.name for p in tracked() if p.name.startswith("test_") and p.suffix == ".py"]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_the_examples_are_ten_patients_and_three_products() -> None:
    names = sorted(p.name for p in (ROOT / "examples").iterdir() if p.is_file())
    assert sorted(p.suffix for p in (ROOT / "examples" / "products").iterdir()) == [".toml"] * 3
    assert [p.name for p in (ROOT / "examples").iterdir() if p.is_dir()] == ["products"]
    assert len(names) == 10
    assert all(name.endswith(".json") for name in names)


@pytest.mark.parametrize("code", ["import hepatica", "from hepatica.cli import main; main(['--help'])"])
def test_start_loads_nothing_heavy(code: str) -> None:
    probe = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in re.findall(r"'([\w.]+)'", done.stderr)}
    assert "hepatica" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize(
    ("command", "limit_s"), [(["-c", "import hepatica"], 0.5), (["-m", "hepatica", "--help"], 0.3)]
)
def test_start_is_quick(command: list[str], limit_s: float) -> None:
    def once() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], capture_output=True, check=True)
        return time.perf_counter() - start

    assert min(once() for _ in range(3)) <= 3 * limit_s
