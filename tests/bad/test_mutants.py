"""A sample of broken records; the whole run is `python tests/bad/mutants.py`."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("mutants", Path(__file__).with_name("mutants.py"))
mutants = sys.modules["mutants"] = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(mutants)
PARTS = 6


@pytest.mark.parametrize("part", range(PARTS))
def test_a_mutant_gives_the_same_facts_or_says_what_it_left_out(part):
    faults = [(m.how, fault) for m in mutants.mutants(100 + part, 300 // PARTS) if (fault := mutants.outcome(m)[1])]
    assert faults == []


def test_the_judge_sees_a_wrong_number_a_loss_and_a_crash(monkeypatch):
    (m,) = mutants.mutants(1, 1)
    p = m.original
    monkeypatch.setattr(mutants, "parse", lambda *_, **__: p)
    assert mutants.outcome(m)[0] == "same"
    first = p.observations[0]
    wrong = replace(p, observations=(replace(first, value=first.value * 2), *p.observations[1:]))
    monkeypatch.setattr(mutants, "parse", lambda *_, **__: wrong)
    assert "wrong" in mutants.outcome(m)[1]
    monkeypatch.setattr(mutants, "parse", lambda *_, **__: replace(p, observations=p.observations[1:]))
    assert m.lossy or "lost without a word" in mutants.outcome(m)[1]
    monkeypatch.setattr(mutants, "parse", lambda *_, **__: 1 / 0)
    assert "crash" in mutants.outcome(m)[1]
