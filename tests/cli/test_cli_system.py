"""The command line where the system refuses: a full disk, no streams, a reader that leaves, Ctrl-C, odd seeds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

RECORD = Path(__file__).parents[2] / "examples" / "decompensated_alcohol_cirrhosis.json"
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


def shell(command: str, **more: str) -> subprocess.CompletedProcess[str]:
    words = f'hepatica() {{ "{sys.executable}" -m hepatica "$@"; }}; {command}'
    environment = {**os.environ, **more}
    return subprocess.run(["bash", "-c", words], capture_output=True, text=True, env=environment, timeout=60)


def in_words(ended: subprocess.CompletedProcess[str], code: int) -> None:
    assert ended.returncode == code
    assert 1 <= len(ended.stderr.splitlines()) <= 4
    assert "fault of hepatica" not in ended.stderr and "Traceback" not in ended.stderr


@needs_full
@pytest.mark.parametrize("more", ["", "--json"])
def test_a_full_disk_behind_stdout_is_named(more: str) -> None:
    ended = shell(f"hepatica stage {RECORD} {more} > /dev/full")
    in_words(ended, 1)
    assert "No space left" in ended.stderr


def test_a_cohort_on_a_full_disk_is_named(tmp_path: Path) -> None:
    ended = shell(f"ulimit -f 4; hepatica cohort 2 -o {tmp_path / 'new'}")
    in_words(ended, 1)
    assert "too large" in ended.stderr


@pytest.mark.parametrize(("streams", "code"), [(">&-", 0), (">&- 2>&-", 0), ("2>&-", 0)])
def test_no_stream_is_no_fault(streams: str, code: int) -> None:
    assert shell(f"hepatica stage {RECORD} {streams}").returncode == code


@pytest.mark.parametrize("command", ["stage {}", "stage {} --json", "score --help"])
def test_a_reader_that_leaves_is_no_fault(command: str) -> None:
    ended = shell(f"set -o pipefail; hepatica {command.format(RECORD)} | head -1")
    assert ended.returncode == 0 and ended.stderr == ""


def test_a_terminal_of_ascii_gets_question_marks() -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    ended = shell(f"hepatica stage {RECORD}", **plain)
    assert ended.returncode == 0 and "?" in ended.stdout


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
def test_ctrl_c_ends_in_one_line(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "hepatica", "cohort", "100000", "-o", str(tmp_path / "new")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + 20
        while time.monotonic() < until and not list(tmp_path.glob("new/*")):
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=20)
    assert running.returncode == 130
    assert told.splitlines()[-1] == "hepatica: stopped" and "Traceback" not in told


@pytest.mark.parametrize("seed", ["-1", str(2**63)])
@pytest.mark.parametrize(
    "words",
    [
        ("plan", RECORD), ("simulate", RECORD, "--regimen", "g_csf"), ("what-if", RECORD, "--set", "inr=2"),
        ("cohort", "2", "-o", "x"), ("trial", "replicate", RECORD),
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_a_seed_that_cannot_be_is_refused(hepatica, words: tuple, seed: str) -> None:
    ended = hepatica(*words, "--seed", seed)
    ended.refused(2)
    assert "--seed" in ended.err


@pytest.mark.parametrize("words", [("stage", ""), ("match", " ", "--funnel"), ("plan", RECORD, "")])
def test_an_empty_name_is_not_this_folder(hepatica, words: tuple) -> None:
    ended = hepatica(*words)
    ended.refused(2)
    assert "empty" in ended.err


@pytest.mark.parametrize("verb", ["stage", "match", "plan"])
def test_a_name_too_long_is_refused(hepatica, verb: str) -> None:
    hepatica(verb, "a" * 5000).refused(2)


@pytest.mark.parametrize("below", ["", "deep/er"])
def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_planned(
    hepatica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    monkeypatch.setattr("hepatica.plan", lambda *_, **__: pytest.fail("it was planned"))
    ended = hepatica("plan", RECORD, "-o", taken / below)
    ended.refused(2)
    assert str(taken) in ended.err
