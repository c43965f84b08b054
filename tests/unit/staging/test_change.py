"""Change over time: slopes of analytes, differences of scores, what is not counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from hepatica import staging
from hepatica.patient import ANALYTES, Condition, Observation, Patient

DAY = datetime(2026, 3, 1)


def lab(analyte: str, value: float, days: float | None) -> Observation:
    time = None if days is None else DAY + timedelta(days=days)
    return Observation(analyte, value, ANALYTES[analyte].unit if analyte in ANALYTES else "", time)


def patient(*labs: Observation, **more: Any) -> Patient:
    return Patient("p", sex="male", age_stated_years=55.0, observations=labs, **more)


def test_slope_is_that_of_least_squares_for_30_days() -> None:
    rows = staging.change(patient(lab("bilirubin", 20, 0), lab("bilirubin", 50, 10), lab("bilirubin", 50, 20))).analytes
    (row,) = rows
    # days -10, 0, 10 about their mean: slope (10*50 - 10*20)/200 = 1.5 umol/L a day
    assert (row.per_30_d, row.n, row.before, row.after) == (45.0, 3, 20, 50)
    assert (row.before_at, row.after_at, row.unit) == (DAY, DAY + timedelta(days=20), "umol/L")


def test_scores_at_both_times_and_their_difference() -> None:
    labs = [
        lab(a, v, d) for d, b in ((0, 20), (30, 200)) for a, v in (("bilirubin", b), ("inr", 1.5), ("creatinine", 80))
    ]
    found = staging.change(patient(*labs, lab("albumin", 30, 30)))
    rows = {r.score: r for r in found.scores}
    before, after = staging.meld(20, 1.5, 80), staging.meld(200, 1.5, 80)
    assert (rows["meld"].before, rows["meld"].after, rows["meld"].delta) == (before, after, after - before)
    assert "albi" not in rows
    assert found.to_json()["scores"][0]["score"] == "meld"
    assert found.to_json()["analytes"][0]["after_at"] == "2026-03-31"


def test_classes_of_both_times_stand_beside() -> None:
    labs = [lab(a, v, d) for d, b in ((0, 20), (30, 200)) for a, v in (("bilirubin", b), ("albumin", 40))]
    row = next(r for r in staging.change(patient(*labs)).scores if r.score == "albi")
    assert (row.class_before, row.class_after, row.delta) == ("2", "2", pytest.approx(0.66, abs=2e-3))


def test_the_first_liver_value_is_the_start_and_another_can_be_asked_for() -> None:
    labs = (lab("weight", 70, -400), lab("bilirubin", 20, 0), lab("bilirubin", 30, 10), lab("bilirubin", 60, 20))
    assert staging.change(patient(*labs)).since == DAY
    later = staging.change(patient(*labs), since="2026-03-11")
    assert [(r.analyte, r.n, r.before) for r in later.analytes] == [("bilirubin", 1 + 1, 30)]
    assert staging.change(patient(*labs), "2026-03-12").analytes[0].after == 30


@pytest.mark.parametrize(
    "labs",
    [
        (),
        (lab("bilirubin", 20, 0),),
        (lab("bilirubin", 20, None), lab("bilirubin", 40, None)),
        (lab("weight", 70, 0), lab("weight", 75, 30)),
    ],
)
def test_one_time_alone_is_no_change(labs: tuple[Observation, ...]) -> None:
    found = staging.change(patient(*labs))
    assert (found.analytes, found.scores) == ((), ())


def test_values_out_of_range_or_of_one_day_make_no_slope() -> None:
    labs = (lab("bilirubin", 20, 0), lab("bilirubin", 30, 30), lab("inr", 1.2, 30), lab("inr", 1.3, 30.25))
    odd = (lab("sodium", 999, 0), lab("sodium", 140, 30), lab("unheard_of", 1, 0), lab("unheard_of", 2, 30))
    rows = staging.change(patient(*labs, *odd, lab("ast", 30, 90)), "2026-03-31").analytes
    assert [r.analyte for r in rows] == ["bilirubin", "unheard_of"]


def test_what_blocks_most_scores_comes_first() -> None:
    labs = (lab("bilirubin", 20, 0), lab("creatinine", 80, 0), lab("albumin", 40, 0))
    found = staging.stage(patient(*labs, conditions=(Condition("cirrhosis"),)))
    blocked = found.blocked
    counts = [len(v) for v in blocked.values()]
    assert counts == sorted(counts, reverse=True)
    assert set(blocked["inr"]) >= {"meld", "meld_na", "ukeld"} and "child_pugh" in blocked["inr or pt_percent"]
    assert found.to_json()["blocked_by"]["inr"] == list(blocked["inr"])


def test_the_first_value_is_the_baseline_of_hys_law() -> None:
    labs = (lab("alt", 80, 0), lab("bilirubin", 30, 0), lab("alt", 200, 9), lab("bilirubin", 70, 9))
    limits = tuple(Observation(o.analyte, o.value, o.unit, o.time, ref_high=40.0) for o in labs[2:])
    row = staging.stage(patient(*labs[:2], *limits)).scores["hys_law_baseline"]
    assert (row.value, row.inputs["alt_baseline"].value, row.inputs["alt_baseline"].time) == (0, 80, DAY)
    late = tuple(Observation(o.analyte, 90.0 + o.value, o.unit, o.time, ref_high=40.0) for o in labs[2:])
    gap = next(m for m in staging.stage(patient(*late)).missing if m.score == "hys_law_baseline")
    assert (gap.needs, gap.interval) == (("alt_baseline", "bilirubin_baseline"), (0, 1))


def test_a_change_in_full() -> None:
    labs = (lab("bilirubin", 20, 0), lab("albumin", 40, 0), lab("bilirubin", 80, 30), lab("albumin", 40, 30))
    found = staging.change(patient(*labs)).to_json()
    assert {k: found[k] for k in ("since", "at", "note")} == {
        "since": "2026-03-01",
        "at": "2026-03-31",
        "note": "signs and causes without a date count as the same at both times",
    }  # fmt: skip
    assert found["analytes"][0] == {
        "analyte": "bilirubin", "unit": "umol/L", "n": 2, "before": 20, "before_at": "2026-03-01", "after": 80,
        "after_at": "2026-03-31", "per_30_d": 60.0,
    }  # fmt: skip
    assert found["scores"] == [
        {"score": "albi", "before": -2.541, "after": -2.144, "delta": 0.397, "class_before": "2", "class_after": "2"}
    ]


def test_where_there_is_no_change_the_times_still_stand() -> None:
    found = staging.change(patient(lab("bilirubin", 20, 0)))
    assert (found.since, found.at) == (DAY, DAY)


def test_scores_are_those_of_the_asked_time_and_not_of_the_newest() -> None:
    labs = [lab(a, v, d) for d, b in ((0, 20), (30, 80), (60, 300)) for a, v in (("bilirubin", b), ("albumin", 40))]
    (row,) = [r for r in staging.change(patient(*labs), "2026-03-31").scores if r.score == "albi"]
    assert row.after == pytest.approx(-2.144, abs=5e-4)
    assert staging.change(patient(*labs), "2026-03-31").at == datetime(2026, 3, 31, 23, 59, 59)


def test_values_at_the_ends_of_the_plausible_range_count() -> None:
    low, high = ANALYTES["sodium"].low, ANALYTES["sodium"].high
    labs = (lab("bilirubin", 20, 0), lab("bilirubin", 20, 1), lab("sodium", low, 0), lab("sodium", high, 1))
    rows = {r.analyte: r for r in staging.change(patient(*labs)).analytes}
    assert (rows["sodium"].before, rows["sodium"].after, rows["bilirubin"].per_30_d) == (low, high, 0)


def test_a_day_apart_or_less_is_told_apart() -> None:
    early = staging.change(patient(lab("bilirubin", 20, 0.6), lab("bilirubin", 40, 0), lab("bilirubin", 60, 1.2)))
    assert early.since == DAY
    (row,) = early.analytes
    assert (row.before, row.after, row.n) == (40, 60, 3)
    assert staging.change(patient(lab("bilirubin", 20, 0), lab("bilirubin", 40, 0.7))).analytes[0].after == 40
