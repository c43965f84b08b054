"""The dose of the best few regimens, searched between the ends of what was studied, on the draws of the race."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hepatica import therapy
from hepatica.planning.option import Option
from hepatica.therapy import Regimen

Array = NDArray[np.float64]
Nets = Callable[[Sequence[Option]], dict[str, Array]]
FIRST = 5
HALVINGS = 3


def studied(option: Option) -> tuple[float, float] | None:
    """Return the range of doses studied of an option's product, in cells an infusion at this weight."""
    assert option.regimen is not None
    product, weight = therapy.products()[option.regimen.product], option.notes.get("weight_kg")
    ends = [option.regimen.dose_cells, *(product.dose_cells_total or ())]
    if product.dose_cells_per_kg and weight:
        ends += [d * weight for d in product.dose_cells_per_kg]
    low, high = min(d for d in ends if d > 0), max(ends)
    return (low, high) if high > low else None


def refined(options: Sequence[Option], nets: Nets) -> list[tuple[Option, Array, Array]]:
    """Return each option at its best dose, with its net benefit a draw there and at the dose it came with.

    The dose is searched on the log scale: five doses from end to end, then the two midpoints beside the best, three
    times. An option of one dose alone is left out.
    """
    ranges = {o.id: found for o in options if (found := studied(o)) is not None}
    wanted = [o for o in options if o.id in ranges]
    if not wanted:
        return []
    steps = {i: float(np.log(high / low)) / (FIRST - 1) for i, (low, high) in ranges.items()}
    asked = [_at(o, d) for o in wanted for d in np.geomspace(*ranges[o.id], FIRST)]
    own = nets([*wanted, *asked])
    tried = {o.id: [(a, own[a.id]) for a in asked if a.id.startswith(f"{o.id}@")] + [(o, own[o.id])] for o in wanted}
    for _ in range(HALVINGS):
        asked = []
        for o in wanted:
            steps[o.id] /= 2.0
            asked += _beside(_best(tried[o.id])[0], steps[o.id], *ranges[o.id], of=o)
        found = nets(asked)
        for o in wanted:
            tried[o.id] += [(a, found[a.id]) for a in asked if a.id.startswith(f"{o.id}@")]
    return [(*_best(tried[o.id]), own[o.id]) for o in wanted]


def _best(tried: Sequence[tuple[Option, Array]]) -> tuple[Option, Array]:
    return max(tried, key=lambda row: float(row[1].mean()))


def _beside(best: Option, step: float, low: float, high: float, *, of: Option) -> list[Option]:
    assert best.regimen is not None
    doses = [best.regimen.dose_cells * np.exp(s * step) for s in (-1, 1)]
    return [_at(of, float(np.clip(d, low, high))) for d in doses]


def _at(o: Option, dose: float) -> Option:
    assert o.regimen is not None
    regimen: Regimen = replace(o.regimen, dose_cells=float(dose))
    return replace(o, id=f"{o.id}@{dose:.6g}", regimen=regimen)
