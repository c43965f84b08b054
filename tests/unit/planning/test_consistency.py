"""Self-consistency, not validation: chances that plans state hold among people drawn from the twin itself."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica import twin
from hepatica.planning import _consistency
from hepatica.planning._consistency import Checked


@pytest.mark.parametrize("course", ["compensated", "decompensated", "aclf"])
def test_stated_chances_hold_in_the_twins_own_population(course):
    rows = list(_consistency.check(course, 40, 200, 3))
    assert {r.event for r in rows} == ({"survival", "decompensation"} if course == "compensated" else {"survival"})
    for r in rows:
        assert r.stated.size >= 35
        assert abs(r.gap) <= 3 * r.error + 0.01, (r.event, r.day)


def test_those_told_a_better_chance_have_one():
    rows = {(r.event, r.day): r for r in _consistency.check("decompensated", 40, 200, 3)}
    late = rows["survival", 730.0]
    assert 0.5 < late.slope < 1.6
    told = late.bins(2)
    assert told[0][1] < told[1][1] and told[0][2] < told[1][2]


def test_a_forecast_that_is_off_is_seen():
    true = np.linspace(0.2, 0.8, 50)
    off = Checked("x", "survival", 90.0, true + 0.1, true)
    assert off.gap == pytest.approx(0.1) and abs(off.gap) > 3 * off.error + 0.01
    assert Checked("x", "survival", 90.0, 0.5 + 2 * (true - 0.5), true).slope == pytest.approx(0.5)


def test_the_people_whose_records_are_read_are_those_whose_truth_is_known():
    shown, known = (
        list(twin.cohort(6, course="aclf", seed=2)),
        list(twin.cohort(6, course="aclf", seed=2, days=(0, 90))),
    )
    for a, b in zip(shown, known, strict=True):
        first = [o for o in b.patient.observations if o.time == b.patient.observations[0].time]
        assert a.patient.id == b.patient.id and [o.value for o in a.patient.observations] == [o.value for o in first]
        assert [c[0] for c in b.chances] == [0.0, 90.0] and 0.0 <= b.chances[1][1] <= b.chances[0][1] <= 1.0


def test_the_page_says_that_it_is_no_validation():
    true = np.linspace(0.2, 0.8, 50)
    text = _consistency.page([Checked("aclf", "survival", 90.0, true, true)], 50, 100, 1)
    assert "Self-consistency, not validation" in text and "| aclf | survival | 90 | 50 | 0.500 | 0.500 |" in text
