"""CTCAE grades of a record: the newest value of each analyte against its baseline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from hepatica.errors import InputError
from hepatica.patient import ANALYTES, find_analyte, parse_quantity, to_canonical

from .align import align, newest
from .ctcae import Grade, ctcae, ctcae_terms
from .times import as_time, days_between

if TYPE_CHECKING:
    from hepatica.patient import Observation, Patient

_SCALES = ("baseline", "uln", "lln")


def ctcae_of(
    patient: Patient, at: datetime | date | str | None = None, *, baseline_at: datetime | date | str | None = None
) -> tuple[Grade, ...]:
    """Grade every laboratory value that counts at a time and has an earlier one to be held against.

    The baseline is the newest value up to `baseline_at`, else the first dated value of the analyte. Limits of normal
    are the record's own. Values too old, implausible or contradicted are not graded.
    """
    aligned = align(patient, at)
    before = None if baseline_at is None else as_time(baseline_at)
    thinned = patient.takes("anticoagulant")
    found: list[Grade] = []
    for analyte in dict.fromkeys(term.analyte for term in ctcae_terms()):
        lab = aligned.labs.get(analyte)
        rows = [o for o in patient.at(analyte) if o.time is not None]
        if lab is None or lab.time is None:
            continue
        start = _baseline(rows, lab.time, before)
        if start is None:
            continue
        now = next(o for o in rows if o.time == lab.time)
        order = (now, start, *rows)
        limits = {"uln": _first(o.ref_high for o in order), "lln": _first(o.ref_low for o in order)}
        graded = ctcae(analyte, now.value, baseline=start.value, **limits, anticoagulant=thinned)
        found += [replace(g, at=now.time, baseline_at=start.time) for g in graded if g.grade is not None or g.needs]
    return tuple(found)


def _baseline(rows: Sequence[Observation], until: datetime, before: datetime | None) -> Observation | None:
    earlier = [o for o in rows if o.time is not None and days_between(until, o.time) > 0]
    return newest(earlier, before)[0] if before is not None else next(iter(earlier), None)


def _first(limits: Iterable[float | None]) -> float | None:
    return next((limit for limit in limits if limit is not None), None)


def ctcae_from_text(inputs: Mapping[str, str]) -> tuple[Grade, ...]:
    """Grade one value written as words: an analyte, and if known its baseline, uln, lln and anticoagulant (yes or no).

    A number without a unit has that of the term (ALT U/L, bilirubin umol/L, …). Raises InputError.
    """
    terms = {term.analyte: term for term in ctcae_terms()}
    named = {_analyte(key): text for key, text in inputs.items() if key not in (*_SCALES, "anticoagulant")}
    if len(named) != 1 or not set(named) <= set(terms):
        wrong = next((key for key in named if key not in terms), "")
        what = f"CTCAE v5.0 has no laboratory term here for {wrong!r}" if wrong else "ctcae grades one value at a time"
        raise InputError(what, mend="give one of " + ", ".join(terms) + " as name=value")
    ((analyte, text),) = named.items()
    numbers = {k: _number(terms[analyte].unit, analyte, k, inputs[k]) for k in _SCALES if k in inputs}
    thinned = inputs.get("anticoagulant", "no").lower()
    if thinned not in ("yes", "no"):
        raise InputError(f"anticoagulant={thinned!r} cannot be read", mend="give yes or no")
    value = _number(terms[analyte].unit, analyte, analyte, text)
    return ctcae(analyte, value, **numbers, anticoagulant=thinned == "yes")


def _analyte(key: str) -> str:
    return key if any(t.analyte == key for t in ctcae_terms()) else find_analyte(key.replace("_", " ")) or key


def _number(unit: str, analyte: str, key: str, text: str) -> float:
    sign, number, written = parse_quantity(text)
    if sign:
        raise InputError(f"{key}={text!r} is not one number", mend="give the number, without < or >")
    if not number > 0:
        raise InputError(f"{key} of {number:g} is not plausible", mend="give a value above 0")
    home = "calcium" if analyte == "corrected_calcium" else analyte
    if home in ANALYTES:
        return to_canonical(home, number, written or unit)
    if written not in ("", unit):
        raise InputError(f"{key}: no unit {written!r} for {analyte}", mend=f"give it in {unit}")
    return number
