"""How the person would feel: a symptom score at the day options are judged on, and its change over standard care."""

from __future__ import annotations

from typing import Any

import numpy as np

from hepatica import outcomes
from hepatica.planning.bands import clean, quantiles
from hepatica.planning.compare import Compared


def energy(c: Compared, standard: Compared, course: str, judged_day: int, seed: int) -> dict[str, Any]:
    """Return the symptom score of somebody alive that day, the change, and the chance of one that means something."""
    scale = outcomes.symptom_scale()
    told: dict[str, Any] = {
        "instrument": scale["instrument"],
        "what": scale["what"],
        "horizon_days": judged_day,
        "unit": "points",
    }
    own, other = (
        outcomes.symptoms(d["child_pugh"][-1] if "child_pugh" in d else None, course, seed=seed)
        for d in (c.draws, standard.draws)
    )
    if own.draws is None or other.draws is None:
        return {**told, "mean": None, "reason": own.reason}
    told |= {**quantiles(own.draws), "note": own.note, "sources": list(own.sources)}
    if c is standard:
        return told
    change, least = own.draws - other.draws, float(scale["smallest_difference"]["value"])
    told["change"] = quantiles(change)
    told["smallest_difference"] = {"value": least, "source": scale["smallest_difference"]["source"]}
    return told | {"p_change_that_matters": clean(float(np.mean(change >= least)))}
