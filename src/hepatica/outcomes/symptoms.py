"""How a person would feel: a symptom score by simulated Child-Pugh class, with the error of the mapping."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.language import by_language, said_data, say
from hepatica.outcomes.life import CHILD_B, Worth

Array = NDArray[np.float64]


@by_language
def symptom_scale() -> dict[str, Any]:
    """Return the instrument, its scale, and the smallest difference that means something; all with sources."""
    text = resources.files("hepatica.outcomes").joinpath("data", "symptoms.toml").read_text("utf-8")
    raw = said_data("outcomes/data/symptoms.toml", tomllib.loads(text))
    rows = (raw["person_sd"], raw["smallest_difference"], *raw["class"].values())
    if not all(row.get("source") for row in rows):
        raise ValueError("symptoms.toml: a number without a source")
    return raw


def symptoms(child_pugh: Array | None, course: str, *, seed: int) -> Worth:
    """Return a symptom score a draw for `child_pugh` [n] at one day, or the reason why there is none.

    Each draw keeps one error of the class means (their standard errors) and one person's distance from the mean, the
    same in every option, so that options differ by class alone. Scores stay within the scale.
    """
    raw = symptom_scale()
    if course not in raw["courses"]:
        return Worth(None, reason=raw["reason"])
    if child_pugh is None:
        return Worth(None, reason=say("the simulation gives no Child-Pugh score to read symptoms from"))
    sd = float(raw["person_sd"]["value"])
    z = np.random.default_rng([seed, 21]).standard_normal((3, child_pugh.shape[0]))
    a, bc = (
        row["value"] + sd / np.sqrt(row["n"]) * error
        for row, error in zip((raw["class"]["a"], raw["class"]["bc"]), z[:2], strict=True)
    )
    level = np.clip(np.where(child_pugh < CHILD_B, a, bc) + sd * z[2], raw["range"]["lo"], raw["range"]["hi"])
    sources = (raw["class"]["a"]["source"], raw["class"]["bc"]["source"], raw["person_sd"]["source"])
    return Worth(np.asarray(level), tuple(dict.fromkeys(sources)), raw["note"])
