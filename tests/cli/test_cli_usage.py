"""What the command line says to a wrong word, a lost pipe, an interrupt and its own faults."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import hepatica as hp
from hepatica.cli import main
from hepatica.cli.parser import VERBS

EXAMPLE = Path(__file__).parents[2] / "examples" / "chronic_hepatitis_b.json"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["stge", "x.json"], "did you mean hepatica stage"),
        (["frobnicate"], "there is no verb 'frobnicate'"),
        (["stage"], "PATIENT"),
        (["stage", "nobody.json"], "nobody.json"),
        (["stage", EXAMPLE, "--colour"], "--colour"),
        (["stage", "no/such/*.json"], "no patient files in"),
        (["match", "no/such/*.json"], "no patient files in"),
        (["score", "meld"], "bilirubin"),
        (["score", "meldd", "inr=1"], "meldd"),
        (["score", "meld", "bilirubin"], "key=value"),
        (["score", "meld", "inr=1.2", "inr=1.3"], "twice"),
        (["score", "meld", "bilirubin=2", "inr=350", "creatinine=1"], "inr"),
        (["score", "meld", "bilirubin=2bananas", "inr=1.2", "creatinine=1"], "bananas"),
    ],
)
def test_wrong_words_end_with_2_and_a_reason(hepatica, words, says) -> None:
    for more in ([], ["--json"]):
        ended = hepatica(*words, *more)
        ended.refused(2)
        assert says in ended.err


def test_no_verb_prints_the_help(hepatica) -> None:
    ended = hepatica()
    assert ended.code == 0
    assert all(verb in ended.out for verb in VERBS)


GROUPS = {"evidence": ("list", "show", "pool", "check", "add"), "trial": ("replicate",)}
COMMANDS = [(v, *sub) for v in VERBS for sub in ([(s,) for s in GROUPS[v]] if v in GROUPS else [()])]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_verb_explains_itself_and_takes_json(words, capsys) -> None:
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_a_fault_of_our_own_ends_with_1_and_no_traceback(hepatica, monkeypatch) -> None:
    def break_down(path: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(hp, "read", break_down)
    monkeypatch.delenv("HEPATICA_DEBUG", raising=False)
    ended = hepatica("stage", EXAMPLE)
    assert ended.code == 1
    assert "fault of hepatica" in ended.err and "HEPATICA_DEBUG=1" in ended.err
    assert "Traceback" not in ended.err
    monkeypatch.setenv("HEPATICA_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        hepatica("stage", EXAMPLE)


def test_an_interrupt_ends_with_130(hepatica, monkeypatch) -> None:
    def interrupt(path: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(hp, "read", interrupt)
    ended = hepatica("stage", EXAMPLE)
    assert (ended.code, ended.err) == (130, "hepatica: stopped\n")


def test_a_reader_that_leaves_is_no_fault() -> None:
    source, sink = os.pipe()
    os.close(source)
    done = subprocess.run(
        [sys.executable, "-m", "hepatica", "stage", EXAMPLE, "--json"], stdout=sink, stderr=subprocess.PIPE, text=True
    )
    os.close(sink)
    assert (done.returncode, done.stderr) == (0, "")


def test_version(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"hepatica {hp.__version__}\n"
