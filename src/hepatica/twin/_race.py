"""Many options at little cost: the draws that a choice needs, of a few virtual patients, without summaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ._fit import Fit
from ._forecast import Option, _run
from ._scores import scores

Array = NDArray[np.float64]
TOLD = ("child_pugh", "meld", "albumin_g_l", "bilirubin_umol_l")


def race(
    fit: Fit, options: Sequence[Option], days: Sequence[float], draws: int, *, seed: int = 1
) -> Mapping[str, Mapping[str, Array]]:
    """Return by option id its survival, decompensation and a few values, [days, draws], of the first draws of a fit.

    All options meet the same people and the same luck, in single precision. Draws that the engine could not finish are
    left out of all.
    """
    few = fit.virtual.take(np.arange(min(draws, fit.virtual.n)))
    times = np.asarray(sorted({0.0, *map(float, days)}))
    runs = {o.id: _run(few, o, times, seed, {}, "f32") for o in options}
    good = np.logical_and.reduce([run["good"] for run in runs.values()])
    found: dict[str, dict[str, Array]] = {}
    for name, run in runs.items():
        values = {k: np.asarray(v, float)[:, good] for k, v in run["values"].items()}
        values |= scores(values, dict(fit.fixed))
        native = np.clip(values["alive_untransplanted"], 0, 1)
        alive = np.clip(native + values["alive_transplanted"] + values["alive_transplanted_recent"], 0, 1)
        found[name] = {k: values[k] for k in TOLD} | {
            "survival": alive, "transplant_free_survival": native, "decompensation": values["decompensation_incidence"],
        }  # fmt: skip
    return found
