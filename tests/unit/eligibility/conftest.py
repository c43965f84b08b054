from datetime import datetime, timedelta

import pytest

from hepatica.patient import ANALYTES, Condition, Observation, Patient, Treatment
from hepatica.therapy import Record

NOW = datetime(2026, 11, 20)


def ago(days):
    return NOW - timedelta(days=days)


@pytest.fixture
def record():
    """Return a maker of records: labs as name=value or name=(value, days ago, comparator, upper limit)."""

    def make(staging=None, conditions=(), treatments=(), **given):
        rows = [Observation("heart_rate", 70, "1/min", NOW)]
        for name in [n for n in given if n in ANALYTES and n not in ("age", "weight", "bmi")]:
            value = given.pop(name)
            value = value if isinstance(value, tuple) else (value,)
            value, days, comparator, limit = value + (0, "", None)[len(value) - 1 :]
            time = None if days is None else ago(days)
            rows.append(Observation(name, value, ANALYTES[name].unit, time, comparator, None, limit))
        if "age" in given:
            given["age_stated_years"] = given.pop("age")
        made = tuple(c if isinstance(c, Condition) else Condition(c) for c in conditions)
        taken = tuple(t if isinstance(t, Treatment) else Treatment(t, t) for t in treatments)
        return Record(Patient("p", conditions=made, treatments=taken, observations=tuple(rows), **given), staging)

    return make
