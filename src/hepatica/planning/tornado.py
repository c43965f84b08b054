"""What moves the answer most: the net benefit expected at a low and a high value of each thing that is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.language import mark, say
from hepatica.planning import words
from hepatica.planning.bands import clean
from hepatica.planning.compare import Compared
from hepatica.planning.information import between
from hepatica.planning.work import Workings

Array = NDArray[np.float64]
LOW, HIGH = 0.1, 0.9
MOST = 10
LEAST_SHARE = 0.05
"""Of the widest bar: what moves the answer less has none, however sure that is."""
SURE = 1.96
SURE_OF_MANY = 3.1
"""Some fifty quantities are asked: a chance of 0.05 of one too many, shared among them."""
METHOD = mark(
    "the net benefit over standard care that the draws of this plan let expect where one quantity lies at its 10th or "
    "at its 90th percentile; a quantity that moves it by less than the noise of the simulation is left out"
)


def tornado(w: Workings) -> dict[str, Any]:
    """Return, for the recommended option and the best cells given alone, what their net benefit turns on."""
    return {
        "judged_on_day": w.screened.judged_day,
        "unit": w.choice.unit,
        "method": say(METHOD),
        "options": [_option(w, c) for c in _targets(w)],
        "sources": ["method"],
    }


def _targets(w: Workings) -> list[Compared]:
    chosen = [w.chosen] if w.chosen.option.id != "standard_care" else []
    cells = [c for c in w.compared if c.option.product and not c.option.parts]
    best = max(cells, key=lambda c: float(c.net.mean()), default=None)
    return [*chosen, *([best] if best is not None and best not in chosen else [])]


def _option(w: Workings, c: Compared) -> dict[str, Any]:
    rows, quiet = [], 0
    for name, values in _unknown(w, c).items():
        row = _row(w, name, values, c.net)
        if row is None:
            quiet += 1
        else:
            rows.append(row)
    rows.sort(key=lambda r: -_span(r))
    kept = [r for r in rows[:MOST] if _span(r) >= LEAST_SHARE * _span(rows[0])]
    return {
        "option": c.option.id,
        "mean": clean(float(c.net.mean())),
        "rows": kept,
        "less": quiet + len(rows) - len(kept),
    }


def _span(row: Mapping[str, Any]) -> float:
    return float(abs(row["high"]["net"] - row["low"]["net"]))


def _unknown(w: Workings, c: Compared) -> dict[str, Array]:
    """Return every quantity that differs between the draws of the fit, and what is drawn for cells."""
    virtual = getattr(w.fit, "virtual", None)
    parameters: Mapping[str, Array] = getattr(virtual, "parameters", {}) or {}
    found = {k: np.asarray(v, dtype=float) for k, v in parameters.items()}
    found |= {k: v for k, v in c.draws.items() if v.ndim == 1}
    cells_only = (
        "cell",
        "lung_",
        "rest_",
        "spleen_",
        "liver_arrest",
        "liver_release",
        "paracrine",
        "engraft",
        "potency",
    )
    if c.option.regimen is None:
        found = {k: v for k, v in found.items() if not k.startswith((*cells_only, "restorative_off"))}
    return {k: v for k, v in found.items() if v.shape == c.net.shape and np.std(v) > 1e-9 * np.abs(v).max()}


def _row(w: Workings, name: str, values: Array, net: Array) -> dict[str, Any] | None:
    at = np.quantile(values, (LOW, HIGH))
    low, high, error = between(net, values, at)
    error *= np.sqrt(max(1.0, net.size / max(w.ess, 1.0)))
    if abs(high - low) <= SURE_OF_MANY * error:
        return None
    return {
        "quantity": name,
        "text": words.quantity(name),
        "value_unit": words.unit(_unit(w, name)),
        "low": {"value": clean(float(at[0])), "net": clean(float(low))},
        "high": {"value": clean(float(at[1])), "net": clean(float(high))},
        "error": clean(float(SURE * error)),
    }


def _unit(w: Workings, name: str) -> str:
    """Return the unit in which the twin holds a quantity."""
    known = w.twin.twin().layout.parameters if hasattr(w.twin, "twin") else ()
    return next((p.unit for p in known if p.name == name), "1")
