"""The examples planned with the real twin: contract, lineage, and the bounds that no draw may break."""

from __future__ import annotations

import itertools
import json

import pytest
from contract import numbers, wrong
from fake_twin import EXAMPLES, TODAY
from reading import machine_words

from hepatica import planning
from hepatica.patient import parse_short


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda p: p.stem)
def plan(request):
    record = json.loads(request.param.read_text(encoding="utf-8"))
    return planning.plan(parse_short(record), draws=120, today=TODAY).to_json()


def test_contract_and_lineage_hold(plan):
    assert wrong(plan) == []
    for path, value in numbers(plan["options"], "$.options"):
        found = planning.why(plan, path)
        assert found["value"] == value and found["chain"] and found["sources"], path
    for o in plan["options"]:
        if o["status"] == "ruled out":
            continue
        for p in o["forecast"]["survival"]:
            assert 0 <= p["p05"] <= p["p95"] <= 1
        for p in o["forecast"]["transplant_free_survival"]:
            whole = next(q for q in o["forecast"]["survival"] if q["day"] == p["day"])
            assert p["mean"] <= whole["mean"] + 1e-6


def test_no_machine_word_reaches_a_sentence(plan):
    assert machine_words({k: v for k, v in plan.items() if k not in ("lineage", "sources")}) == []


def test_living_cells_only_die_between_doses(plan):
    for o in (o for o in plan["options"] if o.get("cells")):
        doses = [*o["schedule_days"], float("inf")]
        for start, end in itertools.pairwise(doses):
            rows = [r["living_percent"] for r in o["cells"] if start < r["day"] <= end]
            assert all(0 <= r <= 100 for r in rows)
            assert all(b <= a + 1e-6 for a, b in itertools.pairwise(rows)), (o["id"], rows)


def test_events_by_kind_are_told_in_chronic_courses_and_stores_in_all(plan):
    told = {k for o in plan["options"] for k in o.get("forecast") or {}}
    events = {k for k in told if k.endswith("_incidence")}
    assert {"glycogen_g", "glucose_mmol_l"} <= told
    if plan["stage"]["course"] == "decompensated":
        assert {f"{k}_incidence" for k in ("ascites", "bleeding", "encephalopathy", "infection", "aclf")} <= events
    if plan["horizon_days"][-1] == 90:
        assert events == set()


def test_steroids_calm_autoimmune_hepatitis_in_the_forecast():
    record = {
        "id": "spec", "sex": "female", "age": 44, "weight_kg": 64, "etiology": ["AIH"], "conditions": ["cirrhosis"],
        "ascites": "none", "encephalopathy_grade": 0, "treatments": ["spironolactone"],
        "observations": [
            {"analyte": k, "value": v, "unit": u, "time": "2026-11-20"}
            for k, v, u in (
                ("bilirubin", 34, "umol/L"), ("albumin", 34, "g/L"), ("inr", 1.2, "1"), ("creatinine", 70, "umol/L"),
                ("sodium", 138, "mmol/L"), ("alt", 420, "U/L"), ("ast", 380, "U/L"), ("platelets", 130, "10*9/L"),
            )
        ],
    }  # fmt: skip
    made = planning.plan(parse_short(record), draws=120, today=TODAY).to_json()
    steroids = next(o for o in made["options"] if o["id"] == "steroids")
    assert steroids["status"] == "offered"
    assert steroids["difference"]["alt_u_l"][-1]["mean"] < -10
    assert steroids["benefit"]["p_survival_better"] > 0.5
