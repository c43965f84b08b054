"""Cohorts of virtual patients for the bounds the twin must keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hepatica.engine import simulate
from hepatica.twin import twin
from hepatica.twin._population import draw_labs
from hepatica.twin._posterior import draw_hyper
from hepatica.twin._virtual import Context, Virtual, assemble, doses, draw_latent

N = 256


@pytest.fixture(scope="session")
def cohort() -> Callable[..., Virtual]:
    def make(course: str, seed: int = 1, **known: Any) -> Virtual:
        context = Context(**known)
        hyper = draw_hyper(course, N, seed)
        latent = draw_latent(course, hyper, context, N, seed)
        return assemble(course, draw_labs(course, {}, N, seed), latent, hyper, context, seed, 3650.0)

    return make


@pytest.fixture(scope="session")
def run() -> Callable[..., dict[str, np.ndarray]]:
    def go(virtual: Virtual, days: list[float], names: list[str], cells: Any = (), **given: Any) -> Any:
        wide = {k: np.broadcast_to(np.asarray(v, float), virtual.n) for k, v in given.items()}
        result = simulate(
            twin(),
            days,
            n=virtual.n,
            parameters={**virtual.parameters, **wide},
            initial=virtual.initial,
            doses=doses(virtual, cells),
            observables=names,
        )
        assert (result.code == 0).all()
        return result.values

    return go
