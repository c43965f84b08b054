"""A small population that every test of ensembles uses, compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import sympy

from hepatica.engine import CompiledModel, Model, compile_model, uniforms

LOST_ONE_IN = 500


@pytest.fixture(scope="session")
def decay() -> CompiledModel:
    """An amount that is lost and its level; a patient with `sound` below zero cannot be computed."""
    m = Model("decay")
    loss, offset, sound = m.parameter("loss", 0.5), m.parameter("offset", 0.0), m.parameter("sound", 1.0)
    x = m.state("amount", 1.0)
    m.rate(x, -loss * sympy.sqrt(sound) * x)
    m.observe("level", 100 * x - offset)
    return compile_model(m)


@pytest.fixture(scope="session")
def people() -> Any:
    """Draw any span of patients; one in LOST_ONE_IN is unsound."""

    def draw(first: int, last: int) -> Mapping[str, Any]:
        loss, offset = uniforms(5, "people", first, last, 2)
        sound = np.where(np.arange(first, last) % LOST_ONE_IN == 17, -1.0, 1.0)
        return {"parameters": {"loss": 0.1 + loss, "offset": 60 * offset, "sound": sound}}

    return draw


@pytest.fixture(scope="session")
def run(decay: CompiledModel, people: Any) -> dict[str, Any]:
    """The arguments of a run of 2,500 patients in blocks of 256; the last block is smaller."""
    return {
        "model": decay, "times": np.array([0.0, 1.0, 2.0, 4.0, 8.0]), "n": 2500, "draw": people, "block": 256,
        "observables": ["level", "amount"],
    }  # fmt: skip
