"""A schedule that is different: of a product, whose option given later keeps its wait, or of one option alone."""

from __future__ import annotations

import pytest
from test_combinations import HBV_ACLF

import hepatica as hp
from hepatica.patient import parse_short


@pytest.fixture(scope="module")
def timed():
    opened = hp.session(parse_short(HBV_ACLF), draws=100)
    (pair,) = opened.base.screened.combined.later
    return opened, pair


def row(answer: dict, option: str) -> dict:
    return next(o for o in answer["options"] if o["id"] == option)


def test_days_move_the_course_and_keep_the_wait_of_the_one_given_later(timed) -> None:
    opened, pair = timed
    answer = opened.what_if({"uc_msc.days": "0+10"})
    assert row(answer, pair["now"])["after"]["schedule_days"] == [0.0, 10.0]
    assert row(answer, pair["later"])["after"]["schedule_days"] == [28.0, 38.0], "four weeks later, as before"


def test_an_option_named_by_its_id_changes_alone(timed) -> None:
    opened, pair = timed
    answer = opened.what_if({f"{pair['later']}.days": "14+21", f"{pair['later']}.dose": "2x"})
    own = row(answer, pair["later"])
    assert own["after"]["schedule_days"] == [14.0, 21.0]
    assert own["after"]["dose_cells"] == 2 * own["before"]["dose_cells"]
    assert {o["id"] for o in answer["options"] if o["before"]["dose_cells"] != o["after"]["dose_cells"]} == {own["id"]}
    assert {o["id"] for o in answer["options"] if o["moved"]} == {own["id"]}
