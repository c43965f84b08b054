"""Formulas: floats give floats, arrays give the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica import staging
from hepatica.staging.inputs import INPUTS
from hepatica.staging.registry import call, registry


@pytest.mark.parametrize("name", sorted(registry()))
def test_scalar_and_array_calls_agree(name: str) -> None:
    spec = registry()[name]
    rng = np.random.default_rng(7)
    needed = [*spec.needs, *(group[0] for group in spec.one_of)]
    columns = {n: rng.choice(INPUTS[n].candidates(9), 200) for n in needed}
    if "age" in columns:
        columns["age"] = np.clip(columns["age"], 18, 90)
    whole = np.asarray(call(spec, columns))
    single = [call(spec, {n: float(c[k]) for n, c in columns.items()}) for k in range(200)]
    assert all(isinstance(v, float) for v in single)
    np.testing.assert_allclose(whole, single, rtol=1e-12)


def test_unrounded_meld_is_within_half_a_point() -> None:
    bilirubin = np.linspace(10, 600, 50)
    exact = staging.meld(bilirubin, 1.6, 120, rounded=False)
    assert np.all(np.abs(staging.meld(bilirubin, 1.6, 120) - exact) <= 0.5)
