"""Ask the twin: every option on the days plotted, cells also on the hours and days after their first dose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hepatica.planning.horizon import CELL_DAYS
from hepatica.planning.option import Option

AFTER_D = 90.0


def forecasts(twin: Any, fit: Any, live: Sequence[Option], days: Sequence[float]) -> dict[str, Any]:
    """Return a forecast by option id on `days`; those of cells carry body-map rows from the first hour on."""
    wanted = {o.id: twin.Option(o.id, o.regimen, o.actions) for o in live}
    cells = [o for o in live if o.regimen is not None]
    found: dict[str, Any] = twin.forecast(fit, [wanted[o.id] for o in live if o.regimen is None], list(days))
    for start in dict.fromkeys(o.regimen.days[0] for o in cells if o.regimen):
        group = [o for o in cells if o.regimen and o.regimen.days[0] == start]
        fine = sorted({*map(float, days), *(start + d for d in CELL_DAYS)})
        rows = twin.forecast(fit, [wanted["standard_care"], *(wanted[o.id] for o in group)], fine)
        found |= {o.id: _on(rows[o.id], days, o) for o in group}
    return found


def _on(forecast: Any, days: Sequence[float], option: Option) -> Any:
    """Return a forecast on some of its days, with the body map up to a while after the last dose."""
    wanted = {float(d) for d in days}
    keep = np.array([p["day"] in wanted for p in forecast.survival])

    def seen(points: list[dict[str, float]]) -> list[dict[str, float]]:
        return [p for p in points if p["day"] in wanted]

    assert option.regimen is not None
    regimen = option.regimen
    kinds = {k: {n: seen(v) for n, v in getattr(forecast, k, {}).items()} for k in ("events", "stores")}
    last = regimen.days[-1] + AFTER_D
    return replace(
        forecast,
        variables={k: seen(v) for k, v in forecast.variables.items()},
        survival=seen(forecast.survival),
        transplant_free_survival=seen(forecast.transplant_free_survival),
        decompensation=seen(forecast.decompensation),
        difference={k: seen(v) for k, v in forecast.difference.items()},
        draws={k: np.asarray(v)[keep] if np.ndim(v) == 2 else v for k, v in forecast.draws.items()},
        **{k: v for k, v in kinds.items() if hasattr(forecast, k)},
        cells=[_body(p, regimen) for p in forecast.cells or () if regimen.days[0] < p["day"] <= last],
    )


def _body(row: dict[str, float], regimen: Any) -> dict[str, float]:
    """Return one row of the body map with the share of the cells given so far that is alive."""
    alive = [v for k, v in row.items() if k.endswith("_living_mcell")]
    given = regimen.dose_cells * sum(d < row["day"] for d in regimen.days) / 1e6
    return {**row, "living_percent": 100.0 * sum(alive) / given} if alive and given else row
