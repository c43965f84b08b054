"""The interval a score can still take while inputs are missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .inputs import INPUTS
from .registry import call
from .spec import ScoreSpec

_EVALUATIONS = 20_000


def interval(
    spec: ScoreSpec, given: Mapping[str, Any], bounds: Mapping[str, tuple[float, ...]]
) -> tuple[tuple[float, float], tuple[str, ...], dict[str, Any]]:
    """Return the range of the score over plausible values of what is missing, the classes it meets, one example.

    Every score here is monotone in each number over pieces bounded by its caps, so the corners decide; a
    grid between them, of about 20,000 points, covers the scores that are not.
    """
    free = [n for n in spec.needs if n not in given]
    free += [group[0] for group in spec.one_of if not any(n in given for n in group)]
    per_input = max(3, int(_EVALUATIONS ** (1.0 / len(free))))
    axes = [np.array(bounds.get(n) or INPUTS[n].candidates(min(per_input, 41))) for n in free]
    mesh = np.meshgrid(*axes, indexing="ij")
    trial = dict(given) | {n: m.ravel() for n, m in zip(free, mesh, strict=True)}
    values = np.asarray(call(spec, trial), float)
    low, high = float(values.min()), float(values.max())
    example = dict(given) | {n: float(trial[n][0]) for n in free}
    return (round(low, spec.digits), round(high, spec.digits)), _classes(spec, given, low, high), example


def decided(spec: ScoreSpec, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return complete inputs of a rule that what is missing cannot change, or None where it can."""
    (low, high), _, example = interval(spec, given, {})
    return example if low == high else None


def _classes(spec: ScoreSpec, given: Mapping[str, Any], low: float, high: float) -> tuple[str, ...]:
    if not spec.classify or not spec.classes:
        return ()
    ends = {spec.classify(low, given), spec.classify(high, given)}
    order = [label for label, _ in spec.classes]
    places = sorted(order.index(label) for label in ends if label in order)
    return tuple(order[places[0] : places[-1] + 1]) if places else ()
