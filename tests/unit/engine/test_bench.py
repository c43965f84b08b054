"""The benchmark's shape, that its errors are real, and what the doctor says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hepatica.engine import Dose, Model, bench, doctor
from hepatica.engine.compare.peers import PEERS, Peer
from hepatica.engine.compare.speed import ratios, spread
from hepatica.errors import InputError


def model() -> Model:
    m = Model("two_pools", time_unit="d")
    a, b = m.parameter("a_out", 20.0), m.parameter("b_out", 0.1)
    x, y = m.state("x1", 1.0), m.state("y1", 0.0)
    m.rate(x, -a * x + b * y)
    m.rate(y, a * x - b * y)
    m.observe("both", x + y)
    return m


FAILING = """
import os, time
import numpy as np
from hepatica.engine.compare.peers import Solved
def build(task, peer):
    if peer.engine == "slow":
        time.sleep(600)
    if peer.engine == "gone":
        os._exit(3)
    if peer.engine == "wrong":
        return [][0]
    calls = []
    def solve(patients, threads):
        calls.append(patients)
        if len(calls) > 1:
            raise ValueError("in a round")
        return Solved(np.zeros((1, 2, len(patients))))
    return solve
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """One run of this engine and scipy, by a parent that holds much memory."""
    held = np.ones(60_000_000)
    document = bench(
        model(), np.linspace(0, 365.25, 5), observables=["y1", "both"], doses=[Dose(0, "x1", 1.0), Dose(28, "x1", 1.0)],
        seconds=0.1, rounds=2, peers=[p for p in PEERS if p.engine == "scipy"],
    )  # fmt: skip
    del held
    return document


def test_rows_hold_speed_and_error_of_every_engine(told: dict[str, Any]) -> None:
    json.dumps(told)
    assert told["model"]["name"] == "two_pools" and told["model"]["states"] == 2
    by_engine = {(r["engine"], r["precision"], r["threads"]): r for r in told["rows"]}
    for precision in ("f32", "f64"):
        row = by_engine["hepatica", precision, 1]
        assert row["patients_per_s"] > 0 and row["max_rel_error"] < 1e-3 and row["failed"] == 0
    assert by_engine["scipy", "f64", 1]["max_rel_error"] < 1e-2
    assert told["ratios"]["hepatica / scipy, one core each"] > 10
    assert told["exact"]["hepatica_f64_differs_by"] < 1e-6


def test_the_distance_from_the_limit_of_a_core_is_told(told: dict[str, Any]) -> None:
    assert [row["precision"] for row in told["limit"]] == ["f32", "f64"]
    for row in told["limit"]:
        assert 0 < row["share"] < 1.5 and row["achieved_gflop_s"] < 1.5 * row["peak_gflop_s"]


def test_a_row_says_its_rounds_compile_time_and_memory(told: dict[str, Any]) -> None:
    for row in told["rows"]:
        assert row["rounds"] == 2 and row["best_patients_per_s"] >= row["patients_per_s"]
        assert 10 < row["peak_memory_mb"] < 480 and row["compile_s"] >= 0


@pytest.mark.parametrize(
    ("engine", "note"),
    [
        ("slow", "not done within"),
        ("gone", "ended without an answer"),
        ("wrong", "IndexError"),
        ("later", "ValueError: in a round"),
        ("absent", "not installed: no_such_package"),
    ],
)
def test_a_peer_that_fails_is_a_row(engine: str, note: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "failing_peer.py").write_text(FAILING)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("hepatica.engine.compare.speed.OURS", ())
    if engine == "slow":
        monkeypatch.setattr("hepatica.engine.compare.speed.PATIENCE_S", 0.5)
    needs = ("no_such_package",) if engine == "absent" else ()
    failing = Peer(engine, "none", "f64", "failing_peer", needs)
    told = bench(model(), [0, 1], observables=["y1"], seconds=0.1, rounds=1, peers=[failing])
    for row in told["rows"]:
        assert row["patients_per_s"] is None and note in row["note"]
        assert (row["max_rel_error"] is None) == (engine != "later")


def test_the_time_for_all_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hepatica.engine.compare.speed.OURS", PEERS[:1])
    began = time.monotonic()
    told = bench(model(), [0, 1], observables=["y1"], seconds=0.5, rounds=1000, with_peers=False, limit_s=4.0)
    assert time.monotonic() - began < 60
    assert all(row["rounds"] < 10 for row in told["rows"])


def test_doses_that_peers_cannot_give_are_refused() -> None:
    with pytest.raises(InputError, match="doses at once"):
        bench(model(), [0, 1], observables=["y1"], doses=[Dose(0, "x1", 1.0, duration=1.0)])


def test_a_ratio_compares_best_with_best() -> None:
    rows = [
        {"engine": "hepatica", "threads": 1, "patients_per_s": 100.0},
        {"engine": "hepatica", "threads": 2, "patients_per_s": 300.0},
        {"engine": "scipy", "threads": 1, "patients_per_s": 2.0},
        {"engine": "scipy", "threads": 2, "patients_per_s": 3.0},
        {"engine": "diffrax", "threads": 2, "patients_per_s": None},
    ]
    assert ratios(rows) == {"hepatica / scipy": 100.0, "hepatica / scipy, one core each": 50.0}


def test_doctor_finds_a_compiler_here() -> None:
    told = doctor()
    json.dumps(told)
    assert (
        told["works"] and told["compilers"] and told["machine"]["lanes"]["f32"] == 2 * told["machine"]["lanes"]["f64"]
    )


def test_doctor_without_a_compiler_says_what_to_install(tmp_path: object) -> None:
    code = (
        "import importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'ziglang' else found(name, *a)\n"
        "import json; from hepatica.engine import doctor; print(json.dumps(doctor()))"
    )
    environment = {"PATH": "/nonexistent", "HEPATICA_CACHE": str(tmp_path)} | {
        k: v for k, v in os.environ.items() if k.startswith(("PYTHON", "HOME", "LANG"))
    }
    told = json.loads(subprocess.check_output([sys.executable, "-c", code], env=environment, text=True))
    assert not told["works"]
    assert any("ziglang" in line for line in told["advice"])


def test_a_share_stays_below_one() -> None:
    m = Model("shares")
    share, k = m.parameter("share", 0.97), m.parameter("k_out", 2.0)
    x = m.state("x1", 1.0)
    m.rate(x, -k * share * x)
    drawn = spread(m, 4096)
    assert drawn["share"].max() < 1 and np.median(drawn["share"]) == pytest.approx(0.97, abs=1e-3)
    assert np.std(np.log(drawn["k_out"])) == pytest.approx(0.1, rel=0.05)
    np.testing.assert_array_equal(spread(m, 8)["share"], drawn["share"][:8])
