"""A tiny twin with the real one's interface: exponential survival, one lab, effects written into the options' names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.json"))
TODAY = date(2026, 11, 23)
LABS = {"meld": 18.0, "albumin_g_l": 30.0, "child_pugh": 8.0, "bilirubin_umol_l": 50.0}


@dataclass(frozen=True)
class Option:
    id: str
    regimen: object = None
    actions: tuple = ()


@dataclass(frozen=True)
class Fit:
    draws: int
    seed: int
    status: str = "fitted"
    ess: float = 800.0
    pareto_k: float = 0.3
    notes: tuple = ()
    check: tuple = ({"analyte": "bilirubin", "observed": 50.0, "p05": 40.0, "p50": 51.0, "p95": 62.0},)


@dataclass(frozen=True)
class Forecast:
    variables: dict
    survival: list
    transplant_free_survival: list
    decompensation: list
    difference: dict
    cells: list | None
    share_paracrine: dict | None
    draws: dict = field(default_factory=dict)


class FakeTwin:
    """`potency` moves every cell option; the id of an action moves it by `gain`; nothing else differs."""

    Option = Option

    def __init__(self, potency=0.0, gain=None, status="fitted"):
        self.potency, self.gain, self.status = potency, gain or {}, status
        self.asked = []

    def fit(self, patient, staging, draws=1000, seed=1):
        return Fit(draws, seed, self.status)

    def forecast(self, fit, options, days):
        self.asked = [o.id for o in options]
        times = np.array(sorted({0.0, *map(float, days)}))
        rng = np.random.default_rng(fit.seed)
        person = rng.standard_normal(fit.draws)
        effect = rng.standard_normal(fit.draws)
        raw = {o.id: self._raw(o, times, person, effect) for o in options}
        base = raw["standard_care"]
        return {o.id: self._pack(o, raw[o.id], base, times) for o in options}

    def lineage(self, name):
        return [{"step": "equation", "text": f"how {name} is made", "source": "easl_dec_2018", "grade": "B"}]

    def _raw(self, option, times, person, effect):
        size = self.potency * (1 + 0.3 * effect) if option.regimen else self.gain.get(option.id, 0.0) + 0 * effect
        hazard = 0.0008 * np.exp(0.4 * person - size)
        survival = np.exp(-np.outer(times, hazard))
        values = {k: v + 0.5 * person + 0 * survival for k, v in LABS.items()}
        values["meld"] = values["meld"] - 4 * np.outer(times > 0, size)
        return {**values, "survival": survival, "decompensation": 1 - survival, "transplant_free_survival": survival}

    def _pack(self, option, own, base, times):
        names = [*LABS]
        return Forecast(
            {k: _points(times, own[k], at_risk=True) for k in names},
            _points(times, own["survival"]),
            _points(times, own["survival"]),
            _points(times, own["decompensation"]),
            {k: _points(times, own[k] - base[k]) for k in [*names, "survival"]},
            [{"day": float(t), "blood": 1.0, "lung": 30.0, "liver": 20.0, "spleen": 9.0, "rest": 40.0} for t in times]
            if option.regimen
            else None,
            {"p05": 0.7, "p50": 0.9, "p95": 1.0} if option.regimen else None,
            own,
        )


def _points(times, values, at_risk=False):
    rows = []
    for i, day in enumerate(times):
        q = np.quantile(values[i], (0.05, 0.25, 0.5, 0.75, 0.95))
        row = {"day": float(day), "mean": float(values[i].mean())}
        row |= dict(zip(("p05", "p25", "p50", "p75", "p95"), map(float, q), strict=True))
        rows.append(row | ({"at_risk": 1.0} if at_risk else {}))
    return rows
