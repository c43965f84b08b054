"""The dated laboratory values of one record, and how far the truth may have drifted from the model between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from hepatica.language import date_text, decimal, say
from hepatica.patient import ANALYTES, Patient
from hepatica.staging import Staging

from ._body import table
from ._population import Known, noise
from ._virtual import kind

Array = NDArray[np.float64]
LAB_NAMES = {
    "albumin": "albumin_g_l",
    "bilirubin": "bilirubin_umol_l",
    "inr": "inr",
    "creatinine": "creatinine_umol_l",
    "sodium": "sodium_mmol_l",
    "platelets": "platelets_e9_l",
    "alt": "alt_u_l",
    "ast": "ast_u_l",
    "ammonia": "ammonia_umol_l",
    "hvpg": "hvpg_mmhg",
}
CORE = frozenset({"albumin_g_l", "bilirubin_umol_l", "inr", "creatinine_umol_l"})
FAR = 6.0


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one kind after the first date: where they lie among the dates, their logs, errors and drift."""

    name: str
    dates: NDArray[np.int64]
    log_value: Array
    whiten: Array
    reach: Array
    drift_sd: float
    t: Array
    errors: Array
    law: tuple[float, float]


@dataclass(frozen=True, slots=True)
class History:
    """A record over time: dates in days from the first, what was known on the first, and the series after it."""

    course: str
    days: tuple[float, ...]
    first: dict[str, Known]
    series: tuple[Series, ...]
    values: int
    notes: tuple[str, ...]


def degrees() -> float:
    """Return the degrees of freedom of the Student-t by which the values of one kind miss together."""
    return float(table("fit")["degrees"]["value"])


def error(course: str, name: str) -> float:
    """Return the log-SD of one value by assay and day-to-day biology, in this disease where it was seen."""
    row = table("fit").get(name, {})
    return float(row["noise"][_column(course)]) if "noise" in row else noise(name)


def _column(course: str) -> int:
    return 0 if course == "cholestatic" else 2 if kind(course)["history_d"] < 365 else 1


def drift(course: str, name: str) -> tuple[float, float]:
    """Return log-SD and time in days of the drift of the truth from the model."""
    column, row = _column(course), table("fit").get(name)
    sd = table("kinds")["history"]["discrepancy"] if row is None else row["sd"][column]
    return float(sd), float(table("fit")["time_d"]["value"][column])


def drift_cov(a: Array, b: Array, sd: float, time_d: float) -> Array:
    """Return the covariance of the drift between days a and b, zero on day 0: [len(a), len(b)]."""
    apart, along = np.abs(a[:, None] - b[None, :]), a[:, None] + b[None, :]
    return np.asarray(sd**2 * (np.exp(-apart / time_d) - np.exp(-along / time_d)))


def between_dates(course: str, name: str, gap_d: float) -> float:
    """Return the SD of the log difference between two values of one person that noise and drift alone make."""
    sd, time_d = drift(course, name)
    return float(np.sqrt(2 * error(course, name) ** 2 + 2 * sd**2 * (1 - np.exp(-gap_d / time_d))))


def history(patient: Patient, staging: Staging, course: str) -> History | None:
    """Return the record over time, from the first date that shows enough; None where one date is all there is."""
    if staging.at is None:
        return None
    by_name, notes = _dated(patient, staging, staging.at, kind(course)["history_d"])
    by_day: dict[float, set[str]] = {}
    for name, rows in by_name.items():
        for day in rows:
            by_day.setdefault(day, set()).add(name)
    full = [day for day, names in by_day.items() if len(names & CORE) >= 2] or list(by_day)
    if not full or -min(full) < 1:
        return None
    start = min(full)
    days = sorted({0.0, *(day - start for day in by_day if day >= start), -start})
    first, series, count = {}, [], 0
    for name, rows in by_name.items():
        kept = {day - start: value for day, value in sorted(rows.items()) if day >= start}
        if 0.0 in kept:
            first[name] = Known(kept[0.0], error(course, name))
        errors, said = _errors(name, course, kept, staging.at, -start)
        notes += said
        later = [day for day in kept if day > 0]
        count += len(kept)
        if later:
            series.append(_series(name, course, days, later, kept, errors))
    dropped = sum(day < start for rows in by_name.values() for day in rows)
    if dropped:
        notes.append(say("{dropped} values before the first date with two core tests were not used", dropped=dropped))
    return History(course, tuple(days), first, tuple(series), count, tuple(notes))


def _dated(
    patient: Patient, staging: Staging, at: datetime, window_d: float
) -> tuple[dict[str, dict[float, float]], list[str]]:
    """Return value by day (0 is `at`, earlier ones negative) by name; values that cannot be used are named."""
    found: dict[str, dict[float, float]] = {}
    notes: list[str] = []
    for analyte, name in LAB_NAMES.items():
        rows: dict[float, list[float]] = {}
        known = ANALYTES.get(analyte)
        for o in patient.at(analyte):
            if o.time is None or o.comparator or (known and not known.low <= o.value <= known.high):
                continue
            ago = (at.replace(tzinfo=None) - o.time.replace(tzinfo=None)).total_seconds() / 86400
            if 0 <= ago <= window_d:
                rows.setdefault(-round(ago, 1) + 0.0, []).append(o.value)
        lab = staging.labs.get(analyte)
        if lab is not None and isinstance(lab.value, int | float) and lab.value > 0:
            day = 0.0 if lab.age_d is None else -round(max(lab.age_d, 0.0), 1) + 0.0
            if -day <= window_d and day not in rows:
                rows[day] = [float(lab.value)]
        for day, values in rows.items():
            if max(values) > 1.5 * min(values):
                shown = [decimal(f"{v:g}") for v in values]
                told = say("{first} and {last}", first=", ".join(shown[:-1]), last=shown[-1])
                notes.append(
                    say(
                        "the record contradicts itself: {analyte} is {told} on one day; neither was used",
                        analyte=say(analyte),
                        told=told,
                    )
                )
            else:
                found.setdefault(name, {})[day] = float(np.exp(np.mean(np.log(values))))
    return found, notes


def _errors(
    name: str, course: str, kept: dict[float, float], at: datetime, span_d: float
) -> tuple[dict[float, float], list[str]]:
    """Return log-SD by day; a value far from both its neighbours gets one as large as it is far, and is named."""
    from datetime import timedelta

    own, (sd, time_d) = error(course, name), drift(course, name)
    days, errors, found = list(kept), dict.fromkeys(kept, own), []
    for i in range(1, len(days) - 1):
        before, day, after = days[i - 1 : i + 2]
        share = (day - before) / (after - before)
        gap = np.log(kept[day]) - (1 - share) * np.log(kept[before]) - share * np.log(kept[after])
        near = min(day - before, after - day)
        scale = np.sqrt(own**2 * (1 + share**2 + (1 - share) ** 2) + sd**2 * (1 - np.exp(-near / time_d)))
        if abs(gap) > FAR * scale:
            errors[day] = float(abs(gap))
            date = (at - timedelta(days=span_d - day)).date().isoformat()
            found.append(
                say(
                    "{value:.3g} on {date} (before {before:.3g}, after {after:.3g})",
                    value=float(kept[day]),
                    date=date_text(date),
                    before=float(kept[before]),
                    after=float(kept[after]),
                )
            )
    if not found:
        return errors, []
    label = next(k for k, v in LAB_NAMES.items() if v == name)
    values = ", ".join(found[:2])
    if len(found) > 2:
        values = say("{values} and {count} more", values=values, count=len(found) - 2)
    said = say(
        "the record contradicts itself: {label} {values}, far from its neighbours; little used",
        label=label,
        values=values,
    )
    return errors, [said]


def _series(
    name: str, course: str, days: list[float], later: list[float], kept: dict[float, float], errors: dict[float, float]
) -> Series:
    return _drifting(
        name,
        np.array([days.index(day) for day in later]),
        np.log([kept[day] for day in later]),
        np.array([*later, days[-1]]),
        np.array([errors[day] for day in later]),
        drift(course, name),
    )


def series_of(name: str, course: str, days: tuple[float, ...], values: Array) -> Series:
    """Return the series of values of one kind measured on every date; the first is left to the population."""
    kept = {day: float(v) for day, v in zip(days, values, strict=True)}
    return _series(name, course, list(days), list(days[1:]), kept, dict.fromkeys(days, error(course, name)))


def _drifting(
    name: str, dates: NDArray[np.int64], log_value: Array, t: Array, errors: Array, law: tuple[float, float]
) -> Series:
    cov = drift_cov(t, t, *law)
    whiten = np.linalg.inv(np.linalg.cholesky(cov[:-1, :-1] + np.diag(errors**2)))
    return Series(name, dates, log_value, whiten, cov[-1, :-1], float(np.sqrt(cov[-1, -1])), t, errors, law)


def wider(series: Series) -> Series:
    """Return the series with three times the drift: for a course the model does not reproduce."""
    sd, time_d = series.law
    return _drifting(series.name, series.dates, series.log_value, series.t, series.errors, (3 * sd, time_d))


def misfit(series: Series, log_model: Array) -> tuple[Array, Array]:
    """Return squared distance [n] of the values from the model's logs [dates, n], and the whitened residuals [m, n]."""
    white = series.whiten @ (series.log_value[:, None] - log_model[series.dates])
    return (white**2).sum(axis=0), white


def log_likelihood(series: Series, log_model: Array) -> Array:
    """Return the log density [n] of one series, a multivariate Student-t, but for a constant."""
    nu, m = degrees(), len(series.dates)
    return np.asarray(-0.5 * (nu + m) * np.log1p(misfit(series, log_model)[0] / nu))


def drifted(series: Series, log_model: Array, rng: np.random.Generator) -> Array:
    """Return draws [n] of the drift of the truth from the model on the last date, given the values."""
    nu, m = degrees(), len(series.dates)
    distance, white = misfit(series, log_model)
    pull = series.whiten @ series.reach
    left = np.sqrt(max(series.drift_sd**2 - float(pull @ pull), 0.0))
    scale = np.sqrt((nu + distance) / rng.chisquare(nu + m, len(distance)))
    return np.asarray(pull @ white + left * scale * rng.standard_normal(len(distance)))


def p_value(series: Series, log_model: Array) -> float:
    """Return the posterior predictive probability of values at least this far from the model."""
    from scipy.special import fdtrc

    m = len(series.dates)
    return float(fdtrc(m, degrees(), misfit(series, log_model)[0] / m).mean())
