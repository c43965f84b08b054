"""What one record says about one question: yes, no, or unknown with the test that would settle it.

Silence is never absence: a condition that nobody wrote down is unknown, and marked `silent` so that a plan may choose
to assume it absent and say so. A resolved condition, a graded sign ("ascites: none") and a measured value are answers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from math import inf, nextafter
from typing import Any

from hepatica.language import date_text, decimal, either, say
from hepatica.patient import Condition, Observation, Patient, Treatment
from hepatica.therapy import signs
from hepatica.therapy.answers import Finding, Reading
from hepatica.therapy.concepts import Concept, concepts, in_words

WINDOW_D = 90.0


class Record:
    """One patient with their staging, asked one question at a time."""

    def __init__(self, patient: Patient, staging: Any = None) -> None:
        self.patient, self.staging = patient, staging
        self.at: datetime | None = getattr(staging, "at", None) or patient.index_time

    @cached_property
    def causes(self) -> tuple[str, ...]:
        """Return the causes as staged, or as recorded where nothing was staged."""
        return tuple(getattr(self.staging, "causes", ()) or self.patient.etiology)

    @cached_property
    def _conditions(self) -> list[tuple[set[str], Condition]]:
        return [({c.name, "_".join(c.text.casefold().split())}, c) for c in self.patient.conditions]

    @cached_property
    def _observed(self) -> dict[str, list[Observation]]:
        found: dict[str, list[Observation]] = {}
        for o in self.patient.observations:
            if o.time is None or self.at is None or o.time <= self.at:
                found.setdefault(o.analyte, []).append(o)
        return {k: sorted(v, key=lambda o: (o.time is not None, o.time or datetime.min)) for k, v in found.items()}

    @property
    def course(self) -> str:
        """Return the staged course, `undetermined` where nothing was staged."""
        return getattr(self.staging, "course", "undetermined")

    def number(self, name: str, window_d: float | None = None) -> Reading | Finding:
        """Return age, weight, BMI, a grade or a laboratory value, or the unknown finding that names what is needed."""
        if name in signs.PERSONAL:
            return self._personal(name)
        observation = self._latest(name)
        label = in_words(name)
        if observation is None:
            return Finding(None, say("no {label} in the record", label=label), say("measure {label}", label=label))
        age = self.age_d(observation.time)
        limit = WINDOW_D if window_d is None else window_d
        if age is not None and age > limit:
            because = say(
                "the last {label} ({observation}) is {age:.0f} days old, older than {limit:.0f}",
                label=label,
                observation=_value(observation),
                age=age,
                limit=limit,
            )
            return Finding(None, because, say("repeat {label}", label=label))
        return Reading(*_bounds(observation), observation.unit, f"{label} {_value(observation)}")

    def multiple_of_normal(self, name: str, window_d: float | None = None) -> Reading | Finding:
        """Return a laboratory value over the upper limit of normal that its own report gives."""
        reading = self.number(name, window_d)
        if isinstance(reading, Finding):
            return reading
        limit = getattr(self._latest(name), "ref_high", None)
        if not limit:
            return Finding(
                None,
                say("{what}, its upper limit of normal unknown", what=reading.what),
                say("the laboratory's normal range"),
            )
        words = say("{what}, upper limit {limit:g}", what=reading.what, limit=limit)
        return Reading(reading.low / limit, reading.high / limit, "times normal", words)

    def rise_per_day(self, name: str, window_d: float) -> Reading | Finding:
        """Return the change per day between the first and the last dated value inside a window."""
        label = in_words(name)
        rows = self._observed.get(name, ())
        dated = [(o.time, o) for o in rows if o.time and not o.comparator and self._within(o.time, window_d)]
        if len(dated) < 2 or dated[0][0] == dated[-1][0]:
            return Finding(
                None,
                say("fewer than two dated values of {label} in {time}", label=label, time=span_words(window_d)),
                say("repeat {label}", label=label),
            )
        (begin, first), (end, last) = dated[0], dated[-1]
        slope = (last.value - first.value) / ((end - begin) / timedelta(days=1))
        return Reading(
            slope,
            slope,
            f"{last.unit} a day",
            say("{label} from {first} to {last}", label=label, first=_value(first), last=_value(last)),
        )

    def score(self, name: str) -> Reading | Finding:
        """Return a staged score; where it could not be computed, the interval it can still take."""
        label, scores = in_words(name), getattr(self.staging, "scores", {})
        if name in scores:
            value, at = scores[name].value, scores[name].at or self.at
            return Reading(value, value, "points", f"{label} {decimal(f'{value:g}')}{_dated(at)}")
        for gap in getattr(self.staging, "missing", ()):
            if gap.score == name:
                tests = ", ".join(in_words(n) for n in gap.needs) or say("no test")
                needs = say("{tests} (for {score})", tests=tests, score=label)
                if gap.interval:
                    low, high = gap.interval
                    return Reading(
                        low,
                        high,
                        "points",
                        say(
                            "{label} between {low:g} and {high:g}, lacking {needs}",
                            label=label,
                            low=low,
                            high=high,
                            needs=needs,
                        ),
                    )
                return Finding(
                    None,
                    say("{label} cannot be computed: {why}", label=label, why=gap.why)
                    if gap.why
                    else say("{label} cannot be computed", label=label),
                    needs,
                )
        return Finding(None, say("{label} was not computed", label=label), say("the inputs of {label}", label=label))

    def condition(self, name: str, *, ever: bool = False, within_d: float | None = None) -> Finding:
        """Return whether the record shows a condition now, ever, or within some days before the index time."""
        concept = concepts()[name]
        if within_d is None and (known := self._graded(concept, ever)) is not None:
            return known
        recorded: list[Condition | Treatment] = [
            c for names, c in self._conditions if not names.isdisjoint(concept.members)
        ]
        recorded += [t for t in self.patient.treatments if t.name in concept.members or t.kind in concept.members]
        if within_d is not None:
            return self._in_window(concept, recorded, within_d)
        for item in recorded:
            if ever or item.active:
                return Finding(True, say("{condition}: {item} is recorded", condition=concept.label, item=_named(item)))
        if cause := concept.causes.intersection(self.causes):
            return Finding(
                True,
                say(
                    "{condition}: the recorded cause is {cause}",
                    condition=concept.label,
                    cause=", ".join(map(say, sorted(cause))),
                ),
            )
        own = [c for names, c in self._conditions if name in names]
        if own:
            return Finding(
                False,
                say("{condition} is recorded as over", condition=concept.label) + _dated(own[-1].resolved),
            )
        return self.silence(concept)

    def treatment(self, name: str, within_d: float | None = None) -> Finding:
        """Return whether a treatment of this name or kind is active, or was within some days."""
        label = in_words(name)
        for t in self.patient.treatments:
            if name not in (t.name, t.kind):
                continue
            if t.active:
                return Finding(
                    True, say("{label}: {item} is on the treatment list", label=label, item=t.text or t.name)
                )
            if within_d is not None and t.stop is not None and self._within(t.stop, within_d):
                return Finding(True, say("{label} was stopped", label=label) + _dated(t.stop))
        return Finding(
            None,
            say("no {label} on the treatment list", label=label),
            say("confirm from the treatment list: {label}", label=label),
            True,
        )

    def episodes(self, names: tuple[str, ...], window_d: float) -> Reading:
        """Return at least how many dated episodes of some conditions the record shows inside a window.

        More may have happened elsewhere, so the interval has no upper end.
        """
        members = frozenset().union(*(concepts()[n].members for n in names))
        onsets = [c.onset for known, c in self._conditions if c.onset and not known.isdisjoint(members)]
        dated = [t for t in onsets if self._within(t, window_d)]
        label = either([concepts()[n].label for n in names])
        count = float(len(dated))
        return Reading(
            count,
            inf,
            "episodes",
            say(
                "{count:.0f} dated episodes of {label} in {time}",
                count=count,
                label=label,
                time=span_words(window_d),
            ),
        )

    def drinking(self) -> Finding:
        """Return whether the person drinks alcohol now."""
        active = self.patient.alcohol_active
        if active is None:
            return Finding(
                None, say("present alcohol use is not recorded"), say("alcohol history, phosphatidylethanol"), True
            )
        return Finding(active, say("drinks alcohol now") if active else say("recorded as not drinking"))

    def silence(self, concept: Concept) -> Finding:
        """Return the finding for a condition about which nothing is written."""
        because = say("the record says nothing about {condition}", condition=concept.label)
        return Finding(
            None,
            because,
            say(
                "confirm the absence of {condition}: {settled_by}",
                condition=concept.label,
                settled_by=concept.settled_by,
            ),
            True,
        )

    def age_d(self, time: datetime | None) -> float | None:
        """Return how many days before the index time something happened; None where either is undated."""
        return None if time is None or self.at is None else (self.at - time) / timedelta(days=1)

    def _within(self, time: datetime, window_d: float) -> bool:
        age = self.age_d(time)
        return age is not None and -1 < age <= window_d

    def _latest(self, name: str) -> Observation | None:
        rows = self._observed.get(name)
        return rows[-1] if rows else None

    def _personal(self, name: str) -> Reading | Finding:
        value, unit, needs = signs.PERSONAL[name](self)
        label = in_words(name)
        if value is None:
            return Finding(None, say("{label} is not recorded", label=label), needs)
        shown = f" {say(unit)}" if unit else ""
        return Reading(value, value, unit, f"{label} {decimal(f'{value:.3g}')}{shown}")

    def _graded(self, concept: Concept, ever: bool) -> Finding | None:
        check = signs.GRADED.get(concept.name)
        found = check(self, concept) if check else None
        return None if found is not None and ever and not found.truth else found

    def _in_window(self, concept: Concept, items: list[Condition | Treatment], within_d: float) -> Finding:
        undated = False
        for item in items:
            begin, end = _times(item)
            if any(t is not None and self._within(t, within_d) for t in (begin, end)):
                return Finding(
                    True,
                    say(
                        "{condition}: {item}, in the last {time}",
                        condition=concept.label,
                        item=_named(item),
                        time=span_words(within_d),
                    ),
                )
            undated |= item.active and end is None
        if undated:
            because = say("{condition} is recorded, but not when it last happened", condition=concept.label)
            return Finding(None, because, say("the date of the last {condition}", condition=concept.label))
        label = say("{condition} in the last {time}", condition=concept.label, time=span_words(within_d))
        needs = say("confirm the absence of {label}: {settled_by}", label=label, settled_by=concept.settled_by)
        return Finding(None, say("the record shows no {label}", label=label), needs, True)


def span_words(days: float) -> str:
    """Return a span of days as a reader would say it.

    >>> span_words(7), span_words(60.88), span_words(365.25), span_words(1826.25)
    ('7 days', '2 months', '12 months', '5 years')
    """
    if days < 60:
        return say("{days:.0f} days", days=days)
    return say("{days:.0f} months", days=days / 30.4375) if days < 730 else say("{days:.0f} years", days=days / 365.25)


def _bounds(o: Observation) -> tuple[float, float]:
    match o.comparator:
        case "<":
            return 0.0, nextafter(o.value, 0.0)
        case "<=":
            return 0.0, o.value
        case ">":
            return nextafter(o.value, inf), inf
        case ">=":
            return o.value, inf
    return o.value, o.value


def _value(o: Observation) -> str:
    unit = "" if o.unit in ("", "1") else " " + o.unit.replace("1e9/L", "× 10⁹/L")
    return f"{o.comparator}{decimal(f'{o.value:.4g}')}{unit}{_dated(o.time)}"


def _dated(time: datetime | None) -> str:
    return f" ({date_text(time.date().isoformat())})" if time else ""


def _named(item: Condition | Treatment) -> str:
    return f"{say((item.text or item.name).replace('_', ' '))}{_dated(_times(item)[0])}"


def _times(item: Condition | Treatment) -> tuple[datetime | None, datetime | None]:
    return (item.onset, item.resolved) if isinstance(item, Condition) else (item.start, item.stop)
