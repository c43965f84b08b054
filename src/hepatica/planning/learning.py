"""What it would be worth to know before choosing among the options of one plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.language import by_language, mark, say
from hepatica.patient import Patient
from hepatica.planning import sources
from hepatica.planning.compare import Compared
from hepatica.planning.information import Value, of_study, partial, perfect, ranked

Array = NDArray[np.float64]
METHOD = mark(
    "expected gain in net benefit from choosing after it is known, in the draws of this "
    "plan; every option that is not ruled out may be chosen"
)


@by_language
def _file() -> dict[str, Any]:
    raw: dict[str, Any] = sources.read("information.toml")
    for row in (*raw["quantity"], raw["study"]):
        sources.check([row["source"]], "information.toml")
    return raw


def information(compared: Sequence[Compared], patient: Patient, judged_day: int) -> dict[str, Any]:
    """Return the value of perfect information, of each missing measurement, and of trials of cells by size."""
    standard = next(c for c in compared if c.option.id == "standard_care")
    paired = [c for c in compared if c.net.shape == standard.net.shape]
    net = np.stack([c.net for c in paired])
    return {
        "unit": standard.unit,
        "judged_on_day": judged_day,
        "method": say(METHOD),
        "perfect": _row(perfect(net)),
        "measurements": [{"test": test, **_row(value)} for test, value in ranked(net, _unmeasured(standard, patient))],
        "trials": _trials(paired, standard, net),
        "sources": ["method"],
    }


def _unmeasured(standard: Compared, patient: Patient) -> dict[str, Array]:
    known = {o.analyte for o in patient.observations}
    return {
        row["test"]: standard.draws[row["key"]][0]
        for row in _file()["quantity"]
        if row["key"] in standard.draws and not known & set(row["analytes"])
    }


def _trials(paired: Sequence[Compared], standard: Compared, net: Array) -> list[dict[str, Any]]:
    """Return what trials of cells would be worth here: the most studied cell option's potency, by size of arm."""
    cells = next((c for c in paired if c.option.regimen and "potency" in c.draws and "meld" in c.draws), None)
    if cells is None:
        return []
    potency, end = cells.draws["potency"], cells.draws["meld"][-1]
    slope = float(np.polyfit(potency, end - standard.draws["meld"][-1], 1)[0]) if np.ptp(potency) > 0 else 0.0
    rows = []
    for n in _file()["study"]["arms"]:
        noise = 2 * float(np.var(end)) / n / slope**2 if slope else np.inf
        share = float(np.var(potency) / (np.var(potency) + noise))
        rows.append({"people_an_arm": n, "told_of_potency": share, **_row(of_study(net, potency, share))})
    return [*rows, {"people_an_arm": None, "told_of_potency": 1.0, **_row(partial(net, potency))}]


def _row(value: Value) -> dict[str, float]:
    found = {"mean": value.mean, "lo": value.lo, "hi": value.hi, "p_changes": value.p_changes}
    return {k: float(f"{v:.4g}") for k, v in found.items()}
