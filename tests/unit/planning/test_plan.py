from __future__ import annotations

import json
import re

import pytest
from contract import numbers, wrong
from fake_twin import TODAY, FakeTwin

from hepatica import eligibility, planning
from hepatica.errors import InputError

DECOMPENSATED = {
    "id": "d", "sex": "male", "age": 50, "weight_kg": 70, "etiology": ["HBV"], "alcohol_active": False,
    "ascites": "moderate", "encephalopathy_grade": 0, "conditions": ["cirrhosis", "ascites", "hepatitis_b"],
    "treatments": ["entecavir", "spironolactone"],
    "observations": [
        {"analyte": a, "value": v, "unit": u, "time": "2026-11-20"}
        for a, v, u in (
            ("bilirubin", 60, "umol/L"), ("albumin", 28, "g/L"), ("inr", 1.6, "1"), ("creatinine", 80, "umol/L"),
            ("sodium", 136, "mmol/L"), ("platelets", 90, "10*9/L"), ("alt", 40, "U/L"), ("ast", 50, "U/L"),
            ("hemoglobin", 120, "g/L"), ("wbc", 5, "10*9/L"), ("afp", 3, "ug/L"),
        )
    ],
}  # fmt: skip
CHRONIC = {"compensated", "decompensated", "chronic_hepatitis", "cholestatic", "steatosis", "urea_cycle"}


def syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = re.findall(r"[aeiouy]+", word)
    return max(1, len(groups) - (word.endswith("e") and len(groups) > 1 and not word.endswith("le")))


def reading_grade(text: str) -> float:
    """Return the Flesch-Kincaid grade; reading age is grade + 5."""
    sentences = max(1, len(re.findall(r"[.!?](?:\s|$)", text)))
    words = re.findall(r"[A-Za-z][A-Za-z'-]*", text)
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_reading_grade_tells_easy_from_hard():
    assert reading_grade("The cat sat. It was wet.") < 2
    assert (
        reading_grade("Comparative pharmacological characterisation necessitates interdisciplinary collaboration.") > 20
    )


def test_plan_keeps_the_contract(example):
    assert wrong(example[2]) == []


def test_contract_checker_can_fail(example):
    plan = json.loads(json.dumps(example[2]))
    plan["options"][0]["status"] = "perhaps"
    plan["recommendation"]["option"] = "nothing"
    assert len(wrong(plan)) >= 2


def test_every_number_under_options_resolves(example):
    plan = example[2]
    for path, value in numbers(plan["options"], "$.options"):
        found = planning.why(plan, path)
        assert found["value"] == value
        assert found["unit"], path
        assert found["chain"] and all(step["text"] for step in found["chain"]), path
        assert found["sources"] and all(s["citation"] for s in found["sources"]), path
        assert found["grades"], path


def test_numbers_elsewhere_resolve_too(example):
    plan = example[2]
    for part in ("recommendation", "questions", "follow_up", "fit", "horizon_days", "screened"):
        for path, value in numbers(plan[part], f"$.{part}"):
            found = planning.why(plan, path)
            assert found["value"] == value and found["chain"][0]["step"] != "text", path


def test_answers_can_be_read_at_age_twelve(example):
    for row in example[2]["questions"]:
        assert reading_grade(row["answer"]) + 5 <= 12, (
            row["id"],
            round(reading_grade(row["answer"]), 1),
            row["answer"],
        )


def test_consent_can_be_read_at_age_twelve(example):
    text = " ".join(e["text"] for e in example[2]["consent"]["elements"])
    assert reading_grade(text) + 5 <= 14


def test_five_questions_speak_of_this_person(example):
    plan = example[2]
    rows = {q["id"]: q for q in plan["questions"]}
    assert set(rows) == {"only_option", "age", "side_effects", "cost", "how_long"}
    age = str(int(plan["patient"]["age_years"]))
    assert age in rows["age"]["answer"]
    assert str(len(plan["options"])) in rows["only_option"]["answer"]
    assert "hope" not in " ".join(q["answer"] for q in plan["questions"]).lower()


def test_horizons_fit_the_disease(example):
    plan = example[2]
    if plan["stage"]["course"] in CHRONIC:
        assert plan["horizon_days"] == [90, 365, 730]
    else:
        assert plan["horizon_days"] == [7, 28, 90]
    days = [p["day"] for p in plan["options"][0]["forecast"]["survival"]]
    assert set(plan["horizon_days"]) <= set(days)


def test_same_seed_gives_the_same_bytes(make):
    record = {"id": "x", "sex": "male", "age": 50, "conditions": ["cirrhosis"], "observations": []}
    assert json.dumps(make(record)) == json.dumps(make(record))


def test_certainty_is_capped_by_the_fit(make):
    record = {"id": "x", "age": 50, "conditions": ["cirrhosis"], "etiology": ["HBV"]}
    plan = make(record, FakeTwin(status="not fitted"))
    assert {o["certainty"] for o in plan["options"]} == {"very low"}
    assert any("not fitted" in u for u in plan["unknown"])


def test_more_potent_cells_gain_more(make):
    record = json.loads(json.dumps(DECOMPENSATED))
    gains = []
    for potency in (0.0, 0.5):
        plan = make(record, FakeTwin(potency))
        cells = next(o for o in plan["options"] if o["product"] and o["status"] == "trial only")
        gains.append(cells["benefit"]["survival_gain"]["mean"])
    assert gains[0] == 0.0 and gains[1] > 0.01


def test_wrong_jurisdiction_and_draws_are_named(make):
    with pytest.raises(InputError, match="Atlantis"):
        make({"id": "x"}, jurisdiction="Atlantis")
    with pytest.raises(InputError, match="draws"):
        planning.plan(None, draws=1)


def test_only_a_fresh_and_met_trial_makes_cells_recommendable(make):
    plan = make(DECOMPENSATED, FakeTwin(1.0))
    cells = [o for o in plan["options"] if o["product"]]
    assert not any(o["recommendable"] for o in cells)
    assert plan["recommendation"]["option"] not in {o["id"] for o in cells}
    assert any("historical criteria only" in o["because"] for o in cells)
    assert all(isinstance(m["verdict"], str) for m in plan["eligibility"])


def eligible_case():
    for protocol in eligibility.protocols().values():
        for a in getattr(protocol, "assurances", ()) or getattr(protocol, "assurance", ()):
            if a.expect == "eligible" and any(arm.product for arm in protocol.arms):
                yield protocol, a


def test_recommended_cells_always_stand_in_a_fresh_trial(make):
    cases = list(eligible_case())
    assert cases, "no protocol is assured with an eligible record"
    for protocol, a in cases:
        checked = {protocol.id: eligibility.StatusCheck("recruiting", TODAY)}
        plan = make({"id": "assured", **a.record}, FakeTwin(1.5), answers=dict(a.answers), checked=checked)
        assert wrong(plan) == []
        none = make({"id": "assured", **a.record}, FakeTwin(0.0), answers=dict(a.answers), checked=checked)
        chosen = next(o for o in none["options"] if o["id"] == none["recommendation"]["option"])
        assert chosen["product"] is None, "cells without effect are never recommended"
