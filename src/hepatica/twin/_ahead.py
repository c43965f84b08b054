"""What a fitted person's twin shows on days to come, draw by draw, without treatment beyond standard care."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ._build import twin
from ._fit import Fit
from ._virtual import doses


def ahead(fit: Fit, days: Sequence[float], names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Return states or intermediates of the twin by name, [days, draws]; draws that cannot be computed are left out.

    Args:
        fit: one fitted person; day 0 is the newest date of the record.
        days: in order, from 0 on.
        names: states and intermediates of the equations (docs/twin.md).
    """
    from hepatica.engine import simulate

    result = simulate(
        twin(),
        list(days),
        n=fit.virtual.n,
        parameters=fit.virtual.parameters,
        initial=fit.virtual.initial,
        doses=doses(fit.virtual),
        observables=list(names),
        precision="f32",
    )
    good = np.asarray(result.code) == 0
    return {name: np.asarray(result.values[name], float)[:, good] for name in names}
