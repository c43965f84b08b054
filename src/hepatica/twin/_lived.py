"""Who lived this record: virtual patients weighed, or moved, by every dated value from the first date to the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hepatica.language import say

from ._build import twin
from ._history import LAB_NAMES, History, degrees, drift, drift_cov, drifted, log_likelihood, p_value, wider
from ._pareto import pareto_k
from ._population import draw_labs, stream
from ._posterior import smooth_hyper
from ._sheet import Sheet
from ._smc import effective, temper
from ._virtual import Context, Virtual, assemble, doses, draw_latent, hyper_prior, kind

Array = NDArray[np.float64]
Status = Literal["fitted", "tempered", "not fitted"]
LEAST_ESS = 400.0
LEAST_POWER = 0.25
MOST_K = 0.7
MISSED = 0.05
LARGEST_BLOCK = 12_000_000
SHOWN = (*LAB_NAMES.values(), "collagen_percent")


@dataclass(frozen=True, slots=True)
class Lived:
    """Draws of one person on the last date: labs, what no lab shows (`past`: on the first), and how well they do."""

    labs: dict[str, Array]
    latent: dict[str, Array]
    past: dict[str, Array]
    hyper: dict[str, Array]
    log_model: dict[str, Array]
    status: Status
    ess: float
    pareto_k: float | None
    notes: tuple[str, ...]


class Life:
    """The model of one record: from coordinates of people on the first date to the likelihood of what followed."""

    def __init__(self, record: History, context: Context, learned: bool) -> None:
        self.record, self.context, self.learned = record, context, learned

    def people(self, sheet: Sheet) -> tuple[Virtual, dict[str, Array], dict[str, Array]]:
        """Return virtual patients on the first date, their latent quantities and those of the course."""
        course, n, seed = self.record.course, sheet.n, sheet
        hyper = (smooth_hyper if self.learned else hyper_prior)(course, n, seed)
        latent = draw_latent(course, hyper, self.context, n, seed)
        labs = draw_labs(course, self.record.first, n, seed)
        return assemble(course, labs, latent, hyper, self.context, seed, self.record.days[-1]), latent, hyper

    def run(self, virtual: Virtual, rtol: float = 1e-3) -> tuple[dict[str, Array], NDArray[np.bool_]]:
        """Return the model's values [dates, n] by name, and who could be computed."""
        from hepatica.engine import simulate

        result = simulate(
            twin(),
            list(self.record.days),
            n=virtual.n,
            parameters=virtual.parameters,
            initial=virtual.initial,
            doses=doses(virtual),
            observables=[*SHOWN, "acute_insult", "ascites_l", "alive_untransplanted"],
            precision="f32",
            rtol=rtol,
        )
        return {k: np.asarray(v, float) for k, v in result.values.items()}, np.asarray(result.code) == 0

    def evaluate(self, sheet: Sheet) -> tuple[Array, Array]:
        """Return the log likelihood [n] and the logs of the labs on the last date [k, n]."""
        values, good = self.run(self.people(sheet)[0])
        log_w = np.log(np.clip(values["alive_untransplanted"][-1], 1e-9, 1))
        for series in self.record.series:
            log_w += log_likelihood(series, np.log(np.maximum(values[series.name], 1e-6)))
        shown = np.log(np.maximum([values[name][-1] for name in SHOWN], 1e-6))
        ok = good & np.isfinite(log_w) & np.isfinite(shown).all(axis=0)
        return np.where(ok, log_w, -np.inf), np.where(ok, shown, 0.0)


def live(
    record: History, context: Context, *, draws: int, seed: int, pool: int, budget: int, learned: bool = True
) -> Lived | None:
    """Return people who lived this record; None where fewer than 400 independent ones can be found.

    Args:
        record: dated values.
        context: what is known beside them.
        draws: how many to return.
        seed: keyed by purpose.
        pool: draws weighed before anything is moved.
        budget: most evaluations of the model after that.
        learned: whether the course's quantities come from the stored posterior (else from its prior).
    """
    life = Life(record, context, learned)
    rng = stream("lived", seed)
    sheet, log_w = _pool(life, pool, rng)
    if not np.isfinite(log_w).any():
        return None
    ess, power, notes = effective(log_w), 1.0, []
    tail = pareto_k(log_w)
    if ess >= LEAST_ESS and (tail is None or tail <= MOST_K):
        z, weights = sheet.z[:, _pick(log_w, draws, rng)], log_w
    else:
        moved = temper(lambda z: life.evaluate(sheet.at(z)), sheet.z, log_w, rng, budget)
        ess, power, weights = moved.ess, moved.power, moved.log_weights
        if ess < LEAST_ESS or power < LEAST_POWER:
            return None
        z = moved.z[:, rng.choice(moved.z.shape[1], draws, replace=draws > moved.z.shape[1])]
        notes.append(
            say("few of the population lived this record: {count} draws were needed", count=pool + moved.evaluations)
        )
        if power < 1:
            notes.append(
                say("the record's course is rare in its population: likelihood tempered to {power:.2g}", power=power)
            )
    return _today(life, sheet.at(z), weights, ess, power, notes, seed)


def _pool(life: Life, pool: int, rng: np.random.Generator) -> tuple[Sheet, Array]:
    """Return draws of the population and their log weights, made in blocks that fit into memory."""
    columns = len(SHOWN) + 3
    block = max(1000, min(pool, LARGEST_BLOCK // (columns * len(life.record.days))))
    sheets, logs = [], []
    for start in range(0, pool, block):
        sheet = Sheet(min(block, pool - start), rng, still=("person",))
        logs.append(life.evaluate(sheet)[0])
        sheets.append(sheet)
    return sheets[0].at(np.concatenate([s.z for s in sheets], axis=1)), np.concatenate(logs)


def _pick(log_w: Array, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    w = np.exp(log_w - log_w.max())
    return np.asarray(rng.choice(len(w), draws, p=w / w.sum()))


def _today(life: Life, sheet: Sheet, weights: Array, ess: float, power: float, notes: list[str], seed: int) -> Lived:
    """Return people on the last date; of a past trend only a part persists (assumed): an insult that rose may fall.

    Where the model does not reproduce a series, its drift counts for more, so that the newest value stands.
    """
    course, n = life.record.course, sheet.n
    virtual, latent, hyper = life.people(sheet)
    values, _ = life.run(virtual)
    log_model = {name: np.log(np.maximum(values[name], 1e-6)) for name in SHOWN}
    series = {s.name: s for s in life.record.series}
    labs = {}
    for name in SHOWN:
        rng = stream(f"drift:{name}", seed)
        if name in series:
            missed = p_value(series[name], log_model[name]) < MISSED
            away = drifted(wider(series[name]) if missed else series[name], log_model[name], rng)
        else:
            away = _unseen(life.record, name, n, rng)
        labs[name] = np.exp(log_model[name][-1] + away)
    kept = float(kind(course)["persistence"])
    fresh = draw_latent(course, hyper, life.context, n, seed)["acute_resolution_1_d"]
    past = latent
    latent = latent | {
        "acute_insult": np.maximum(values["acute_insult"][-1], 0.0),
        "acute_resolution_1_d": kept * latent["acute_resolution_1_d"] + (1 - kept) * fresh,
        "bilirubin_trend": kept * latent["bilirubin_trend"],
    }
    if life.context.ascites_l is None:
        latent["ascites_l"] = np.maximum(values["ascites_l"][-1], 0.0)
    status: Status = "fitted" if power == 1 else "tempered"
    return Lived(labs, latent, past, hyper, log_model, status, ess, pareto_k(weights), tuple(notes))


def _unseen(record: History, name: str, n: int, rng: Any) -> Array:
    """Return draws of the drift of what was never measured after the first date."""
    sd, time_d = drift(record.course, name)
    last = np.array([record.days[-1]])
    scale = np.sqrt(degrees() / rng.chisquare(degrees(), n) * drift_cov(last, last, sd, time_d)[0, 0])
    return np.asarray(scale * rng.standard_normal(n))
