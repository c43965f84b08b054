"""What reaches the reader: no machine word in any sentence, every dated value, the first hours of cells, ties said."""

from __future__ import annotations

import re

import pytest
from fake_twin import FakeTwin
from reading import machine_words

from hepatica.planning import words


@pytest.mark.parametrize(
    "text", ["meld 17", "sbp prophylaxis", "in 1 days", "7.6e+07 cells", "inr or pt_percent", "a  b", "14 umol/L"]
)
def test_the_scan_can_fail(text):
    assert machine_words({"because": text})


def test_no_machine_word_reaches_a_sentence(example):
    plan = {k: v for k, v in example[2].items() if k not in ("lineage", "sources")}
    assert machine_words(plan) == []


def test_names_under_options_are_written_for_readers(example):
    assert machine_words({"rows": [o["name"] for o in example[2]["options"]]}) == []


def test_every_dated_value_of_the_record_is_given(example):
    _, record, plan = example
    given = {(r["analyte"], r["time"]) for r in plan["patient"]["labs"]}
    aside = len(plan["patient"]["set_aside"])
    dated = {(o["analyte"], o["time"][:10]) for o in record["observations"] if o.get("time")}
    assert len(dated - given) <= aside, dated - given
    for analyte in {a for a, _ in given}:
        times = [r["time"] for r in plan["patient"]["labs"] if r["analyte"] == analyte and r["time"]]
        assert times == sorted(times)


def test_the_first_hours_of_cells_are_shown_and_the_curves_keep_their_days(example):
    plan = example[2]
    days = [p["day"] for p in plan["options"][0]["forecast"]["survival"]]
    for o in (o for o in plan["options"] if o.get("cells")):
        shown = [row["day"] for row in o["cells"]]
        first = o["schedule_days"][0]
        assert 0 < shown[0] - first < 0.1 and {first + 1, first + 3, first + 10} <= set(shown)
        assert max(shown) <= o["schedule_days"][-1] + 90
        assert [p["day"] for p in o["forecast"]["meld"]] == days


def test_options_with_the_same_forecast_are_called_equal(make):
    record = {
        "id": "t", "sex": "male", "age": 50, "weight_kg": 70, "etiology": ["HBV"], "ascites": "moderate",
        "conditions": ["cirrhosis"], "treatments": ["entecavir"], "encephalopathy_grade": 0, "observations": [],
    }  # fmt: skip
    plan = make(record, FakeTwin(gain={"beta_blocker": 0.9}))
    rows = {o["id"]: o for o in plan["options"] if o["status"] == "offered"}
    equal = [o for o in rows.values() if not o["harms"] and o["id"] not in ("standard_care", "beta_blocker")]
    assert equal
    for o in equal:
        assert "standard_care" in o["cannot_be_told_from"], o["id"]
        assert "Cannot be told apart from" in o["forecast_note"]
    for o in rows.values():
        for other in o["cannot_be_told_from"]:
            if other in rows:
                assert o["id"] in rows[other]["cannot_be_told_from"]
    apart = make(record, FakeTwin(gain={"albumin": 0.5}))
    albumin = next(o for o in apart["options"] if o["id"] == "albumin")
    assert "standard_care" not in albumin["cannot_be_told_from"]


def test_a_list_of_needs_names_each_once():
    assert words.needs(["inr", "inr or pt_percent"]) == "INR"
    assert words.needs(["inr or pt_percent", "sodium"]) == "INR or prothrombin activity, sodium"


def test_the_patient_hears_the_survival_that_the_page_shows(example):
    plan = example[2]
    standard = next(o for o in plan["options"] if o["id"] == "standard_care")
    shown = min(standard["forecast"]["survival"], key=lambda p: abs(p["day"] - plan["judged_on_day"]))
    said = next(q for q in plan["questions"] if q["id"] == "only_option")
    number = next(n for n in said["numbers"] if n["unit"] == "probability")
    assert (number["value"], number["lo"], number["hi"]) == (shown["mean"], shown["p05"], shown["p95"])


def test_nothing_is_said_with_more_certainty_than_the_forecast_has(example):
    plan = example[2]
    order = ("very low", "low", "moderate", "high")
    standard = next(o for o in plan["options"] if o["id"] == "standard_care")
    for key in ("only_option", "age"):
        sure = next(q["certainty"] for q in plan["questions"] if q["id"] == key)
        assert order.index(sure) <= order.index(standard["certainty"]), key


def test_consent_writes_fewer_and_more_and_no_signs(example):
    text = next(e["text"] for e in example[2]["consent"]["elements"] if e["id"] == "50.25(a)(3)")
    assert not re.search(r"[-+−]\d|-0|from none to none", text), text
