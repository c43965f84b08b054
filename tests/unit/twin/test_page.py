"""The page about the twin: up to date, complete, and its equations the ones that are solved."""

from __future__ import annotations

import math
import re
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy

from hepatica import twin
from hepatica.twin import _page
from hepatica.twin._body import table
from hepatica.twin._cohort_data import sources
from hepatica.twin._page_graph import ORGANS, organs
from hepatica.twin._page_math import equation, text

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def model():
    return twin.build()


@pytest.fixture(scope="module")
def pages():
    return _page.pages()


def test_the_page_is_up_to_date(pages):
    stale = [n for n, written in pages.items() if not (DOCS / n).exists() or (DOCS / n).read_text("utf-8") != written]
    assert stale == [], "run python -m hepatica.twin._page"
    assert {p.name for p in (DOCS / "img").glob("twin-*.svg")} == {n.split("/")[1] for n in pages if "/" in n}


def test_every_state_parameter_intermediate_and_source_is_on_the_page(pages, model):
    page = pages["twin.md"]
    for name in (*table("states"), *table("parameters")):
        assert page.count(f"\n| `{name}` |") == 1, name
    for name in model.definitions:
        assert len(re.findall(rf"^{name} =", page, re.MULTILINE)) == 1, name
    for name in model.rates:
        assert len(re.findall(rf"^d {name} / dt =", page, re.MULTILINE)) == 1, name
    cited = set(re.findall(r"(?<!\])\[(\w+)\](?![(:\[])", page))
    assert cited and cited <= set(sources())
    assert all(f"\n[{name}]: " in page for name in sources())


def test_every_calibration_target_and_bound_is_on_the_page(pages):
    page = pages["twin.md"]
    for course, fit in twin.posterior()["courses"].items():
        for target in fit["targets"]:
            cohort, what = target["target"].replace("_", " ").split(": ")
            assert f"| {course} | {cohort} | {what} | ".casefold() in page.casefold()
    folder = DOCS.parent / "tests" / "credibility"
    bounds = "\n".join((folder / f"test_{name}.py").read_text("utf-8") for name in ("bounds", "causes"))
    for name in re.findall(r"^def test_(\w+)", bounds, re.MULTILINE):
        assert f"- {name.replace('_', ' ')}.".casefold() in page.casefold()


def test_pictures_hold_every_state_and_are_well_formed(pages, model):
    for name, organ in organs(model).items():
        root = ElementTree.fromstring(pages[f"img/twin-{name}.svg"])
        shown = {e.text for e in root.iter("{http://www.w3.org/2000/svg}text")}
        assert {*organ.states, *organ.intermediates} <= shown
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
    drawn = [s for o in organs(model).values() for s in o.states]
    assert sorted(drawn) == sorted(table("states"))
    assert set(organs(model)) == set(ORGANS)


def test_flows_are_those_of_the_equations(model):
    flows = {f for o in organs(model).values() for f in o.flows}
    assert {("cells_venous", "cells_lung"), ("albumin_plasma_g", "albumin_tissue_g")} <= flows
    assert {("bilirubin_unconjugated_umol", "bilirubin_conjugated_umol"), ("cells_lung", "label_lung")} <= flows
    assert {("hepatocytes_replicating", "hepatocytes_senescent"), ("cells_liver", "hepatocyte_like")} <= flows
    assert not {f for f in flows if f[0].startswith("label") and f[1].startswith("cells")}
    assert ("factor_vii", "factor_ii") not in flows and (
        "bilirubin_conjugated_umol",
        "bilirubin_unconjugated_umol",
    ) not in flows


def test_the_written_equations_give_the_numbers_of_the_solved_ones(model):
    """Each equation, read back from the page's own text, at a random point."""
    rng = np.random.default_rng(1)
    names = {
        s.name
        for e in (*model.definitions.values(), *chain.from_iterable(model.rates.values()))
        for s in e.free_symbols
    }
    point = {n: float(x) for n, x in zip(sorted(names), rng.uniform(0.2, 3.0, len(names)), strict=True)}
    for name, terms in ((n, [e]) for n, e in model.definitions.items()):
        _agrees(name, terms, point)
    for name, terms in model.rates.items():
        _agrees(name, terms, point)


def _agrees(name, terms, point):
    written = equation(name, list(terms)).split("=", 1)[1]
    python = written.replace("·", "*").replace("−", "-").replace("^", "**").replace("√", "sqrt").replace("≤", "<=")
    python = python.replace("[", "(").replace("]", ")").replace(", else", " else").replace("\n", " ").strip()
    given = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "max": max, "min": min, **point}
    found = eval(python, {"__builtins__": {}}, given)
    meant = float(sum(sympy.sympify(e) for e in terms).subs({sympy.Symbol(k, real=True): v for k, v in point.items()})
                  .subs(point))  # fmt: skip
    assert found == pytest.approx(meant, rel=1e-4, abs=1e-9), name


def test_brackets_stand_where_they_must():
    a, b, c = sympy.symbols("a b c")
    assert text((a + b) * c) == "c · (a + b)"
    assert text(a / (b * c)) == "a / (b · c)"
    assert text(a - b) == "a − b"
    assert text((a * b) ** 2) in ("a^2 · b^2", "(a · b)^2")
    assert text((a + b) ** 2) == "(a + b)^2"
    assert text(a ** (b + 1)) == "a^(1 + b)"
    assert text(-a * b) == "−a · b"
