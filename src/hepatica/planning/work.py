"""The work behind a plan, as one value: who, what could be given, what it would do, what is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from hepatica import eligibility, staging
from hepatica.errors import InputError
from hepatica.patient import Patient
from hepatica.planning import cells
from hepatica.planning.choose import Choice, choose
from hepatica.planning.combinations import Combined, combined
from hepatica.planning.compare import Compared, alike, compare
from hepatica.planning.facts import Facts
from hepatica.planning.forecasts import forecasts
from hepatica.planning.horizon import horizon
from hepatica.planning.option import Option
from hepatica.planning.payment import Payment
from hepatica.planning.race import Race, race
from hepatica.planning.treatments import without_cells
from hepatica.planning.weights import Weights
from hepatica.planning.worth import worth
from hepatica.therapy import Product

FIT_LIMIT = {"fitted": "high", "tempered": "low", "not fitted": "very low"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked beside the record: how many draws, from which seed, whose rules, what counts, who pays."""

    draws: int
    seed: int
    today: date | None
    region: str
    weights: Weights
    answers: Mapping[str, bool] | None = None
    checked: Mapping[str, eligibility.StatusCheck] | None = None
    payment: Payment | None = None
    products: tuple[Product, ...] = ()

    @property
    def paid(self) -> Payment:
        """Return whose money counts: what was asked, or the first view known where the rules hold."""
        return self.payment or Payment.read(self.region)

    @property
    def created(self) -> str:
        """Return when the plan is made, as a day where one was given."""
        return self.today.isoformat() if self.today else datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Screened:
    """The record read and every option considered, before anything is simulated."""

    facts: Facts
    matches: Sequence[Any]
    screen: cells.Screen
    combined: Combined
    options: tuple[Option, ...]
    horizon_days: tuple[int, ...]
    days: tuple[float, ...]
    judged_day: int

    @property
    def course(self) -> str:
        """Return the course of the disease."""
        return self.facts.staging.course


@dataclass(frozen=True, slots=True)
class Workings:
    """All that a plan is written from."""

    asked: Asked
    screened: Screened
    twin: Any
    fit: Any
    raced: Race
    options: tuple[Option, ...]
    forecasts: Mapping[str, Any]
    compared: tuple[Compared, ...]
    choice: Choice

    @property
    def facts(self) -> Facts:
        """Return what is known of the person."""
        return self.screened.facts

    @property
    def live(self) -> list[Option]:
        """Return the options that are forecast."""
        return [o for o in self.options if o.live]

    @property
    def limit(self) -> str:
        """Return the highest certainty that the fit to this person allows."""
        return FIT_LIMIT.get(self.fit.status, "very low")

    @property
    def ess(self) -> float:
        """Return the effective sample size of the fit."""
        return float(self.fit.ess or self.asked.draws)

    @property
    def alike(self) -> dict[str, tuple[str, ...]]:
        """Return, for each option, those that cannot be told from it."""
        return alike(self.compared, self.ess)

    @property
    def chosen(self) -> Compared:
        """Return the recommended option with its numbers."""
        return next(c for c in self.compared if c.option.id == self.choice.option.id)


def work(patient: Patient, asked: Asked, twin: Any = None) -> Workings:
    """Do the work of a plan; raises InputError for too few draws."""
    if asked.draws < 2:
        raise InputError(f"{asked.draws} draws are too few", where="draws", mend="use 2000")
    if twin is None:
        from hepatica import twin as model

        twin = model
    found = screen(patient, asked)
    fit = twin.fit(patient, found.facts.staging, draws=asked.draws, seed=asked.seed)
    ids = [o.id for o in found.options]
    raced = race(twin, fit, found.screen.passing, ids, found.course, found.judged_day, asked.weights, asked.seed)
    options = (*found.options, *raced.winners)
    told = forecasts(twin, fit, [o for o in options if o.live], found.days)
    return judged(asked, found, twin, fit, raced, options, told)


def screen(patient: Patient, asked: Asked) -> Screened:
    """Stage, match and screen; nothing is simulated."""
    staged = staging.stage(patient)
    facts = Facts(patient, staged)
    matches = eligibility.match(patient, staged, today=asked.today, answers=asked.answers, checked=asked.checked)
    with_cells = cells.with_cells(facts, matches)
    single = (*without_cells(facts), *with_cells.options)
    together = combined(facts, single)
    options = (*single, *together.options)
    horizon_days, days, judged_day = horizon(staged.course)
    return Screened(facts, matches, with_cells, together, options, tuple(horizon_days), tuple(days), judged_day)


def judged(
    asked: Asked,
    found: Screened,
    twin: Any,
    fit: Any,
    raced: Race,
    options: tuple[Option, ...],
    told: Mapping[str, Any],
) -> Workings:
    """Compare forecasts that are at hand, and choose."""
    live = [o for o in options if o.live]
    causes = found.facts.staging.causes
    alone = compare(
        live, told, found.course, found.judged_day, asked.paid, asked.seed,
        _modelled(twin, live, found.course), asked.weights, causes,
    )  # fmt: skip
    compared = tuple(
        worth(alone, told["standard_care"], asked.paid, found.course, found.judged_day, causes, asked.seed)
    )
    limit = FIT_LIMIT.get(fit.status, "very low")
    choice = choose(found.facts, compared, limit, float(fit.ess or asked.draws))
    return Workings(asked, found, twin, fit, raced, options, told, compared, choice)


def _modelled(twin: Any, live: Sequence[Option], course: str) -> dict[str, bool]:
    asks = getattr(twin, "applies", None)
    if asks is None:
        return {}
    return {
        o.id: o.regimen is not None or o.id == "standard_care" or any(asks(a, course) for a in o.actions) for o in live
    }
