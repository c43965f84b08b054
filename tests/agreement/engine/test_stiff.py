"""Stiff problems against their published end values, in both precisions, and those values against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from stiff_problems import Problem, e5, hires, oregonator, pollution, robertson

from hepatica.engine import Result, reference, simulate

PROBLEMS = {"robertson": robertson, "hires": hires, "oregonator": oregonator, "pollution": pollution, "e5": e5}


def relative_error(problem: Problem, result: Result) -> float:
    found = np.array([result[name][-1, 0] for name in problem.names])
    wanted = np.array(problem.values)
    return float(np.max(np.abs(found - wanted) / (np.abs(wanted) + 1e3 * problem.atol)))


@pytest.mark.parametrize("name", PROBLEMS)
def test_published_values_hold_in_scipy(name: str) -> None:
    p = PROBLEMS[name]()
    r = reference(p.model, [0, p.end], observables=p.names, rtol=1e-10, atol=p.atol / 10, method="Radau")
    assert relative_error(p, r) < p.exact_to


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("rtol", [1e-4, 1e-7])
def test_f64_meets_the_published_values(name: str, rtol: float) -> None:
    p = PROBLEMS[name]()
    r = simulate(p.model, [0, p.end], observables=p.names, rtol=rtol, atol=p.atol)
    assert r.ok.all()
    assert relative_error(p, r) < max(30 * rtol, p.exact_to)


@pytest.mark.parametrize("name", ["hires", "oregonator", "pollution"])
def test_f32_meets_the_published_values(name: str) -> None:
    p = PROBLEMS[name]()
    r = simulate(p.model, [0, p.end], observables=p.names, rtol=1e-4, atol=p.atol, precision="f32")
    assert r.ok.all()
    assert relative_error(p, r) < 3e-3


def test_what_f32_cannot_hold_is_computed_again_in_f64() -> None:
    p = robertson()
    single = simulate(p.model, [0, p.end], observables=p.names, atol=p.atol, precision="f32")
    double = simulate(p.model, [0, p.end], observables=p.names, atol=p.atol)
    assert single.ok.all()
    assert [single[n][-1, 0] for n in p.names] == [double[n][-1, 0] for n in p.names]
