"""What-if: a plan kept at hand, of which only what a change touches is done again, on few draws that stay the same."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import outcomes, therapy
from hepatica.errors import InputError
from hepatica.language import speaking, spoken
from hepatica.patient import Patient
from hepatica.planning import cells
from hepatica.planning import changes as read_changes
from hepatica.planning.changes import Changes
from hepatica.planning.choose import Choice, choose
from hepatica.planning.compare import Compared, parts_of, with_cost
from hepatica.planning.facts import Facts
from hepatica.planning.harms import days_lost, harms
from hepatica.planning.option import Option
from hepatica.planning.payment import Payment, care_cost
from hepatica.planning.what_if import answer
from hepatica.planning.work import FIT_LIMIT, Asked, Screened, screen

Array = NDArray[np.float64]
Draws = Mapping[str, Mapping[str, Array]]
Factors = tuple[tuple[str, float], ...]
DRAWS = 400
"""Enough that the mean net benefit of most options is known to half a day, few enough to answer while one waits."""


@dataclass(frozen=True, slots=True)
class State:
    """One version of the question, answered: what was screened, the fit, the draws by option, the choice."""

    asked: Asked
    screened: Screened
    fit: Any
    options: tuple[Option, ...]
    draws: Draws
    compared: tuple[Compared, ...]
    choice: Choice


@dataclass(frozen=True, slots=True)
class Session:
    """A record with its answer at hand; `what_if` changes it."""

    patient: Patient
    twin: Any
    base: State
    language: str

    def what_if(self, given: Sequence[str] | Mapping[str, Any]) -> dict[str, Any]:
        """Return what changes if this were so, as plain values; raises InputError naming the change at fault.

        Args:
            given: changes as NAME=VALUE texts or a mapping: a value of the record (`bilirubin=40umol/L`,
                `takes.beta_blocker=true`), a product (`uc_msc.dose=2x`) or one option by its id, an assumption of the
                twin (`twin.cell_death_1_d=2x`), a weight (`weights.harms=2`), the jurisdiction.
        """
        began = time.perf_counter()
        known = [p.name for p in self.twin.twin().layout.parameters]
        live = [o for o in self.base.options if o.live]
        with therapy.considering(self.base.asked.products), speaking(self.language):
            found = read_changes.read(given, self.patient, self.base.asked.weights, known, live)
            after = _changed(self.twin, self.base, found)
            took = time.perf_counter() - began
            return answer(self.patient.id, found, self.base, after, took)


def session(patient: Patient, asked: Asked, twin: Any = None) -> Session:
    """Return a session for a record, in the language now spoken; raises InputError for too few draws."""
    if asked.draws < 100:
        raise InputError(f"{asked.draws} draws are too few", where="draws", mend=f"use {DRAWS}")
    if twin is None:
        from hepatica import twin as model

        twin = model
    with therapy.considering(asked.products):
        return Session(patient, twin, _anew(twin, patient, asked, Changes()), spoken())


def _anew(twin: Any, patient: Patient, asked: Asked, changes: Changes) -> State:
    found = screen(patient, asked)
    fit = twin.fit(patient, found.facts.staging, draws=asked.draws, seed=asked.seed)
    options = _rewritten(found.options, changes, found)
    draws = _simulated(twin, fit, [o for o in options if o.live], found, asked, changes)
    return _judged(asked, found, fit, options, draws)


def _changed(twin: Any, base: State, found: Changes) -> State:
    """Return the state after the changes, with as little done again as they allow."""
    asked = _asked(base.asked, found)
    if found.record is not None:
        return _anew(twin, found.record, asked, found)
    options = _rewritten(base.options, found, base.screened)
    live = [o for o in options if o.live]
    touched = [o for o in live if found.parameters or found.asked_of(o).keys() - {"cost"}]
    draws = dict(base.draws)
    if touched:
        again = touched if found.parameters else [*touched, _standard(options)]
        new = _simulated(twin, base.fit, again, base.screened, asked, found)
        if len(again) < len(live) and _people(new) != _people(draws):
            new = _simulated(twin, base.fit, live, base.screened, asked, found)
        draws |= new
    return _judged(asked, base.screened, base.fit, options, draws)


def _people(draws: Draws) -> int:
    """Return how many virtual patients could be computed: options are compared on the same ones only."""
    return int(draws["standard_care"]["survival"].shape[1])


def _asked(before: Asked, found: Changes) -> Asked:
    """Return what is asked after the changes; another jurisdiction brings its place, unless a country was named."""
    asked = replace(before, weights=found.weights or before.weights)
    if found.region and found.region != asked.region:
        asked = replace(asked, region=found.region, payment=_moved(before, found.region))
    own = {p: float(row["cost"]) for p, row in found.products.items() if "cost" in row}
    if not own:
        return asked
    money = asked.paid
    kept = tuple(p for p in money.prices if p.option not in own)
    made = tuple(
        outcomes.Price(p, value, money.place.currency, date.today().year, "course", "what-if")
        for p, value in own.items()
    )
    return replace(asked, payment=replace(money, prices=(*kept, *made)))


def _moved(before: Asked, region: str) -> Payment | None:
    """Return who pays under other rules: a country of its own stays, a payer and own prices are kept where given."""
    money = before.payment
    if money is None or money.place.id != outcomes.place(before.region).id:
        return money
    return Payment.read(region, payer=money.payer, prices=money.prices)


def _standard(options: Sequence[Option]) -> Option:
    return next(o for o in options if o.id == "standard_care")


def _rewritten(options: Sequence[Option], changes: Changes, found: Screened) -> tuple[Option, ...]:
    """Return the options with the regimens of some changed; one that waits keeps its wait."""
    lost = [name for name in changes.products if name not in {*therapy.products(), *(o.id for o in options)}]
    if lost:
        raise InputError(
            f"with the record so changed there is no option {lost[0]!r}", where="what-if",
            mend="name its product, or ask the two changes apart",
        )  # fmt: skip
    waits = {pair["later"]: 7.0 * pair["weeks"] for pair in found.combined.later}
    return tuple(
        _regimen(
            o,
            changes.asked_of(o),
            found.facts,
            0.0 if "days" in changes.products.get(o.id, {}) else waits.get(o.id, 0.0),
        )
        for o in options
    )


def _regimen(o: Option, asked: Mapping[str, str], facts: Facts, wait_d: float) -> Option:
    """Return an option with its regimen changed; a route that this person may not have is ruled out here too."""
    if not asked or not o.live or o.regimen is None:
        return o
    r = replace(o.regimen, dose_cells=read_changes.dose_of(asked.get("dose", "1x"), o.regimen.dose_cells))
    if "days" in asked:
        r = replace(r, days=tuple(d + wait_d for d in read_changes.days_of(asked["days"])))
    r = replace(r, route=asked["route"]) if "route" in asked else r
    more = _punctures(r) - _punctures(o.regimen)
    changed = replace(o, regimen=r, route=r.route, invasive_procedures=o.invasive_procedures + more)
    if "route" not in asked:
        return changed
    against = cells.speaks_against(therapy.products()[r.product], r.route, facts)
    absolute = [c for c in against if c.verdict == "absolute"]
    return changed.ruled_out("; ".join(map(cells.said_against, absolute))) if absolute else changed


def _punctures(r: therapy.Regimen) -> int:
    return len(r.days) * int(therapy.routes()[r.route].invasive)


def _factors(asked: Mapping[str, str]) -> Factors:
    known = read_changes.properties()
    return tuple(
        (parameter, read_changes.dose_of(text, 1.0) ** power)
        for name, text in asked.items()
        if name in known
        for parameter, power in known[name]["parameters"].items()
    )


def _simulated(
    twin: Any,
    fit: Any,
    options: Sequence[Option],
    found: Screened,
    asked: Asked,
    changes: Changes,
) -> Draws:
    wanted = [
        twin.Option(o.id, o.regimen, o.actions, (*changes.parameters, *_factors(changes.asked_of(o)))) for o in options
    ]
    days = [d for d in found.days if d <= found.judged_day]
    told: Draws = twin.race(fit, wanted, days, asked.draws, seed=asked.seed)
    return told


def _judged(
    asked: Asked,
    found: Screened,
    fit: Any,
    options: tuple[Option, ...],
    draws: Draws,
) -> State:
    days = np.asarray(sorted({0.0, *(float(d) for d in found.days if d <= found.judged_day)}))
    base = draws["standard_care"]
    causes = tuple(found.facts.staging.causes)
    compared = tuple(_compared(o, days, draws[o.id], base, found.course, causes, asked) for o in options if o.live)
    choice = choose(found.facts, compared, FIT_LIMIT.get(fit.status, "very low"), float(fit.ess or asked.draws))
    return State(asked, found, fit, options, draws, compared, choice)


def _compared(
    o: Option,
    days: Array,
    own: Mapping[str, Array],
    base: Mapping[str, Array],
    course: str,
    causes: tuple[str, ...],
    asked: Asked,
) -> Compared:
    rows = harms(o)
    lost = days_lost(rows, own["survival"].shape[1], asked.seed)
    paired = own["survival"].shape == base["survival"].shape
    parts, unit = parts_of(o, days, dict(own), dict(base), course, asked.seed, lost, paired)
    if paired:
        money = asked.paid
        care, usual = (care_cost(days, d, course, money) for d in (own, base))
        parts = with_cost(parts, o, care, usual, money, causes, days, own["survival"])
    return Compared(o, {"harms": rows}, parts.net(asked.weights), unit, parts, dict(own))
